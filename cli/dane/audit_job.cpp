#include "cli/dane/audit_job.h"

#include <algorithm>
#include <thread>

#include "cli/dane/audit/grade_words.h"
#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/dane/resolving.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "src/client/wall_clock.h"
#include "src/evidence/evidence_files.h"
#include "src/io/host_name.h"
#include "src/io/interfaces.h"

namespace cli::dane {
namespace {

using report::Each;

/// Whether a word may stand behind EHLO: a domain or an address literal (RFC 5321 4.1.3).
bool is_helo(std::string_view word) {
  if (word.starts_with('[') && word.ends_with(']')) {
    word = word.substr(1, word.size() - 2);
    if (word.starts_with("IPv6:")) word.remove_prefix(5);
    return net::parse_address(word).has_value();
  }
  const auto name = dns::Name::parse(word);
  return name && name->is_host() && base::is_ascii(word);
}

base::Result<void> read_probing(const Arguments& arguments, AuditJob& job) {
  auto& survey = job.engine.survey;
  survey.thorough = !arguments.has("quick");
  if (arguments.has("no-private-addresses")) {
    survey.reach = audit::Reach::public_only;
    job.engine.resolver.public_only = true;
  }
  survey.ways.helo = arguments.value("helo").value_or(io::host_name());
  if (arguments.has("helo") && !is_helo(survey.ways.helo)) {
    return usage_error("--helo is no host name and no address in brackets");
  }
  constexpr std::chrono::seconds kReply{30}, kConnect{10};
  survey.ways.connect_limit = kConnect;
  survey.ways.greeting_limit = kReply;
  survey.ways.remote_limit = kReply;
  if (const auto word = arguments.value("probe")) {
    if (*word == "none") {
      survey.probe = audit::Probe::none;
    } else if (*word == "all") {
      survey.probe = audit::Probe::all;
    } else if (*word != "dane") {
      return usage_error("--probe " + base::printable(*word, base::kWord) +
                         ": it may be none, dane or all");
    }
  }
  const bool four = arguments.has("ipv4"), six = arguments.has("ipv6");
  if (four != six) survey.family = four ? net::Family::v4 : net::Family::v6;
  if (const auto word = arguments.value("source")) {
    survey.ways.source.address = net::parse_address(*word);
    if (!survey.ways.source.address) return usage_error("--source is no address");
    if (!io::can_bind(*survey.ways.source.address)) {
      return usage_error("--source " + net::to_text(*survey.ways.source.address) +
                         " is no address of this machine");
    }
  }
  if (const auto word = arguments.value("timeout")) {
    const auto span = parse_span("--timeout", *word);
    if (!span) return tl::unexpected(span.error());
    survey.ways.connect_limit = *span;
    survey.ways.greeting_limit = *span;
    survey.ways.remote_limit = *span;
  }
  return {};
}

base::Result<void> read_trust_store(const Arguments& arguments, AuditJob& job) {
  const auto path = trust_store_path(arguments);
  if (!path) return tl::unexpected(path.error());
  if (!*path) return {};
  if (arguments.has("quick")) return usage_error("--ca does not go with --quick");
  auto roots = load_roots(**path);
  if (!roots) return tl::unexpected(roots.error());
  job.sts_roots = std::move(*roots);
  return {};
}

base::Result<void> read_limits(const Arguments& arguments, AuditJob& job) {
  auto& engine = job.engine;
  engine.threads = std::max(1U, std::thread::hardware_concurrency());
  constexpr unsigned long kMany = 1'000'000;
  const auto size = [](std::size_t& into) {
    return [&into](unsigned long number) { into = number; };
  };
  base::Result<void> ok =
      read_number(arguments, "parallel", {1, kMany}, size(engine.in_flight));
  if (ok) ok = read_number(arguments, "threads", {1, 1024}, size(engine.threads));
  if (ok) {
    ok = read_number(arguments, "per-address", {1, kMany},
                     size(engine.limits.for_address));
  }
  if (ok) {
    ok = read_number(arguments, "per-network", {1, kMany},
                     size(engine.limits.for_network));
  }
  if (ok) {
    ok = read_number(arguments, "rate", {1, kMany}, [&](unsigned long number) {
      engine.limits.each_second = static_cast<double>(number);
    });
  }
  if (ok) {
    ok = read_number(arguments, "retries", {0, 100}, [&](unsigned long number) {
      engine.survey.retries = static_cast<unsigned>(number);
    });
  }
  if (ok) {
    ok = read_number(arguments, "retry-wait", {0, 86'400}, [&](unsigned long number) {
      engine.survey.retry_wait = std::chrono::seconds(number);
    });
  }
  return ok;
}

/// The grades of `--only broken,partial`, in the words of the JSON or those for people.
base::Result<std::set<audit::Grade>> grades_of(const std::string& list) {
  std::set<audit::Grade> out;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    std::string word = list.substr(at, end - at);
    at = end + 1;
    std::ranges::replace(word, '_', '-');
    auto grade = audit::grade_from_text(word);
    std::ranges::replace(word, '-', ' ');
    for (std::size_t i = 0; i < audit::kGrades && !grade; ++i) {
      const auto one = static_cast<audit::Grade>(i);
      if (base::lower(report::word_for(one)) == base::lower(word)) grade = one;
    }
    if (!grade) {
      return usage_error("--only " + base::printable(word, base::kWord) +
                         " is none of protected, partly-protected, broken, no-dane, "
                         "could-not-tell, not-a-domain (or enforced, partial, "
                         "not-deployed, undecided, bad-input)");
    }
    out.insert(*grade);
  }
  return out;
}

/// In which form domains stand on standard output: one in full, several a line each.
base::Result<void> read_form(const Arguments& arguments, report::Wanted& wanted) {
  const bool json = arguments.has("json"), csv = arguments.has("csv");
  const bool elsewhere = wanted.html || wanted.sqlite || wanted.prometheus;
  const bool many = arguments.words().size() > 1 || arguments.has("file");
  if (json && csv) return usage_error("either --json or --csv");
  if (wanted.nagios &&
      (json || csv || arguments.has("summary") || wanted.output == "-")) {
    return usage_error("--nagios is one line and no other");
  }
  if (const auto list = arguments.value("only")) {
    auto only = grades_of(*list);
    if (!only) return tl::unexpected(only.error());
    wanted.only = std::move(*only);
  }
  for (const std::string& word : arguments.words()) {
    constexpr std::size_t kMost = 36;
    const std::size_t width = std::min(width_of(word), kMost);
    wanted.name_columns = std::max(wanted.name_columns, width);
  }
  wanted.summary = arguments.has("summary");
  if (wanted.output == "-" && (csv || wanted.summary)) {
    return usage_error("--output - is lines of JSON and nothing else");
  }
  if (wanted.overwrite && !wanted.output) {
    return usage_error("--overwrite needs --output FILE");
  }
  // What programs read comes as it is done; a run that goes on has no first number.
  wanted.in_order = !arguments.words().empty() && !json && !wanted.resume;
  if (json || csv) {
    // Lines that go into a file do not run over the screen too.
    wanted.each = csv ? Each::csv : wanted.output ? Each::none : Each::json;
    if (wanted.summary) return usage_error("--summary is for people");
  } else if (!wanted.output && !elsewhere && !wanted.nagios && !wanted.summary) {
    wanted.each = many && !wanted.verbose ? Each::line : Each::text;
    wanted.summary = many;
  }
  return {};
}

/// When a certificate ends too soon for a plug-in.
base::Result<void> read_nagios_limits(const Arguments& arguments,
                                      report::NagiosLimits& out) {
  constexpr std::chrono::days kWarning{7}, kCritical{2};
  constexpr unsigned long kMostDays = 3650;
  const auto now = client::wall_clock();
  out = {now + kWarning, now + kCritical};
  for (const char* option : {"warn-days", "critical-days"}) {
    if (arguments.has(option) && !arguments.has("nagios")) {
      return usage_error("--" + std::string(option) + " goes with --nagios");
    }
  }
  const auto into = [&](std::chrono::sys_seconds& limit) {
    return [&limit, now](unsigned long days) { limit = now + std::chrono::days(days); };
  };
  auto ok = read_number(arguments, "warn-days", {0, kMostDays}, into(out.warning));
  if (!ok) return ok;
  return read_number(arguments, "critical-days", {0, kMostDays}, into(out.critical));
}

base::Result<void> read_evidence(const Arguments& arguments, AuditJob& job) {
  auto& wanted = job.wanted;
  wanted.evidence = arguments.value("evidence");
  if (wanted.evidence) {
    job.engine.survey.evidence = true;
    job.engine.survey.keep = audit::Keep::all;
  }
  auto stamps = authorities_of(arguments.values("evidence-stamp"));
  if (!stamps) return tl::unexpected(stamps.error().in("--evidence-stamp"));
  job.stamps = std::move(*stamps);
  if (job.stamps.empty()) return {};
  if (wanted.evidence && evidence::is_store_path(*wanted.evidence)) return {};
  return usage_error("--evidence-stamp goes with --evidence STORE.sqlite");
}

base::Result<void> read_reports(const Arguments& arguments, AuditJob& job) {
  auto& wanted = job.wanted;
  wanted.verbose = arguments.has("verbose");
  wanted.output = arguments.value("output");
  wanted.resume = arguments.has("resume");
  wanted.overwrite = arguments.has("overwrite");
  wanted.html = arguments.value("html");
  wanted.sqlite = arguments.value("sqlite");
  if (auto good = read_evidence(arguments, job); !good) return good;
  wanted.options = arguments.options_text();
  wanted.prometheus = arguments.value("prometheus");
  wanted.nagios = arguments.has("nagios");
  wanted.progress = !arguments.has("no-progress");
  if (wanted.resume && (!wanted.output || *wanted.output == "-")) {
    return usage_error("--resume needs --output FILE");
  }
  if (wanted.resume && wanted.overwrite) {
    return usage_error("either --resume or --overwrite");
  }
  if (auto good = read_form(arguments, wanted); !good) return good;
  if (const auto word = arguments.value("watch")) {
    const auto span = parse_span(*word);
    if (!span) return tl::unexpected(span.error().in("--watch"));
    if (span->count() < 1) return usage_error("--watch wants a second or more");
    if (wanted.each != Each::line && wanted.each != Each::text)
      return usage_error("--watch reports changes and nothing else");
    if (!wanted.only.empty()) return usage_error("--only does not go with --watch");
    if (wanted.evidence) return usage_error("--evidence does not go with --watch");
    job.watch = *span;
  }
  job.command = arguments.value("exec").value_or("");
  if (!job.command.empty() && !job.watch) return usage_error("--exec goes with --watch");
  return {};
}

}  // namespace

