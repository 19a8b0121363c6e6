#include "src/evidence/recorded_name_server.h"

#include <asio/buffer.hpp>

#include "resolver/answer_section.h"
#include "resolver/message.h"
#include "resolver/sections.h"
#include "resolver/wire_name.h"
#include "src/evidence/assemble.h"

namespace evidence {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kAdditional = 10;  // where the count of that section stands

/// What says that a server knows EDNS and DNSSEC (RFC 6891 6.1.2, RFC 4035 3.1): the root
/// as owner, OPT, 65,535 octets, version 0, DO.
constexpr std::array<std::byte, 11> kOpt = {
    std::byte{0},    std::byte{0}, std::byte{41}, std::byte{0xFF},
    std::byte{0xFF}, std::byte{0}, std::byte{0},  std::byte{0x80},
    std::byte{0},    std::byte{0}, std::byte{0}};

void add_opt(base::Bytes& response) {
  response.insert(response.end(), kOpt.begin(), kOpt.end());
  response[kAdditional + 1] = std::byte{1};
}

base::Bytes failure_to(const Trail::Question& question) {
  auto out =
      resolver::response_of(question.first, question.second, resolver::kServfail, {}, {});
  if (!out) return {};
  add_opt(*out);
  return std::move(*out);
}

std::optional<Trail::Question> question_of(base::ByteView query) {
  if (query.size() < kHeader) return std::nullopt;
  const base::ByteView question = query.subspan(kHeader);
  auto name = resolver::leading_name(question);
  if (!name) return std::nullopt;
  const auto wire = resolver::wire_form(*name);
  if (!wire || question.size() < wire->size() + 4) return std::nullopt;
  const auto type =
      static_cast<resolver::Type>(resolver::number_at(question, wire->size()));
  return Trail::Question{std::move(*name), type};
}

}  // namespace

RecordedNameServer::RecordedNameServer(io::Loop& loop, const DnsEvidence& dns)
    : socket_(loop) {
  for (const Answer& answer : dns.answers) {
    const Told recorded = told(dns, answer);
    Trail::Question question{recorded.name, recorded.type};
    const auto raw = raw_answer(recorded);
    base::Bytes response = raw ? raw->packet : base::Bytes();
    if (response.empty()) {
      response = failure_to(question);
    } else {
      add_opt(response);
    }
    responses_.emplace(std::move(question), std::move(response));
  }
}

base::Result<std::unique_ptr<RecordedNameServer>> RecordedNameServer::create(
    io::Loop& loop, const DnsEvidence& dns) {
  std::unique_ptr<RecordedNameServer> out(new RecordedNameServer(loop, dns));
  asio::error_code error;
  (void)out->socket_.open(asio::ip::udp::v4(), error);
  if (!error) {
    (void)out->socket_.bind({asio::ip::address_v4::loopback(), 0}, error);
  }
  if (!error) {
    out->listen();
    return out;
  }
  return base::fail(base::ErrorKind::temporary, base::Code::socket,
                    "no socket on the loopback address: " + error.message());
}

std::string RecordedNameServer::address() const {
  asio::error_code ignored;
  return "127.0.0.1@" + std::to_string(socket_.local_endpoint(ignored).port());
}

base::Bytes RecordedNameServer::response_to(base::ByteView query) {
  const auto question = question_of(query);
  if (!question) return {};
  const auto found = responses_.find(*question);
  base::Bytes out = found == responses_.end() ? failure_to(*question) : found->second;
  if (found == responses_.end() && !missing_) {
    missing_ = in_words(*question);
  }
  if (!out.empty()) resolver::set_number(out, resolver::number_of(query));
  return out;
}

void RecordedNameServer::listen() {
  socket_.async_receive_from(
      asio::buffer(query_), asker_, [this](asio::error_code error, std::size_t size) {
        if (error == asio::error::operation_aborted) return;
        if (!error) {
          const base::Bytes response = response_to(base::ByteView(query_).first(size));
          asio::error_code lost;  // whoever asked asks again
          if (!response.empty()) {
            socket_.send_to(asio::buffer(response), asker_, 0, lost);
          }
        }
        listen();
      });
}

}  // namespace evidence
