#include "src/evidence/recorded_name_server.h"

#include <asio/buffer.hpp>
#include <set>
#include <utility>

#include "resolver/answer_section.h"
#include "resolver/message.h"
#include "resolver/rcode.h"
#include "resolver/sections.h"
#include "resolver/wire_name.h"
#include "src/evidence/assemble.h"
#include "src/evidence/leftovers.h"

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

/// Whether a server said what there is, and not that it failed.
template <typename Of>
bool has_answer(const Of& answer) {
  return !answer.error && resolver::tells_existence(answer.rcode);
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
    : dns_(dns), socket_(loop) {}

const base::Bytes& RecordedNameServer::add(Trail::Question question, const Told& told) {
  const auto raw =
      has_answer(told) ? raw_answer(told) : base::Result<resolver::RawAnswer>();
  base::Bytes response;
  if (raw && !raw->packet.empty()) {
    response = raw->packet;
    add_opt(response);
  } else {
    response = failure_to(question);
  }
  return responses_.insert_or_assign(std::move(question), std::move(response))
      .first->second;
}

// A name that aliases lead to may have failed to answer when it was asked itself, by way
// of a server that the aliases did not lead through. A validator that follows them asks
// there too, and is told what their own answer says of it.
void RecordedNameServer::learn_what_failed() {
  if (std::exchange(knows_what_failed_, true)) return;
  std::set<Trail::Question> failed;
  for (const Answer& answer : dns_.answers) {
    if (!has_answer(answer)) {
      failed.emplace(answer.name, static_cast<resolver::Type>(answer.type));
    }
  }
  for (const Answer& answer : dns_.answers) {
    if (failed.empty()) return;
    if (!has_answer(answer)) continue;
    const auto is_wanted =
        [&, type = static_cast<resolver::Type>(answer.type)](const dns::Name& name) {
          return failed.contains({name, type});
        };
    for (const Told& there : told_along(told(dns_, answer), is_wanted)) {
      Trail::Question question{there.name, there.type};
      if (failed.erase(question) > 0) add(std::move(question), there);
    }
  }
}

const base::Bytes* RecordedNameServer::response_to(const Trail::Question& question) {
  const Answer* answer = find_answer(dns_, question);
  if (answer == nullptr) return nullptr;
  if (!has_answer(*answer)) learn_what_failed();
  const auto known = responses_.find(question);
  if (known != responses_.end()) return &known->second;
  return &add(question, told(dns_, *answer));
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
  const base::Bytes* found = response_to(*question);
  base::Bytes out = found == nullptr ? failure_to(*question) : *found;
  if (found == nullptr && !missing_) missing_ = in_words(*question);
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
