// Writes down what an audit sees, for tests/audit/zoo: see its README.md.
//
//     record_facts UNBOUND_CONF CA_FILE < DOMAINS
//
// A line of the input: `DOMAIN`, or `DOMAIN | NOTE`. The settings are those of
// audit_zoo.py, but for more patience, and whatever was seen is kept. The text goes to
// standard output.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <thread>

#include "src/audit/engine.h"
#include "src/audit/stored_facts.h"
#include "src/client/trust_store.h"

namespace {

/// The domains of the input, each with its note.
std::map<std::string, std::string> read_domains() {
  std::map<std::string, std::string> out;
  for (std::string line; std::getline(std::cin, line);) {
    constexpr std::string_view kBar = " | ";
    const std::size_t bar = line.find(kBar);
    const bool noted = bar != std::string::npos;
    out[line.substr(0, bar)] = noted ? line.substr(bar + kBar.size()) : "";
  }
  return out;
}

audit::EngineSettings settings_for(const char* unbound_conf, const verify::Roots& roots) {
  constexpr std::chrono::seconds kReply{15};  // nothing is slow, however busy the machine
  audit::EngineSettings out;
  out.resolver.unbound_conf = unbound_conf;
  out.resolver.deadline = std::chrono::seconds(6);
  out.survey.ways.helo = "me.example";
  out.survey.ways.connect_limit = kReply;
  out.survey.ways.greeting_limit = kReply;
  out.survey.ways.remote_limit = kReply;
  out.survey.retries = 0;
  out.survey.sts_roots = &roots;
  out.survey.keep = audit::Keep::all;
  out.limits.for_address = 50;
  out.limits.for_network = 500;
  out.limits.each_second = 2000;
  out.in_flight = 10;
  return out;
}

int fail(const base::Error& error) {
  std::fprintf(stderr, "record_facts: %s\n", error.detail.c_str());
  return base::exit_status(error.kind);
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("usage: record_facts UNBOUND_CONF CA_FILE < DOMAINS\n", stderr);
    return 100;
  }
  const auto roots = client::load_trust_store(words[2], "");
  if (!roots) return fail(roots.error());
  const auto domains = read_domains();
  std::vector<audit::DomainAudit> audits;
  audit::Engine engine(
      settings_for(words[1], *roots),
      [at = domains.begin(), &domains,
       number = std::uint64_t{0}]() mutable -> std::optional<audit::Item> {
        if (at == domains.end()) return std::nullopt;
        return audit::Item{++number, (at++)->first};
      },
      [&](const audit::DomainAudit& audit) { audits.push_back(audit); });
  if (const auto ready = engine.prepare(); !ready) return fail(ready.error());
  engine.start();
  while (!engine.is_done()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  engine.stop();
  std::ranges::sort(audits, {}, [](const auto& audit) { return audit.item.word; });
  audit::StoredFacts facts;
  for (const auto& audit : audits) facts.add(audit, domains.at(audit.item.word));
  std::cout << facts.text();
  return 0;
}
