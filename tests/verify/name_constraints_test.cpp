// Name constraints (RFC 5280 4.2.1.10, 6.1.3 b and c). Every form in every place is in
// tests/oracles/constraints_test.cpp; here stand directory names and what is malformed.
#include "verify/name_constraints.h"

#include <gtest/gtest.h>

#include "tests/support/general_names.h"
#include "tests/support/peers.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

using base::Bytes;
using der::encode;
using support::judge;
using support::make;
using support::pkix;

Reason reason_of(const std::optional<RuleBreach>& breach) {
  return breach ? breach->reason : Reason::none;
}

// One attribute of a Name, its RDN set around it.
Bytes rdn(base::ByteView type, std::string_view value, std::uint8_t tag) {
  const auto attribute = encode(
      der::kSequence, {encode(der::kOid, {type}), encode(tag, {base::as_bytes(value)})});
  return encode(der::kSet, {attribute});
}

Bytes common(std::string_view value, std::uint8_t tag = der::kUtf8String) {
  return encode(der::kSequence, {rdn(oid::kCommonName, value, tag)});
}

// A GeneralSubtree whose base is a directoryName.
Bytes directory(base::ByteView name) {
  return encode(der::kSequence, {encode(der::constructed(4), {name})});
}

Bytes constraints(unsigned list, base::ByteView subtrees) {
  return encode(der::kSequence, {encode(der::constructed(list), {subtrees})});
}
Bytes permitted(base::ByteView subtrees) { return constraints(0, subtrees); }
Bytes excluded(base::ByteView subtrees) { return constraints(1, subtrees); }

support::RawExtension extension(Bytes value) {
  return {"2.5.29.30", std::move(value), true};
}

// What becomes of a leaf with this subject below a root with these constraints.
Reason leaf_below(Bytes value, std::string subject,
                  std::vector<support::RawExtension> own = {}) {
  auto root = support::ca("Root");
  root.raw = {extension(std::move(value))};
  auto leaf = support::leaf("Root", {"mail.example.org"});
  leaf.subject = std::move(subject);
  leaf.raw = std::move(own);
  leaf.key.name = "leaf";
  const auto anchor = make(root);
  const Certificates chain{make(leaf), anchor};
  const auto store = support::roots({anchor});
  const auto by_store = judge(chain, pkix(), &store).reason;
  const auto by_record =
      judge(chain, support::dane({support::record(2, 0, 1, anchor)})).reason;
  EXPECT_EQ(by_store, by_record);
  return by_store;
}

TEST(NameConstraints, SubjectOutsideOfThePermitted_Rfc5280s4_2_1_10) {
  EXPECT_EQ(leaf_below(permitted(directory(common("Good"))), "Good"), Reason::none);
  EXPECT_EQ(leaf_below(permitted(directory(common("Good"))), "Evil"), Reason::constraint);
  EXPECT_EQ(leaf_below(permitted(directory(common("Good"))), "Goods"),
            Reason::constraint);
}

TEST(NameConstraints, SubjectWithinTheExcluded_Rfc5280s4_2_1_10) {
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil"))), "Evil"), Reason::constraint);
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil"))), "Good"), Reason::none);
}

TEST(NameConstraints, CaseSpacesAndStringTypeDoNotCount_Rfc5280s7_1) {
  const auto prefix = common("THE  good", der::kPrintableString);
  EXPECT_EQ(leaf_below(permitted(directory(prefix)), " the Good"), Reason::none);
  EXPECT_EQ(leaf_below(excluded(directory(prefix)), "The gooD "), Reason::constraint);
}

TEST(NameConstraints, WhatCannotBeComparedIsRefused) {
  constexpr std::uint8_t kTeletex = 0x14;
  EXPECT_EQ(leaf_below(excluded(directory(common("\xc4vil", kTeletex))), "Good"),
            Reason::constraint);
  EXPECT_EQ(leaf_below(permitted(directory(common("G\xf6od", kTeletex))), "G\xc3\xb6od"),
            Reason::constraint);
}

