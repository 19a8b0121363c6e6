// One handshake of ours with a server of the test, and the data phase behind it.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "src/io/run_task.h"
#include "src/tls/client.h"
#include "tests/support/tls_server.h"

namespace tls {

/// What the judge says to whoever it is shown.
enum class Opinion { believe, refuse };

/// The error's code as a word, `ok` if there is none.
inline std::string word(const base::Result<void>& result) {
  return std::string(result ? "ok" : base::to_text(result.error().code));
}

/// A client of ours that tries one handshake on `socket`.
class Attempt {
 public:
  explicit Attempt(io::Descriptor socket, const Hello& hello = {},
                   Opinion opinion = Opinion::believe, const Options& options = {},
                   io::Duration limit = std::chrono::seconds(10)) {
    auto made = make_client(options, hello);
    EXPECT_TRUE(made) << made.error().detail;
    session_ = std::move(*made);
    io::Loop loop(1);
    io::Stream stream(loop, std::move(socket));
    result_ = io::run_task(loop, shake_hands(stream, opinion, limit));
    socket_ = stream.release();
    if (!result_) socket_.reset();
  }

  [[nodiscard]] std::string outcome() const { return word(result_); }
  [[nodiscard]] std::string detail() const {
    return result_ ? "" : result_.error().detail;
  }
  [[nodiscard]] bool is_temporary() const {
    return !result_ && result_.error().kind == base::ErrorKind::temporary;
  }
  /// What the judge was shown, and how often it was asked.
  [[nodiscard]] const verify::Chain& judged() const { return judged_; }
  [[nodiscard]] int judgements() const { return judgements_; }
  [[nodiscard]] Session& session() { return *session_; }
  [[nodiscard]] int fd() const { return socket_.get(); }
  void hang_up() { socket_.reset(); }

  /// Reads until something other than `wait` comes; data is appended to `heard`.
  ReadResult read_on() {
    std::array<std::byte, 65536> buffer{};
    for (;;) {
      ReadResult got = session_->read(fd(), buffer);
      if (got.state == ReadState::data) {
        heard_.append(base::as_text(base::ByteView(buffer).first(got.size)));
      }
      if (got.state != ReadState::wait) return got;
      pollfd waiting{fd(), POLLIN, 0};
      if (poll(&waiting, 1, 10'000) <= 0) return got;
    }
  }
  /// Reads until there is no more data, and says what came instead.
  ReadResult read_to_the_end() {
    for (;;) {
      ReadResult got = read_on();
      if (got.state != ReadState::data) return got;
    }
  }
  [[nodiscard]] const std::string& heard() const { return heard_; }
  /// Sends all that is written.
  [[nodiscard]] base::Result<void> flush() {
    for (;;) {
      if (auto sent = session_->flush(fd()); !sent) return sent;
      if (session_->unsent() == 0) return {};
      pollfd waiting{fd(), POLLOUT, 0};
      if (poll(&waiting, 1, 10'000) <= 0) {
        return base::fail(base::ErrorKind::temporary, base::Code::timeout,
                          "the peer reads nothing");
      }
    }
  }

 private:
  io::Task<base::Result<void>> shake_hands(io::Stream& stream, Opinion opinion,
                                           io::Duration limit) {
    const auto judge = [this, opinion](const verify::Chain& chain) {
      ++judgements_;
      judged_ = chain;
      return opinion == Opinion::believe;
    };
    co_return co_await session_->handshake(stream, judge, io::Clock::now() + limit);
  }

  std::unique_ptr<Session> session_;
  base::Result<void> result_;
  io::Descriptor socket_;
  verify::Chain judged_;
  int judgements_ = 0;
  std::string heard_;
};

/// The priorities of a server that speaks nothing but this version: `1.2`, `1.3`.
inline std::string only(const std::string& version) {
  return "NORMAL:-VERS-ALL:+VERS-TLS" + version;
}

/// A leaf for mail.example.org, an intermediate and a root, each by the next one's key.
inline verify::Certificates good_chain() {
  return {support::make(support::leaf("Middle", {"mail.example.org"})),
          support::make(support::ca("Middle", "Root")),
          support::make(support::ca("Root"))};
}

/// A server that speaks `version` and shows the good chain.
inline support::ServerRecipe good_server(const std::string& version) {
  support::ServerRecipe out;
  out.priorities = only(version);
  out.chain = good_chain();
  return out;
}

/// What a peer sent: its certificates, or its raw key behind a word that says so.
inline std::vector<base::Bytes> shown(const verify::Chain& chain) {
  if (const auto* sent = std::get_if<verify::Certificates>(&chain)) return *sent;
  const auto raw = base::as_bytes("raw key");
  return {{raw.begin(), raw.end()}, std::get<verify::RawPublicKey>(chain).spki};
}
inline std::vector<base::Bytes> raw(const base::Bytes& spki) {
  return shown(verify::RawPublicKey{spki});
}

/// A certificate that GnuTLS does not read: it has one extension twice.
inline base::Bytes odd_leaf(std::optional<unsigned> key_usage = std::nullopt) {
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  recipe.key_usage = key_usage;
  recipe.raw = {{"1.2.3.4", base::Bytes(2)}, {"1.2.3.5", base::Bytes(2)}};
  return support::splice(support::make(recipe), base::from_hex("2a0305").value(),
                         base::from_hex("2a0304").value());
}

/// The SubjectPublicKeyInfo of an RSA key with this modulus and the exponent 3.
inline base::Bytes rsa_spki(const base::Bytes& modulus) {
  const auto wrapped = [](int tag, const base::Bytes& value) {
    base::Bytes out = {static_cast<std::byte>(tag), std::byte{0x82},
                       static_cast<std::byte>(value.size() >> 8U),
                       static_cast<std::byte>(value.size())};
    out.insert(out.end(), value.begin(), value.end());
    return out;
  };
  base::Bytes key = wrapped(0x02, modulus);
  for (const int octet : {0x02, 0x01, 0x03}) key.push_back(static_cast<std::byte>(octet));
  base::Bytes bits = wrapped(0x30, key);
  bits.insert(bits.begin(), std::byte{0});
  base::Bytes out = base::from_hex("300d06092a864886f70d0101010500").value();
  const base::Bytes string = wrapped(0x03, bits);
  out.insert(out.end(), string.begin(), string.end());
  return wrapped(0x30, out);
}

}  // namespace tls
