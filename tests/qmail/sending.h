// A message on its way in a world of the DNS, with what each attempt came to.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <asio/post.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/qmail/delivery.h"
#include "tests/qmail/home.h"
#include "tests/support/map_source.h"

namespace qmail {

inline net::Address address(const std::string& text) { return *net::parse_address(text); }

/// What a peer must prove, in a word.
inline std::string word_of(const policy::Requirement& requirement) {
  switch (requirement.proof) {
    case policy::Proof::dane:
      return "dane";
    case policy::Proof::pkix:
      return "pkix";
    case policy::Proof::dane_and_pkix:
      return "dane+pkix";
    case policy::Proof::nothing:
      break;
  }
  switch (requirement.tls) {
    case policy::Tls::required:
      return "encrypt";
    case policy::Tls::optional:
      return "may";
    case policy::Tls::never:
      return "plain";
  }
  return "";
}

/// A message for a domain in a world of the DNS. Each attempt is written down, as
/// `192.0.2.1 dane`, and comes to what the test says of its address: the server takes the
/// mail unless it `fails` or `answers` otherwise.
class Sending {
 public:
  explicit Sending(std::string_view world) : world_(world) {
    home_.file("deadhosts", "");
  }

  Sending& control(const std::string& file, std::string_view text) {
    home_.file(file, text);
    return *this;
  }
  Sending& fails(const std::string& where, base::Code code) {
    AttemptResult result;
    result.report = base::fail(base::ErrorKind::temporary, code, "why");
    result.connected = code != base::Code::timeout && code != base::Code::connect;
    return comes_to(where, result);
  }
  Sending& answers(const std::string& where, MessageState state) {
    AttemptResult result;
    result.report = report_of(state, "said\n");
    result.connected = true;
    return comes_to(where, result);
  }
  Sending& comes_to(const std::string& where, const AttemptResult& result) {
    results_[where] = result;
    return *this;
  }
  Sending& own(const std::string& where) {
    own_.push_back(address(where));
    return *this;
  }
  Sending& unreachable(const std::string& where) {
    unreachable_.push_back(address(where));
    return *this;
  }

  Report to(const std::string& host) {
    const Job job{host, "me@here.example", {"you@" + host}, -1};
    const Control control = home_.control();
    const auto is_in = [](const std::vector<net::Address>& all) {
      return [&all](const net::Address& one) {
        return std::ranges::find(all, one) != all.end();
      };
    };
    DeliveryTools tools{world_.loop,
                        world_.resolver,
                        control,
                        ledger_,
                        [this](const Approach& approach) { return attempt(approach); },
                        is_in(own_),
                        [this](const net::Address& one) {
                          return std::ranges::find(unreachable_, one) ==
                                 unreachable_.end();
                        },
                        "192.0.2.99"};
    Delivery delivery(std::move(tools), job);
    return world_.run(delivery.run());
  }

  [[nodiscard]] const std::vector<std::string>& tried() const { return tried_; }
  [[nodiscard]] const std::vector<std::vector<std::string>>& names() const {
    return names_;
  }
  [[nodiscard]] const std::vector<std::chrono::seconds>& greetings() const {
    return greetings_;
  }
  [[nodiscard]] const std::vector<mail::TlsStart>& starts() const { return starts_; }
  [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }
  [[nodiscard]] const std::vector<Circumstances>& circumstances() const {
    return circumstances_;
  }
  [[nodiscard]] const std::vector<std::string>& asked() const {
    return world_.source.asked();
  }
  /// The questions that had been asked when an attempt ended.
  [[nodiscard]] const std::vector<std::vector<std::string>>& asked_meanwhile() const {
    return asked_meanwhile_;
  }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  Sending& hold(std::string_view question) {
    world_.source.hold(question);
    return *this;
  }
  [[nodiscard]] std::string dead_hosts() const { return home_.path("deadhosts"); }

 private:
  io::Task<AttemptResult> attempt(const Approach& approach) {
    const std::string where = net::to_text(approach.endpoint.address);
    const auto terms = co_await approach.terms();
    if (!terms) {
      AttemptResult out;
      out.report = tl::unexpected(terms.error());
      co_return out;
    }
    tried_.push_back(where + " " + word_of(terms->requirement));
    for (int turns = 0; turns < 10; ++turns) {  // a server takes its time
      co_await asio::post(world_.loop, io::kResume);
    }
    asked_meanwhile_.push_back(asked());
    greetings_.push_back(approach.greeting_limit);
    circumstances_.push_back(approach.circumstances);
    starts_.push_back(approach.start);
    ports_.push_back(approach.endpoint.port);
    std::vector<std::string> names;
    for (const auto& name : terms->requirement.names) {
      names.push_back(policy::to_text(name));
    }
    names_.push_back(std::move(names));
    AttemptResult out;
    out.connected = true;
    out.report = report_of(MessageState::accepted, "taken\n");
    if (const auto other = results_.find(where); other != results_.end()) {
      out = other->second;
    }
    co_return out;
  }

  support::DnsWorld world_;
  Home home_;
  Ledger ledger_{home_.path("deadhosts"), home_.path("tlsrpt")};
  std::map<std::string, AttemptResult> results_;
  std::vector<net::Address> own_;
  std::vector<net::Address> unreachable_;
  std::vector<std::string> tried_;
  std::vector<std::vector<std::string>> names_;
  std::vector<std::vector<std::string>> asked_meanwhile_;
  std::vector<std::chrono::seconds> greetings_;
  std::vector<Circumstances> circumstances_;
  std::vector<mail::TlsStart> starts_;
  std::vector<std::uint16_t> ports_;
};

/// A domain whose only mail host has TLSA records, all of it secure.
inline const std::string kOne = R"(
  a.example              MX   10 mx.a.example
  mx.a.example           A    192.0.2.1
  _25._tcp.mx.a.example  TLSA 3 1 1 AB*32
)";
/// A domain of two hosts, of which the second has TLSA records.
inline const std::string kTwo = R"(
  a.example               MX   10 mx1.a.example
  a.example               MX   20 mx2.a.example
  mx1.a.example           A    192.0.2.1
  mx2.a.example           A    192.0.2.2
  _25._tcp.mx2.a.example  TLSA 3 1 1 AB*32
)";

inline void expect_delayed(const Report& report, const char* code) {
  EXPECT_EQ(report.state, MessageState::temporary);
  EXPECT_THAT(report.text, testing::HasSubstr(code));
}

}  // namespace qmail
