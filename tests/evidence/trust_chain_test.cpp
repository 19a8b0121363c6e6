#include "src/evidence/trust_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/evidence/answer_book.h"
#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using std::chrono::seconds;
using test::draft;
using test::Draft;
using test::kDay;
using test::kNow;
using test::kToday;
using test::nsec;
using test::SigningKey;
using test::World;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TrustChain chain_of(const World& world) {
  DnsEvidence dns;
  dns.sets = world.sets;
  dns.answers = world.answers;
  return trust_chain(dns, world.judge(), kNow);
}

/// `example: mail.example MX proved`, with what else there is to say behind it.
std::string text(const TrustLink& link) {
  std::string out = link.zone.text() + ": " + link.owner.text() + " " +
                    type_text(link.type) + " " + std::string(to_text(link.state));
  if (link.denied) out += " denied";
  if (link.target) out += " to " + link.target->text();
  if (!link.why.empty()) out += ": " + link.why;
  return out;
}

std::vector<std::string> told(const World& world) {
  std::vector<std::string> out;
  for (const TrustLink& link : chain_of(world).links) out.push_back(text(link));
  return out;
}

TrustLink link_of(const World& world, const std::string& start) {
  for (const TrustLink& link : chain_of(world).links) {
    if (text(link).starts_with(start)) return link;
  }
  ADD_FAILURE() << "no link " << start;
  return {};
}

/// A domain in the signed zone `example.`, whose mail host is in `host.`.
struct Mail : World {
  const SigningKey& zone = add_zone("example.");
  const SigningKey& host = add_zone("host.");

  Mail() {
    say(zone, "example.", "MX", "10 mx.host.");
    say(host, "mx.host.", "A", "192.0.2.1");
    say(host, "_25._tcp.mx.host.", "TLSA", "3 1 1 " + std::string(64, 'a'));
  }
  void say(const SigningKey& key, const std::string& name, const std::string& type,
           const std::string& data, const test::SigningTerms& terms = {}) {
    answer(name, type, 0, {key.sign(draft(name, type, {data}), terms)});
  }
};

TEST(TrustChain, FromTheRootToTheRecordsOfTheHost) {
  EXPECT_THAT(
      told(Mail()),
      ElementsAre(":  DNSKEY proved", ": example DS proved",
                  "example: example DNSKEY proved", "example: example MX proved",
                  ": host DS proved", "host: host DNSKEY proved",
                  "host: mx.host A proved", "host: _25._tcp.mx.host TLSA proved"));
}

TEST(TrustChain, TheSignatureThatCounts) {
  Mail world;
  world.say(world.zone, "example.", "MX", "10 mx.host.",
            {.inception = kToday - kDay, .expiration = kToday + 2 * kDay});
  const auto signature = link_of(world, "example: example MX").signature;
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->signer.text(), "example");
  EXPECT_EQ(signature->algorithm, 13);
  EXPECT_EQ(signature->inception, kNow - seconds(kDay));
  EXPECT_EQ(signature->expiration, kNow + seconds(2 * kDay));
  const auto keys = link_of(world, "example: example DNSKEY").signature;
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->key_tag, signature->key_tag) << "the zone has one key";
  EXPECT_NE(keys->key_tag, 0);
}

TEST(TrustChain, AnExpiredSignatureShowsItsDates) {
  Mail world;
  world.say(world.zone, "example.", "MX", "10 mx.host.",
            {.inception = kToday - 30 * kDay, .expiration = kToday - 9 * kDay});
  const TrustLink link = link_of(world, "example: example MX");
  EXPECT_EQ(link.state, LinkState::broken);
  EXPECT_EQ(link.why, "example MX: its signature has expired");
  ASSERT_TRUE(link.signature);
  EXPECT_EQ(link.signature->expiration, kNow - seconds(9 * kDay));
  EXPECT_EQ(link_of(world, "host: _25._tcp.mx.host TLSA").state, LinkState::proved)
      << "what is in another zone stands";
}

