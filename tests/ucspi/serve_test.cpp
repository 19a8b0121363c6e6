#include "src/ucspi/serve.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <thread>

#include "src/io/run_task.h"
#include "tests/relay/fake_session.h"
#include "tests/support/read_all.h"

namespace ucspi {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kEnvironment = {"PATH=/usr/bin:/bin", "MINE=a b"};

using support::read_all;

/// A connection whose peer the test plays in a thread.
class ServeTest : public testing::Test {
 protected:
  ServeTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ours_ = io::Descriptor(ends[0]);
    peer_ = io::Descriptor(ends[1]);
    options_.relay.idle = 10s;
    options_.relay.grace = 50ms;
  }
  ~ServeTest() override {
    peer_.reset();
    if (talk_.joinable()) talk_.join();
  }

  void runs(const std::string& script) { program_ = {"sh", "-c", script}; }
  /// The peer says these words, hears until the end, and hangs up.
  void peer_says(const std::string& words) {
    talk_ = std::thread([this, words] {
      (void)!::write(peer_.get(), words.data(), words.size());
      shutdown(peer_.get(), SHUT_WR);
      heard_ = read_all(peer_.get());
    });
  }
  std::string heard() {
    if (talk_.joinable()) talk_.join();
    return heard_;
  }
  ProvedPeer proved(tls::ReadState end = tls::ReadState::closed) {
    auto session = std::make_unique<relay::FakeSession>();
    session->set_end(end);
    return {std::move(ours_), std::move(session)};
  }
  base::Result<ServiceEnd> serve_it(tls::ReadState end = tls::ReadState::closed) {
    auto program = spawn_on_pipes(program_, kEnvironment, descriptors_);
    if (!program) return tl::unexpected(program.error());
    return serve(proved(end), std::move(*program), options_);
  }

  std::vector<std::string> program_;
  PeerDescriptors descriptors_ = kClientDescriptors;
  Options options_;
  io::Descriptor ours_;
  io::Descriptor peer_;
  std::thread talk_;
  std::string heard_;
};
using Serve = ServeTest;

TEST_F(Serve, TheProgramOfAClientHasThePeerOn6And7) {
  runs("cat <&6 >&7; exit 3");
  peer_says("words");
  const auto end = serve_it();
  ASSERT_TRUE(end);
  EXPECT_EQ(exit_status(*end), 3);
  EXPECT_EQ(heard(), "words");
}

TEST_F(Serve, TheProgramOfAServerHasThePeerOn0And1) {
  descriptors_ = kServerDescriptors;
  runs("cat; exit 4");
  peer_says("words");
  const auto end = serve_it();
  ASSERT_TRUE(end);
  EXPECT_EQ(exit_status(*end), 4);
  EXPECT_EQ(heard(), "words");
}

TEST_F(Serve, TheProgramHasTheEnvironmentThatIsGiven) {
  runs("printf %s \"$MINE\" >&7");
  peer_says("");
  ASSERT_TRUE(serve_it());
  EXPECT_EQ(heard(), "a b");
}

TEST_F(Serve, AFailureOfTheRelayWinsOverTheProgramsStatus_Rfc8446s6_1) {
  std::optional<relay::Ending> told;
  options_.on_relay_end = [&](const relay::Ending& ending) { told = ending; };
  runs("cat <&6 >/dev/null; exit 0");
  peer_says("half of it");
  const auto end = serve_it(tls::ReadState::truncated);
  ASSERT_TRUE(end);
  ASSERT_TRUE(end->relay.failure);
  EXPECT_EQ(end->relay.failure->code, base::Code::truncated);
  EXPECT_EQ(end->status.value(), 0) << "the program believes that it had all";
  EXPECT_EQ(exit_status(*end), 111);
  ASSERT_TRUE(told && told->failure);
  EXPECT_EQ(told->failure->code, base::Code::truncated);
}

// A program that ends by itself had what it wanted.
TEST_F(Serve, TheRelayKnowsWhichProgramItServes) {
  runs("read -r word <&6; (sleep 0.3; cat <&6 >&7) & exit 5");
  peer_says("word\n");
  const auto end = serve_it(tls::ReadState::truncated);
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->relay.failure);
  EXPECT_EQ(exit_status(*end), 5);
}

TEST_F(Serve, AProgramThatIsKilledHasNoStatus) {
  runs("kill -TERM $$");
  peer_says("");
  const auto end = serve_it();
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->status);
  EXPECT_EQ(exit_status(*end), 111);
}

TEST_F(Serve, AProgramThatIsNotThereIsAnError) {
  program_ = {"/no/such/program"};
  const auto end = serve_it();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, base::Code::exec);
}

