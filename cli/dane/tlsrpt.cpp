// dane tlsrpt: the TLS reports (RFC 8460) of what qmail-remote saw, and those that others
// send.

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <map>

#include "cli/dane/command.h"
#include "cli/dane/received_reports.h"
#include "cli/dane/report_targets.h"
#include "cli/dane/resolving.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/client/wall_clock.h"
#include "src/io/host_name.h"
#include "src/mail/report_uri.h"
#include "src/qmail/control.h"
#include "src/tlsrpt/event_days.h"
#include "src/tlsrpt/tls_report.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using tlsrpt::TlsEvent;
using tlsrpt::TlsReportHeader;

constexpr int kMostDays = 366;
constexpr std::size_t kDateLength = 10;
constexpr const char* kHome = "/var/qmail";
constexpr std::string_view kStore = "/queue/tlsrpt";  // below qmail's home

/// What the command line asks for.
struct Job {
  std::chrono::sys_days from;
  std::chrono::sys_days to;
  std::string store;
  std::optional<std::string> domain;
  std::optional<std::string> output;
  std::string organization;
  std::string contact;
  std::string submitter;
  bool reports_only = false;
};

base::Result<std::chrono::sys_days> day_of(const Arguments& arguments,
                                           const char* option) {
  const auto word = arguments.value(option);
  if (!word) return usage_error("--" + std::string(option) + " DATE is needed");
  const auto moment = parse_moment(*word);
  if (!moment) return tl::unexpected(moment.error().in("--" + std::string(option)));
  return std::chrono::floor<std::chrono::days>(*moment);
}

void warn(std::string_view what) {
  std::fprintf(stderr, "dane: %s\n", base::printable(what, base::kLine).c_str());
}

/// The home of the qmail that a store is part of.
std::string home_of(std::string store) {
  while (store.ends_with('/')) store.pop_back();
  if (store.ends_with(kStore)) return store.substr(0, store.size() - kStore.size());
  return environment_value("QMAILHOME").value_or(kHome);
}

/// Who reports: `control/me`, as all that qmail sends is from there; the name of the
/// machine only where there is no such file.
base::Result<std::string> this_host(const std::string& store) {
  const auto me = qmail::Control(home_of(store) + "/control").line("me");
  if (!me) return tl::unexpected(me.error());
  return *me ? **me : io::host_name();
}

base::Result<void> add_reporter(const Arguments& arguments, Job& out) {
  auto submitter = arguments.value("submitter");
  if (!submitter) {
    auto own = this_host(out.store);
    if (!own) return tl::unexpected(own.error());
    submitter = std::move(*own);
  }
  const auto name = dns::Name::parse(*submitter);
  if (!name) return tl::unexpected(name.error().in("the submitter"));
  out.submitter = name->text();
  out.organization = arguments.value("organization").value_or(out.submitter);
  const auto contact = arguments.value("contact");
  out.contact = contact.value_or("postmaster@" + out.submitter);
  if (contact && !mail::report_address(*contact)) {
    return usage_error("--contact " + base::printable(*contact, base::kWord) +
                       " is not a mail address");
  }
  return {};
}

base::Result<Job> job_of(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(
          0, 0,
          "usage: dane tlsrpt --from DATE [--to DATE] [OPTIONS], or --read FILE...");
      !ok) {
    return tl::unexpected(ok.error());
  }
  Job out;
  const auto from = day_of(arguments, "from");
  if (!from) return tl::unexpected(from.error());
  const auto to = arguments.has("to") ? day_of(arguments, "to") : from;
  if (!to) return tl::unexpected(to.error());
  if (*to < *from || *to - *from > std::chrono::days(kMostDays)) {
    return usage_error("--from and --to are not a span of at most a year");
  }
  out.from = *from;
  out.to = *to;
  out.store = arguments.value("store").value_or(
      environment_value("QMAILHOME").value_or(kHome) + std::string(kStore));
  if (access(out.store.c_str(), R_OK | X_OK) != 0) {
    return usage_error(out.store + ": " + base::system_message(errno));
  }
  if (const auto word = arguments.value("domain")) {
    const auto name = dns::Name::parse(*word);
    if (!name) return tl::unexpected(name.error());
    out.domain = name->text();
  }
  out.output = arguments.value("output");
  if (auto done = add_reporter(arguments, out); !done)
    return tl::unexpected(done.error());
  out.reports_only = arguments.has("json");
  return out;
}