TEST(NameConstraints, LettersBeyondAsciiAreCompared_Rfc5280s7_1) {
  const std::string small = "G\xc3\xb6od", capital = "G\xc3\x96OD";
  const std::string apart = "Go\xcc\x88od", soft = "Ev\xc2\xadil";
  EXPECT_EQ(leaf_below(permitted(directory(common(small))), small), Reason::none);
  EXPECT_EQ(leaf_below(permitted(directory(common(small))), capital), Reason::none);
  EXPECT_EQ(leaf_below(permitted(directory(common(small))), apart), Reason::none);
  EXPECT_EQ(leaf_below(excluded(directory(common(small))), apart), Reason::constraint);
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil"))), soft), Reason::constraint);
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil"))), small), Reason::none);
}

TEST(NameConstraints, AnEmptySubjectHasNoDirectoryName_Rfc5280s4_2_1_10) {
  EXPECT_EQ(leaf_below(permitted(directory(common("Good"))), ""), Reason::none);
}

TEST(NameConstraints, AnyOfThePermittedWillDo) {
  auto both = directory(common("One"));
  const auto other = directory(common("Two"));
  both.insert(both.end(), other.begin(), other.end());
  EXPECT_EQ(leaf_below(permitted(both), "Two"), Reason::none);
  EXPECT_EQ(leaf_below(permitted(both), "Three"), Reason::constraint);
}

TEST(NameConstraints, MalformedIsRefused) {
  const auto base_name = encode(der::constructed(4), {common("Good")});
  const auto minimum = encode(der::context(0), {oid::make(1)});
  EXPECT_EQ(leaf_below(permitted(encode(der::kSequence, {base_name, minimum})), "Good"),
            Reason::constraint);
  EXPECT_EQ(leaf_below(permitted(directory(oid::make(0x31, 0))), "Good"),
            Reason::constraint);
}

// A form that is not understood ends a path where a name of that form stands below.
TEST(NameConstraints, FormsThatAreNotUnderstood_Rfc5280s4_2_1_10) {
  const auto name = support::other(oid::make(0x2a, 3), encode(der::kUtf8String, {}));
  const auto subtree = support::subtree(name);
  for (const auto& value : {excluded(subtree), permitted(subtree)}) {
    EXPECT_EQ(leaf_below(value, "leaf"), Reason::none);
    auto root = support::ca("Root");
    root.raw = {extension(value)};
    const auto store = support::roots({make(root)});
    auto leaf = support::leaf("Root", {});
    leaf.raw = {
        support::alternative_names({support::general(2, "mail.example.org"), name})};
    EXPECT_EQ(judge({make(leaf)}, pkix(), &store).reason, Reason::constraint);
  }
}

// Without a name to compare, constraints that cannot be read end a path all the same.
TEST(NameConstraints, AreReadWithoutANameToo) {
  auto root = support::ca("Root");
  root.raw = {extension(excluded({}))};
  const auto store = support::roots({make(root)});
  auto wanted = pkix();
  wanted.name_check = policy::NameCheck::skip;
  const auto leaf = make(support::leaf("Root", {"mail.example.org"}));
  EXPECT_EQ(judge({leaf}, wanted, &store).reason, Reason::constraint);
}

TEST(NameConstraints, AnEmptyDnsNamePermitsAllBesideAnother_Rfc5280s4_2_1_10) {
  const auto both =
      support::joined({support::subtree(support::general(2, "")),
                       support::subtree(support::general(2, "example.net"))});
  EXPECT_EQ(leaf_below(permitted(both), "leaf"), Reason::none);
  EXPECT_EQ(leaf_below(excluded(both), "leaf"), Reason::constraint);
}

// The common name is a DNS name where it is used as one, and otherwise a word.
TEST(NameConstraints, HoldForTheCommonNameAsFarAsItCounts_Rfc7672s3_2_3) {
  auto root = support::ca("Root");
  root.permitted_dns = {"example.net"};
  const auto anchor = make(root);
  const auto by_record = support::record(2, 0, 1, anchor);
  auto leaf = support::leaf("Root", {});
  leaf.ips = {std::string("\xc0\x00\x02\x01", 4)};
  auto wanted = support::dane({by_record});
  wanted.names = {net::parse_address("192.0.2.1").value()};
  EXPECT_EQ(judge({make(leaf), anchor}, wanted).reason, Reason::none);
  leaf.subject = "mail.example.org";
  EXPECT_EQ(judge({make(leaf), anchor}, wanted).reason, Reason::none);
  EXPECT_EQ(judge({make(leaf), anchor}, support::mail({by_record})).reason,
            Reason::constraint);
  leaf.subject = "mail.example.net";
  EXPECT_EQ(
      judge({make(leaf), anchor}, support::mail({by_record}, "mail.example.net")).reason,
      Reason::none);
}

