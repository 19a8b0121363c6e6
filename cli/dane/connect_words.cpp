#include "cli/dane/connect_words.h"

#include "cli/dane/check_result.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::size_t kDigits = 8;  // of data that is only to be recognised

std::string record_words(const client::Report& report) {
  if (!report.verdict->record) return "";
  const dns::Tlsa& record = report.facts.records.at(*report.verdict->record);
  const std::string data = base::to_hex(record.data);
  return " (" + dns::parameters(record) + " " + data.substr(0, kDigits) +
         (data.size() > kDigits ? "…" : "") + ")";
}

std::string proof_words(const client::Report& report) {
  const std::string by = report.facts.are_pins ? "by the given record" : "by DANE";
  switch (report.verdict->outcome) {
    case verify::Outcome::dane:
      return "verified " + by + record_words(report);
    case verify::Outcome::pkix:
      return "verified by a certificate authority";
    case verify::Outcome::dane_and_pkix:
      return "verified " + by + record_words(report) + " and by a certificate authority";
    default:
      return "encrypted, but nobody is verified";
  }
}

/// `TLS 1.3` for `TLSv1.3`.
std::string protocol_words(const tls::SessionFacts& session) {
  const std::string_view word = session.protocol;
  constexpr std::string_view kPrefix = "TLSv";
  if (!word.starts_with(kPrefix)) return std::string(word);
  return "TLS " + std::string(word.substr(kPrefix.size()));
}

}  // namespace

std::string peer_words(const client::Report& report) {
  std::string out = base::printable(report.host, base::kName);
  if (report.peer) {
    const std::string address = net::to_text(report.peer->address);
    const bool is_written_so = out == address || out == "[" + address + "]";
    out = is_written_so ? "[" + address + "]" : out + " [" + address + "]";
  }
  return out + ":" + std::to_string(report.port);
}

std::string verdict_line(const client::Report& report) {
  std::string out = peer_words(report) + " " + proof_words(report);
  if (report.session) out += ", " + protocol_words(*report.session);
  return out;
}

std::string refusal_line(const client::Report& report) {
  const bool is_known = outcome_of(report.error) == Outcome::findings;
  return peer_words(report) + (is_known ? " not verified: " : ": ") +
         client::reason_line(report) + " (" + client::reason_word(report) + ")";
}

}  // namespace cli::dane
