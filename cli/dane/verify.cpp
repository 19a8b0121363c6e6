// dane verify and dane verify-pkix: the judgement on files, without a network.

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/given_records.h"
#include "cli/dane/judging.h"
#include "src/base/json.h"
#include "src/client/verdict_json.h"
#include "verify/check.h"

namespace cli::dane {
namespace {

/// What is judged, and by what.
struct Case {
  verify::Chain chain;
  policy::Requirement requirement;
  std::optional<verify::Roots> roots;
  std::chrono::sys_seconds at;
};

base::Result<Case> case_of(const Arguments& arguments) {
  if (auto ok =
          arguments.expect_words(0, 0, "dane verify takes options only; see --help");
      !ok) {
    return tl::unexpected(ok.error());
  }
  Case out;
  const auto file = arguments.value("chain");
  if (!file) return usage_error("--chain FILE is needed");
  auto chain = load_chain(*file);
  if (!chain) return tl::unexpected(chain.error());
  out.chain = std::move(*chain);
  auto names = names_of(arguments);
  if (!names) return tl::unexpected(names.error());
  out.requirement.names = std::move(*names);
  const auto at = time_of(arguments);
  if (!at) return tl::unexpected(at.error());
  out.at = *at;
  if (const auto roots = arguments.value("roots")) {
    auto store = load_roots(*roots);
    if (!store) return tl::unexpected(store.error());
    out.roots = std::move(*store);
  }
  return out;
}

std::string_view status_of(const verify::Verdict& verdict) {
  if (verify::accepted(verdict.outcome)) return "verified";
  return verdict.reason == verify::Reason::no_usable_record ? "unusable" : "failed";
}

Outcome tell(const Case& the_case, const verify::Verdict& verdict, bool as_json) {
  const auto& records = the_case.requirement.records;
  const std::string_view status = status_of(verdict);
  const bool good = verify::accepted(verdict.outcome);
  if (as_json) {
    base::JsonWriter json;
    json.begin_object().member("version", 1).member("status", status);
    json.member("outcome", verify::to_text(verdict.outcome));
    json.member("reason", verify::to_text(verdict.reason));
    json.member("detail", verdict.detail);
    if (verdict.record) {
      json.member("usage", dns::number(records.at(*verdict.record).usage));
    } else {
      json.key("usage").null();
    }
    if (!verdict.depth) json.key("depth").null();
    client::write_verdict(json, verdict);
    client::write_records(json, "notes", records, &verdict);
    json.end_object();
    print(json.text() + "\n");
  } else {
    const Paint paint;
    print((good ? paint.good(status) : paint.bad(status)) + ": " +
          base::printable(verdict.detail, base::kLine) + " (" +
          std::string(verify::to_text(verdict.reason)) + ")\n" +
          notes_of(verdict, records, paint, "  "));
  }
  return good ? Outcome::fine : Outcome::findings;
}

bool is_about_names(verify::Reason reason) {
  return reason == verify::Reason::name_mismatch ||
         reason == verify::Reason::too_many_names;
}

/// Where no name was given, none can be the right one: that is said in place of a
/// mismatch, for which the certificate would be to blame.
void tell_missing_name(const policy::Requirement& requirement, verify::Verdict& verdict) {
  if (!requirement.names.empty()) return;
  std::string names;
  for (const std::string& name : verdict.presented) {
    names += (names.empty() ? "is for " : ", ") + name;
  }
  for (std::size_t i = 0; i < verdict.notes.size(); ++i) {
    verify::RecordNote& note = verdict.notes[i];
    if (!is_about_names(note.reason)) continue;
    const bool is_told = note.detail == verdict.detail;
    note.detail = "--name NAME is missing: usage " +
                  std::to_string(dns::number(requirement.records.at(i).usage)) +
                  " compares names, and the certificate " +
                  (names.empty() ? "has none" : names);
    if (is_told) verdict.detail = note.detail;
  }
}

Outcome judge(const Case& the_case, bool as_json) {
  const verify::Context context{
      the_case.at, the_case.roots ? &*the_case.roots : nullptr, {}};
  auto verdict = verify::check(the_case.chain, the_case.requirement, context);
  tell_missing_name(the_case.requirement, verdict);
  return tell(the_case, verdict, as_json);
}

base::Result<policy::Service> service_of(const Arguments& arguments) {
  const std::string word = arguments.value("service").value_or("tls");
  if (word == "smtp") return policy::Service::smtp;
  if (word == "tls") return policy::Service::other;
  return usage_error("--service " + base::printable(word, base::kWord) +
                     " is not smtp or tls");
}

base::Result<Outcome> run_verify(const Arguments& arguments) {
  auto records = given_records(arguments);
  if (!records) return tl::unexpected(records.error());
  auto the_case = case_of(arguments);
  if (!the_case) return tl::unexpected(the_case.error());
  auto& requirement = the_case->requirement;
  requirement.common_name = policy::CommonName::smtp_dane_ta;
  const auto service = service_of(arguments);
  if (!service) return tl::unexpected(service.error());
  requirement.service = *service;
  if (arguments.has("dane-ee-names")) requirement.name_check = policy::NameCheck::dane_ee;
  requirement.records = std::move(*records);
  if (requirement.records.empty()) return usage_error("--record 'U S M HEX' is needed");
  return judge(*the_case, arguments.has("json"));
}

base::Result<Outcome> run_verify_pkix(const Arguments& arguments) {
  auto the_case = case_of(arguments);
  if (!the_case) return tl::unexpected(the_case.error());
  if (!the_case->roots) return usage_error("--roots FILE is needed");
  if (the_case->requirement.names.empty()) return usage_error("--name NAME is needed");
  policy::Demand demand;
  demand.level = policy::Level::pkix;
  demand.common_name = policy::CommonName::never;
  demand.names = the_case->requirement.names;
  auto requirement = policy::decide({}, demand);
  if (!requirement) return tl::unexpected(requirement.error());
  the_case->requirement = std::move(*requirement);
  return judge(*the_case, arguments.has("json"));
}

}  // namespace

const Command kVerify = {
    "verify",
    "a chain in a file against TLSA records, offline",
    "usage: dane verify --chain F --record 'U S M HEX' [OPTIONS]\n\n"
    "  --chain F        PEM: what the peer sends, leaf first; or one PUBLIC KEY\n"
    "  --record R       a TLSA record, in quotes: 'U S M HEX' or a line of a zone\n"
    "                   file; repeatable, one that matches is enough\n"
    "  --name N         a name that the certificate must have; repeatable, any will\n"
    "                   do\n"
    "  --at TIME        2026-06-01T12:00:00Z, or seconds since 1970 (now)\n"
    "  --service S      smtp (RFC 7672) or tls (RFC 7671, the default)\n"
    "  --roots F        trust store for usages 0 and 1: a file or a directory\n"
    "  --dane-ee-names  compare names under usage 3 too\n"
    "  --json           one JSON object\n",
    {{"chain", true},
     {"record", true},
     {"name", true},
     {"at", true},
     {"service", true},
     {"roots", true},
     {"dane-ee-names", false},
     {"json", false}},
    run_verify};

const Command kVerifyPkix = {
    "verify-pkix",
    "a chain in a file against a trust store, offline",
    "usage: dane verify-pkix --chain F --roots F --name N [OPTIONS]\n\n"
    "  --chain F   PEM: what the peer sends, leaf first\n"
    "  --roots F   trust store: a file or a directory\n"
    "  --name N    a name that the certificate must have; repeatable, any will do\n"
    "  --at TIME   2026-06-01T12:00:00Z, or seconds since 1970 (now)\n"
    "  --json      one JSON object\n",
    {{"chain", true}, {"roots", true}, {"name", true}, {"at", true}, {"json", false}},
    run_verify_pkix};

}  // namespace cli::dane
