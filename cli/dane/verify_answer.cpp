#include "cli/dane/verify_answer.h"

#include "cli/dane/judging.h"
#include "cli/moment.h"
#include "src/base/json.h"
#include "src/client/verdict_json.h"

namespace cli::dane {
namespace {

/// Whether the error is an answer of the DNS, and not the want of one.
bool is_without_records(const base::Error& error) {
  return error.code == base::Code::no_tlsa;
}

std::string_view status_of(const VerifyAnswer& answer) {
  if (const auto* error = error_of(answer)) {
    return is_without_records(*error) ? "failed" : "undecided";
  }
  if (verify::accepted(answer.verdict.outcome)) return "verified";
  return answer.verdict.reason == verify::Reason::no_usable_record ? "unusable"
                                                                   : "failed";
}

std::string_view reason_of(const VerifyAnswer& answer) {
  const auto* error = error_of(answer);
  return error != nullptr ? base::to_text(error->code)
                          : verify::to_text(answer.verdict.reason);
}

const std::string& detail_of(const VerifyAnswer& answer) {
  const auto* error = error_of(answer);
  return error != nullptr ? error->detail : answer.verdict.detail;
}

void write_live(base::JsonWriter& json, const VerifyAnswer& answer) {
  client::Report report = *answer.live;
  if (!report.error) report.verdict = answer.verdict;
  json.member("host", report.host).member("port", report.port);
  client::write_dns(json, report);
}

std::string source_lines(const policy::DnsFacts& facts, std::chrono::sys_seconds now) {
  std::string out = "  source   " + facts.owner.text() +
                    " in the DNS\n           signed, TTL " + span_in_words(facts.ttl);
  if (facts.signed_until) {
    out += ", signature good for " + span_in_words(*facts.signed_until - now);
  }
  return out + "\n";
}

}  // namespace

const base::Error* error_of(const VerifyAnswer& answer) {
  return answer.live && answer.live->error ? &*answer.live->error : nullptr;
}

Outcome outcome_of(const VerifyAnswer& answer) {
  const auto* error = error_of(answer);
  if (error != nullptr && !is_without_records(*error)) return outcome_of(error->kind);
  return verify::accepted(answer.verdict.outcome) ? Outcome::fine : Outcome::findings;
}

std::string json_of(const VerifyAnswer& answer) {
  const verify::Verdict& verdict = answer.verdict;
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("status", status_of(answer));
  json.member("outcome", verify::to_text(verdict.outcome));
  json.member("reason", reason_of(answer)).member("detail", detail_of(answer));
  if (verdict.record) {
    json.member("usage", dns::number(answer.records.at(*verdict.record).usage));
  } else {
    json.key("usage").null();
  }
  if (!verdict.depth) json.key("depth").null();
  client::write_verdict(json, verdict);
  client::write_records(json, "notes", answer.records, &verdict);
  if (answer.live) write_live(json, answer);
  json.end_object();
  return json.text() + "\n";
}

std::string text_of(const VerifyAnswer& answer, const Paint& paint,
                    std::chrono::sys_seconds now) {
  const bool good = verify::accepted(answer.verdict.outcome);
  const bool is_decided = outcome_of(answer) != Outcome::undecided;
  std::string out = (good         ? paint.good("VERIFIED")
                     : is_decided ? paint.bad("NOT VERIFIED")
                                  : paint.doubtful("COULD NOT TELL")) +
                    ": " + base::printable(detail_of(answer), base::kLine) +
                    (good ? "" : " (" + std::string(reason_of(answer)) + ")") + "\n";
  if (answer.live && !answer.live->error) out += source_lines(answer.live->facts, now);
  return out + notes_of(answer.verdict, answer.records, paint, "  ");
}

}  // namespace cli::dane
