#include "verify/names.h"

#include <gmock/gmock.h>
#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include "tests/support/names.h"
#include "tests/support/peers.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

using support::make;
using testing::Contains;
using testing::HasSubstr;
using namespace std::string_literals;

using support::name;

bool matches(std::string_view pattern, std::string_view reference) {
  return match_presented(pattern, name(reference));
}

PresentedNames presented(const base::Bytes& der, std::size_t limit = 1024) {
  const auto certificate = parse_certificate(der).value();
  return presented_names(certificate, read_extensions(certificate), limit);
}

std::optional<NameMatch> match(const base::Bytes& der,
                               std::vector<policy::ReferenceName> references,
                               CommonNameUse use = CommonNameUse::ignored) {
  return match_names(presented(der), references, use);
}

// GnuTLS would mend odd names on their way in.
base::Bytes alternative_names(const std::vector<std::string>& names) {
  base::Bytes entries;
  for (const auto& text : names) {
    const auto entry = der::encode(der::context(2), {base::as_bytes(text)});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  return der::encode(der::kSequence, {entries});
}

TEST(Names, CaseDoesNotCount_Rfc9525s6_3) {
  EXPECT_TRUE(matches("Mail.EXAMPLE.org", "mail.example.org"));
  EXPECT_TRUE(matches("mail.example.org", "MAIL.example.ORG."));
  EXPECT_FALSE(matches("mail.example.org", "mai1.example.org"));
  EXPECT_FALSE(matches("example.org", "mail.example.org"));
  EXPECT_FALSE(matches("mail.example.org", "example.org"));
}

TEST(Names, WildcardIsTheWholeFirstLabelAndStandsForOne_Rfc9525s6_3) {
  EXPECT_TRUE(matches("*.example.org", "mail.example.org"));
  EXPECT_TRUE(matches("*.Example.org", "xn--bcher-kva.example.org"));
  EXPECT_FALSE(matches("*.example.org", "example.org"));
  EXPECT_FALSE(matches("*.example.org", "a.mail.example.org"));
}

TEST(Names, PartialAndMisplacedWildcardsNeverMatch_Rfc9525s6_3) {
  for (const auto* pattern :
       {"m*.example.org", "*l.example.org", "m*l.example.org", "*.*.org", "mail.*.org",
        "*mail.example.org", "**.example.org", "*..example.org"}) {
    EXPECT_FALSE(matches(pattern, "mail.example.org")) << pattern;
  }
}

TEST(Names, WildcardOverATopLevelDomainNeverMatches) {
  EXPECT_FALSE(matches("*.org", "example.org"));
  EXPECT_FALSE(matches("*", "org"));
  EXPECT_FALSE(matches("*", "localhost"));
  EXPECT_FALSE(matches("*.", "org"));
}

TEST(Names, OddOctetsNeverMatch_Rfc5280s4_2_1_6) {
  for (const auto& pattern :
       {"mail.example.org\0.evil.test"s, "mail.example.org\0"s, "mail..example.org"s,
        ".mail.example.org"s, "mail.example.org."s, "mail.example.org "s, ""s, "."s,
        "-mail.example.org"s, "m\xc3\xa4il.example.org"s, "mail_.example.org"s}) {
    EXPECT_FALSE(matches(pattern, "mail.example.org")) << pattern;
  }
}

TEST(Names, RawUtf8NeverMatches_Rfc9549s2) {
  EXPECT_FALSE(
      matches("b\xc3\xbc"
              "cher.example",
              "b\xc3\xbc"
              "cher.example"));
  EXPECT_TRUE(matches("xn--bcher-kva.example",
                      "b\xc3\xbc"
                      "cher.example"));
  EXPECT_TRUE(matches("XN--Bcher-KVA.example",
                      "b\xc3\xbc"
                      "cher.example"));
}

TEST(Names, WildcardBesideALabels_Rfc9525s6_3) {
  EXPECT_TRUE(matches("*.xn--bcher-kva.example",
                      "mx.b\xc3\xbc"
                      "cher.example"));
  EXPECT_FALSE(matches("xn--*.example.org", "xn--bcher-kva.example.org"));
}

TEST(Names, MalformedALabelNeverMatches_Rfc5891s5_3) {
  const auto reference = dns::Name::from_dns("xn--a.example.org");
  ASSERT_TRUE(reference.has_value());
  EXPECT_FALSE(match_presented("xn--a.example.org", *reference));
}

TEST(Names, EveryReferenceAgainstEveryPresented_Rfc9525s6_2) {
  const auto der = make(support::leaf("CA", {"a.example.org", "b.example.org"}));
  const auto found = match(der, {name("x.example.org"), name("b.example.org")});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->presented, "b.example.org");
  EXPECT_FALSE(match(der, {name("c.example.org")}));
  EXPECT_FALSE(match(der, {}));
}