// A name that cannot be read may be any, as soon as there are constraints.
TEST(NameConstraints, AlternativeNamesThatAreNoneAreRefused) {
  const auto answer = [](const Bytes& entry) {
    auto root = support::ca("Root");
    root.permitted_dns = {"example.org"};
    auto leaf = support::leaf("Root", {});
    leaf.raw = {support::alternative_names({entry})};
    const auto below = make(leaf), above = make(root);
    Link low = make_link(parse_certificate(below).value());
    Link high = make_link(parse_certificate(above).value());
    Link* path[] = {&low, &high};
    return reason_of(check_name_constraints(path, {}));
  };
  EXPECT_EQ(answer(support::general(2, "mail.example.org")), Reason::none);
  EXPECT_EQ(answer(encode(der::constructed(2), {})), Reason::constraint);
  EXPECT_EQ(answer(encode(der::context(9), {})), Reason::constraint);
  EXPECT_EQ(answer(Bytes{std::byte{0x82}}), Reason::constraint);
}

// RFC 5280 6.1.3 b: a self-issued intermediate is exempt, the leaf is not.
TEST(NameConstraints, IntermediatesAreHeldToThemToo_Rfc5280s6_1_3) {
  auto root = support::ca("Root");
  root.raw = {extension(permitted(directory(common("leaf"))))};
  const auto anchor = make(root);
  const auto store = support::roots({anchor});
  const auto middle = make(support::ca("Middle", "Root"));
  const auto leaf = make(support::leaf("Middle", {"mail.example.org"}));
  EXPECT_EQ(judge({leaf, middle}, pkix(), &store).reason, Reason::constraint);
  auto rolled = support::ca("Root", "Root");
  rolled.key.name = "rolled";
  rolled.signer.name = "Root";
  auto below = support::leaf("Root", {"mail.example.org"});
  below.signer.name = "rolled";
  EXPECT_EQ(judge({make(below), make(rolled)}, pkix(), &store).reason, Reason::none);
}

TEST(NameConstraints, HoldForTheNameThatAWildcardStandsFor_Rfc5280s4_2_1_10) {
  auto root = support::ca("Root");
  root.excluded_dns = {"mail.example.org"};
  const auto anchor = make(root);
  const auto store = support::roots({anchor});
  const Certificates chain{make(support::leaf("Root", {"*.example.org"}))};
  EXPECT_EQ(judge(chain, pkix("mail.example.org"), &store).reason, Reason::constraint);
  EXPECT_EQ(judge(chain, pkix("www.example.org"), &store).reason, Reason::none);
}

// RFC 6698 2.1.1: every usage that wants a path wants its constraints kept for the name.
TEST(NameConstraints, HoldForAWildcardsNameByEveryUsageWithAPath_Rfc6698s2_1_1) {
  auto root = support::ca("Root");
  root.excluded_dns = {"mail.example.org"};
  const auto anchor = make(root);
  const auto store = support::roots({anchor});
  const auto leaf = make(support::leaf("Root", {"*.example.org"}));
  const std::pair<dns::Tlsa, const char*> records[] = {
      {support::record(0, 0, 1, anchor), "PKIX-TA"},
      {support::record(1, 0, 1, leaf), "PKIX-EE"},
      {support::record(2, 0, 1, anchor), "DANE-TA"}};
  for (const auto& [record, word] : records) {
    const auto reason = [&](const char* host) {
      return judge({leaf, anchor}, support::dane({record}, host), &store).reason;
    };
    EXPECT_EQ(reason("mail.example.org"), Reason::constraint) << word;
    EXPECT_EQ(reason("www.example.org"), Reason::none) << word;
  }
}

// A leaf named as its issuer is named is a leaf all the same.
TEST(NameConstraints, ALeafIsNeverExempt_Rfc5280s6_1_3) {
  EXPECT_EQ(leaf_below(permitted(directory(common("leaf"))), "Root"), Reason::constraint);
  EXPECT_EQ(leaf_below(permitted(directory(common("Root"))), "Root"), Reason::none);
}