/// A report that is to be written.
struct Wanted {
  TlsReportHeader header;
  std::vector<TlsEvent> events;
};

/// The reports of the store. What cannot be read of it is told, and stands in the way of
/// nothing else.
std::vector<Wanted> wanted_by(const Job& job, Outcome& outcome) {
  std::vector<Wanted> out;
  for (auto day = job.from; day <= job.to; day += std::chrono::days(1)) {
    auto stored = tlsrpt::read_events(job.store, day);
    for (const std::string& trouble : stored.troubles) {
      warn(trouble);
      outcome = Outcome::undecided;
    }
    if (stored.found.left_out > 0) {
      warn(job.store + ", " +
           verify::to_text(std::chrono::sys_seconds(day)).substr(0, kDateLength) + ": " +
           counted(stored.found.left_out, "line is none and", "lines are none and") +
           " left out");
    }
    std::map<std::string, std::vector<TlsEvent>> by_domain;
    for (TlsEvent& event : stored.found.events) {
      if (job.domain && *job.domain != event.domain) continue;
      by_domain[event.domain].push_back(std::move(event));
    }
    for (auto& [domain, events] : by_domain) {
      out.push_back({{job.organization, job.contact, job.submitter, domain, day},
                     std::move(events)});
    }
  }
  return out;
}

/// `DOMAIN.DATE`, or what fits of it into the name of a file.
std::string file_name(const TlsReportHeader& header, std::size_t number) {
  constexpr std::size_t kMostDomain = 200;
  const std::string domain =
      header.domain.size() > kMostDomain
          ? header.domain.substr(0, kMostDomain) + "~" + std::to_string(number)
          : header.domain;
  return domain + "." +
         verify::to_text(std::chrono::sys_seconds(header.day)).substr(0, kDateLength);
}

base::Result<void> write_mail(const Job& job, const std::string& name,
                              const std::string& mail) {
  if (!job.output) {
    print(mail);
    return {};
  }
  const std::string path = *job.output + "/" + name;
  std::ofstream file(path, std::ios::binary);
  file << mail;
  file.close();
  if (!file) return usage_error(path + ": " + base::system_message(errno));
  print(path + "\n");
  return {};
}

/// Says what is wrong with a domain's record; whether a mail can be written all the same.
bool has_address(const std::string& domain, const mail::TlsReportTargets& targets,
                 Outcome& outcome) {
  if (!targets.faults.empty()) {
    warn(domain + ": the TLSRPT record is not valid: " + targets.faults.front());
  } else if (targets.addresses.empty() && targets.others) {
    warn(domain + ": wants reports, but not by mail");
  }
  const bool missed = !targets.faults.empty() || targets.others;
  if (targets.addresses.empty() && missed && outcome == Outcome::fine) {
    outcome = Outcome::findings;
  }
  return !targets.addresses.empty();
}

/// The domains of some reports, from `begin` on: as many as are asked for together.
std::vector<std::string> domains_from(const std::vector<Wanted>& all, std::size_t begin) {
  constexpr std::size_t kMost = 1000;  // whose mails are written before the next ones
  std::vector<std::string> out;
  for (std::size_t i = begin; i < all.size() && out.size() < kMost; ++i) {
    out.push_back(all[i].header.domain);
  }
  return out;
}