TEST(TrustChain, RecordsThatWereChangedAreBroken) {
  Mail world;
  Draft spoilt = world.host.sign(draft("mx.host.", "A", {"192.0.2.1"}));
  spoilt.records.front().back() = std::byte{9};
  world.answer("mx.host.", "A", 0, {spoilt});
  EXPECT_THAT(told(world),
              Contains("host: mx.host A broken: mx.host A: its signature is wrong"));
}

TEST(TrustChain, KeysThatTheParentDoesNotNameBreakAllBelow) {
  Mail world;
  const SigningKey other("example.", 13);
  world.answer(
      "example.", "DNSKEY", 0,
      {other.sign(
          {"example.", test::type_number("DNSKEY"), 3600, {other.dnskey()}, {}})});
  const auto links = told(world);
  EXPECT_THAT(links, Contains(": example DS proved"));
  EXPECT_THAT(links,
              Contains(HasSubstr("example: example DNSKEY broken: example DNSKEY:")));
  EXPECT_THAT(links, Contains("example: example MX broken"))
      << "why stands where the chain breaks, once";
}

TEST(TrustChain, DsRecordsThatAreBroken) {
  Mail world;
  Draft ds = world.World::zone(".").sign(
      {"example.", test::type_number("DS"), 3600, {world.zone.ds(2)}, {}},
      {.expiration = kToday - 4 * kDay});
  world.answer("example.", "DS", 0, {ds});
  EXPECT_THAT(told(world),
              Contains(": example DS broken: example DS: its signature has expired"));
  EXPECT_THAT(told(world), Not(Contains(HasSubstr("example DNSKEY"))));
  EXPECT_TRUE(link_of(world, ": example DS").signature);
}

TEST(TrustChain, ADelegationWithoutKeysIsInsecure) {
  Mail world;
  world.answer("sub.example.", "DS", 0, {},
               {nsec(world.zone, "sub.example.", "x.example.", "NS RRSIG NSEC")});
  world.answer("sub.example.", "MX", 0, {draft("sub.example.", "MX", {"10 mx.host."})});
  const TrustLink cut = link_of(world, "example: sub.example DS");
  EXPECT_EQ(text(cut),
            "example: sub.example DS insecure denied: sub.example is delegated "
            "without keys");
  EXPECT_TRUE(cut.signature) << "its denial is signed";
  EXPECT_THAT(told(world), Contains("sub.example: sub.example MX insecure"));
}

TEST(TrustChain, WhatIsLeftOutIsMissing) {
  Mail world;
  world.forget("host.", "DNSKEY");
  EXPECT_THAT(told(world),
              Contains("host: host DNSKEY missing: the answer to host DNSKEY "
                       "is missing"));
  EXPECT_THAT(told(world), Contains("host: _25._tcp.mx.host TLSA missing"));
  world.forget("host.", "DS");
  EXPECT_THAT(told(world),
              Contains(": host DS missing: the answer to host DS is missing"));
}

TEST(TrustChain, ADenialOfRecordsIsProved) {
  Mail world;
  world.answer("_25._tcp.mx.host.", "TLSA", 0, {},
               {nsec(world.host, "_25._tcp.mx.host.", "x.host.", "TXT RRSIG NSEC")});
  world.answer("mx.host.", "AAAA", 0, {},
               {nsec(world.host, "mx.host.", "x.host.", "A RRSIG NSEC")});
  const TrustLink link = link_of(world, "host: _25._tcp.mx.host TLSA proved denied");
  EXPECT_TRUE(link.signature);
  EXPECT_THAT(told(world), Not(Contains(HasSubstr("AAAA"))))
      << "a host of one family has addresses";
}

