// dane check: connects for real and shows what the peer proves.

#include "cli/dane/check_host.h"
#include "cli/dane/check_service.h"
#include "cli/dane/check_service_text.h"
#include "cli/dane/check_text.h"
#include "cli/dane/resolving.h"
#include "cli/layout.h"
#include "src/client/wall_clock.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

/// How the check is told: as JSON, or to people.
struct Output {
  Outcome outcome = Outcome::undecided;
  std::string json;
  std::string text;
  std::optional<base::Error> instead;  ///< of a text, which would say no more
};

Telling telling_of(const CheckJob& job) {
  return {Paint(), output_columns(), job.verbose};
}

Output host_output(const Surroundings& here, resolver::Resolver& resolver,
                   const CheckJob& job) {
  Checked checked = io::run_task(here.loop, check_host(here, resolver, job));
  here.waiting.clear();
  checked.every = job.every;
  Output out{outcome_of(checked), json_of(job, checked), "", std::nullopt};
  if (checked.error && out.outcome != Outcome::findings) {
    out.instead = checked.error;
  } else {
    out.text = text_of(job, checked, telling_of(job), client::wall_clock());
  }
  return out;
}

Output service_output(const Surroundings& here, resolver::Resolver& resolver,
                      const CheckJob& job) {
  const CheckedService service =
      io::run_task(here.loop, check_service(here, resolver, job));
  here.waiting.clear();
  Output out{outcome_of(service), json_of(job, service), "", service.error};
  if (!service.error) {
    out.text = text_of(job, service, telling_of(job), client::wall_clock());
  }
  return out;
}

base::Result<Outcome> check(const Arguments& arguments) {
  const auto job = check_job(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  WaitingLine waiting(loop);
  const Surroundings here{loop, waiting};
  const Output out = job->service ? service_output(here, **resolver, *job)
                                  : host_output(here, **resolver, *job);
  if (!arguments.has("json") && out.instead) return tl::unexpected(*out.instead);
  print(arguments.has("json") ? out.json : out.text);
  return out.outcome;
}

constexpr std::string_view kAbout =
    R"(Connects, and says whether the server proves to be who the DNS says, what that
stands on, and what to do if it does not. HOST may be HOST:PORT or a URL. PORT
is a number or a service; 443 if there is none. Ports of protocols that begin in
clear text (25, 587, 143, 110, 21, 119, 389, 4190, 5222, 5269, 5432) imply their
--starttls. With --srv, HOST is a domain, and every server that its SRV records
for the service name is checked (RFC 7673).
)";

std::vector<Option> check_options() {
  return with_resolver_options(with_job_options(
      {{.name = "srv",
        .value = {"SERVICE",
                  WordKind::text,
                  {"xmpp-client", "xmpps-client", "xmpp-server", "xmpps-server", "imap",
                   "imaps", "pop3", "pop3s", "submission", "submissions", "sieve", "ldap",
                   "ldaps", "nntp", "nntps"}},
        .help =
            "xmpp-client, xmpps-client, xmpp-server, xmpps-server, imap, imaps, pop3, "
            "pop3s, submission, submissions, sieve, ldap, ldaps, nntp, nntps, or "
            "_NAME._tcp"},
       {.name = "first", .help = "the first address that answers alone, not all of them"},
       {.name = "all-addresses",
        .help = "one that is not reached counts, even if another is verified"},
       {.name = "verbose",
        .letter = 'v',
        .help = "what became of each record at each address"},
       json_option()}));
}

}  // namespace

const Command kCheck = {.name = "check",
                        .summary = "connect to a server and see what it proves",
                        .usage = kCheckUsage,
                        .about = kAbout,
                        .options = check_options,
                        .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
                        .run = check};

}  // namespace cli::dane
