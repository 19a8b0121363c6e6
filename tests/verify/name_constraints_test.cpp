// Constraints on directory names (RFC 5280 4.2.1.10, 6.1.3 b and c).
#include "verify/name_constraints.h"

#include <gtest/gtest.h>

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
  // GnuTLS refuses every subject once any directory name is excluded.
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil"))), "Good"), Reason::constraint);
}

TEST(NameConstraints, CaseSpacesAndStringTypeDoNotCount_Rfc5280s7_1) {
  const auto prefix = common("THE  good", der::kPrintableString);
  EXPECT_EQ(leaf_below(permitted(directory(prefix)), " the Good"), Reason::none);
  EXPECT_EQ(leaf_below(excluded(directory(prefix)), "The gooD "), Reason::constraint);
}

TEST(NameConstraints, WhatCannotBeComparedIsRefused) {
  constexpr std::uint8_t kTeletex = 0x14;
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil", kTeletex))), "Good"),
            Reason::constraint);
  EXPECT_EQ(leaf_below(excluded(directory(common("Evil"))),
                       "G\xc3\xb6\xc3\xb6"
                       "d"),
            Reason::constraint);
  EXPECT_EQ(leaf_below(permitted(directory(common("G\xc3\xb6"))), "G\xc3\xb6"),
            Reason::none);
  EXPECT_EQ(leaf_below(permitted(directory(common("G\xc3\xb6"))), "G\xc3\x96"),
            Reason::constraint);
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

TEST(NameConstraints, WhatGnutlsCannotReadIsRefusedWithoutANameToo) {
  const auto other = encode(der::constructed(0), {encode(der::kOid, {oid::make(0x2a, 3)}),
                                                  encode(der::constructed(0), {})});
  auto root = support::ca("Root");
  root.raw = {extension(excluded(encode(der::kSequence, {other})))};
  const auto store = support::roots({make(root)});
  auto wanted = pkix();
  wanted.name_check = policy::NameCheck::skip;
  const auto leaf = make(support::leaf("Root", {"mail.example.org"}));
  EXPECT_EQ(judge({leaf}, wanted, &store).reason, Reason::constraint);
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

}  // namespace
}  // namespace verify
