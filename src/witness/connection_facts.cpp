#include "src/witness/connection_facts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/bytes.h"
#include "src/base/pem.h"

namespace witness {
namespace {

using client::Progress;
using client::RecordedTry;
using evidence::Json;

constexpr std::array<std::pair<Progress, const char*>, 4> kProgress = {{
    {Progress::nothing, "nothing"},
    {Progress::connected, "connected"},
    {Progress::tls_begun, "tls-begun"},
    {Progress::established, "established"},
}};

// --- writing

const char* to_text(Progress progress) {
  return std::ranges::find(kProgress, progress, &std::pair<Progress, const char*>::first)
      ->second;
}

/// What a peer said in it is written as it would be printed.
Json to_value(const base::Error& error) {
  return {{"code", base::to_text(error.code)},
          {"detail", base::printable(error.detail, base::kMessage)},
          {"kind", static_cast<int>(error.kind)}};
}

Json to_value(const tls::SessionFacts& session) {
  return {{"protocol", session.protocol},
          {"cipher", session.cipher},
          {"group", session.group},
          {"exporter", base::to_base64(session.exporter)}};
}

Json to_value(const verify::Chain& chain) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    return {{"key", base::to_base64(raw->spki)}};
  }
  Json all = Json::array();
  for (const base::Bytes& one : std::get<verify::Certificates>(chain)) {
    all.push_back(base::to_base64(one));
  }
  return {{"certificates", std::move(all)}};
}

Json to_value(const smtp::Reply& reply) {
  Json lines = Json::array();
  for (const std::string& line : reply.lines) {
    lines.push_back(base::printable(line, base::kMessage));
  }
  return {{"code", reply.code}, {"lines", std::move(lines)}};
}

bool is_empty(const verify::Chain& chain) {
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  return certificates != nullptr && certificates->empty();
}

Json to_value(const RecordedTry& one, const std::optional<std::size_t>& handshake) {
  using std::chrono::milliseconds;
  Json out = {
      {"progress", to_text(one.progress)},
      {"milliseconds", std::chrono::duration_cast<milliseconds>(one.took).count()}};
  if (one.error) out["error"] = to_value(*one.error);
  if (one.session) out["session"] = to_value(*one.session);
  if (handshake) out["handshake"] = *handshake;
  if (!handshake && !is_empty(one.chain)) out["chain"] = to_value(one.chain);
  if (one.rejection.code != 0) out["reply"] = to_value(one.rejection);
  return out;
}

Json to_value(const ConnectionFacts& facts) {
  Json failures = Json::array();
  for (const io::ConnectFailure& failure : facts.connection.failures) {
    failures.push_back({{"address", net::to_text(failure.peer.address)},
                        {"error", to_value(failure.error)}});
  }
  Json tries = Json::array();
  for (std::size_t i = 0; i < facts.connection.tries.size(); ++i) {
    tries.push_back(to_value(facts.connection.tries[i], facts.handshakes.at(i)));
  }
  Json out = {{"host", facts.host},
              {"port", facts.port},
              {"failures", std::move(failures)},
              {"tries", std::move(tries)}};
  if (has_peer(facts.connection)) {
    out["address"] = net::to_text(facts.connection.peer.address);
  }
  return out;
}

// --- reading: what is no such thing throws, or comes out otherwise when it is written

struct NoFacts {};

template <typename T>
T wanted(std::optional<T> value) {
  if (!value) throw NoFacts();
  return std::move(*value);
}

std::string text(const Json& value, const char* name) {
  return value.at(name).get<std::string>();
}

base::Bytes octets(const Json& value) {
  return wanted(base::from_base64(value.get<std::string>()));
}

base::Error error_in(const Json& value) {
  const auto kind = value.at("kind").get<std::uint64_t>();
  if (kind > static_cast<std::uint64_t>(base::ErrorKind::internal)) throw NoFacts();
  return {static_cast<base::ErrorKind>(kind),
          wanted(base::code_from_text(text(value, "code"))), text(value, "detail")};
}

tls::SessionFacts session_in(const Json& value) {
  tls::SessionFacts out;
  out.protocol = text(value, "protocol");
  out.cipher = text(value, "cipher");
  out.group = text(value, "group");
  out.exporter = octets(value.at("exporter"));
  return out;
}

verify::Chain chain_in(const Json& value) {
  if (value.contains("key")) return verify::RawPublicKey{octets(value.at("key"))};
  verify::Certificates out;
  for (const Json& one : value.at("certificates")) out.push_back(octets(one));
  return out;
}

Progress progress_in(const std::string& word) {
  for (const auto& [progress, text] : kProgress) {
    if (word == text) return progress;
  }
  throw NoFacts();
}

RecordedTry try_in(const Json& value) {
  RecordedTry out;
  out.progress = progress_in(text(value, "progress"));
  out.took = std::chrono::milliseconds(value.at("milliseconds").get<std::uint32_t>());
  if (value.contains("error")) out.error = error_in(value.at("error"));
  if (value.contains("session")) out.session = session_in(value.at("session"));
  if (value.contains("chain")) out.chain = chain_in(value.at("chain"));
  if (value.contains("reply")) {
    const Json& reply = value.at("reply");
    out.rejection.code = reply.at("code").get<std::uint16_t>();
    out.rejection.lines = reply.at("lines").get<std::vector<std::string>>();
  }
  return out;
}

ConnectionFacts facts_in(const Json& value) {
  ConnectionFacts out;
  out.host = text(value, "host");
  out.port = value.at("port").get<std::uint16_t>();
  const auto endpoint = [&](const Json& holder) {
    return net::Endpoint{wanted(net::parse_address(text(holder, "address"))), out.port};
  };
  if (value.contains("address")) out.connection.peer = endpoint(value);
  for (const Json& one : value.at("failures")) {
    out.connection.failures.push_back({endpoint(one), error_in(one.at("error"))});
  }
  for (const Json& one : value.at("tries")) {
    out.connection.tries.push_back(try_in(one));
    const bool is_signed = one.contains("handshake");
    out.handshakes.emplace_back();
    if (is_signed) out.handshakes.back() = one.at("handshake").get<std::size_t>();
  }
  if (out.connection.tries.empty()) throw NoFacts();
  return out;
}

}  // namespace

bool has_peer(const client::RecordedConnection& connection) {
  return std::ranges::any_of(connection.tries, [](const RecordedTry& one) {
    return one.progress != Progress::nothing;
  });
}

Json to_facts(const std::vector<ConnectionFacts>& all) {
  Json out = Json::array();
  for (const ConnectionFacts& one : all) out.push_back(to_value(one));
  return out;
}

base::Result<std::vector<ConnectionFacts>> connections_in(const Json& value) {
  std::vector<ConnectionFacts> out;
  try {
    if (!value.is_array()) throw NoFacts();
    for (const Json& one : value) out.push_back(facts_in(one));
  } catch (const Json::exception&) {
    return evidence::does_not_hold("facts: a member of another type, or none");
  } catch (const NoFacts&) {
    return evidence::does_not_hold("facts: a connection that cannot be read");
  }
  if (to_facts(out) != value) {
    return evidence::does_not_hold("facts: not in their one form");
  }
  return out;
}

}  // namespace witness
