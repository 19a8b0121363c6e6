#include "src/client/hello.h"

#include <gtest/gtest.h>

#include "src/client/second_try.h"
#include "src/client/target.h"

namespace client {
namespace {

using policy::Proof;

const dns::Tlsa kKey{3, 1, 1, base::Bytes(32)};
const dns::Tlsa kCertificate{3, 0, 1, base::Bytes(32)};
const dns::Tlsa kAnchor{2, 1, 1, base::Bytes(32)};
const dns::Tlsa kBroken{3, 0, 1, base::Bytes(31)};

policy::Requirement requirement(Proof proof, std::vector<dns::Tlsa> records) {
  policy::Requirement out;
  out.proof = proof;
  out.records = std::move(records);
  return out;
}

std::string host(std::string_view word) {
  const auto parsed = parse_host(word);
  return parsed ? to_text(*parsed) : std::string(base::to_text(parsed.error().code));
}

TEST(ParseHost, LiteralsFirst) {
  EXPECT_EQ(host("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(host("[2001:DB8::1]"), "2001:db8::1");
}

// What is connected to is IPv4 all the same: see `find`.
TEST(ParseHost, MappedLiteralsStayWhatTheyAre_Rfc9525s6_4) {
  EXPECT_EQ(host("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
  EXPECT_EQ(host("[::FFFF:c000:201]"), "::ffff:192.0.2.1");
}

TEST(ParseHost, ZeroAndNothingAreThisMachine) {
  EXPECT_EQ(host("0"), "127.0.0.1");
  EXPECT_EQ(host(""), "127.0.0.1");
}

TEST(ParseHost, NamesInTheirOneForm) {
  EXPECT_EQ(host("Mail.Example."), "mail.example");
  EXPECT_EQ(host("B\xC3\xBC"
                 "cher.example"),
            "xn--bcher-kva.example");
  for (const auto* word : {"a b", "a..b", "[::1", "*.example", "."}) {
    EXPECT_EQ(host(word), "bad-name") << word;
  }
}

TEST(ServerName, IsTheBaseDomainOfTheRecords_Rfc7672s8_1) {
  policy::DnsFacts facts;
  facts.state = policy::TlsaState::present;
  facts.names = {dns::Name::parse("base.example").value(),
                 dns::Name::parse("original.example").value()};
  auto out = requirement(Proof::dane, {kKey});
  out.names = facts.names;
  EXPECT_EQ(server_name(facts, out), "base.example");
  out.names = {dns::Name::parse("users.example").value()};
  EXPECT_EQ(server_name(facts, out), "base.example")
      << "also when the user names the peer";
}

TEST(ServerName, IsTheFirstReferenceNameWithoutRecords) {
  policy::DnsFacts facts;
  policy::Requirement out;
  EXPECT_EQ(server_name(facts, out), "");
  facts.names = {dns::Name::parse("host.example").value()};
  out.names = {dns::Name::parse("users.example").value()};
  EXPECT_EQ(server_name(facts, out), "users.example");
}

TEST(ServerName, AnAddressIsNone_Rfc6066s3) {
  policy::Requirement out;
  out.names = {*net::parse_address("192.0.2.1")};
  EXPECT_EQ(server_name({}, out), "");
}

TEST(RawKeys, OnlyWhereEveryUsableRecordIsAKey_Rfc7671s5_1) {
  const auto offered = [](std::vector<dns::Tlsa> records) {
    return raw_keys(requirement(Proof::dane, std::move(records))) == tls::RawKeys::offer;
  };
  EXPECT_TRUE(offered({kKey}));
  EXPECT_TRUE(offered({kKey, kKey}));
  EXPECT_TRUE(offered({kBroken, kKey})) << "what is unusable does not count";
  EXPECT_FALSE(offered({}));
  EXPECT_FALSE(offered({kBroken}));
  EXPECT_FALSE(offered({kKey, kCertificate}));
  EXPECT_FALSE(offered({kAnchor, kKey}));
}

TEST(RawKeys, OnlyForDaneAlone) {
  for (const Proof proof : {Proof::nothing, Proof::pkix, Proof::dane_and_pkix}) {
    EXPECT_EQ(raw_keys(requirement(proof, {kKey})), tls::RawKeys::no);
  }
}

}  // namespace
}  // namespace client
