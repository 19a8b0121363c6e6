#include "resolver/anchored_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/map_source.h"

namespace resolver {
namespace {

using support::MapSource;
using support::name;
using testing::ElementsAre;
using testing::IsEmpty;

/// A validator whose words are those of a map, and its anchor looked after.
struct Anchored {
  explicit Anchored(std::string_view lines, RootKeys root = RootKeys::must_be_secure)
      : map(new MapSource(lines)), source(std::unique_ptr<Source>(map), root) {}

  base::Result<RawAnswer> ask(std::string_view which, Type type) {
    return io::run_task(loop, source.ask(name(which), type));
  }
  /// The code of the error, or what the answer says of DNSSEC.
  std::string outcome(std::string_view which, Type type = Type::a) {
    const auto answer = ask(which, type);
    return answer ? std::string(to_text(answer->security))
                  : std::string(base::to_text(answer.error().code));
  }
  base::Result<void> check() { return io::run_task(loop, source.check()); }

  io::Loop loop{1};
  MapSource* map;
  AnchoredSource source;
};

constexpr std::string_view kHosts = R"(
  zone unsigned.example insecure
  zone arpa insecure
  signed.example   A   192.0.2.1
  unsigned.example A   192.0.2.2
  unsigned.example MX  servfail
  a.localhost      A   127.0.0.1 insecure
  localhost        A   127.0.0.1 insecure
  notlocalhost     A   192.0.2.3 insecure
  1.2.0.192.in-addr.arpa PTR a.example
)";

Anchored with_root(const char* keys, RootKeys root = RootKeys::must_be_secure) {
  return Anchored(std::string(kHosts) + "\n . DNSKEY " + keys, root);
}

TEST(AnchoredSource, InsecureIsBelievedWhereTheAnchorHolds_Rfc4035s5) {
  auto anchored = with_root("257 13 64");
  EXPECT_EQ(anchored.outcome("unsigned.example"), "insecure");
  EXPECT_EQ(anchored.outcome("signed.example"), "secure");
}

TEST(AnchoredSource, NothingIsInsecureUnderAnAnchorThatHoldsNothing_Rfc4035s5_2) {
  auto anchored = with_root("257 13 64 insecure");
  EXPECT_EQ(anchored.outcome("unsigned.example"), "not-validating");
  EXPECT_EQ(anchored.outcome("unsigned.example", Type::tlsa), "not-validating")
      << "a denial is an answer too";
  EXPECT_EQ(anchored.outcome("signed.example"), "secure");
  const auto check = anchored.check();
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error().code, base::Code::not_validating);
  EXPECT_EQ(check.error().kind, base::ErrorKind::temporary);
}

TEST(AnchoredSource, TheRootIsAskedForOnceAndOnlyWhereItMatters) {
  auto anchored = with_root("257 13 64");
  EXPECT_EQ(anchored.outcome("signed.example"), "secure");
  EXPECT_EQ(anchored.map->times_asked("DNSKEY "), 0U);
  EXPECT_EQ(anchored.outcome("unsigned.example"), "insecure");
  EXPECT_EQ(anchored.outcome("unsigned.example"), "insecure");
  EXPECT_EQ(anchored.map->times_asked("DNSKEY "), 1U);
}

TEST(AnchoredSource, ARootThatFailedIsAskedForAgain) {
  auto anchored = with_root("servfail");
  EXPECT_EQ(anchored.outcome("unsigned.example"), "servfail");
  anchored.map->add(". DNSKEY 257 13 64");
  EXPECT_EQ(anchored.outcome("unsigned.example"), "insecure");
}

TEST(AnchoredSource, WithoutTheKeysOfTheRootThereIsNoInsecureAnswer) {
  EXPECT_EQ(with_root("servfail").outcome("unsigned.example"), "servfail");
  EXPECT_EQ(with_root("timeout").outcome("unsigned.example"), "timeout");
  EXPECT_EQ(with_root("257 13 64 bogus").outcome("unsigned.example"), "bogus");
  auto bogus = with_root("257 13 64 bogus");
  const auto check = bogus.check();
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error().code, base::Code::bogus);
  EXPECT_THAT(check.error().detail, testing::StartsWith("the keys of the root: "));
}

TEST(AnchoredSource, WithAnchorsOfPrivateZonesAloneTheRootMayBeInsecure) {
  auto anchored = with_root("257 13 64 insecure", RootKeys::may_be_insecure);
  EXPECT_EQ(anchored.outcome("unsigned.example"), "insecure");
  EXPECT_EQ(anchored.map->times_asked("DNSKEY "), 0U);
  EXPECT_TRUE(anchored.check());
  EXPECT_FALSE(with_root("timeout", RootKeys::may_be_insecure).check());
}

TEST(AnchoredSource, WhatProvesNothingNeedsNoRoot_Rfc6761s6_3) {
  auto anchored = with_root("timeout");
  EXPECT_EQ(anchored.outcome("localhost"), "insecure");
  EXPECT_EQ(anchored.outcome("a.localhost"), "insecure");
  EXPECT_EQ(anchored.outcome("1.2.0.192.in-addr.arpa", Type::ptr), "insecure");
  EXPECT_EQ(anchored.outcome("1.2.0.192.in-addr.arpa", Type::a), "timeout");
  EXPECT_EQ(anchored.outcome("notlocalhost"), "timeout");
}

TEST(AnchoredSource, AFailureIsGivenOnAsItIs) {
  auto anchored = with_root("timeout");
  const auto answer = anchored.ask("unsigned.example", Type::mx);
  ASSERT_TRUE(answer) << "the root is not asked for";
  EXPECT_EQ(answer->rcode, kServfail);
}

TEST(AnchoredSource, AdviceAndDirectoriesAreThoseOfTheValidator) {
  class Told final : public Source {
    io::Task<base::Result<RawAnswer>> ask(dns::Name, Type) override {
      co_return RawAnswer();
    }
    io::Task<base::Result<void>> check() override { co_return base::Result<void>(); }
    std::string advice(std::string_view setting) const override {
      return std::string(setting);
    }
    std::vector<std::string> written_directories() const override { return {"/var"}; }
  };
  const Resolver resolver(std::make_unique<AnchoredSource>(std::make_unique<Told>(),
                                                           RootKeys::must_be_secure));
  EXPECT_EQ(resolver.advice("--forward"), "--forward");
  EXPECT_THAT(resolver.written_directories(), ElementsAre("/var"));
}

}  // namespace
}  // namespace resolver
