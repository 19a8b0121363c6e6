#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/json.h"
#include "src/client/flow.h"

namespace client {

/// All that one attempt came to know, as far as it got.
struct Report {
  std::string host;  ///< as it was given
  std::uint16_t port = 0;
  policy::Level level = policy::Level::dane;
  std::optional<net::Endpoint> peer;
  policy::DnsFacts facts;
  std::optional<verify::Verdict> verdict;
  std::optional<tls::SessionFacts> session;
  verify::Chain chain;               ///< what the peer sent, if it was judged
  std::optional<base::Error> error;  ///< why there is no proved peer
};

/// Adds what became of a connection. An address that nobody answered at has the code
/// `connect`, whatever kept it.
void add(Report& report, const Connection& connection);

/// The stable word that programs look for: `ok`, a verify::Reason, or an error's code,
/// with hyphens.
[[nodiscard]] std::string reason_word(const Report& report);

/// One line for people: why the peer is believed, or not.
[[nodiscard]] std::string reason_line(const Report& report);

/// The whole report as one JSON object, `"version": 1`; see docs/json.md.
[[nodiscard]] std::string to_json(const Report& report);
/// Writes the report as a value of a larger JSON text.
void write_report(base::JsonWriter& json, const Report& report);
/// Member `dns`: what the DNS said about TLSA records, and what became of each.
void write_dns(base::JsonWriter& json, const Report& report);

/// The variables DANE_STATUS, DANE_REASON, … of sslclient(1), in the order of that page.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> dane_variables(
    const Report& report);

}  // namespace client
