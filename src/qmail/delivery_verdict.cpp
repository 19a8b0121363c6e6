#include "src/qmail/delivery_verdict.h"

namespace qmail {
namespace {

void write_error(base::JsonWriter& json, const base::Error& error) {
  json.key("error").begin_object().member("code", base::to_text(error.code));
  json.member("detail", base::printable(error.detail, base::kMessage)).end_object();
}

void write_route(base::JsonWriter& json, const base::Result<Route>& route) {
  json.key("route").begin_object();
  if (!route) {
    write_error(json, route.error());
  } else if (route->literal) {
    json.member("address", net::to_text(*route->literal));
  } else {
    json.member("dnssec", dns::to_text(route->hosts.security));
    json.member("relayed", route->relayed);
  }
  json.end_object();
}

}  // namespace

SaidOfTry said_of(const Approach& approach, const client::Connection& connection,
                  LookUps look_ups) {
  SaidOfTry out;
  out.report.host = client::to_text(approach.target.host);
  out.report.port = approach.target.port;
  out.report.level = approach.policy->level;
  if (look_ups == LookUps::failed) {
    out.report.error = connection.seen.error;
    return out;
  }
  out.report.facts = connection.terms.facts;
  client::add(out.report, connection);
  if (connection.is_good()) {
    out.words = proof_text(connection.seen, approach.circumstances);
  }
  return out;
}

std::string verdict_json(const std::string& domain, const base::Result<Route>& route,
                         const std::vector<SaidOfTry>& tries) {
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("domain", domain);
  write_route(json, route);
  json.key("tries").begin_array();
  for (const SaidOfTry& one : tries) {
    json.begin_object();
    if (!one.words.empty()) json.member("proof", one.words);
    json.key("peer");
    client::write_report(json, one.report);
    json.end_object();
  }
  json.end_array().end_object();
  return json.text();
}

}  // namespace qmail
