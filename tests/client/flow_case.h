// A flow whose peers are servers of the test, for all tests of src/client/flow.h.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <asio/redirect_error.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "src/client/flow.h"
#include "src/io/run_task.h"
#include "tests/support/peers.h"
#include "tests/support/tls_server.h"

namespace client {

inline constexpr auto kServerAuth =
    GNUTLS_KEY_KEY_AGREEMENT;  // no signature: not for a server

inline const support::ServerRecipe& good_server() {
  static const support::ServerRecipe kServer = [] {
    support::ServerRecipe out;
    out.chain = {support::make(support::leaf("Root", {"mail.example.org"})),
                 support::make(support::ca("Root"))};
    return out;
  }();
  return kServer;
}

/// A record for a key that no server has.
inline dns::Tlsa foreign_record() {
  auto recipe = support::leaf("Root", {"mail.example.org"});
  recipe.key = {"other"};
  return support::record(3, 1, 1, support::make(recipe));
}

/// A server whose key must not sign, by its certificate.
inline support::ServerRecipe odd_usage() {
  auto out = good_server();
  auto recipe = support::leaf("Root", {"mail.example.org"});
  recipe.key_usage = kServerAuth;
  out.chain.front() = support::make(recipe);
  return out;
}

/// What holds a peer to its own leaf.
inline Terms terms_for(const support::ServerRecipe& server, int usage = 3) {
  Terms out;
  out.facts.state = policy::TlsaState::present;
  out.facts.names = {dns::Name::parse("mail.example.org").value()};
  out.facts.records = {support::record(usage, 1, 1, server.chain.at(usage == 3 ? 0 : 1))};
  out.requirement.records = out.facts.records;
  out.requirement.names = out.facts.names;
  out.requirement.service = policy::Service::smtp;
  return out;
}

inline Terms opportunistic() {
  Terms out;
  out.requirement.proof = policy::Proof::nothing;
  out.requirement.tls = policy::Tls::optional;
  return out;
}

/// What happened, in its order.
using Events = std::vector<std::string>;

/// An opening that says nothing and keeps what it is asked.
class QuietOpening final : public Opening {
 public:
  explicit QuietOpening(Events& events) : events_(events) {}

  io::Task<base::Result<void>> greet(tls::Channel& /*channel*/) override {
    events_.emplace_back("greet");
    co_return base::Result<void>();
  }
  io::Task<base::Result<NextStep>> ask_for_tls(
      tls::Channel& /*channel*/, const policy::Requirement& requirement) override {
    events_.emplace_back("ask");
    if (requirement.tls == policy::Tls::never) co_return NextStep::clear_text;
    co_return NextStep::handshake;
  }
  io::Task<base::Result<void>> resume(tls::Channel& /*channel*/) override {
    events_.emplace_back("resume");
    co_return base::Result<void>();
  }
  io::Task<void> leave(tls::Channel& /*channel*/) override {
    events_.emplace_back("leave");
    co_return;
  }

 private:
  Events& events_;
};

/// A flow whose connections lead to servers of the test, one after the other.
class Flow : public testing::Test {
 protected:
  Flow() {
    options_.opening = [this] { return std::make_unique<QuietOpening>(events_); };
    options_.handshake_limit = std::chrono::seconds(10);
    options_.dial = [this](io::Loop&, std::vector<net::Endpoint> endpoints, io::Source,
                           io::ConnectTimeouts, io::Abort&) { return dial(endpoints); };
  }

  support::TlsServer& serve(support::ServerRecipe recipe) {
    servers_.push_back(std::make_unique<support::TlsServer>(std::move(recipe)));
    return *servers_.back();
  }

  Connection reach(TermsLookup terms) {
    auto task = client::reach(loop_, {kPeer}, std::move(terms), options_);
    return io::run_task(loop_, std::move(task));
  }
  Connection reach(const Terms& terms) { return reach(known(terms)); }

  static std::string word(const Connection& connection) {
    const auto& error = connection.seen.error;
    return error ? std::string(base::to_text(error->code)) : "ok";
  }

  /// A connection that stands already.
  static io::Task<io::ConnectOutcome> connected(int socket) {
    io::ConnectOutcome out;
    out.socket = io::Descriptor(socket);
    co_return out;
  }

  /// The terms do not come before `events_` holds `event`.
  TermsLookup after(std::string event, base::Result<Terms> terms) {
    return [this, event, terms] { return wait_for(event, terms); };
  }

  static constexpr net::Endpoint kPeer{{net::Family::v4, {}, 0}, 25};
  io::Loop loop_{1};
  Options options_;
  Events events_;
  std::vector<std::unique_ptr<support::TlsServer>> servers_;
  std::vector<std::vector<net::Endpoint>> dialled_;

 private:
  io::Task<io::ConnectOutcome> dial(std::vector<net::Endpoint> endpoints) {
    io::ConnectOutcome out;
    out.peer = endpoints.front();
    if (dialled_.size() < servers_.size()) {
      out.socket = servers_.at(dialled_.size())->take_client();
    } else {
      out.failures = {{endpoints.front(),
                       {base::ErrorKind::temporary, base::Code::timeout, "timed out"}}};
    }
    dialled_.push_back(std::move(endpoints));
    co_return out;
  }
  io::Task<base::Result<Terms>> wait_for(std::string event, base::Result<Terms> terms) {
    while (std::ranges::find(events_, event) == events_.end()) {
      io::Timer soon(loop_, std::chrono::milliseconds(1));
      asio::error_code ignored;
      co_await soon.async_wait(asio::redirect_error(io::kResume, ignored));
    }
    events_.emplace_back("terms");
    co_return terms;
  }
};

}  // namespace client
