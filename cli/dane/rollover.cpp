// dane rollover: the plan of a safe change of key.

#include "src/publish/rollover.h"

#include <algorithm>

#include "cli/dane/audit/grade_words.h"
#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/dane/owner.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "cli/terminal.h"
#include "src/base/json.h"
#include "src/client/wall_clock.h"
#include "src/publish/issuer.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using publish::Scheme;
using publish::Step;

constexpr std::string_view kUsage =
    "usage: dane rollover --current F --next F [OPTIONS] HOST PORT";
constexpr std::string_view kCall = "dane rollover --current F --next F";

/// What a file says of a server.
struct Server {
  publish::ServerKey key;
  verify::Certificates chain;            ///< empty for a key or a request
  std::optional<std::string> no_issuer;  ///< why there is none
};

/// The key and issuer of a chain; of a key or a request the key alone.
base::Result<Server> load_server(const std::string& file) {
  Server out;
  auto chain = load_certificates(file);
  if (chain) {
    if (auto ok = publish::check_leaf_first(*chain); !ok) {
      return tl::unexpected(ok.error().in(file));
    }
    out.key.leaf = publish::source_of(chain->front());
    const auto issuer = publish::find_issuer(*chain);
    if (issuer) out.key.issuer = publish::source_of(chain->at(*issuer));
    if (!issuer) out.no_issuer = file + ": " + issuer.error().detail;
    out.chain = std::move(*chain);
    return out;
  }
  auto key = load_key(file);
  if (!key) key = load_request(file);
  if (!key) {
    return usage_error(file + ": neither certificates, nor a key, nor a request");
  }
  out.key.leaf = std::move(*key);
  out.no_issuer = file + ": there is no chain in it";
  return out;
}

/// All that a plan is printed from.
struct Job {
  Owner owner;
  Server current;
  Server next;
  publish::Timing timing;
  std::chrono::sys_seconds start;
  bool is_dated;  ///< whether the start was given; it is now otherwise

  [[nodiscard]] bool same_key() const {
    return current.key.leaf.spki == next.key.leaf.spki;
  }
};

base::Result<std::chrono::seconds> span_of(const Arguments& arguments, const char* option,
                                           std::chrono::seconds otherwise) {
  const auto word = arguments.value(option);
  if (!word) return otherwise;
  auto span = parse_span(*word);
  if (!span) return tl::unexpected(span.error().in("--" + std::string(option)));
  return span;
}