// A SubjectAltName of these SRVNames and a DNS name (RFC 4985 2).
base::Bytes services(const std::vector<std::string>& texts) {
  base::Bytes entries;
  for (const auto& text : texts) {
    const auto value = der::encode(
        der::constructed(0), {der::encode(der::kIa5String, {base::as_bytes(text)})});
    const auto entry = der::encode(der::constructed(0),
                                   {der::encode(der::kOid, {oid::kSrvName}), value});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  const auto dns = der::encode(der::context(2), {base::as_bytes("imap.example.org"s)});
  entries.insert(entries.end(), dns.begin(), dns.end());
  return der::encode(der::kSequence, {entries});
}

TEST(Names, ServiceByItsSrvName_Rfc4985s2_Rfc9525s6_5) {
  support::Recipe recipe;
  recipe.raw = {
      {"2.5.29.17", services({"_IMAPS.Example.org", "_sip.*.example.org"}), false}};
  const auto der = make(recipe);
  const auto found = match(der, {name("_imaps.example.org")});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->presented, "_imaps.example.org");
  EXPECT_TRUE(match(der, {name("imap.example.org")}));
  for (const auto* other :
       {"_imap.example.org", "_imaps.example.net", "imaps.example.org",
        "_sip.a.example.org", "_imaps.imap.example.org"}) {
    EXPECT_FALSE(match(der, {name(other)})) << other;
  }
  EXPECT_THAT(presented(der).printable, Contains("SRV _IMAPS.Example.org"));
}

TEST(Names, ADnsNameIsNoService_Rfc9525s6_5) {
  EXPECT_FALSE(match_service("imap.example.org", name("imap.example.org")));
  EXPECT_FALSE(match_service("_imap", name("_imap.example.org")));
  EXPECT_FALSE(match_service("_imap.xn--a.example", name("_imap.example")));
  EXPECT_FALSE(matches("_imaps.example.org", "_imaps.example.org"));
}

TEST(Names, AServiceSilencesTheCommonName_Rfc9525s6) {
  support::Recipe recipe;
  recipe.subject = "mail.example.org";
  recipe.raw = {{"2.5.29.17", services({"_imaps.example.org"}), false}};
  EXPECT_FALSE(match(make(recipe), {name("mail.example.org")}, CommonNameUse::counted));
}

TEST(Names, AddressOnlyByItsOctets_Rfc9525s6_4) {
  auto recipe = support::leaf("CA", {"192.0.2.1", "192.0.2.9"});
  recipe.ips = {"\xc0\x00\x02\x01"s,
                "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"};
  const auto der = make(recipe);
  const auto address = [](std::string_view text) {
    return policy::ReferenceName(net::parse_address(text).value());
  };
  EXPECT_TRUE(match(der, {address("192.0.2.1")}));
  EXPECT_TRUE(match(der, {address("2001:db8::1")}));
  EXPECT_FALSE(match(der, {address("192.0.2.9")}));
  EXPECT_FALSE(match(der, {address("192.0.2.2")}));
}

// Sixteen octets are never a name for four, nor four for sixteen.
TEST(Names, MappedAddressesMatchAsTheyAre_Rfc9525s6_4) {
  const auto mapped = std::string(10, '\0') + "\xff\xff\xc0\x00\x02\x01"s;
  const auto reference = [](std::string_view text) {
    return policy::ReferenceName(net::parse_address_name(text).value());
  };
  auto recipe = support::leaf("CA", {});
  recipe.ips = {"\xc0\x00\x02\x01"s};
  EXPECT_TRUE(match(make(recipe), {reference("192.0.2.1")}));
  EXPECT_FALSE(match(make(recipe), {reference("::ffff:192.0.2.1")}));
  recipe.ips = {mapped};
  EXPECT_FALSE(match(make(recipe), {reference("192.0.2.1")}));
  EXPECT_TRUE(match(make(recipe), {reference("::ffff:192.0.2.1")}));
  EXPECT_TRUE(match(make(recipe), {reference("[::ffff:c000:201]")}));
  EXPECT_THAT(presented(make(recipe)).printable, Contains("IP ::ffff:192.0.2.1"));
}

TEST(Names, AddressIsNeverACommonName_Rfc9525s6_4) {
  support::Recipe recipe;
  recipe.subject = "192.0.2.1";
  const policy::ReferenceName address = net::parse_address("192.0.2.1").value();
  EXPECT_FALSE(match(make(recipe), {address}, CommonNameUse::counted));
}

TEST(Names, CommonNameOnlyWithoutDnsNames_Rfc7672s3_2_3) {
  support::Recipe recipe;
  recipe.subject = "mail.example.org";
  const auto wanted = name("mail.example.org");
  EXPECT_TRUE(match(make(recipe), {wanted}, CommonNameUse::counted));
  EXPECT_FALSE(match(make(recipe), {wanted}, CommonNameUse::ignored));
  recipe.ips = {"\xc0\x00\x02\x01"s};
  EXPECT_TRUE(match(make(recipe), {wanted}, CommonNameUse::counted));
  recipe.dns = {"other.example.org"};
  EXPECT_FALSE(match(make(recipe), {wanted}, CommonNameUse::counted));
}

