#include "src/base/name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "src/base/bytes.h"
#include "src/base/idna.h"

namespace dns {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

std::string parsed(std::string_view text) {
  const auto name = Name::parse(text);
  return name ? name->text() : "refused: " + name.error().detail;
}

void expect_refused(std::string_view text) {
  const auto name = Name::parse(text);
  ASSERT_FALSE(name) << base::printable(text) << " became " << name->text();
  EXPECT_EQ(name.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(name.error().code, base::Code::bad_name);
  EXPECT_EQ(name.error().detail, base::printable(name.error().detail, 1000));
}

/// What is a name of the DNS and none of IDNA2008.
void expect_in_dns_alone(std::string_view text) {
  EXPECT_EQ(parsed(text), text);
  const auto name = Name::parse_idna(text);
  ASSERT_FALSE(name) << base::printable(text) << " became " << name->text();
  EXPECT_EQ(name.error().code, base::Code::bad_name);
  EXPECT_EQ(Name::parse(text)->unicode(), text);  // nobody is shown what it hides
}

std::string long_name(std::size_t octets) {  // labels of 49 and a rest
  std::string out;
  while (out.size() + 50 < octets) out += std::string(49, 'a') + ".";
  return out + std::string(octets - out.size(), 'b');
}

TEST(Name, LowerCaseWithoutTrailingDot) {
  EXPECT_EQ(parsed("Mail.EXAMPLE.org"), "mail.example.org");
  EXPECT_EQ(parsed("mail.example.org."), "mail.example.org");
  EXPECT_EQ(parsed("localhost"), "localhost");
  EXPECT_EQ(parsed("a"), "a");
  EXPECT_EQ(parsed("3com.4"), "3com.4");
}

TEST(Name, UnderscoresAreForServices) {
  EXPECT_EQ(parsed("_25._tcp.Example.org"), "_25._tcp.example.org");
  EXPECT_TRUE(Name::parse("mail-1.example.org")->is_host());
  EXPECT_FALSE(Name::parse("_25._tcp.example.org")->is_host());
  EXPECT_FALSE(Name().is_host());
}

TEST(Name, UnderscoresBesideULabels) {
  EXPECT_EQ(parsed("_443._tcp.b\xC3\xBC"s + "cher.example"),
            "_443._tcp.xn--bcher-kva.example");
}

TEST(Name, HyphensOnlyInside) {
  EXPECT_EQ(parsed("a-b--c.example"), "a-b--c.example");
  EXPECT_EQ(parsed("r3---sn-4g5e.example"), "r3---sn-4g5e.example");
  expect_refused("-a.example");
  expect_refused("a-.example");
  expect_refused("a.-");
  expect_refused("-");
}

TEST(Name, EmptyLabelsAreRefused) {
  for (const auto* text : {"", ".", "..", "a..b", ".a", "a..", ".a."})
    expect_refused(text);
}

TEST(Name, OtherCharactersAreRefused) {
  for (const auto& text : {"a b"s,       " a"s,
                           "a "s,        "a\n"s,
                           "a\0b"s,      "a\0"s,
                           "\0"s,        "a/b"s,
                           "a@b"s,       "a:443"s,
                           "*.example"s, "a,b"s,
                           "[a]"s,       "fe80::1%lo"s,
                           "a\\.b"s,     "a\x7F"s,
                           "\xFF"s,      "a\xC3.example"s,
                           "a%00b"s,     "b\xC3\xBC"s + "cher\0.example"s}) {
    expect_refused(text);
  }
}

TEST(Name, LabelsHave63OctetsAtMost_Rfc1035s2_3_4) {
  EXPECT_EQ(parsed(std::string(63, 'a') + ".example"), std::string(63, 'a') + ".example");
  expect_refused(std::string(64, 'a') + ".example");
  expect_refused("example." + std::string(64, 'a'));
}

TEST(Name, NamesHave253OctetsAtMost_Rfc1035s2_3_4) {
  EXPECT_EQ(parsed(long_name(253)).size(), 253U);
  EXPECT_EQ(parsed(long_name(253) + ".").size(), 253U);
  expect_refused(long_name(254));
  expect_refused(std::string(100'000, 'a'));
}

TEST(Name, ULabelsCountInTheirAForm_Rfc5890s2_3_2_1) {
  std::string label;  // 40 times U+00FC is "xn--tda" and 39 repetitions of one digit
  for (int i = 0; i < 40; ++i) label += "\xC3\xBC";
  EXPECT_LE(parsed(label + ".example").find('.'), 63U);
  std::string far;  // 24 characters far from each other: some digits for each
  for (int i = 0; i < 24; ++i) {
    far += {static_cast<char>(0xE4 + i % 5), static_cast<char>(0x80 + i),
            static_cast<char>(0xBF - i)};
  }
  expect_refused(far + ".example");
}

TEST(Name, ULabelsBecomeALabels_Rfc5891s5) {
  EXPECT_EQ(parsed("b\xC3\xBC"s + "cher.example"), "xn--bcher-kva.example");
  EXPECT_EQ(parsed("B\xC3\x9C"s + "CHER.Example."), "xn--bcher-kva.example");
  EXPECT_EQ(parsed("\xE6\x97\xA5\xE6\x9C\xAC.jp"), "xn--wgv71a.jp");
}

TEST(Name, AnyNormalFormIsTheSameName_Rfc5891s5_2) {
  EXPECT_EQ(parsed("bu\xCC\x88"s + "cher.example"), "xn--bcher-kva.example");
}

TEST(Name, MappingIsNotTransitional_Rfc5895) {
  EXPECT_EQ(parsed("stra\xC3\x9F"s + "e.example"), "xn--strae-oqa.example");
  EXPECT_EQ(parsed("\xEF\xBC\xA1\xEF\xBC\xA2.example"), "ab.example");  // full width AB
  EXPECT_EQ(parsed("b\xC3\xBC"s + "cher\xE3\x80\x82"s + "example"),
            "xn--bcher-kva.example");  // ideographic full stop
}

TEST(Name, ALabelsAreKeptInLowerCase_Rfc5891s5_3) {
  EXPECT_EQ(parsed("XN--Bcher-KVA.example"), "xn--bcher-kva.example");
  EXPECT_EQ(parsed("www.xn--bcher-kva.example."), "www.xn--bcher-kva.example");
}

TEST(Name, ALabelsOfIdna2008MustDecodeAndEncodeBack_Rfc5891s5_3) {
  expect_refused("xn--.example");
  expect_in_dns_alone("xn--a.example");  // decodes to a control character
  expect_in_dns_alone("xn--zzzzzzzzzzzzzzzzzzzz.example");
  expect_refused("xn--abc-.example");          // ASCII only
  expect_in_dns_alone("xn--ls8h.example");     // U+1F4A9: DISALLOWED
  expect_in_dns_alone("xn--53h.example");      // U+2615
  expect_in_dns_alone("a.xn--i-7iq.example");  // U+2764
  expect_in_dns_alone("www.xn--99999999999999.example");
}

TEST(Name, ALabelsThatTheDnsHasStayBesideULabels_Rfc5891s5_3) {
  EXPECT_EQ(parsed("b\xC3\xBC"s + "cher.XN--53h.example"),
            "xn--bcher-kva.xn--53h.example");
  EXPECT_EQ(Name::parse("xn--bcher-kva.xn--53h.example")->unicode(),
            "b\xC3\xBC"s + "cher.xn--53h.example");
  expect_refused("\xE2\x98\x95.example");  // U+2615 as it is
  expect_refused("\xE2\x98\x95.xn--53h.example");
}

TEST(Name, AnALabelOfWhatOughtToHaveBeenMappedIsRefused_Rfc5891s5_3) {
  expect_in_dns_alone("xn--bcher-2pa.example");  // with U+00DC, a capital letter
}

TEST(Name, FullWidthLettersDoNotHideABadALabel) {
  const std::string full_width = "\xEF\xBD\x98\xEF\xBD\x8E\xEF\xBC\x8D\xEF\xBC\x8D";
  EXPECT_EQ(parsed(full_width + "bcher-kva.example"), "xn--bcher-kva.example");
  expect_refused(full_width + "ls8h.example");
  expect_refused(full_width + "a.example");
}

TEST(Name, DisallowedCodePointsAreRefused_Rfc5891s5_4) {
  expect_refused("a\xE2\x80\xAE"s + "b.example");          // U+202E, override
  expect_refused("\xE2\x98\xBA.example");                  // U+263A, a symbol
  expect_refused("\xF0\x9F\x92\xA9.example");              // U+1F4A9
  expect_refused("a\xEF\xBC\x8F"s + "b.example");          // full-width solidus
  expect_refused("a\xE2\x81\x84"s + "b\xC3\xBC.example");  // U+2044, fraction slash
  expect_refused("a\xE3\x80\x80"s + "b.example");          // ideographic space
  expect_refused("\xED\xA0\x80.example");                  // a surrogate
}

TEST(Name, UnassignedCodePointsAreRefused_Rfc5891s5_4) {
  expect_refused("\xCD\xB8.example");          // U+0378
  expect_refused("\xF3\xA0\x80\x82.example");  // U+E0002
}

TEST(Name, LeadingCombiningMarksAreRefused_Rfc5891s5_4) {
  expect_refused("\xCC\x88"s + "a.example");
  expect_refused("a.\xCC\x81"s + "b\xC3\xBC.example");
}

TEST(Name, HyphensInThirdAndFourthPlaceOfAULabelAreRefused_Rfc5891s5_4) {
  expect_refused("ab--\xC3\xBC.example");
}

TEST(Name, JoinersNeedTheirContext_Rfc5892) {
  expect_refused("a\xE2\x80\x8D"s + "b.example");  // U+200D without a virama
  EXPECT_EQ(parsed("\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7.example"),
            "xn--11b2ezcw70k.example")
      << "with one it counts";
}

TEST(Name, TheBidiRuleHolds_Rfc5893s2) {
  EXPECT_EQ(parsed("\xD7\x90\xD7\x91.example"), "xn--4dbc.example");
  expect_refused("a\xD7\x90.example");        // starts left to right
  expect_refused("\xD7\x90"s + "a.example");  // ends left to right
  expect_refused("1\xD7\x90.example");        // starts with a number
}

TEST(Name, DigitsOfBothKindsInALabelAreRefused_Rfc5893s2) {
  EXPECT_EQ(parsed("\xD8\xA8"
                   "12.example"),
            "xn--12-etd.example");
  EXPECT_EQ(parsed("\xD8\xA8\xD9\xA1\xD9\xA2.example"), "xn--ngb8id.example");
  expect_refused(
      "\xD8\xA8"
      "1\xD9\xA2.example");                            // U+0031 and U+0662
  expect_refused("\xD8\xA8\xD9\xA0\xDB\xB0.example");  // U+0660 and U+06F0
  expect_in_dns_alone("xn--1-0mc9o.example");
}

TEST(Name, AMarkDoesNotHideTheEndOfARightToLeftLabel_Rfc5893s2) {
  EXPECT_EQ(parsed("\xD7\x90\xD6\xB4.example"), "xn--cdb9c.example");
  expect_refused("\xD7\x90-\xD6\xB4.example");  // U+05B4 after a hyphen
}

TEST(Name, EachLabelIsHeldToTheBidiRuleAlone_Rfc5893s5) {
  EXPECT_EQ(parsed("_443._tcp.\xD7\x90\xD7\x91.example"), "_443._tcp.xn--4dbc.example");
  EXPECT_EQ(parsed("3com.\xD7\x90\xD7\x91"), "3com.xn--4dbc");
}

TEST(Name, WhatTheMappingAloneAllowsIsRefused_Rfc5892s2) {
  expect_refused(
      "a\xE2\x89\xA0"
      "b.example");  // U+2260
  expect_refused("_\xC3\xBC.example");
  expect_in_dns_alone("xn--ab-miv.example");  // both again, in A-labels
  expect_in_dns_alone("xn--_-eha.example");
}

TEST(Name, ForPeopleULabelsComeBack) {
  EXPECT_EQ(Name::parse("xn--bcher-kva.example")->unicode(),
            "b\xC3\xBC"s + "cher.example");
  EXPECT_EQ(Name::parse("mail.example")->unicode(), "mail.example");
  EXPECT_EQ(Name::from_dns("xn--zzzzzzzzzzzzzzzzzzzz.example.")->unicode(),
            "xn--zzzzzzzzzzzzzzzzzzzz.example");
  EXPECT_EQ(Name().unicode(), "");
}

TEST(Name, LabelsFromLeftToRight) {
  EXPECT_THAT(Name::parse("_25._tcp.example")->labels(),
              ElementsAre("_25", "_tcp", "example"));
  EXPECT_THAT(Name().labels(), ElementsAre());
}

TEST(Name, FromTheDnsAsItIsInLowerCase_Rfc1035s5_1) {
  EXPECT_EQ(Name::from_dns("Mail.Example.")->text(), "mail.example");
  EXPECT_EQ(Name::from_dns(".")->text(), "");
  EXPECT_EQ(Name::from_dns(R"(a\.b.Example)")->text(), R"(a\.b.example)");
  EXPECT_EQ(Name::from_dns(R"(a\000b.example.)")->text(), R"(a\000b.example)");
  EXPECT_FALSE(Name::from_dns(R"(a\.b.example)")->is_host());
  EXPECT_FALSE(Name::from_dns("*.example")->is_host());
}

TEST(Name, AnEscapedDotAtTheEndIsPartOfTheLabel_Rfc1035s5_1) {
  EXPECT_EQ(Name::from_dns(R"(example\.)")->text(), R"(example\.)");
}

TEST(Name, WhatTheDnsCannotSayIsTemporary) {
  for (const auto& text : {""s, std::string(1013, 'a')}) {
    const auto name = Name::from_dns(text);
    ASSERT_FALSE(name);
    EXPECT_EQ(name.error().kind, base::ErrorKind::temporary);
    EXPECT_EQ(name.error().code, base::Code::bad_name);
  }
}

TEST(Name, TlsaOwnerHasThePortInDecimal_Rfc6698s3) {
  const auto name = Name::parse("mail.example").value();
  EXPECT_EQ(name.tlsa_owner(25, "tcp")->text(), "_25._tcp.mail.example");
  EXPECT_EQ(name.tlsa_owner(65535, "udp")->text(), "_65535._udp.mail.example");
  EXPECT_EQ(name.tlsa_owner(1, "sctp")->text(), "_1._sctp.mail.example");
}

TEST(Name, TlsaOwnerOfALongNameIsAnError) {
  const auto fits = Name::parse(long_name(253 - 9)).value();
  EXPECT_EQ(fits.tlsa_owner(25, "tcp")->text().size(), 253U);
  const auto owner = fits.tlsa_owner(443, "tcp");
  ASSERT_FALSE(owner);
  EXPECT_EQ(owner.error().kind, base::ErrorKind::permanent);
  EXPECT_EQ(owner.error().code, base::Code::name_too_long);
}

TEST(Idna, NulIsNoEndOfAName) {
  EXPECT_FALSE(to_a_labels("b\xC3\xBC\0cher"s));
  EXPECT_EQ(to_u_labels("xn--bcher-kva"), "b\xC3\xBC"s + "cher");
  EXPECT_EQ(to_u_labels("xn--\xFF"), "xn--\xFF");
}

rc::Gen<std::string> host_text() {
  const auto letter = rc::gen::elementOf("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789"s);
  const auto label = rc::gen::suchThat(
      rc::gen::resize(20, rc::gen::nonEmpty(rc::gen::container<std::string>(letter))),
      [](const std::string& text) { return text.size() <= 63; });
  return rc::gen::map(
      rc::gen::resize(
          8, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(label))),
      [](const std::vector<std::string>& labels) {
        std::string out;
        for (const auto& text : labels) out += (out.empty() ? "" : ".") + text;
        return out;
      });
}

RC_GTEST_PROP(NameLaws, ParseOfTextIsTheSameName, ()) {
  const auto name = Name::parse(*host_text());
  RC_ASSERT(name.has_value());
  RC_ASSERT(parsed(name->text()) == name->text());
  RC_ASSERT(Name::from_dns(name->text() + ".")->text() == name->text());
}

RC_GTEST_PROP(NameLaws, WhateverIsAcceptedIsInTheOneForm, (const std::string& junk)) {
  const auto name = Name::parse(junk + ".example");
  if (!name) return;
  RC_ASSERT(name->text().size() <= 253U);
  RC_ASSERT(std::ranges::all_of(name->text(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  }));
  RC_ASSERT(parsed(name->text()) == name->text());
}

RC_GTEST_PROP(NameLaws, WhateverUnicodeIsAcceptedComesBackTheSame, ()) {
  const auto points =
      *rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::vector<unsigned>>(
                              rc::gen::inRange(0x80U, 0x3000U))));
  std::string label;
  for (const unsigned point : points) {
    if (point >= 0x800) {
      label += static_cast<char>(0xE0U | point >> 12U);
      label += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
    } else {
      label += static_cast<char>(0xC0U | point >> 6U);
    }
    label += static_cast<char>(0x80U | (point & 0x3FU));
  }
  const auto name = Name::parse(label);
  if (!name) return;
  RC_ASSERT(parsed(name->text()) == name->text());
  RC_ASSERT(parsed(name->unicode()) == name->text());
}

}  // namespace
}  // namespace dns
