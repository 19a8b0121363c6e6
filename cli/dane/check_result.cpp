#include "cli/dane/check_result.h"

namespace cli::dane {

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

Outcome outcome_of(const std::optional<base::Error>& error) {
  if (!error) return Outcome::fine;
  if (base::is_about_proof(error->code)) return Outcome::findings;
  return outcome_of(error->kind);
}

Outcome worst_of(const std::vector<Outcome>& ends, bool every) {
  bool any_proved = false;
  std::optional<Outcome> not_reached;
  for (const Outcome one : ends) {
    if (one == Outcome::findings) return one;
    if (one == Outcome::fine) {
      any_proved = true;
    } else {
      not_reached = one;
    }
  }
  const bool is_left_out = any_proved && !every;
  return not_reached && !is_left_out ? *not_reached : Outcome::fine;
}

Outcome outcome_of(const Checked& checked) {
  if (checked.error) return outcome_of(checked.error);
  std::vector<Outcome> ends;
  for (const client::Report& peer : checked.peers) ends.push_back(outcome_of(peer.error));
  return worst_of(ends, checked.every);
}

void write_members(base::JsonWriter& json, const CheckJob& job, const Checked& checked) {
  json.member("version", 1);
  json.member("host", job.word).member("port", job.target.port);
  json.member("status", word_of(outcome_of(checked)));
  json.key("peers").begin_array();
  std::vector<client::Report> peers = checked.peers;
  if (checked.error && peers.empty()) {
    client::Report report;
    report.host = job.word;
    report.port = job.target.port;
    report.level = job.demand.level;
    report.facts = checked.facts;
    report.error = checked.error;
    peers.push_back(std::move(report));
  }
  for (const client::Report& peer : peers) client::write_report(json, peer);
  json.end_array();
}

std::string json_of(const CheckJob& job, const Checked& checked) {
  base::JsonWriter json;
  json.begin_object();
  write_members(json, job, checked);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace cli::dane
