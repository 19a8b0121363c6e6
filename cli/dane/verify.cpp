// dane verify and dane verify-pkix: the judgement on a chain in a file.
//
// By records of the command line nothing is looked up. By those of HOST and PORT the
// chain is judged as a client of that host would judge it now, with the names that the
// DNS gives: what a deploy hook asks before it hands a new certificate to the server.
// There is no way around DANE here. Where a client goes on without a proof, since there
// are no TLSA records or none can be used, the answer is no all the same: whoever runs
// the hook has published some.

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/given_records.h"
#include "cli/dane/judging.h"
#include "cli/dane/live_records.h"
#include "cli/dane/resolving.h"
#include "cli/dane/verify_answer.h"
#include "src/client/wall_clock.h"
#include "src/rrset/record_set.h"
#include "verify/check.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage =
    "usage: dane verify --chain F --record 'U S M HEX' [OPTIONS]\n"
    "       dane verify --chain F [OPTIONS] HOST PORT";

/// What is judged, and by what.
struct Case {
  verify::Chain chain;
  policy::Requirement requirement;
  std::optional<verify::Roots> roots;
  std::chrono::sys_seconds at;
};

base::Result<Case> case_of(const Arguments& arguments) {
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
  const auto roots = trust_store_path(arguments);
  if (!roots) return tl::unexpected(roots.error());
  if (*roots) {
    auto store = load_roots(**roots);
    if (!store) return tl::unexpected(store.error());
    out.roots = std::move(*store);
  }
  return out;
}

/// Prints the answer; one that is none for now is an error, but with --json.
base::Result<Outcome> tell(const VerifyAnswer& answer, const Arguments& arguments) {
  const Outcome outcome = outcome_of(answer);
  if (arguments.has("json")) {
    print(json_of(answer));
    return outcome;
  }
  const auto* error = error_of(answer);
  if (error != nullptr && outcome != Outcome::findings) return tl::unexpected(*error);
  print(text_of(answer, Paint(), client::wall_clock()));
  return outcome;
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

verify::Verdict verdict_of(const Case& the_case) {
  const verify::Context context{
      the_case.at, the_case.roots ? &*the_case.roots : nullptr, {}};
  auto verdict = verify::check(the_case.chain, the_case.requirement, context);
  tell_missing_name(the_case.requirement, verdict);
  return verdict;
}

base::Result<policy::Service> service_of(const Arguments& arguments,
                                         std::string_view otherwise) {
  const std::string word = arguments.value("service").value_or(std::string(otherwise));
  if (word == "smtp") return policy::Service::smtp;
  if (word == "tls") return policy::Service::other;
  return usage_error("--service " + base::printable(word, base::kWord) +
                     " is not smtp or tls");
}

/// Judges by the records of the command line.
base::Result<Outcome> verify_given(const Arguments& arguments,
                                   std::vector<dns::Tlsa> records) {
  auto the_case = case_of(arguments);
  if (!the_case) return tl::unexpected(the_case.error());
  auto& requirement = the_case->requirement;
  requirement.common_name = policy::CommonName::smtp_dane_ta;
  const auto service = service_of(arguments, "tls");
  if (!service) return tl::unexpected(service.error());
  requirement.service = *service;
  if (arguments.has("dane-ee-names")) requirement.name_check = policy::NameCheck::dane_ee;
  requirement.records = std::move(records);
  return tell({verdict_of(*the_case), requirement.records, {}}, arguments);
}

policy::Demand demand_of(const Arguments& arguments, const Case& the_case,
                         policy::Service service) {
  policy::Demand out;
  out.level = policy::Level::dane_only;
  out.service = service;
  out.names = the_case.requirement.names;
  if (arguments.has("dane-ee-names")) out.name_check = policy::NameCheck::dane_ee;
  return out;
}

/// Judges by the records that the DNS has now.
base::Result<Outcome> verify_live(const Arguments& arguments) {
  const auto& words = arguments.words();
  const auto owner = owner_of(words.at(0), words.at(1), "tcp");
  if (!owner) return tl::unexpected(owner.error());
  auto the_case = case_of(arguments);
  if (!the_case) return tl::unexpected(the_case.error());
  const bool is_mail = rrset::service_at(owner->port) == policy::Service::smtp;
  const auto service = service_of(arguments, is_mail ? "smtp" : "tls");
  if (!service) return tl::unexpected(service.error());
  auto found = look_up_now(arguments, *owner, demand_of(arguments, *the_case, *service));
  if (!found) return tl::unexpected(found.error());
  VerifyAnswer answer;
  auto& live = answer.live.emplace();
  live.host = owner->host.text();
  live.port = owner->port;
  live.facts = found->facts;
  if (found->requirement) {
    the_case->requirement = *found->requirement;
    answer.records = the_case->requirement.records;
    answer.verdict = verdict_of(*the_case);
  } else {
    live.error = found->requirement.error();
  }
  return tell(answer, arguments);
}

base::Result<Outcome> run_verify(const Arguments& arguments) {
  auto records = given_records(arguments);
  if (!records) return tl::unexpected(records.error());
  const bool has_host = !arguments.words().empty();
  if (records->empty() && !has_host) {
    return usage_error(
        "--record 'U S M HEX', or HOST and PORT to look records up, is needed: "
        "dane verify --chain F mx.example.org 25");
  }
  if (!has_host) return verify_given(arguments, std::move(*records));
  if (!records->empty()) {
    return usage_error("either --record, or HOST and PORT to look records up");
  }
  if (auto ok = expect_host_and_port(arguments, "dane verify --chain F"); !ok) {
    return tl::unexpected(ok.error());
  }
  if (auto ok = arguments.expect_words(2, 2, "HOST and one PORT; see --help"); !ok) {
    return tl::unexpected(ok.error());
  }
  return verify_live(arguments);
}

base::Result<Outcome> run_verify_pkix(const Arguments& arguments) {
  if (auto ok =
          arguments.expect_words(0, 0, "dane verify-pkix takes options only; see --help");
      !ok) {
    return tl::unexpected(ok.error());
  }
  auto the_case = case_of(arguments);
  if (!the_case) return tl::unexpected(the_case.error());
  if (!the_case->roots) return usage_error("--ca FILE is needed");
  if (the_case->requirement.names.empty()) return usage_error("--name NAME is needed");
  policy::Demand demand;
  demand.level = policy::Level::pkix;
  demand.common_name = policy::CommonName::never;
  demand.names = the_case->requirement.names;
  auto requirement = policy::decide({}, demand);
  if (!requirement) return tl::unexpected(requirement.error());
  the_case->requirement = std::move(*requirement);
  return tell({verdict_of(*the_case), the_case->requirement.records, {}}, arguments);
}

constexpr std::string_view kAbout =
    R"(Whether these TLSA records prove what a server would send; by HOST and PORT
those that the DNS has now, as a client of that host judges.
)";