TEST(TrustChain, AnAliasLeadsOn) {
  Mail world;
  const Draft alias =
      world.host.sign(draft("_25._tcp.mx.host.", "CNAME", {"dane.example."}));
  world.answer("_25._tcp.mx.host.", "TLSA", 0, {alias});
  world.say(world.zone, "dane.example.", "TLSA", "3 1 1 " + std::string(64, 'b'));
  EXPECT_THAT(told(world),
              Contains("host: _25._tcp.mx.host CNAME proved to dane.example"));
  EXPECT_THAT(told(world), Contains("example: dane.example TLSA proved"));
  Draft spoilt =
      world.zone.sign(draft("dane.example.", "TLSA", {"3 1 1 " + std::string(64, 'b')}));
  spoilt.records.front().back() = std::byte{9};
  world.answer("dane.example.", "TLSA", 0, {spoilt});
  EXPECT_THAT(told(world),
              Contains("host: _25._tcp.mx.host CNAME proved to dane.example"))
      << "an alias stands, whatever it leads to";
  EXPECT_THAT(told(world), Contains(HasSubstr("example: dane.example TLSA broken")));
}

TEST(TrustChain, AnAnswerThatNeverCameIsBroken) {
  Mail world;
  for (Answer& answer : world.answers) {
    if (answer.type != test::type_number("TLSA")) continue;
    answer.error =
        base::Error{base::ErrorKind::temporary, base::Code::local, "timed out"};
  }
  EXPECT_THAT(told(world), Contains("host: _25._tcp.mx.host TLSA broken: no answer came: "
                                    "timed out"));
}

TEST(TrustChain, ARecordBesideGoodOnesIsNotProved) {
  Mail world;
  world.answer("mx.host.", "A", 0,
               {world.host.sign(draft("mx.host.", "A", {"192.0.2.1"})),
                draft("other.host.", "A", {"192.0.2.2"})});
  EXPECT_EQ(link_of(world, "host: mx.host A").state, LinkState::broken);
}

TEST(TrustChain, WithoutAnAnchorTheRootIsBroken) {
  Mail world;
  world.basis.anchors.clear();
  const auto links = told(world);
  ASSERT_FALSE(links.empty());
  EXPECT_EQ(links.front(), ":  DNSKEY broken: no trust anchor of the root can be used");
  EXPECT_THAT(links, Not(Contains(HasSubstr("proved"))));
}

TEST(TrustChain, IsBounded) {
  Mail world;
  constexpr std::size_t kMany = 300;
  for (std::size_t i = 0; i < kMany; ++i) {
    const std::string name = "h" + std::to_string(i) + ".host.";
    world.answer(name, "A", 0, {draft(name, "A", {"192.0.2.1"})});
  }
  const TrustChain chain = chain_of(world);
  EXPECT_EQ(chain.links.size(), 128U);
  EXPECT_GT(chain.left_out, kMany - 128U);
}

TEST(TrustChain, LongNamesAreBounded) {
  Mail world;
  for (int i = 0; i < 100; ++i) {
    std::string name = "host.";
    for (int labels = 0; labels < 3; ++labels) {
      name = std::string(60, 'a') + std::to_string(100 + i) + "." + name;
    }
    world.answer(name, "A", 0, {draft(name, "A", {"192.0.2.1"})});
  }
  const TrustChain chain = chain_of(world);
  std::size_t octets = 0;
  for (const TrustLink& link : chain.links) {
    octets += link.zone.text().size() + link.owner.text().size() + link.why.size();
  }
  EXPECT_LE(octets, 16'384U);
  EXPECT_GT(chain.left_out, 0U);
}

TEST(RootKeys, AreAnAnchorWhereTheyWereFoundSecure) {
  Mail world;
  DnsEvidence dns;
  dns.sets = world.sets;
  dns.answers = world.answers;
  for (Answer& answer : dns.answers) answer.security = dns::Security::insecure;
  EXPECT_TRUE(root_keys_in(dns).empty());
  for (Answer& answer : dns.answers) answer.security = dns::Security::secure;
  const auto told_before = told(world);
  world.basis.anchors = root_keys_in(dns);
  ASSERT_EQ(world.basis.anchors.size(), 1U);
  EXPECT_EQ(told(world), told_before);
  dns.answers.clear();
  EXPECT_TRUE(root_keys_in(dns).empty());
}

}  // namespace
}  // namespace evidence
