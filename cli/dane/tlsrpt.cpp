// dane tlsrpt: the TLS reports (RFC 8460) of what qmail-remote saw.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

#include "cli/dane/command.h"
#include "cli/dane/resolving.h"
#include "cli/moment.h"
#include "cli/terminal.h"
#include "resolver/resolver.h"
#include "src/base/bytes.h"
#include "src/client/secure.h"
#include "src/io/run_task.h"
#include "src/mail/domain_records.h"
#include "src/qmail/tls_report.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using qmail::TlsEvent;
using qmail::TlsReportHeader;

constexpr int kMostDays = 366;
constexpr const char* kStore = "/var/qmail/queue/tlsrpt";

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

std::string this_host() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

base::Result<Job> job_of(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(
          0, 0, "usage: dane tlsrpt --from DATE --to DATE [OPTIONS]");
      !ok) {
    return tl::unexpected(ok.error());
  }
  Job out;
  const auto from = day_of(arguments, "from");
  if (!from) return tl::unexpected(from.error());
  const auto to = day_of(arguments, "to");
  if (!to) return tl::unexpected(to.error());
  if (*to < *from || *to - *from > std::chrono::days(kMostDays)) {
    return usage_error("--from and --to are not a span of at most a year");
  }
  out.from = *from;
  out.to = *to;
  out.store = arguments.value("store").value_or(kStore);
  if (access(out.store.c_str(), R_OK | X_OK) != 0) {
    return usage_error(out.store + ": " + base::system_message(errno));
  }
  if (const auto word = arguments.value("domain")) {
    const auto name = dns::Name::parse(*word);
    if (!name) return tl::unexpected(name.error());
    out.domain = name->text();
  }
  out.output = arguments.value("output");
  out.submitter = arguments.value("submitter").value_or(this_host());
  const auto submitter = dns::Name::parse(out.submitter);
  if (!submitter) return tl::unexpected(submitter.error().in("--submitter"));
  out.submitter = submitter->text();
  out.organization = arguments.value("organization").value_or(out.submitter);
  out.contact = arguments.value("contact").value_or("postmaster@" + out.submitter);
  if (mail::read_targets({"v=TLSRPTv1; rua=mailto:" + out.contact}).addresses.empty()) {
    return usage_error("--contact " + base::printable(out.contact, 60) +
                       " is not a mail address");
  }
  out.reports_only = arguments.has("json");
  return out;
}

/// A report that is to be written.
struct Wanted {
  TlsReportHeader header;
  std::vector<TlsEvent> events;
};

base::Result<std::vector<Wanted>> wanted_by(const Job& job) {
  std::vector<Wanted> out;
  for (auto day = job.from; day <= job.to; day += std::chrono::days(1)) {
    auto events = qmail::read_events(job.store, day);
    if (!events) return tl::unexpected(events.error());
    std::set<std::string> domains;
    for (const TlsEvent& event : *events) domains.insert(event.domain);
    for (const std::string& domain : domains) {
      if (job.domain && *job.domain != domain) continue;
      TlsReportHeader header{job.organization, job.contact, job.submitter, domain, day};
      std::vector<TlsEvent> own;
      std::ranges::copy_if(*events, std::back_inserter(own),
                           [&](const TlsEvent& event) { return event.domain == domain; });
      out.push_back({std::move(header), std::move(own)});
    }
  }
  return out;
}

io::Task<base::Result<mail::TlsReportTargets>> targets_of(resolver::Resolver& resolver,
                                                          std::string domain) {
  auto name = dns::Name::from_dns("_smtp._tls." + domain);
  if (!name) co_return tl::unexpected(name.error());
  const auto answer = co_await resolver.texts(*name);
  if (!answer) co_return tl::unexpected(answer.error());
  co_return mail::read_targets(answer->records);
}

base::Result<void> write_mail(const Job& job, const Wanted& wanted,
                              const std::string& mail) {
  if (!job.output) {
    print(mail);
    return {};
  }
  const std::string path =
      *job.output + "/" + wanted.header.domain + "." +
      verify::to_text(std::chrono::sys_seconds(wanted.header.day)).substr(0, 10);
  std::ofstream file(path, std::ios::binary);
  file << mail;
  file.close();
  if (!file) return usage_error(path + ": " + base::system_message(errno));
  print(path + "\n");
  return {};
}

base::Result<Outcome> print_mails(const Job& job, const std::vector<Wanted>& all,
                                  const resolver::Config& config) {
  Outcome outcome = Outcome::fine;
  std::size_t written = 0;
  for (const Wanted& wanted : all) {
    io::Loop loop(1);
    auto resolver = resolver::Resolver::create(loop, config);
    if (!resolver) return tl::unexpected(resolver.error());
    const auto targets = io::run_task(loop, targets_of(**resolver, wanted.header.domain));
    if (!targets) {
      std::fprintf(stderr, "dane: %s: %s\n", wanted.header.domain.c_str(),
                   targets.error().detail.c_str());
      outcome = Outcome::undecided;
      continue;
    }
    if (targets->addresses.empty()) {
      if (targets->others) {
        std::fprintf(stderr, "dane: %s: wants reports, but not by mail\n",
                     wanted.header.domain.c_str());
        if (outcome == Outcome::fine) outcome = Outcome::findings;
      }
      continue;
    }
    if (!job.output && ++written > 1) {
      return usage_error("there are several reports: --domain or --output DIRECTORY");
    }
    const std::string json = qmail::tls_report_json(wanted.header, wanted.events);
    const auto mail = qmail::tls_report_mail(wanted.header, json, targets->addresses,
                                             client::wall_clock());
    if (auto done = write_mail(job, wanted, mail); !done) {
      return tl::unexpected(done.error());
    }
  }
  return outcome;
}

base::Result<Outcome> tlsrpt(const Arguments& arguments) {
  const auto job = job_of(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto all = wanted_by(*job);
  if (!all) return tl::unexpected(all.error());
  if (job->reports_only) {
    for (const Wanted& wanted : *all) {
      print(qmail::tls_report_json(wanted.header, wanted.events) + "\n");
    }
    return Outcome::fine;
  }
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  return print_mails(*job, *all, *config);
}

const std::string kHelp =
    "usage: dane tlsrpt --from DATE --to DATE [OPTIONS]\n\n"
    "Writes the TLS reports (RFC 8460) of what qmail-remote saw on these days (UTC), as\n"
    "mail for qmail-inject, to those whom the _smtp._tls record of each domain names.\n\n"
    "  --from, --to DATE      first and last day: 2026-06-01\n"
    "  --store DIR            where qmail-remote counts (/var/qmail/queue/tlsrpt)\n"
    "  --domain D             this domain alone\n"
    "  --output DIR           a file for each report; without it there must be one\n"
    "  --organization NAME    who reports (the host name)\n"
    "  --contact ADDRESS      whom to ask (postmaster at the submitter)\n"
    "  --submitter HOST       the reporting host (this one)\n"
    "  --json                 the reports alone, one a line, whoever wants them\n" +
    std::string(kResolverHelp);

}  // namespace

const Command kTlsrpt = {"tlsrpt", "TLS reports of what qmail-remote saw (RFC 8460)",
                         kHelp,
                         with_resolver_options({{"from", true},
                                                {"to", true},
                                                {"store", true},
                                                {"domain", true},
                                                {"output", true},
                                                {"organization", true},
                                                {"contact", true},
                                                {"submitter", true},
                                                {"json", false}}),
                         tlsrpt};

}  // namespace cli::dane
