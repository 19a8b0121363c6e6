// libunbound itself, asked for what it knows without a network.
#include "resolver/unbound_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <set>

#include "resolver/resolver.h"
#include "src/io/run_task.h"
#include "tests/resolver/fake_resolver.h"
#include "tests/support/names.h"

namespace resolver {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using support::name;

std::string file_with(const std::string& file, const std::string& text) {
  const std::string path = testing::TempDir() + "unbound_source_test." + file;
  std::ofstream(path) << text;
  return path;
}

/// An anchor for a private zone, so that nobody has to see the keys of the root.
std::string private_anchor() {
  return "server:\n  trust-anchor: \"private.test. DS 1 13 2 " + std::string(64, '0') +
         "\"\n";
}

Config local(const std::string& lines) {
  Config out;
  out.unbound_conf = file_with("conf", private_anchor() + lines);
  out.upstream = Upstream::forward;
  out.forwarders = {"127.0.0.1@1"};
  return out;
}

constexpr const char* kLocal = R"(
  local-zone: "local.test." static
  local-data: "a.local.test. 300 IN A 192.0.2.1"
  local-zone: "refused.test." refuse
)";

TEST(UnboundSource, AnswersOfItsOwnAreInsecure) {
  io::Loop loop(1);
  const auto resolver = Resolver::create(loop, local(kLocal)).value();
  const auto answer =
      io::run_task(loop, resolver->look_up<record::A>(name("a.local.test")));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->security, dns::Security::insecure);
  EXPECT_THAT(answer->records, ElementsAre(*net::parse_address("192.0.2.1")));
}

TEST(UnboundSource, TheResponseCodeIsThatOfThePacket_Rfc7672s2_1_2) {
  io::Loop loop(1);
  const auto source = UnboundSource::create(loop, local(kLocal)).value();
  const auto rcode = [&](std::string_view which) {
    return io::run_task(loop, source->ask(name(which), Type::a)).value().rcode;
  };
  EXPECT_EQ(rcode("a.local.test"), kNoError);
  EXPECT_EQ(rcode("b.local.test"), kNxdomain);
  EXPECT_EQ(rcode("refused.test"), kRefused);
  Resolver over(UnboundSource::create(loop, local(kLocal)).value());
  EXPECT_EQ(
      io::run_task(loop, over.look_up<record::A>(name("refused.test"))).error().code,
      base::Code::dns_refused);
}

/// The questions that a forwarder hears, as `48 example` for DNSKEY, while nobody
/// answers.
std::set<std::string> heard_by_a_silent_forwarder(const std::string& host, Type type,
                                                  bool busy = false) {
  std::mutex mutex;
  std::set<std::string> heard;
  const FakeResolver silent([&](const base::Bytes& query) {
    std::string text;
    std::size_t at = 12;
    while (at < query.size() && query[at] != std::byte{0}) {
      const auto size = std::to_integer<std::size_t>(query[at]);
      text += (text.empty() ? "" : ".") +
              std::string(base::as_text(base::ByteView(query).subspan(at + 1, size)));
      at += size + 1;
    }
    const std::lock_guard lock(mutex);
    heard.insert(std::to_string(std::to_integer<int>(query[at + 2])) + " " +
                 base::lower(text));
    return base::Bytes();
  });
  Config config = local(kLocal);
  config.forwarders = {silent.word()};
  config.deadline = 200ms;
  config.busy = busy;
  io::Loop loop(1);
  const auto source = UnboundSource::create(loop, config).value();
  (void)io::run_task(loop, source->ask(name(host), type));
  const std::lock_guard lock(mutex);
  return heard;
}

TEST(UnboundSource, AForwarderIsAskedForKeysBesideTheFirstQuestion) {
  using testing::IsSupersetOf;
  EXPECT_THAT(heard_by_a_silent_forwarder("mx.b.example", Type::a),
              ElementsAre("1 mx.b.example", "43 b.example", "43 example", "48 ",
                          "48 b.example", "48 example"));
  EXPECT_THAT(heard_by_a_silent_forwarder("b.example", Type::mx),
              IsSupersetOf({"15 b.example", "43 b.example", "48 b.example"}));
  EXPECT_THAT(heard_by_a_silent_forwarder("_25._tcp.b.example", Type::tlsa),
              ElementsAre("43 b.example", "43 example", "48 ", "48 b.example",
                          "48 example", "52 _25._tcp.b.example"));
  EXPECT_THAT(heard_by_a_silent_forwarder("a.b.c.d.e.f.g.example", Type::a),
              testing::Not(testing::Contains("48 c.d.e.f.g.example")));
}

TEST(UnboundSource, WhoAsksForThousandsAsksForNoKeysAhead) {
  EXPECT_THAT(heard_by_a_silent_forwarder("mx.b.example", Type::a, true),
              testing::Not(testing::Contains("48 example")));
}

