#include "cli/dane/check_service.h"

#include "src/base/bytes.h"
#include "src/base/json.h"

namespace cli::dane {

io::Task<CheckedService> check_service(const Surroundings& here,
                                       resolver::Resolver& resolver,
                                       const CheckJob& job) {
  CheckedService out;
  here.waiting.at(job.word + ": looking up its SRV records");
  auto found = co_await client::find_service(resolver, *job.service,
                                             std::get<dns::Name>(job.target.host));
  if (!found) {
    out.error = found.error();
    co_return out;
  }
  out.found = std::move(*found);
  for (const dns::Srv& record : out.found.targets) {
    CheckedTarget target{record, target_job(job, out.found.referral, record), {}};
    target.checked = co_await check_host(here, resolver, target.job);
    target.checked.every = job.every;
    out.targets.push_back(std::move(target));
  }
  co_return out;
}

Outcome outcome_of(const CheckedService& service) {
  if (service.error) return outcome_of(service.error);
  std::vector<Outcome> ends;
  for (const CheckedTarget& target : service.targets) {
    ends.push_back(outcome_of(target.checked));
  }
  return worst_of(ends, true);
}

bool is_mixed(const CheckedService& service) {
  bool any_with = false;
  bool any_without = false;
  for (const auto& [record, job, checked] : service.targets) {
    const policy::TlsaState state = checked.facts.state;
    const bool has_records = state == policy::TlsaState::present;
    any_with = any_with || (has_records && !checked.facts.are_pins);
    any_without = any_without || (!has_records && state != policy::TlsaState::not_asked);
  }
  return any_with && any_without;
}

std::string json_of(const CheckJob& job, const CheckedService& service) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("service", job.service->prefix).member("domain", job.word);
  json.member("status", word_of(outcome_of(service)));
  if (service.error) {
    json.member("reason", base::to_text(service.error->code));
    json.member("detail", base::printable(service.error->detail, base::kLine));
  } else {
    json.member("dnssec", dns::to_text(service.found.referral.security));
    json.member("left_out", service.found.left_out);
  }
  json.key("targets").begin_array();
  for (const CheckedTarget& target : service.targets) {
    json.begin_object();
    write_members(json, target.job, target.checked);
    json.member("priority", target.record.priority);
    json.member("weight", target.record.weight).end_object();
  }
  json.end_array().end_object();
  return json.text() + "\n";
}

}  // namespace cli::dane
