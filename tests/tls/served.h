// One connection that a server of ours takes, in a thread.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "src/io/run_task.h"
#include "src/tls/served_certificate.h"
#include "src/tls/server.h"
#include "tests/support/read_all.h"
#include "tests/support/signatures.h"
#include "tests/support/tls_client.h"
#include "tests/tls/attempt.h"

namespace tls {

/// Signs with keys of this process, by number, and counts.
class OwnSigner final : public Signer {
 public:
  explicit OwnSigner(const std::vector<support::Key>& keys) {
    for (const auto& one : keys) keys_.push_back(support::private_key(one));
  }
  base::Result<base::Bytes> sign(const SigningRequest& request) override {
    asked_.push_back(request.key);
    if (is_out_) {
      return base::fail(base::ErrorKind::internal, base::Code::tls, "nobody is there");
    }
    return keys_.at(request.key).sign(request);
  }
  /// From here on it fails.
  void go_out() { is_out_ = true; }
  /// The numbers of the keys that signed, in their order.
  [[nodiscard]] const std::vector<std::uint32_t>& asked() const { return asked_; }

 private:
  std::vector<PrivateKey> keys_;
  std::vector<std::uint32_t> asked_;
  bool is_out_ = false;
};

/// A handshake of ours with whoever is at the other end; after it `greeting` is written,
/// and what the client says is heard.
class Served {
 public:
  explicit Served(ServerOptions options, Opinion opinion = Opinion::believe,
                  io::Duration limit = std::chrono::seconds(10))
      : opinion_(opinion), limit_(limit) {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_ = io::Descriptor(ends[0]);
    socket_ = io::Descriptor(ends[1]);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    auto made = make_server(std::move(options));
    EXPECT_TRUE(made) << made.error().detail;
    session_ = std::move(*made);
    thread_ = std::thread([this] { run(); });
  }
  ~Served() {
    client_.reset();
    if (thread_.joinable()) thread_.join();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  /// The client's end, blocking.
  [[nodiscard]] const io::Descriptor& client() const { return client_; }
  [[nodiscard]] io::Descriptor take_client() {
    fcntl(client_.get(), F_SETFL, O_NONBLOCK);
    return std::move(client_);
  }
  /// What a GnuTLS client sees of this server.
  [[nodiscard]] support::SeenServer seen_by(const support::ClientRecipe& recipe,
                                            std::string_view words = {}) {
    auto out = support::talk_to_server(client_.get(), recipe, words);
    client_.reset();
    return out;
  }

  // These wait for the server's end.
  [[nodiscard]] std::string outcome() { return word(ended().result_); }
  [[nodiscard]] std::string detail() {
    return ended().result_ ? "" : result_.error().detail;
  }
  [[nodiscard]] const verify::Chain& judged() { return ended().judged_; }
  [[nodiscard]] int judgements() { return ended().judgements_; }
  [[nodiscard]] SessionFacts facts() { return ended().session_->facts(); }
  [[nodiscard]] base::Bytes own_certificate() {
    return ended().session_->own_certificate();
  }
  [[nodiscard]] const std::string& heard() { return ended().heard_; }

  static constexpr std::string_view kGreeting = "greeting";

 private:
  Served& ended() {
    if (!thread_.joinable()) return *this;
    decided_.get_future().wait();
    client_.reset();
    thread_.join();
    return *this;
  }
  io::Task<base::Result<void>> shake_hands(io::Stream& stream) {
    const auto judge = [this](const verify::Chain& chain) {
      ++judgements_;
      judged_ = chain;
      return opinion_ == Opinion::believe;
    };
    co_return co_await session_->handshake(stream, judge, io::Clock::now() + limit_);
  }
  void run() {
    {
      io::Loop loop(1);
      io::Stream stream(loop, std::move(socket_));
      result_ = io::run_task(loop, shake_hands(stream));
      socket_ = stream.release();
    }
    decided_.set_value();
    if (result_ && session_->write(base::as_bytes(kGreeting))) {
      session_->close_notify();
      while (session_->flush(socket_.get()) && session_->unsent() > 0) {
        wait(POLLOUT);
      }
      hear();
    }
    // A client that is still speaking would hear of that, and not the alert.
    shutdown(socket_.get(), SHUT_WR);
    fcntl(socket_.get(), F_SETFL, 0);
    (void)support::read_all(socket_.get());
    socket_.reset();
  }
  void hear() {
    std::array<std::byte, 4096> buffer{};
    for (;;) {
      const ReadResult got = session_->read(socket_.get(), buffer);
      if (got.state == ReadState::data) {
        heard_.append(base::as_text(base::ByteView(buffer).first(got.size)));
      } else if (got.state != ReadState::wait || !wait(POLLIN)) {
        return;
      }
    }
  }
  bool wait(short event) const {
    pollfd waiting{socket_.get(), event, 0};
    return poll(&waiting, 1, 10'000) > 0;
  }

  Opinion opinion_;
  io::Duration limit_;
  std::unique_ptr<Session> session_;
  base::Result<void> result_;
  io::Descriptor client_;
  io::Descriptor socket_;
  verify::Chain judged_;
  int judgements_ = 0;
  std::string heard_;
  std::promise<void> decided_;
  std::thread thread_;
};

}  // namespace tls
