#include "resolver/stub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <atomic>

#include "resolver/message.h"
#include "resolver/wire_name.h"
#include "src/io/run_task.h"
#include "tests/resolver/fake_resolver.h"

namespace resolver {
namespace {

using namespace std::chrono_literals;

Config believing(const std::vector<std::string>& servers,
                 std::chrono::milliseconds deadline = 5s) {
  Config out;
  out.validation = Validation::upstream;
  out.upstream = Upstream::forward;
  out.forwarders = servers;
  out.deadline = deadline;
  return out;
}

/// What one question comes to.
base::Result<RawAnswer> ask(const Config& config) {
  io::Loop loop(1);
  auto stub = Stub::create(loop, config);
  if (!stub) return tl::unexpected(stub.error());
  return io::run_task(loop,
                      (*stub)->ask(dns::Name::parse("a.example").value(), Type::mx));
}

std::string error_of(const base::Result<RawAnswer>& result) {
  return result ? "none" : std::string(base::to_text(result.error().code));
}

TEST(Stub, TheBitIsBelieved_Rfc4035s4_9_3) {
  const FakeResolver secure(validating(kAd)), insecure(validating(std::byte{0}));
  const auto good = ask(believing({secure.word()}));
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->security, dns::Security::secure);
  const auto doubtful = ask(believing({insecure.word()}));
  ASSERT_TRUE(doubtful) << doubtful.error().detail;
  EXPECT_EQ(doubtful->security, dns::Security::insecure);
}

TEST(Stub, TheBitIsAskedForAndSoAreSignatures) {
  std::atomic<bool> right{true};
  const FakeResolver server([&](base::Bytes query) {
    const bool recursion = (query[2] & std::byte{0x01}) != std::byte{0};
    const bool dnssec_ok = query[query.size() - 4] == std::byte{0x80};
    right = right && recursion && has(query, kAd) && !has(query, kCd) && dnssec_ok;
    return with(std::move(query), kAd);
  });
  EXPECT_TRUE(ask(believing({server.word()})));
  EXPECT_TRUE(right);
}

TEST(Stub, OneThatDoesNotValidateIsNotBelieved) {
  for (const std::byte flags : {std::byte{0}, kFailed, kAd | kFailed}) {
    const FakeResolver server([&](base::Bytes query) {
      const bool root = is_about_root(query);
      return with(std::move(query), root ? flags : kAd);
    });
    EXPECT_EQ(error_of(ask(believing({server.word()}))), "not-validating");
  }
}

TEST(Stub, OneGoodResolverIsEnoughToBegin) {
  const FakeResolver good(validating(kAd));
  const FakeResolver bad([](base::Bytes query) { return with(std::move(query), {}); });
  const auto checked = [](const std::vector<std::string>& servers) {
    io::Loop loop(1);
    const auto stub = Stub::create(loop, believing(servers, 600ms)).value();
    const auto done = io::run_task(loop, stub->check());
    return done ? "none" : std::string(base::to_text(done.error().code));
  };
  EXPECT_EQ(checked({good.word()}), "none");
  EXPECT_EQ(good.asked(), 1) << "one question is enough";
  EXPECT_EQ(checked({"127.0.0.1@1", good.word()}), "none");
  EXPECT_EQ(checked({bad.word(), good.word()}), "none");
  EXPECT_EQ(checked({bad.word()}), "not-validating");
  EXPECT_EQ(checked({"127.0.0.1@1"}), "timeout") << "it may be about to start";
  const FakeResolver silent([](const base::Bytes&) { return base::Bytes(); });
  EXPECT_EQ(checked({silent.word()}), "timeout");
}

TEST(Stub, EachIsCheckedBeforeItIsBelieved) {
  std::atomic<bool> silent{false};
  const FakeResolver first([&](base::Bytes query) {
    if (!is_about_root(query)) silent = true;
    return silent ? base::Bytes() : with(std::move(query), kAd);
  });
  const FakeResolver stripping(
      [](base::Bytes query) { return with(std::move(query), std::byte{0}); });
  EXPECT_EQ(error_of(ask(believing({first.word(), stripping.word()}, 1s))),
            "not-validating");
}

TEST(Stub, OneBeyondThisMachineIsNotBelieved) {
  for (const char* far : {"192.0.2.1", "10.0.0.1@53", "2001:db8::1", "128.0.0.1"}) {
    EXPECT_EQ(error_of(ask(believing({far}))), "bad-forwarder") << far;
  }
  EXPECT_EQ(error_of(ask(believing({}))), "bad-forwarder");
}

TEST(Stub, WhatFailsOnlyWhenCheckedIsBogus_Rfc4035s5_5) {
  const FakeResolver server([](base::Bytes query) {
    if (is_about_root(query)) return with(std::move(query), kAd);
    const bool unchecked = has(query, kCd);
    return with(std::move(query), unchecked ? std::byte{0} : kFailed);
  });
  const auto answer = ask(believing({server.word()}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->security, dns::Security::bogus);
}

TEST(Stub, WhatFailsOnceIsNotBogus) {
  std::atomic<int> checked{0};
  const FakeResolver server([&](base::Bytes query) {
    const bool fails = !is_about_root(query) && !has(query, kCd) && checked++ == 0;
    return with(std::move(query), fails ? kFailed : kAd);
  });
  const auto answer = ask(believing({server.word()}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->security, dns::Security::secure);
  EXPECT_EQ(checked, 2);
}

TEST(Stub, WhatIsRefusedUncheckedIsAFailureNotBogus) {
  const FakeResolver server([](base::Bytes query) {
    if (is_about_root(query)) return with(std::move(query), kAd);
    const bool unchecked = has(query, kCd);
    return with(std::move(query), unchecked ? std::byte{5} : kFailed);
  });
  const auto answer = ask(believing({server.word()}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, 2);
  EXPECT_NE(answer->security, dns::Security::secure);
}

TEST(Stub, AnErrorNeedNotRepeatTheQuestion) {
  const FakeResolver server([](base::Bytes query) {
    if (is_about_root(query)) return with(std::move(query), kAd);
    query.resize(12);
    query[5] = std::byte{0};
    query[11] = std::byte{0};
    return with(std::move(query), std::byte{5});
  });
  const auto answer = ask(believing({server.word()}));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->rcode, 5);
}

TEST(Stub, WhatFailsAnywayIsAFailure) {
  const FakeResolver server([](base::Bytes query) {
    const bool root = is_about_root(query);
    return with(std::move(query), root ? kAd : kFailed);
  });
  const auto answer = ask(believing({server.word()}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, 2);
  EXPECT_NE(answer->security, dns::Security::secure);
}

TEST(Stub, LostDatagramsAreSentAgain) {
  std::atomic<int> seen{0};
  const FakeResolver server([&](base::Bytes query) {
    if (!is_about_root(query) && seen++ == 0) return base::Bytes();
    return with(std::move(query), kAd);
  });
  EXPECT_TRUE(ask(believing({server.word()})));
  EXPECT_EQ(seen, 2);
}

TEST(Stub, WhatIsNoAnswerIsPassedOver) {
  const FakeResolver server([](base::Bytes query) {
    if (is_about_root(query)) return with(std::move(query), kAd);
    query[14] ^= std::byte{0x03};  // another question
    return with(std::move(query), kAd);
  });
  EXPECT_EQ(error_of(ask(believing({server.word()}, 500ms))), "timeout");
}

TEST(Stub, ACutAnswerIsNotBelievedWithoutTcp) {
  const FakeResolver server([](base::Bytes query) {
    if (is_about_root(query)) return with(std::move(query), kAd);
    query[2] |= kCut;
    return with(std::move(query), kAd);
  });
  EXPECT_EQ(error_of(ask(believing({server.word()}, 1s))), "io") << "nobody at TCP";
}

TEST(Stub, OneAfterTheOtherIsAsked) {
  const FakeResolver silent([](const base::Bytes&) { return base::Bytes(); });
  const FakeResolver server(validating(kAd));
  const auto answer = ask(believing({silent.word(), server.word()}, 600ms));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_GT(silent.asked(), 0);
  const auto closed = ask(believing({"127.0.0.1@1", server.word()}, 600ms));
  EXPECT_TRUE(closed) << closed.error().detail;
}

TEST(Stub, ManyAtOnceGetTheirOwnAnswers) {
  const FakeResolver server(validating(kAd));
  io::Loop loop(1);
  const auto stub = Stub::create(loop, believing({server.word()})).value();
  int left = 200, wrong = 0;
  for (int i = 0; i < 200; ++i) {
    const auto name = dns::Name::parse("n" + std::to_string(i) + ".example").value();
    asio::co_spawn(loop, stub->ask(name, Type::mx),
                   [&, name](const std::exception_ptr&, base::Result<RawAnswer> answer) {
                     const auto wire = wire_form(name).value();
                     const bool own =
                         answer &&
                         std::ranges::equal(
                             base::ByteView(answer->packet).subspan(12, wire.size()),
                             wire);
                     if (!own) ++wrong;
                     if (--left == 0) loop.stop();
                   });
  }
  loop.run_for(20s);
  EXPECT_EQ(left, 0);
  EXPECT_EQ(wrong, 0);
}

TEST(Stub, WhoComesBackAfterAFailureIsCheckedAgain) {
  // A resolver that was ended may be followed by another one at its port.
  enum class Mood { good, silent, other };
  std::atomic<Mood> mood{Mood::good};
  const FakeResolver server([&](base::Bytes query) {
    if (mood == Mood::silent) return base::Bytes();
    return with(std::move(query), mood == Mood::good ? kAd : std::byte{0});
  });
  io::Loop loop(1);
  const auto stub = Stub::create(loop, believing({server.word()}, 300ms)).value();
  const auto outcome = [&] {
    return error_of(
        io::run_task(loop, stub->ask(dns::Name::parse("a.example").value(), Type::mx)));
  };
  EXPECT_EQ(outcome(), "none");
  mood = Mood::silent;
  EXPECT_EQ(outcome(), "timeout");
  mood = Mood::other;
  EXPECT_EQ(outcome(), "not-validating");
}

TEST(Stub, WhoHasBeenCheckedIsNotAskedForTheRootEachTime) {
  std::atomic<int> roots{0};
  const FakeResolver server([&](base::Bytes query) {
    if (is_about_root(query)) ++roots;
    return with(std::move(query), kAd);
  });
  io::Loop loop(1);
  const auto stub = Stub::create(loop, believing({server.word()})).value();
  const auto question = dns::Name::parse("a.example").value();
  EXPECT_TRUE(io::run_task(loop, stub->ask(question, Type::mx)));
  EXPECT_TRUE(io::run_task(loop, stub->ask(question, Type::mx)));
  EXPECT_TRUE(io::run_task(loop, stub->check()));
  EXPECT_EQ(roots, 1);
}

TEST(Stub, ADenialIsAnAnswerCheckedOrNot) {
  constexpr std::byte kDenied{3};
  const FakeResolver secure(validating(kAd | kDenied)), insecure(validating(kDenied));
  const auto good = ask(believing({secure.word()}));
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->rcode, 3);
  EXPECT_EQ(good->security, dns::Security::secure);
  EXPECT_EQ(ask(believing({insecure.word()}))->security, dns::Security::insecure);
  const FakeResolver broken([](base::Bytes query) {
    if (is_about_root(query)) return with(std::move(query), kAd);
    const bool unchecked = has(query, kCd);
    return with(std::move(query), unchecked ? std::byte{3} : kFailed);
  });
  EXPECT_EQ(ask(believing({broken.word()}))->security, dns::Security::bogus)
      << "a denial that fails when it is checked";
}

TEST(Stub, ItsResolversAreNamedInItsAdvice) {
  io::Loop loop(1);
  const auto stub = Stub::create(loop, believing({"127.0.0.1@5353"})).value();
  EXPECT_THAT(stub->advice("--forward"), testing::HasSubstr("127.0.0.1@5353"));
  EXPECT_THAT(stub->written_directories(), testing::IsEmpty());
}

TEST(Stub, ALoopMayEndInTheMiddle) {
  const FakeResolver silent([](const base::Bytes&) { return base::Bytes(); });
  io::Loop loop(1);
  auto stub = Stub::create(loop, believing({silent.word()})).value();
  asio::co_spawn(loop, stub->ask(dns::Name::parse("a.example").value(), Type::mx),
                 [](const std::exception_ptr&, const base::Result<RawAnswer>&) {});
  loop.run_for(50ms);
  stub.reset();  // the conversation is forgotten later, with the loop
}

}  // namespace
}  // namespace resolver
