// dane rollover: the plan of a safe change of key.

#include "src/publish/rollover.h"

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "src/base/json.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using publish::Scheme;
using publish::Step;

constexpr std::string_view kUsage =
    "usage: dane rollover --current F --next F [OPTIONS] HOST PORT";

/// The key and issuer of a chain; of a key or a request the key alone.
base::Result<publish::ServerKey> load_server_key(const std::string& file) {
  publish::ServerKey out;
  auto chain = load_certificates(file);
  if (chain) {
    out.leaf = publish::source_of(chain->front());
    if (chain->size() > 1) out.issuer = publish::source_of(chain->at(1));
    return out;
  }
  auto key = load_key(file);
  if (!key) key = load_request(file);
  if (!key) {
    return usage_error(file + ": neither certificates, nor a key, nor a request");
  }
  out.leaf = std::move(*key);
  return out;
}

/// All that a plan is printed from.
struct Job {
  dns::Name owner;
  publish::ServerKey current;
  publish::ServerKey next;
  publish::Timing timing;
  std::chrono::sys_seconds start;
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
  if (auto ok = arguments.expect_words(2, 2, kUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  Job out;
  const auto host = dns::Name::parse(arguments.words()[0]);
  if (!host) return tl::unexpected(host.error());
  const auto port = parse_port(arguments.words()[1]);
  if (!port) return tl::unexpected(port.error());
  auto owner = host->tlsa_owner(*port, "tcp");
  if (!owner) return tl::unexpected(owner.error());
  out.owner = std::move(*owner);
  const auto current = arguments.value("current");
  const auto next = arguments.value("next");
  if (!current || !next) return usage_error("--current FILE and --next FILE are needed");
  auto current_key = load_server_key(*current);
  if (!current_key) return tl::unexpected(current_key.error());
  auto next_key = load_server_key(*next);
  if (!next_key) return tl::unexpected(next_key.error());
  out.current = std::move(*current_key);
  out.next = std::move(*next_key);
  const auto ttl = span_of(arguments, "ttl", out.timing.ttl);
  if (!ttl) return tl::unexpected(ttl.error());
  const auto signatures = span_of(arguments, "signatures", out.timing.signatures);
  if (!signatures) return tl::unexpected(signatures.error());
  out.timing = {*ttl, *signatures};
  const auto start = time_of(arguments);
  if (!start) return tl::unexpected(start.error());
  out.start = *start;
  return out;
}

std::string_view to_text(publish::Action action) {
  return action == publish::Action::publish ? "publish" : "deploy";
}

std::string line_of(const Job& job, const dns::Tlsa& record) {
  return publish::zone_line(job.owner, record, publish::ZoneForm::tlsa, job.timing.ttl);
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
    for (const dns::Tlsa& record : step.rrset) json.value(line_of(job, record));
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

std::string text_of(const Job& job, Scheme scheme, const std::vector<Step>& steps,
                    const Paint& paint) {
  std::string out =
      paint.strong("Scheme " + std::string(publish::to_text(scheme))) + "\n";
  int number = 0;
  for (const Step& step : steps) {
    const bool at_once = step.earliest.count() == 0;
    out += "\n" + std::to_string(++number) + ". " +
           (step.action == publish::Action::deploy
                ? "Deploy the next key on every server"
                : "Publish this RRset, signed, on every name server") +
           (at_once ? ", now"
                    : ", not before " + verify::to_text(job.start + step.earliest)) +
           ".\n   " + step.why + ".\n";
    if (step.certain > step.earliest) {
      out += "   If a name server may lag behind: not before " +
             verify::to_text(job.start + step.certain) + ".\n";
    }
    if (step.action == publish::Action::deploy) continue;
    for (const dns::Tlsa& record : step.rrset) out += "   " + line_of(job, record) + "\n";
  }
  return out;
}

base::Result<std::vector<Scheme>> schemes_of(const Arguments& arguments, const Job& job) {
  const auto word = arguments.value("scheme");
  if (word == "3-3") return std::vector<Scheme>{Scheme::two_keys};
  if (word == "3-2") return std::vector<Scheme>{Scheme::key_and_issuer};
  if (word) return usage_error("--scheme is 3-3 or 3-2");
  std::vector<Scheme> out = {Scheme::two_keys};
  if (job.current.issuer && job.next.issuer) out.push_back(Scheme::key_and_issuer);
  return out;
}

base::Result<Outcome> rollover(const Arguments& arguments) {
  const auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto schemes = schemes_of(arguments, *job);
  if (!schemes) return tl::unexpected(schemes.error());
  const Paint paint;
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("owner", job->owner.text());
  json.member("same_key", job->current.leaf.spki == job->next.leaf.spki);
  json.key("plans").begin_array();
  std::string text;
  if (job->current.leaf.spki == job->next.leaf.spki) {
    text +=
        "The key stays the same: 3 1 1 goes on matching, nothing need be published.\n\n";
  }
  for (const Scheme scheme : *schemes) {
    const auto steps =
        publish::plan_rollover(scheme, job->current, job->next, job->timing);
    if (!steps) return tl::unexpected(steps.error());
    write_json(json, *job, scheme, *steps);
    text +=
        (scheme == schemes->front() ? "" : "\n") + text_of(*job, scheme, *steps, paint);
  }
  json.end_array().end_object();
  print(arguments.has("json") ? json.text() + "\n" : text);
  return Outcome::fine;
}

}  // namespace

const Command kRollover = {
    "rollover",
    "the plan of a safe change of key",
    "usage: dane rollover --current F --next F [OPTIONS] HOST PORT\n\n"
    "  --current F        what the server shows now: a chain (leaf first) or a key\n"
    "  --next F           what it will show: a chain, a key or a request\n"
    "  --scheme S         3-3 (3 1 1 + 3 1 1) or 3-2 (3 1 1 + 2 1 1); without it each\n"
    "                     that the files allow\n"
    "  --ttl SPAN         TTL of the TLSA records (1h)\n"
    "  --signatures SPAN  how long their present signatures are still good (14d)\n"
    "  --at TIME          when the plan begins (now)\n"
    "  --json             one JSON object\n",
    {{"current", true},
     {"next", true},
     {"scheme", true},
     {"ttl", true},
     {"signatures", true},
     {"at", true},
     {"json", false}},
    rollover};

}  // namespace cli::dane