base::Result<Job> job_of(const Arguments& arguments) {
  if (auto ok = expect_host_and_port(arguments, kCall); !ok) {
    return tl::unexpected(ok.error());
  }
  if (auto ok = arguments.expect_words(2, 2, kUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  Job out;
  auto owner = owner_of(arguments.words()[0], arguments.words()[1], "tcp");
  if (!owner) return tl::unexpected(owner.error());
  out.owner = std::move(*owner);
  const auto current = arguments.value("current");
  const auto next = arguments.value("next");
  if (!current || !next) return usage_error("--current FILE and --next FILE are needed");
  auto current_server = load_server(*current);
  if (!current_server) return tl::unexpected(current_server.error());
  auto next_server = load_server(*next);
  if (!next_server) return tl::unexpected(next_server.error());
  out.current = std::move(*current_server);
  out.next = std::move(*next_server);
  const auto ttl = span_of(arguments, "ttl", out.timing.ttl);
  if (!ttl) return tl::unexpected(ttl.error());
  const auto signatures = span_of(arguments, "signatures", out.timing.signatures);
  if (!signatures) return tl::unexpected(signatures.error());
  out.timing = {*ttl, *signatures};
  const auto start = time_of(arguments);
  if (!start) return tl::unexpected(start.error());
  out.start = *start;
  out.is_dated = arguments.has("at");
  return out;
}

std::string_view to_text(publish::Action action) {
  return action == publish::Action::publish ? "publish" : "deploy";
}

std::string line_of(const Job& job, const dns::Tlsa& record, publish::ZoneForm form) {
  return publish::zone_line(job.owner.name, record, form, job.timing.ttl);
}

void write_json(base::JsonWriter& json, const Job& job, Scheme scheme,
                const std::vector<Step>& steps) {
  json.begin_object().member("scheme", publish::to_text(scheme));
  json.key("steps").begin_array();
  for (const Step& step : steps) {
    json.begin_object().member("action", to_text(step.action));
    json.member("earliest", verify::to_text(job.start + step.earliest));
    json.member("certain", verify::to_text(job.start + step.certain));
    json.member("why", step.why).key("records").begin_array();
    for (const dns::Tlsa& record : step.rrset) {
      json.value(line_of(job, record, publish::ZoneForm::tlsa));
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

void tell_plan(TextLayout& layout, const Job& job, Scheme scheme,
               const std::vector<Step>& steps) {
  constexpr std::size_t kHanging = 3;  // the columns of `1. `
  const auto moment = [&](std::chrono::seconds span) {
    return verify::to_text(job.start + span);
  };
  layout.gap().sentence(
      0, Paint().strong("Change of key of " + job.owner.host.text() + ", by " +
                        std::string(publish::to_text(scheme))));
  layout.labels(kHanging, 10);
  int number = 0;
  for (const Step& step : steps) {
    layout.gap().sentence(
        0,
        std::to_string(++number) + ". " +
            (step.action == publish::Action::deploy
                 ? "Deploy the next key on every server."
                 : "Publish these records, signed, on every name server."),
        kHanging);
    layout.sentence(kHanging, report::as_sentence(step.why));
    // The last step has no date: it follows when the servers have the next key.
    const bool is_dated =
        &step != &steps.back() && (step.earliest.count() > 0 || job.is_dated);
    if (is_dated) layout.row("earliest", moment(step.earliest));
    if (is_dated && step.certain > step.earliest) {
      layout.row("certain", moment(step.certain) + ", even if a name server lags behind");
    }
    if (step.action == publish::Action::deploy) {
      layout.sentence(kHanging, "Then: dane check " + job.owner.host.text() + " " +
                                    std::to_string(job.owner.port));
      continue;
    }
    layout.gap();
    for (const dns::Tlsa& record : step.rrset) {
      layout.as_it_is(line_of(job, record, publish::ZoneForm::folded));
    }
  }
}

/// Why 3 1 1 + 2 1 1 would break the host; nothing if it would not. While the next key is
/// deployed its issuer's record alone proves it: with the names and dates of then.
std::optional<std::string> objection_to_issuers(const Job& job) {
  if (job.current.no_issuer) return job.current.no_issuer;
  if (job.next.no_issuer) return job.next.no_issuer;
  const auto record = publish::make_record(*job.next.key.issuer, {dns::kDaneTa});
  if (!record) return record.error().detail;
  // A plan from the past is judged as of today, when its certificates exist.
  const auto deploy = std::max(job.start + 2 * job.timing.ttl, client::wall_clock());
  const auto why = publish::why_refused(job.next.chain, *record, job.owner.host, deploy);
  if (!why) return std::nullopt;
  return "the next chain would be refused when it is deployed: " + *why;
}

/// The plans that are wanted and safe; why one that may be wanted is left out.
struct Choice {
  std::vector<Scheme> schemes;
  std::optional<std::string> left_out;
};

base::Result<Choice> choice_of(const Arguments& arguments, const Job& job) {
  const auto word = arguments.value("scheme");
  if (word && word != "3-3" && word != "3-2") {
    return usage_error("--scheme is 3-3 or 3-2");
  }
  Choice out;
  const bool issuers = word != "3-3";
  if (issuers) out.left_out = objection_to_issuers(job);
  if (word == "3-2" && out.left_out) {
    return usage_error("3 1 1 + 2 1 1 needs chains whose issuers are in them: " +
                       *out.left_out);
  }
  // A key that stays is announced already; its issuer may change all the same.
  const bool same_issuer = job.current.key.issuer && job.next.key.issuer &&
                           job.current.key.issuer->spki == job.next.key.issuer->spki;
  if (word != "3-2" && !job.same_key()) out.schemes.push_back(Scheme::two_keys);
  if (issuers && !out.left_out && !(job.same_key() && same_issuer)) {
    out.schemes.push_back(Scheme::key_and_issuer);
  }
  return out;
}

/// Whether people read the steps: a key that stays needs none, and who publishes 2 1 1 of
/// an issuer that changes asks for that scheme.
bool tells_steps(const Arguments& arguments, const Job& job) {
  return !job.same_key() || arguments.has("scheme");
}

void tell_preface(TextLayout& layout, const Arguments& arguments, const Job& job,
                  const Choice& choice) {
  if (job.same_key()) {
    layout.sentence(
        0, "The key stays the same: 3 1 1 goes on matching, nothing need be published.");
  }
  if (job.same_key() && !choice.schemes.empty()) {
    layout.sentence(0,
                    std::string("Its issuer changes: 2 1 1, if published, must follow") +
                        (tells_steps(arguments, job) ? "." : "; --scheme 3-2 plans it."));
  }
  if (!choice.left_out || job.current.chain.size() < 2 || job.next.chain.size() < 2) {
    return;
  }
  layout.sentence(
      0, "No plan with 2 1 1: " + base::printable(*choice.left_out, base::kLine));
}

/// What a plan counts on that nobody said.
void tell_assumptions(TextLayout& layout, const Arguments& arguments, const Job& job) {
  std::string what, options;
  const auto assume = [&](const char* name, const char* option,
                          std::chrono::seconds span) {
    if (arguments.has(option)) return;
    what += (what.empty() ? "" : ", ") + std::string(name) + span_in_words(span);
    options += (options.empty() ? "--" : " and --") + std::string(option);
  };
  assume("TTL ", "ttl", job.timing.ttl);
  assume("signatures ", "signatures", job.timing.signatures);
  if (what.empty()) return;
  const bool are_both = what.find(", ") != std::string::npos;
  layout.gap().sentence(0, "Assumed: " + what + "; " + options +
                               (are_both ? " say" : " says") + " otherwise.");
}

base::Result<Outcome> rollover(const Arguments& arguments) {
  const auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto choice = choice_of(arguments, *job);
  if (!choice) return tl::unexpected(choice.error());
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("owner", job->owner.name.text());
  json.member("same_key", job->same_key());
  if (choice->left_out) json.member("left_out", *choice->left_out);
  json.key("plans").begin_array();
  TextLayout text(output_columns());
  tell_preface(text, arguments, *job, *choice);
  const bool are_told = !choice->schemes.empty() && tells_steps(arguments, *job);
  if (are_told) tell_assumptions(text, arguments, *job);
  for (const Scheme scheme : choice->schemes) {
    const auto steps =
        publish::plan_rollover(scheme, job->current.key, job->next.key, job->timing);
    if (!steps) return tl::unexpected(steps.error());
    write_json(json, *job, scheme, *steps);
    if (are_told) tell_plan(text, *job, scheme, *steps);
  }
  json.end_array().end_object();
  print(arguments.has("json") ? json.text() + "\n" : text.text());
  return Outcome::fine;
}

}  // namespace

const Command kRollover = {
    .name = "rollover",
    .summary = "the plan of a safe change of key",
    .usage = kUsage,
    .options = []() -> std::vector<Option> {
      return {{.name = "current",
               .value = {"FILE", WordKind::file},
               .help = "what the server shows now: a chain (leaf first) or a key"},
              {.name = "next",
               .value = {"FILE", WordKind::file},
               .help = "what it will show: a chain, a key or a request"},
              {.name = "scheme",
               .value = {"S", WordKind::one_of, {"3-3", "3-2"}},
               .help = "3 1 1 + 3 1 1, or 3 1 1 + 2 1 1 (each that the files allow)"},
              {.name = "ttl", .value = {"SPAN"}, .help = "TTL of the TLSA records (1h)"},
              {.name = "signatures",
               .value = {"SPAN"},
               .help = "how long their present signatures are still good (14d)"},
              {.name = "at", .value = {"TIME"}, .help = "when the plan begins (now)"},
              json_option()};
    },
    .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
    .run = rollover};

}  // namespace cli::dane