TEST(Names, DnsNameBeyondTheLimitStillSilencesTheCommonName) {
  support::Recipe recipe;
  recipe.subject = "mail.example.org";
  recipe.ips = {"\xc0\x00\x02\x01"s, "\xc0\x00\x02\x02"s};
  recipe.dns = {"other.example.org"};
  const auto names = presented(make(recipe), 1);
  EXPECT_TRUE(names.cut);
  EXPECT_FALSE(names.common_name.has_value());
}

TEST(Names, NulInACommonNameNeverMatches) {
  support::Recipe recipe;
  recipe.subject = "mail.example.org\0.evil.test"s;
  EXPECT_FALSE(match(make(recipe), {name("mail.example.org")}, CommonNameUse::counted));
}

TEST(Names, PrintableNamesAreBoundedAndSafe) {
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("h" + std::to_string(i) + ".example.org");
  const auto names = presented(make(support::leaf("CA", many)));
  EXPECT_EQ(names.dns.size(), 100U);
  ASSERT_EQ(names.printable.size(), 33U);
  EXPECT_EQ(names.printable.back(), "and 68 more");
  auto recipe = support::leaf("CA", {});
  recipe.raw = {{"2.5.29.17", alternative_names({"a\nb.example.org"}), false}};
  const auto odd = presented(make(recipe));
  EXPECT_THAT(odd.printable, Contains("a?b.example.org (not a host name)"));
}

TEST(Names, OddEntryDoesNotSpoilTheOthers_Rfc5280s4_2_1_6) {
  auto recipe = support::leaf("CA", {});
  recipe.raw = {{"2.5.29.17",
                 alternative_names({"mail.example.org\0.evil"s, "", "b\xc3\xbc.example",
                                    "mail.example.org"}),
                 false}};
  const auto der = make(recipe);
  EXPECT_TRUE(match(der, {name("mail.example.org")}));
  EXPECT_THAT(presented(der).printable,
              Contains("mail.example.org?.evil (not a host name)"));
}

TEST(Names, MalformedAlternativeNamesGiveNoNameAtAll) {
  // Something behind the list; something in it, behind a good name.
  for (const char* value : {"30058203616263ff", "30068203616263ff"}) {
    support::Recipe recipe;
    recipe.subject = "mail.example.org";
    recipe.raw = {{"2.5.29.17", base::from_hex(value).value(), false}};
    const auto names = presented(make(recipe));
    EXPECT_TRUE(names.malformed) << value;
    EXPECT_FALSE(names.common_name.has_value()) << value;
    EXPECT_TRUE(names.dns.empty()) << value;
  }
}

base::Bytes huge_alternative_names(std::size_t count) {
  base::Bytes entries;
  const auto entry = der::encode(der::context(2), {base::as_bytes("a.example")});
  entries.reserve(count * entry.size());
  for (std::size_t i = 0; i < count; ++i) {
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  return der::encode(der::kSequence, {entries});
}

TEST(Names, MillionNamesAreWalkedOnceAndFast) {
  support::Recipe recipe = support::leaf("CA", {});
  recipe.raw = {{"2.5.29.17", huge_alternative_names(1'000'000), false}};
  const auto der = make(recipe);
  const auto names = presented(der);
  EXPECT_EQ(names.dns.size(), 1024U);
  EXPECT_TRUE(names.cut);
  EXPECT_EQ(names.printable.back(), "and 999968 more");
}

TEST(Names, LabelsAreLettersDigitsAndInnerHyphens_Rfc1123s2_1) {
  const auto reference = [](std::string_view text) {
    return dns::Name::from_dns(text).value();
  };
  const std::string long_label(63, 'a'), too_long(64, 'a');
  EXPECT_TRUE(
      match_presented(long_label + ".example", reference(long_label + ".example")));
  EXPECT_TRUE(match_presented("A-9z.Example", reference("a-9z.example")));
  for (const auto& bad :
       {"-a.example"s, "a-.example"s, "a_b.example"s, "a..example"s,
        too_long + ".example", "a.example."s, ".a.example"s, "a,b.example"s,
        "a{.example"s, "a@.example"s, "a/.example"s, "a:.example"s}) {
    auto same = dns::Name::from_dns(bad);
    if (!same) continue;
    EXPECT_FALSE(match_presented(bad, *same)) << bad;
  }
  EXPECT_FALSE(match_presented("", reference("a.example")));
  EXPECT_FALSE(match_presented("a.example", dns::Name()));
  EXPECT_FALSE(match_presented(std::string(300, 'a'), reference("a.example")));
  EXPECT_FALSE(match_service("_smtp." + too_long, reference("_smtp." + too_long)));
  EXPECT_FALSE(match_service("_smtp." + std::string(300, 'a'), reference("_smtp.a")));
  EXPECT_FALSE(match_service("_smtp.a.example", reference("smtp.a.example")));
}

}  // namespace
}  // namespace verify