base::Result<void> read_number(const Arguments& arguments, const char* option,
                               std::pair<unsigned long, unsigned long> least_and_most,
                               const std::function<void(unsigned long)>& set) {
  const auto word = arguments.value(option);
  if (!word) return {};
  const auto number =
      parse_number("--" + std::string(option), *word, std::move(least_and_most));
  if (!number) return tl::unexpected(number.error());
  set(*number);
  return {};
}

base::Result<AuditJob> audit_job(const Arguments& arguments) {
  AuditJob job;
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  job.engine.resolver = *config;
  if (arguments.has("trust-ad")) {
    if (!config->unbound_conf.empty()) {
      return usage_error("--trust-ad does not go with --unbound-conf");
    }
    if (config->upstream == resolver::Upstream::recursion) {
      return usage_error("--trust-ad does not go with --forward recursion");
    }
    job.engine.resolver.validation = resolver::Validation::upstream;
  }
  base::Result<void> ok = read_probing(arguments, job);
  if (ok) ok = read_trust_store(arguments, job);
  if (ok) ok = read_limits(arguments, job);
  if (ok) ok = read_nagios_limits(arguments, job.wanted.nagios_limits);
  if (ok) ok = read_reports(arguments, job);
  if (!ok) return tl::unexpected(ok.error());
  return job;
}

}  // namespace cli::dane