base::Result<Outcome> print_mails(const Job& job, const std::vector<Wanted>& all,
                                  const resolver::Config& config, Outcome outcome) {
  if (all.empty()) return outcome;
  auto resolving = ReportTargets::create(config);
  if (!resolving) return tl::unexpected(resolving.error());
  std::size_t written = 0, asked = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == asked) {
      const auto domains = domains_from(all, i);
      (*resolving)->ask(domains);
      asked += domains.size();
    }
    const Wanted& wanted = all[i];
    const std::string& domain = wanted.header.domain;
    const auto& targets = (*resolving)->of(domain);
    if (!targets) {
      warn(domain + ": " + targets.error().detail);
      outcome = Outcome::undecided;
      continue;
    }
    if (!has_address(domain, *targets, outcome)) continue;
    if (++written > 1 && !job.output) {
      return usage_error("there are several reports: --domain or --output DIRECTORY");
    }
    const std::string json = tlsrpt::tls_report_json(wanted.header, wanted.events);
    const auto mail = tlsrpt::tls_report_mail(wanted.header, json, targets->addresses,
                                              client::wall_clock());
    if (auto done = write_mail(job, file_name(wanted.header, written), mail); !done) {
      return tl::unexpected(done.error());
    }
  }
  return outcome;
}

base::Result<Outcome> tlsrpt(const Arguments& arguments) {
  if (arguments.has("read")) return read_received(arguments);
  const auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  Outcome outcome = Outcome::fine;
  const auto all = wanted_by(*job, outcome);
  if (job->reports_only) {
    for (const Wanted& wanted : all) {
      print(tlsrpt::tls_report_json(wanted.header, wanted.events) + "\n");
    }
    return outcome;
  }
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  return print_mails(*job, all, *config, outcome);
}

constexpr std::string_view kUsage =
    "usage: dane tlsrpt --from DATE [--to DATE] [OPTIONS]\n"
    "       dane tlsrpt --read [--json] FILE...";

constexpr std::string_view kAbout =
    R"(Writes the TLS reports (RFC 8460) of what qmail-remote saw on these days (UTC),
as mail for qmail-inject, to those whom the _smtp._tls record of each domain
names; or reads the reports that others send: JSON, gzip, or a mail message.
)";

constexpr std::string_view kEnding =
    R"(Exit status with --read: 0 no failures, 1 some, 2 bad input, 3 a file that is no
report.
)";

}  // namespace

const Command kTlsrpt = {
    .name = "tlsrpt",
    .summary = "TLS reports (RFC 8460): of what qmail-remote saw, or read",
    .usage = kUsage,
    .about = kAbout,
    .ending = kEnding,
    .options =
        [] {
          return with_resolver_options(
              {{.name = "from", .value = {"DATE"}, .help = "first day: 2026-06-01"},
               {.name = "to", .value = {"DATE"}, .help = "last day (the first)"},
               {.name = "store",
                .value = {"DIR", WordKind::folder},
                .help = "where qmail-remote counts (/var/qmail/queue/tlsrpt)"},
               {.name = "domain",
                .value = {"DOMAIN", WordKind::host},
                .help = "this domain alone"},
               {.name = "output",
                .value = {"DIR", WordKind::folder},
                .help = "a file for each report; without it there must be one"},
               {.name = "organization",
                .value = {"NAME"},
                .help = "who reports (the submitter)"},
               {.name = "contact",
                .value = {"ADDRESS"},
                .help = "whom to ask (postmaster at the submitter)"},
               {.name = "submitter",
                .value = {"HOST", WordKind::host},
                .help = "the reporting host (control/me of qmail)"},
               json_option("the reports alone, one a line, whoever wants them"),
               {.name = "read",
                .help =
                    "say what the reports in these files tell; - is standard input; with "
                    "--json one object for each report"}});
        },
    .words = {{"FILE", WordKind::file}},
    .run = tlsrpt};

}  // namespace cli::dane