Option at_option() {
  return {.name = "at",
          .value = {"TIME"},
          .help = "2026-06-01T12:00:00Z, or seconds since 1970 (now)"};
}

}  // namespace

const Command kVerify = {
    .name = "verify",
    .summary = "a chain in a file against TLSA records, given or live",
    .usage = kUsage,
    .about = kAbout,
    .options =
        [] {
          return with_resolver_options(
              {{.name = "chain",
                .value = {"FILE", WordKind::file},
                .help = "PEM: what the server sends, leaf first; or a PUBLIC KEY"},
               {.name = "record",
                .value = {"RECORD"},
                .repeatable = true,
                .help =
                    "a TLSA record, in quotes: 'U S M HEX' or a line of a zone file; one "
                    "that matches is enough"},
               {.name = "name",
                .value = {"NAME", WordKind::host},
                .repeatable = true,
                .help =
                    "a name that the certificate must have, any will do; with HOST in "
                    "place of the names of the DNS"},
               at_option(),
               {.name = "service",
                .value = {"S", WordKind::one_of, {"smtp", "tls"}},
                .help = "RFC 7672 or RFC 7671 (smtp for port 25, else tls)"},
               {.name = "ca",
                .value = {"PATH", WordKind::file},
                .help = "trust store for usages 0 and 1: a file or a directory"},
               {.name = "roots", .value = {"PATH", WordKind::file}, .same_as = "ca"},
               {.name = "dane-ee-names", .help = "compare names under usage 3 too"},
               json_option()});
        },
    .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
    .run = run_verify};

const Command kVerifyPkix = {
    .name = "verify-pkix",
    .summary = "a chain in a file against a trust store, offline",
    .usage = "usage: dane verify-pkix --chain FILE --ca PATH --name NAME [OPTIONS]",
    .options = []() -> std::vector<Option> {
      return {{.name = "chain",
               .value = {"FILE", WordKind::file},
               .help = "PEM: what the server sends, leaf first"},
              {.name = "ca",
               .value = {"PATH", WordKind::file},
               .help = "trust store: a file or a directory"},
              {.name = "roots", .value = {"PATH", WordKind::file}, .same_as = "ca"},
              {.name = "name",
               .value = {"NAME", WordKind::host},
               .repeatable = true,
               .help = "a name that the certificate must have, any will do"},
              at_option(),
              json_option()};
    },
    .run = run_verify_pkix};

}  // namespace cli::dane
