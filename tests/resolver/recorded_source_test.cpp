#include "resolver/recorded_source.h"

#include <gtest/gtest.h>

#include "resolver/host.h"
#include "tests/support/map_source.h"

namespace resolver {
namespace {

using support::DnsWorld;
using support::MapSource;
using support::name;

constexpr std::string_view kWorld = R"(
  mail.example           A    192.0.2.1
  mail.example           AAAA servfail
  _25._tcp.mail.example  TLSA 3 1 1 AB*32 ttl=60 until=1800000000
  plain.example          A    192.0.2.2 insecure
)";

/// What is recorded of a look at two hosts and one name that is bogus.
Recording recording() {
  Recording out;
  io::Loop loop(1);
  auto map = std::make_unique<MapSource>(kWorld);
  map->add("bogus.example A 192.0.2.3 bogus");
  Resolver over(std::make_unique<RecordingSource>(std::move(map), out));
  for (const char* host : {"mail.example", "plain.example", "bogus.example"}) {
    const auto found = io::run_task(loop, find_host(over, name(host), Families::both));
    if (found) (void)io::run_task(loop, find_tlsa(over, *found, 25));
  }
  return out;
}

template <typename T>
T run(io::Task<T> task) {
  io::Loop loop(1);
  return io::run_task(loop, std::move(task));
}

TEST(RecordedSource, SaysAgainWhatWasSaid) {
  Resolver replayed(std::make_unique<RecordedSource>(recording()));
  const auto host =
      run(find_host(replayed, name("mail.example"), Families::both)).value();
  EXPECT_EQ(host.security, dns::Security::secure);
  const auto facts = run(find_tlsa(replayed, host, 25)).value();
  EXPECT_EQ(facts.state, policy::TlsaState::present);
  EXPECT_EQ(facts.ttl, std::chrono::seconds(60));
  const auto plain =
      run(find_host(replayed, name("plain.example"), Families::both)).value();
  EXPECT_EQ(plain.security, dns::Security::insecure);
}

TEST(RecordedSource, FailuresAreRecordedToo) {
  Resolver replayed(std::make_unique<RecordedSource>(recording()));
  EXPECT_EQ(run(replayed.look_up<record::Aaaa>(name("mail.example"))).error().code,
            base::Code::servfail);
  EXPECT_EQ(run(replayed.look_up<record::A>(name("bogus.example"))).error().code,
            base::Code::bogus);
}

TEST(RecordedSource, WhatNobodyAskedIsAnErrorAndNoDenial) {
  Resolver replayed(std::make_unique<RecordedSource>(recording()));
  const auto other_name = run(replayed.look_up<record::A>(name("other.example")));
  ASSERT_FALSE(other_name);
  EXPECT_EQ(other_name.error().code, base::Code::io);
  EXPECT_EQ(other_name.error().kind, base::ErrorKind::temporary);
  EXPECT_FALSE(run(replayed.look_up<record::Mx>(name("mail.example"))));
  EXPECT_FALSE(run(Resolver(std::make_unique<RecordedSource>(Recording()))
                       .look_up<record::A>(name("mail.example"))));
}

TEST(RecordedSource, AnswersThatChangedComeInTheirOrder) {
  Recording changed;
  RecordingSource source(std::make_unique<MapSource>("a.example A servfail"), changed);
  (void)run(source.ask(name("a.example"), Type::a));
  Recording good;
  RecordingSource later(std::make_unique<MapSource>("a.example A 192.0.2.1"), good);
  (void)run(later.ask(name("a.example"), Type::a));
  changed.answers.push_back(good.answers.front());
  Resolver replayed(std::make_unique<RecordedSource>(changed));
  EXPECT_FALSE(run(replayed.look_up<record::A>(name("a.example"))));
  EXPECT_TRUE(run(replayed.look_up<record::A>(name("a.example"))));
  EXPECT_TRUE(run(replayed.look_up<record::A>(name("a.example"))))
      << "the last one stays";
}

TEST(RecordedSource, ACheckIsRecordedAndNeverInvented) {
  EXPECT_EQ(run(RecordedSource(Recording()).check()).error().code,
            base::Code::not_validating);
  Recording good;
  RecordingSource source(std::make_unique<MapSource>(""), good);
  EXPECT_TRUE(run(source.check()));
  EXPECT_TRUE(run(RecordedSource(good).check()));
  auto broken = std::make_unique<MapSource>("");
  broken->fail_check({base::ErrorKind::temporary, base::Code::timeout, ""});
  Recording bad;
  EXPECT_FALSE(run(RecordingSource(std::move(broken), bad).check()));
  EXPECT_EQ(run(RecordedSource(bad).check()).error().code, base::Code::timeout);
}

}  // namespace
}  // namespace resolver
