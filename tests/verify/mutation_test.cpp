// One octet of one certificate is another: nothing of it may be believed. Whoever changes
// any octet of a certificate below the anchor breaks its signature, so that no path over
// it is good; the readers meet every kind of broken DER on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"
#include "verify/der.h"
#include "verify/names.h"
#include "verify/oids.h"

namespace verify {
namespace {

using der::encode;
using support::dane;
using support::judge;
using support::make;
using support::record;

base::Bytes text(std::uint8_t tag, std::string_view value) {
  return encode(tag, {base::as_bytes(value)});
}

// A SubjectAltName with an entry of every kind.
base::Bytes all_names() {
  const auto service =
      encode(der::constructed(0),
             {encode(der::kOid, {oid::kSrvName}),
              encode(der::constructed(0), {text(der::kIa5String, "_smtp.example.org")})});
  const auto attribute = encode(der::kSequence, {encode(der::kOid, {oid::kCommonName}),
                                                 text(der::kUtf8String, "leaf")});
  const auto directory = encode(
      der::constructed(4), {encode(der::kSequence, {encode(der::kSet, {attribute})})});
  return encode(
      der::kSequence,
      {text(der::context(2), "mail.example.org"), text(der::context(1), "a@example.org"),
       text(der::context(6), "https://example.org/"), service, directory,
       encode(der::context(7), {oid::make(192, 0, 2, 1)}),
       encode(der::context(8), {oid::make(0x2a, 3)})});
}

base::Bytes rich_constraints() {
  const auto attribute = encode(der::kSequence, {encode(der::kOid, {oid::kCommonName}),
                                                 text(der::kPrintableString, "leaf")});
  const auto name = encode(der::kSequence, {encode(der::kSet, {attribute})});
  const auto directory = encode(der::kSequence, {encode(der::constructed(4), {name})});
  const auto dns = encode(der::kSequence, {text(der::context(2), "example.org")});
  const auto other = encode(der::kSequence, {text(der::context(2), "example.net")});
  return encode(der::kSequence, {encode(der::constructed(0), {directory, dns}),
                                 encode(der::constructed(1), {other})});
}

Certificates rich_chain() {
  auto leaf = support::leaf("Middle", {});
  leaf.raw = {{"2.5.29.17", all_names(), false}};
  leaf.ca = false;
  leaf.key_usage = 0x80;
  leaf.purposes = {support::kServerPurpose, support::kClientPurpose};
  leaf.authority_key_id = "middle";
  leaf.subject_key_id = "leaf";
  auto middle = support::ca("Middle", "Root");
  middle.path_length = 1;
  middle.subject_key_id = "middle";
  middle.raw = {{"2.5.29.30", rich_constraints(), true}};
  middle.key.kind = support::Key::Kind::rsa2048;
  leaf.signer = {"Middle", support::Key::Kind::rsa2048};
  return {make(leaf), make(middle), make(support::ca("Root"))};
}

TEST(Mutation, TheChainItselfIsGood) {
  const auto chain = rich_chain();
  const auto verdict = judge(chain, dane({record(2, 0, 1, chain[2])}));
  EXPECT_EQ(verdict.outcome, Outcome::dane) << verdict.detail;
  EXPECT_THAT(verdict.presented, testing::Contains("SRV _smtp.example.org"));
}

// Every octet of the leaf and of its issuer, changed in several ways.
TEST(Mutation, NoChangedCertificateIsBelieved_Rfc5280s6_1) {
  const auto chain = rich_chain();
  const auto store = support::roots({chain[2]});
  const auto by_record = dane({record(2, 0, 1, chain[2]), record(3, 0, 1, chain[0])});
  const auto by_store = support::pkix();
  for (const std::size_t which : {0U, 1U}) {
    for (std::size_t at = 0; at < chain[which].size(); ++at) {
      for (const unsigned change : {0x01U, 0x02U, 0x10U, 0x20U, 0x80U, 0xffU}) {
        auto changed = chain;
        changed[which][at] ^= static_cast<std::byte>(change);
        // The leaf's own digest is right as long as the leaf is.
        auto wanted = by_record;
        if (which == 1) wanted.records.pop_back();
        const auto verdict = judge(changed, wanted);
        EXPECT_EQ(verdict.outcome, Outcome::rejected) << which << " " << at;
        EXPECT_NE(verdict.reason, Reason::none);
        if (change == 0x01U) {
          EXPECT_EQ(judge(changed, by_store, &store).outcome, Outcome::rejected) << at;
        }
      }
    }
  }
}

TEST(Mutation, NoCutCertificateIsRead) {
  const auto chain = rich_chain();
  for (std::size_t size = 0; size < chain[0].size(); ++size) {
    EXPECT_FALSE(parse_certificate(base::ByteView(chain[0]).first(size)).has_value());
  }
}

// Every octet of a SubjectAltName: names may go, none may come.
TEST(Mutation, AChangedNameListGivesNoNameThatIsNotInIt) {
  const auto value = all_names();
  const auto reference = dns::Name::parse("mail.example.org").value();
  auto recipe = support::leaf("CA", {});
  for (std::size_t at = 0; at < value.size(); ++at) {
    auto changed = value;
    changed[at] ^= std::byte{0x03};
    recipe.raw = {{"2.5.29.17", changed, false}};
    const auto der = make(recipe);
    const auto certificate = parse_certificate(der).value();
    const auto names = presented_names(certificate, read_extensions(certificate), 100);
    for (const auto octets : names.dns) {
      const auto found = base::as_text(changed).find(base::as_text(octets));
      EXPECT_NE(found, std::string_view::npos);
    }
    if (base::as_text(changed).find("mail.example.org") == std::string_view::npos) {
      EXPECT_FALSE(match_names(names, {reference}, CommonNameUse::ignored)) << at;
    }
  }
}

// Extensions that are each cut short or have something behind them.
TEST(Mutation, BrokenExtensionsAreMalformed_Rfc5280s4_2) {
  const std::pair<const char*, base::Bytes> values[] = {
      {"2.5.29.19", encode(der::kSequence, {encode(der::kBoolean, {oid::make(0xff)}),
                                            encode(der::kInteger, {oid::make(1)})})},
      {"2.5.29.15", encode(der::kBitString, {oid::make(7, 0x80)})},
      {"2.5.29.37", encode(der::kSequence, {encode(der::kOid, {oid::kServerAuth})})},
      {"2.5.29.14", encode(der::kOctetString, {oid::make(1, 2)})},
      {"2.5.29.35", encode(der::kSequence, {encode(der::context(0), {oid::make(1)})})}};
  for (const auto& [type, good] : values) {
    for (const int fault : {0, 1, 2, 3}) {
      auto value = good;
      if (fault == 1) value.push_back(std::byte{0});
      if (fault == 2) value.pop_back();
      if (fault == 3) value[0] ^= std::byte{0x01};
      auto recipe = support::leaf("CA", {"mail.example.org"});
      recipe.ca.reset();
      recipe.key_usage.reset();
      recipe.raw = {{type, value, false}};
      const auto der = make(recipe);
      const auto extensions = read_extensions(parse_certificate(der).value());
      EXPECT_EQ(extensions.malformed, fault != 0) << type << " " << fault;
    }
  }
}

}  // namespace
}  // namespace verify
