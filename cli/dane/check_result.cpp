#include "cli/dane/check_result.h"

#include "cli/dane/judging.h"
#include "cli/moment.h"
#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/tls/certificate_text.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::dane {
namespace {

Outcome outcome_of(const std::optional<base::Error>& error) {
  if (!error) return Outcome::fine;
  if (base::is_about_proof(error->code)) return Outcome::findings;
  return cli::dane::outcome_of(error->kind);
}

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::fine:
      return "proved";
    case Outcome::findings:
      return "not-proved";
    default:
      return "undecided";
  }
}

std::string facts_in_words(const policy::DnsFacts& facts, const Paint& paint,
                           std::chrono::sys_seconds now) {
  std::string out = "TLSA " + std::string(policy::to_text(facts.state));
  if (!facts.owner.text().empty()) out += " at " + facts.owner.text();
  if (facts.state != policy::TlsaState::present) return paint.doubtful(out);
  out += ", TTL " + to_words(facts.ttl);
  if (facts.signed_until) {
    out += ", signatures good for " + to_words(*facts.signed_until - now);
  }
  return out;
}

std::string chain_in_words(const verify::Chain& chain, const Paint& paint) {
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  if (certificates == nullptr) return "  chain    a raw public key\n";
  std::string out;
  std::size_t depth = 0;
  for (const base::Bytes& der : *certificates) {
    const auto words = tls::describe_certificate(der);
    const auto parts = verify::parse_certificate(der);
    out += (depth == 0 ? "  chain    " : "           ") + std::to_string(depth) + "  " +
           (words.subject.empty() ? "(no subject)" : base::printable(words.subject)) +
           "\n";
    ++depth;
    if (!parts) continue;
    const auto validity = verify::validity_of(*parts);
    out += paint.faint("              " + words.key_algorithm + ", until " +
                       (validity ? verify::to_text(validity->not_after) : "?") +
                       ", SPKI SHA2-256 " +
                       base::to_hex(verify::sha256(parts->spki)).substr(0, 16) + "...") +
           "\n";
  }
  return out;
}

std::string peer_in_words(const client::Report& report, const Paint& paint) {
  std::string out =
      paint.strong(report.peer ? net::to_text(report.peer->address) : "?") + "\n";
  if (report.session) {
    out += "  session ";
    for (const std::string& word :
         {report.session->protocol, report.session->cipher, report.session->group}) {
      if (!word.empty()) out += " " + word;
    }
    out += "\n" + chain_in_words(report.chain, paint);
  }
  if (report.verdict) {
    out += notes_of(*report.verdict, report.facts.records, paint, "  ");
  }
  const std::string word = client::reason_word(report);
  const Outcome outcome = outcome_of(report.error);
  const std::string verdict = outcome == Outcome::fine ? paint.good("proved")
                              : outcome == Outcome::findings
                                  ? paint.bad("not proved")
                                  : paint.doubtful("undecided");
  return out + "  verdict  " + verdict + ": " + client::reason_line(report) + " (" +
         word + ")\n";
}

}  // namespace

Outcome outcome_of(const Checked& checked) {
  if (checked.error) return outcome_of(checked.error);
  Outcome out = Outcome::fine;
  for (const client::Report& peer : checked.peers) {
    const Outcome one = outcome_of(peer.error);
    if (one == Outcome::findings || out == Outcome::fine) out = one;
  }
  return out;
}

std::string json_of(const CheckJob& job, const Checked& checked) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("host", job.word).member("port", job.target.port);
  json.member("status", word_of(outcome_of(checked)));
  json.key("peers").begin_array();
  std::vector<client::Report> peers = checked.peers;
  if (checked.error) {
    client::Report report;
    report.host = job.word;
    report.port = job.target.port;
    report.level = job.demand.level;
    report.facts = checked.facts;
    report.error = checked.error;
    peers.push_back(std::move(report));
  }
  for (const client::Report& peer : peers) client::write_report(json, peer);
  json.end_array().end_object();
  return json.text() + "\n";
}

std::string text_of(const CheckJob& job, const Checked& checked, const Paint& paint,
                    std::chrono::sys_seconds now) {
  std::string out = paint.strong(base::printable(job.word, base::kName) + ":" +
                                 std::to_string(job.target.port)) +
                    "  " + facts_in_words(checked.facts, paint, now) + "\n";
  for (const client::Report& peer : checked.peers) out += peer_in_words(peer, paint);
  return out;
}

}  // namespace cli::dane