TEST(UnboundSource, WhoIsSilentHasHadItsTime) {
  const FakeResolver silent([](const base::Bytes&) { return base::Bytes(); });
  Config config = local(kLocal);
  config.forwarders = {silent.word()};
  config.deadline = 50ms;
  io::Loop loop(1);
  const auto source = UnboundSource::create(loop, config).value();
  const auto answer = io::run_task(loop, source->ask(name("mail.example"), Type::a));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, base::Code::timeout);
}

TEST(UnboundSource, AnAnchorOfTheRootIsLookedAfter) {
  // The name is one that libunbound knows itself, and the root cannot be asked.
  Config config;
  config.trust_anchor =
      file_with("anchor", ". IN DS 1 13 2 " + std::string(64, '0') + "\n");
  const FakeResolver silent([](const base::Bytes&) { return base::Bytes(); });
  config.upstream = Upstream::forward;
  config.forwarders = {silent.word()};
  config.deadline = 50ms;
  config.unbound_conf = file_with("rooted", std::string("server:") + kLocal);
  io::Loop loop(1);
  const auto source = UnboundSource::create(loop, config).value();
  EXPECT_EQ(io::run_task(loop, source->ask(name("a.local.test"), Type::a)).error().code,
            base::Code::timeout);
  EXPECT_TRUE(io::run_task(loop, source->ask(name("localhost"), Type::a)));
  EXPECT_EQ(io::run_task(loop, source->check()).error().code, base::Code::timeout);
}

TEST(UnboundSource, StatesByTheirNumbers) {
  EXPECT_EQ(security_from_unbound(0), dns::Security::insecure);
  EXPECT_EQ(security_from_unbound(1), dns::Security::bogus);
  EXPECT_EQ(security_from_unbound(2), dns::Security::secure);
  for (const int state : {-1, 3, 4, 255}) {
    EXPECT_EQ(security_from_unbound(state), dns::Security::bogus) << state;
  }
}

TEST(UnboundSource, AnAnswerWithoutAHeaderIsAFailure) {
  base::Bytes header(12);
  header[3] = std::byte{0x83};
  EXPECT_EQ(rcode_from_unbound(kNoError, header), kNxdomain);
  header[3] = std::byte{0x80};
  EXPECT_EQ(rcode_from_unbound(kNoError, header), kNoError);
  EXPECT_EQ(rcode_from_unbound(kServfail, header), kServfail)
      << "what libunbound calls a failure is one";
  header.pop_back();
  EXPECT_EQ(rcode_from_unbound(kNoError, header), kServfail);
  EXPECT_EQ(rcode_from_unbound(kNoError, {}), kServfail);
}

TEST(UnboundSource, TheDirectoriesOfAnchorsThatItKeepsUpToDate_Rfc5011) {
  const std::string anchor =
      file_with("auto", ". IN DS 1 13 2 " + std::string(64, '0') + "\n");
  Config config;
  config.unbound_conf =
      file_with("updating", "server:\n  auto-trust-anchor-file: \"" + anchor + "\"\n");
  io::Loop loop(1);
  const auto source = UnboundSource::create(loop, config).value();
  EXPECT_THAT(source->written_directories(),
              ElementsAre(anchor.substr(0, anchor.rfind('/') + 1)));
  EXPECT_THAT(UnboundSource::create(loop, local(kLocal)).value()->written_directories(),
              testing::IsEmpty());
}

TEST(UnboundSource, ItsForwardersAreNamedInItsAdvice) {
  io::Loop loop(1);
  const auto resolver = Resolver::create(loop, local("")).value();
  EXPECT_THAT(resolver->advice("--forward"), testing::HasSubstr("127.0.0.1@1"));
}

TEST(UnboundSource, OneWithoutAnAnchorIsNotMade) {
  io::Loop loop(1);
  Config config;
  config.trust_anchor = "/nonexistent/anchor";
  EXPECT_EQ(Resolver::create(loop, config).error().code, base::Code::bad_trust_anchor);
}

TEST(ResolverCreate, WhoseAdBitIsBelievedIsAStub) {
  const FakeResolver server(validating(kAd));
  Config config;
  config.validation = Validation::upstream;
  config.upstream = Upstream::forward;
  config.forwarders = {server.word()};
  config.trust_anchor = "/nonexistent/anchor";
  io::Loop loop(1);
  const auto resolver = Resolver::create(loop, config);
  ASSERT_TRUE(resolver) << "no anchor is needed";
  const auto answer =
      io::run_task(loop, (*resolver)->look_up<record::A>(name("mail.example")));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->security, dns::Security::secure);
  config.forwarders = {"192.0.2.1"};
  EXPECT_EQ(Resolver::create(loop, config).error().code, base::Code::bad_forwarder);
}

}  // namespace
}  // namespace resolver