// Every octet of constraints changed, the certificate signed anew: what comes of it is an
// answer, and never that a subject which is excluded in so many words is fine.
TEST(NameConstraints, BrokenInAnyPlaceTheyEndInAnAnswer) {
  auto value = excluded(directory(common("Evil")));
  const auto rest = permitted(directory(common("Good")));
  const auto both = [&] {
    const auto list = encode(der::constructed(0), {directory(common("Evil"))});
    const auto other = encode(der::constructed(1), {directory(common("Bad"))});
    return encode(der::kSequence, {list, other});
  }();
  for (const auto& good : {value, rest, both}) {
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const unsigned change : {0x01U, 0x04U, 0x20U, 0x80U}) {
        auto changed = good;
        changed[at] ^= static_cast<std::byte>(change);
        auto root = support::ca("Root");
        root.raw = {extension(changed)};
        const auto anchor = make(root);
        const auto leaf = make(support::leaf("Root", {"mail.example.org"}));
        Link below = make_link(parse_certificate(leaf).value());
        Link above = make_link(parse_certificate(anchor).value());
        Link* path[] = {&below, &above};
        const auto breach = check_name_constraints(path, {});
        EXPECT_TRUE(!breach || breach->reason == Reason::constraint);
      }
    }
  }
}

TEST(NameConstraints, ListsThatAreEmptyOrMissingAreRefused_Rfc5280s4_2_1_10) {
  EXPECT_EQ(leaf_below(encode(der::kSequence, {}), "Good"), Reason::constraint);
  EXPECT_EQ(leaf_below(permitted({}), "Good"), Reason::constraint);
  EXPECT_EQ(leaf_below(excluded({}), "Good"), Reason::constraint);
  EXPECT_EQ(leaf_below(encode(der::kSet, {}), "Good"), Reason::constraint);
  auto more = permitted(directory(common("Good")));
  more.push_back(std::byte{0});
  EXPECT_EQ(leaf_below(more, "Good"), Reason::constraint);
}

// A name with many parts, one with an attribute that is none, one with octets behind it.
TEST(NameConstraints, SubjectsThatAreNoNamesAreRefused) {
  const auto answer = [](const Bytes& subject) {
    auto root = support::ca("Root");
    root.raw = {extension(permitted(directory(common("Good"))))};
    const auto anchor = make(root);
    const auto leaf = make(support::leaf("Root", {"mail.example.org"}));
    Link below = make_link(parse_certificate(leaf).value());
    below.certificate.subject = subject;
    Link above = make_link(parse_certificate(anchor).value());
    Link* path[] = {&below, &above};
    return reason_of(check_name_constraints(path, {}));
  };
  EXPECT_EQ(answer(common("Good")), Reason::none);
  Bytes many;
  for (int i = 0; i < 70; ++i) {
    const auto part = rdn(oid::kCommonName, "Good", der::kUtf8String);
    many.insert(many.end(), part.begin(), part.end());
  }
  EXPECT_EQ(answer(encode(der::kSequence, {many})), Reason::constraint);
  const auto set = [](const Bytes& content) {
    return encode(der::kSequence, {encode(der::kSet, {content})});
  };
  EXPECT_EQ(answer(set(encode(der::kSequence, {}))), Reason::constraint);
  EXPECT_EQ(answer(set(encode(der::kSequence, {encode(der::kOid, {oid::kCommonName})}))),
            Reason::constraint);
  const auto value = encode(der::kUtf8String, {oid::make('G')});
  EXPECT_EQ(answer(set(encode(der::kSequence,
                              {encode(der::kOid, {oid::kCommonName}), value, value}))),
            Reason::constraint);
  EXPECT_EQ(answer(set(oid::make(5, 0).size() == 2 ? Bytes(2, std::byte{5}) : Bytes())),
            Reason::constraint);
  EXPECT_EQ(answer(encode(der::kSequence, {oid::make(5, 0)})), Reason::constraint);
  EXPECT_EQ(answer({}), Reason::constraint);
}

}  // namespace
}  // namespace verify