TEST(ServiceEnd, SaysNothingGoodByItself) { EXPECT_EQ(exit_status(ServiceEnd{}), 111); }

/// Delayed TLS, whose handshake is a word of the test.
class ServeDelayed : public ServeTest {
 protected:
  base::Result<ServiceEnd> serve_it() {
    const auto prove =
        [this](io::Descriptor socket) -> io::Task<base::Result<ProvedPeer>> {
      ++proofs_;
      was_blocking_ = (fcntl(socket.get(), F_GETFL) & O_NONBLOCK) == 0;
      if (refuses_) {
        co_return base::fail(base::ErrorKind::temporary, base::Code::refused, "no");
      }
      auto session = std::make_unique<relay::FakeSession>();
      ProvedPeer out{std::move(socket), std::move(session)};
      co_return out;
    };
    const auto variables = [this](const tls::Session&) {
      asked_for_variables_ = true;
      return std::vector<std::string>{"SSL_CIPHER=x", "OTHER=y"};
    };
    const auto start = [this](int socket) {
      return spawn_delayed(program_, kEnvironment, socket, descriptors_);
    };
    io::Loop loop(1);
    return io::run_task(
        loop, serve_delayed(std::move(ours_), options_, {start, prove, variables}));
  }

  bool refuses_ = false;
  bool was_blocking_ = false;
  bool asked_for_variables_ = false;
  int proofs_ = 0;
};

// Shells cannot redirect to a descriptor in a variable without eval.
const std::string kTalk = "eval \"printf y >&$SSLCTLFD\"; ";

TEST_F(ServeDelayed, TheProgramHasThePlainConnectionFirst) {
  runs("printf clear >&7; exit 6");
  peer_says("");
  const auto end = serve_it();
  ASSERT_TRUE(end) << end.error().detail;
  EXPECT_EQ(exit_status(*end), 6);
  EXPECT_EQ(proofs_, 0) << "it never wanted TLS";
  EXPECT_EQ(heard(), "clear");
}

TEST_F(ServeDelayed, AServersProgramHasItOn0And1) {
  descriptors_ = kServerDescriptors;
  runs("printf clear; exit 7");
  peer_says("");
  const auto end = serve_it();
  ASSERT_TRUE(end);
  EXPECT_EQ(exit_status(*end), 7);
  EXPECT_EQ(heard(), "clear");
}

TEST_F(ServeDelayed, AfterTheWordEverythingIsRelayed) {
  runs(kTalk + "eval \"cat <&$SSLREADFD >&$SSLWRITEFD\"; exit 8");
  peer_says("secret");
  const auto end = serve_it();
  ASSERT_TRUE(end);
  EXPECT_EQ(exit_status(*end), 8);
  EXPECT_EQ(proofs_, 1);
  EXPECT_FALSE(was_blocking_) << "the handshake must not block the process";
  EXPECT_FALSE(asked_for_variables_);
  EXPECT_EQ(heard(), "secret");
}

TEST_F(ServeDelayed, AProgramThatWantsThemGetsTheVariables) {
  runs(
      "eval \"printf Y >&$SSLCTLFD; exec 9<&$SSLCTLFD; tr '\\\\0' '\\\\n' <&9 "
      ">&$SSLWRITEFD\"");
  peer_says("");
  const auto end = serve_it();
  ASSERT_TRUE(end);
  EXPECT_TRUE(asked_for_variables_);
  EXPECT_EQ(heard(), "SSL_CIPHER=x\n\n");
}

// What the program holds of the plain connection must be of no use to it.
TEST_F(ServeDelayed, ARefusedPeerCannotBeSpokenToInClearText) {
  refuses_ = true;
  runs(kTalk +
       "eval \"cat <&$SSLREADFD\" >/dev/null; printf secret >&7 2>/dev/null; exit 0");
  peer_says("");
  const auto end = serve_it();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, base::Code::refused);
  EXPECT_EQ(heard(), "");
}

TEST_F(ServeDelayed, AnUnknownCommandEndsTheConnection) {
  runs("eval \"printf x >&$SSLCTLFD\"; sleep 0.2; printf secret >&7 2>/dev/null");
  peer_says("");
  const auto end = serve_it();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, base::Code::bad_command);
  EXPECT_EQ(end.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(proofs_, 0);
  EXPECT_EQ(heard(), "");
}

TEST_F(ServeDelayed, AProgramWithoutTlsThatIsKilledIsAnError) {
  runs("kill -TERM $$");
  peer_says("");
  const auto end = serve_it();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, base::Code::killed);
}

}  // namespace
}  // namespace ucspi
