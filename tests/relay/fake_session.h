// A TLS session without TLS: what is written goes over a plain socket, and how it ends is
// the test's choice.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "src/tls/session.h"

namespace relay {

class FakeSession final : public tls::Session {
 public:
  /// What the end of the stream is taken for: `closed`, `truncated` or `failed`.
  void set_end(tls::ReadState end) { end_ = end; }
  /// The most octets that one read gives.
  void set_read_limit(std::size_t limit) { read_limit_ = limit; }
  /// The octets of the record that says close_notify; none unless they are set.
  void set_goodbye(std::string octets) { goodbye_octets_ = std::move(octets); }
  /// The next write is an error.
  void break_write() { write_breaks_ = true; }

  [[nodiscard]] bool said_goodbye() const { return goodbye_; }
  [[nodiscard]] std::size_t most_unsent() const { return most_unsent_; }
  /// What was read from the peer so far.
  [[nodiscard]] std::size_t heard() const { return heard_; }

  io::Task<base::Result<void>> handshake(io::Stream& /*stream*/, tls::Judge /*judge*/,
                                         io::TimePoint /*deadline*/) override {
    co_return base::Result<void>();
  }
  [[nodiscard]] tls::SessionFacts facts() const override { return {}; }
  [[nodiscard]] const verify::Chain& chain() const override { return chain_; }
  [[nodiscard]] std::vector<base::Bytes> transcript() const override { return {}; }
  [[nodiscard]] std::optional<base::Bytes> dnssec_chain() const override { return {}; }
  [[nodiscard]] base::Bytes own_certificate() const override { return {}; }

  tls::ReadResult read(int fd, std::span<std::byte> into) override {
    const std::size_t most = std::min(into.size(), read_limit_.load());
    const ssize_t n = ::recv(fd, into.data(), most, 0);
    if (n > 0) {
      heard_ += static_cast<std::size_t>(n);
      return {tls::ReadState::data, static_cast<std::size_t>(n), {}};
    }
    if (n == 0) return {end_, 0, error(base::Code::tls, "the peer sent nonsense")};
    if (errno == EAGAIN) return {tls::ReadState::wait, 0, {}};
    return {tls::ReadState::failed, 0, error(base::Code::io, std::strerror(errno))};
  }
  base::Result<void> write(base::ByteView data) override {
    if (write_breaks_)
      return tl::unexpected(error(base::Code::tls, "the session is broken"));
    out_.insert(out_.end(), data.begin(), data.end());
    most_unsent_ = std::max(most_unsent_.load(), unsent());
    return {};
  }
  void refuse() override {}
  void close_notify() override {
    goodbye_ = true;
    const auto octets = base::as_bytes(goodbye_octets_);
    out_.insert(out_.end(), octets.begin(), octets.end());
  }
  base::Result<void> flush(int fd) override {
    while (unsent() > 0) {
      const ssize_t n = ::send(fd, out_.data() + sent_, unsent(), MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return {};
      if (n < 0) return tl::unexpected(error(base::Code::io, std::strerror(errno)));
      sent_ += static_cast<std::size_t>(n);
    }
    discard_unsent();
    return {};
  }
  [[nodiscard]] std::size_t unsent() const override { return out_.size() - sent_; }
  void discard_unsent() override {
    out_.clear();
    sent_ = 0;
  }

 private:
  static base::Error error(base::Code code, std::string_view detail) {
    return {base::ErrorKind::temporary, code, std::string(detail)};
  }

  verify::Chain chain_;
  std::string goodbye_octets_;
  std::vector<std::byte> out_;
  std::size_t sent_ = 0;
  std::atomic<tls::ReadState> end_ = tls::ReadState::closed;
  std::atomic<std::size_t> read_limit_ = std::size_t{1} << 20U;
  std::atomic<bool> write_breaks_ = false;
  std::atomic<bool> goodbye_ = false;
  std::atomic<std::size_t> most_unsent_ = 0;
  std::atomic<std::size_t> heard_ = 0;
};

}  // namespace relay
