// dane check: connects for real and shows what the peer proves.

#include "cli/dane/check_bundle.h"
#include "cli/dane/check_output.h"
#include "cli/dane/resolving.h"
#include "cli/terminal.h"
#include "src/client/live_contact.h"
#include "src/evidence/evidence_files.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

/// What is asked when the verdict is known, with a value for whoever runs it.
io::Task<bool> finish(witness::Witness& witness, Outcome outcome) {
  co_await witness.complete();
  if (outcome == Outcome::findings) co_await witness.ask_again();
  co_return true;
}

/// A check that leaves evidence behind, before anything is told.
base::Result<Output> witnessed_output(const Arguments& arguments, const CheckJob& job,
                                      io::Loop& loop, resolver::Resolver& resolver,
                                      const resolver::Config& config) {
  const auto files =
      evidence::EvidenceFiles::open(*arguments.value("evidence"), /*one_domain=*/true);
  if (!files) return tl::unexpected(files.error());
  auto past_caches = resolver::Resolver::create(loop, config);
  if (!past_caches) return tl::unexpected(past_caches.error());
  WaitingLine waiting(loop);
  witness::Witness witness(loop, resolver, std::move(*past_caches));
  Output out = check_output({loop, waiting, witness}, witness.resolver(), job);
  (void)io::run_task(loop, finish(witness, out.outcome));
  const std::string place =
      client::to_text(job.target.host) + "_" +
      (job.service ? job.service->prefix : std::to_string(job.target.port));
  const auto added = files->add(place, check_bundle(arguments, job, witness, out.json));
  if (!added) return tl::unexpected(added.error());
  return out;
}

Output live_output(const CheckJob& job, io::Loop& loop, resolver::Resolver& resolver) {
  WaitingLine waiting(loop);
  client::LiveContact contact(loop);
  return check_output({loop, waiting, contact}, resolver, job);
}

base::Result<Outcome> check(const Arguments& arguments) {
  const auto job = check_job(arguments);
  if (!job) return tl::unexpected(job.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  const bool is_witnessed = arguments.has("evidence");
  if (is_witnessed && config->validation != resolver::Validation::here) {
    return usage_error("--evidence needs answers that are validated here");
  }
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  const auto out = is_witnessed
                       ? witnessed_output(arguments, *job, loop, **resolver, *config)
                       : live_output(*job, loop, **resolver);
  if (!out) return tl::unexpected(out.error());
  if (!arguments.has("json") && out->instead) return tl::unexpected(*out->instead);
  print(arguments.has("json") ? out->json : out->text);
  return out->outcome;
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
       {.name = "evidence",
        .value = {"PATH", WordKind::file},
        .help = "what the verdict was made of, for dane replay"},
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
