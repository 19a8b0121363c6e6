#include "src/client/opening.h"

#include <utility>

namespace client {
namespace {

class NoOpening final : public Opening {
 public:
  io::Task<base::Result<void>> greet(tls::Channel& /*channel*/) override {
    co_return base::Result<void>();
  }
  io::Task<base::Result<NextStep>> ask_for_tls(
      tls::Channel& /*channel*/, const policy::Requirement& /*requirement*/) override {
    co_return NextStep::handshake;
  }
  io::Task<base::Result<void>> resume(tls::Channel& /*channel*/) override {
    co_return base::Result<void>();
  }
  io::Task<void> leave(tls::Channel& /*channel*/) override { co_return; }
};

/// The dialogues of src/base/starttls.h. Their greeting holds all of the talk, the word
/// for TLS and the go-ahead with it: nothing in it depends on what the peer must prove.
class StarttlsOpening final : public Opening {
 public:
  StarttlsOpening(std::unique_ptr<starttls::Dialogue> dialogue, io::Duration limit)
      : dialogue_(std::move(dialogue)), limit_(limit) {}

  io::Task<base::Result<void>> greet(tls::Channel& channel) override;
  io::Task<base::Result<NextStep>> ask_for_tls(
      tls::Channel& /*channel*/, const policy::Requirement& /*requirement*/) override {
    co_return NextStep::handshake;
  }
  io::Task<base::Result<void>> resume(tls::Channel& /*channel*/) override {
    co_return base::Result<void>();
  }
  io::Task<void> leave(tls::Channel& /*channel*/) override { co_return; }
  [[nodiscard]] io::Duration counted() const override { return counted_; }

 private:
  io::Task<base::Result<void>> talk(tls::Channel& channel, io::TimePoint deadline);

  std::unique_ptr<starttls::Dialogue> dialogue_;
  io::Duration limit_;
  io::Duration counted_{0};
};

io::Task<base::Result<void>> StarttlsOpening::greet(tls::Channel& channel) {
  const io::TimePoint begin = io::Clock::now();
  auto talked = co_await talk(channel, begin + limit_);
  counted_ = io::Clock::now() - begin;
  co_return talked;
}

io::Task<base::Result<void>> StarttlsOpening::talk(tls::Channel& channel,
                                                   io::TimePoint deadline) {
  constexpr std::size_t kMostTalk = std::size_t{256} * 1024;
  std::size_t talk = 0;
  if (const std::string opening = dialogue_->opening(); !opening.empty()) {
    if (auto sent = co_await channel.write(opening, deadline); !sent) co_return sent;
  }
  for (;;) {
    auto heard = co_await channel.read(deadline);
    if (!heard) co_return tl::unexpected(heard.error().in("STARTTLS"));
    if (heard->empty()) {
      co_return base::fail(base::ErrorKind::temporary, base::Code::closed,
                           "the peer closed the connection before STARTTLS");
    }
    talk += heard->size();
    if (talk > kMostTalk) {
      co_return base::fail(base::ErrorKind::temporary, base::Code::protocol,
                           "the peer talks on and on before STARTTLS");
    }
    auto step = dialogue_->feed(*heard);
    if (!step) co_return tl::unexpected(step.error());
    if (!step->send.empty()) {
      if (auto sent = co_await channel.write(step->send, deadline); !sent) {
        co_return tl::unexpected(sent.error().in("STARTTLS"));
      }
    }
    if (step->start_tls) co_return base::Result<void>();
  }
}

}  // namespace

const smtp::Reply& Opening::rejection() const {
  static const smtp::Reply kNone;
  return kNone;
}

std::unique_ptr<Opening> no_opening() { return std::make_unique<NoOpening>(); }

std::unique_ptr<Opening> starttls_opening(std::unique_ptr<starttls::Dialogue> dialogue,
                                          io::Duration limit) {
  return std::make_unique<StarttlsOpening>(std::move(dialogue), limit);
}

}  // namespace client
