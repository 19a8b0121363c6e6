#include "src/evidence/authentication_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using test::nsec;
using test::World;
using testing::HasSubstr;

constexpr const char* kOwner = "_25._tcp.mx.example.";
constexpr const char* kRecord =
    "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Chain : World {
  const test::SigningKey& key = add_zone("example.");

  [[nodiscard]] base::Result<base::Bytes> make() const {
    DnsEvidence dns;
    dns.sets = sets;
    dns.answers = answers;
    std::ranges::sort(dns.answers, {}, [](const Answer& one) {
      return std::pair(one.name.text(), one.type);
    });
    return authentication_chain(dns, second_opinion(dns.sets, dns.answers, basis),
                                dns::Name::from_dns("_25._tcp.mx.example").value());
  }
};

base::Bytes joined(const std::vector<base::Bytes>& sets) {
  base::Bytes out;
  for (const base::Bytes& set : sets) out.insert(out.end(), set.begin(), set.end());
  return out;
}

/// The first set of the answer to a question.
base::Bytes set_of(const World& world, const std::string& name, const std::string& type) {
  for (const Answer& answer : world.answers) {
    if (answer.name.text() + "." == name && answer.type == test::type_number(type)) {
      return world.sets[answer.answer.front()];
    }
  }
  return {};
}

TEST(AuthenticationChain, FromTheRecordsToTheRootsKeys_Rfc9102s2_3) {
  Chain world;
  const Draft tlsa = world.key.sign(draft(kOwner, "TLSA", {kRecord}));
  world.answer(kOwner, "TLSA", 0, {tlsa});
  const auto chain = world.make();
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_EQ(*chain,
            joined({tlsa.wire(), set_of(world, "example.", "DNSKEY"),
                    set_of(world, "example.", "DS"), set_of(world, ".", "DNSKEY")}));
}

TEST(AuthenticationChain, AnAliasStandsInItToo) {
  Chain world;
  const Draft alias = world.key.sign(draft(kOwner, "CNAME", {"tlsa.example."}));
  const Draft tlsa = world.key.sign(draft("tlsa.example.", "TLSA", {kRecord}));
  world.answer(kOwner, "TLSA", 0, {alias, tlsa});
  world.answer("tlsa.example.", "TLSA", 0, {tlsa});
  const auto chain = world.make();
  ASSERT_TRUE(chain) << chain.error().detail;
  const base::Bytes both = joined({alias.wire(), tlsa.wire()});
  const base::Bytes turned = joined({tlsa.wire(), alias.wire()});
  const base::Bytes start(chain->begin(),
                          chain->begin() + static_cast<std::ptrdiff_t>(both.size()));
  EXPECT_THAT(start, testing::AnyOf(both, turned));
}

TEST(AuthenticationChain, ADenialIsOneToo_Rfc9102s2_3_1) {
  Chain world;
  const Draft denial = nsec(world.key, kOwner, "zzz.example.", "A RRSIG NSEC");
  world.answer(kOwner, "TLSA", 0, {}, {denial});
  const auto chain = world.make();
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_EQ(base::Bytes(chain->begin(), chain->begin() + static_cast<std::ptrdiff_t>(
                                                             denial.wire().size())),
            denial.wire());
}

TEST(AuthenticationChain, NamesWithoutAZoneCutOnTheWayAreDenied) {
  Chain world;
  const test::SigningKey& deep = world.add_zone("a.b.example.");
  const Draft denial = nsec(world.key, "b.example.", "a.b.example.", "RRSIG NSEC");
  world.answer("b.example.", "DS", 0, {}, {denial});
  world.answer("mx.example.", "DS", 0, {},
               {nsec(world.key, "mx.example.", "z.example.", "A RRSIG NSEC")});
  const Draft tlsa = deep.sign(draft("_25._tcp.mx.a.b.example.", "TLSA", {kRecord}));
  world.answer("_25._tcp.mx.a.b.example.", "TLSA", 0, {tlsa});
  world.answer(
      kOwner, "TLSA", 0,
      {world.key.sign(draft(kOwner, "CNAME", {"_25._tcp.mx.a.b.example."})), tlsa});
  const auto chain = world.make();
  ASSERT_TRUE(chain) << chain.error().detail;
  const base::Bytes wire = denial.wire();
  EXPECT_EQ(
      base::Bytes(chain->end() - static_cast<std::ptrdiff_t>(wire.size()), chain->end()),
      wire);
}

TEST(AuthenticationChain, WhatIsNotSecureProvesNothing) {
  Chain world;
  const Draft tlsa = world.key.sign(draft(kOwner, "TLSA", {kRecord}));
  world.answer(kOwner, "TLSA", 0, {tlsa.without_signatures()});
  const auto chain = world.make();
  ASSERT_FALSE(chain);
  EXPECT_EQ(chain.error().code, base::Code::bad_evidence);
  EXPECT_THAT(chain.error().detail, HasSubstr("TLSA _25._tcp.mx.example. is not secure"));
}

TEST(AuthenticationChain, NoSuchQuestion) {
  const auto chain = Chain().make();
  ASSERT_FALSE(chain);
  EXPECT_THAT(chain.error().detail, HasSubstr("no answer to TLSA _25._tcp.mx.example."));
}

TEST(AuthenticationChain, NoLongerThanTheExtension) {
  Chain world;
  Draft tlsa = draft(kOwner, "TLSA", {kRecord});
  for (unsigned i = 0; i < 984; ++i) {
    base::Bytes more = tlsa.records.front();
    more[5] = static_cast<std::byte>(i >> 8U);
    more[6] = static_cast<std::byte>(i & 0xFFU);
    tlsa.records.push_back(std::move(more));
  }
  std::ranges::sort(tlsa.records);
  world.answer(kOwner, "TLSA", 0, {world.key.sign(tlsa)});
  const auto chain = world.make();
  ASSERT_FALSE(chain);
  EXPECT_THAT(chain.error().detail, HasSubstr("65,535"));
}

}  // namespace
}  // namespace evidence
