#include "cli/dane/check_job.h"

#include <array>

#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/settings.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

std::uint16_t port_of(const std::optional<starttls::Protocol>& protocol) {
  using starttls::Protocol;
  constexpr std::uint16_t kHttps = 443;
  constexpr std::array<std::pair<Protocol, std::uint16_t>, 11> kPorts = {
      {{Protocol::smtp, 25},
       {Protocol::lmtp, 24},
       {Protocol::imap, 143},
       {Protocol::pop3, 110},
       {Protocol::nntp, 119},
       {Protocol::ftp, 21},
       {Protocol::sieve, 4190},
       {Protocol::xmpp, 5222},
       {Protocol::xmpp_server, 5269},
       {Protocol::ldap, 389},
       {Protocol::postgres, 5432}}};
  for (const auto& [known, port] : kPorts) {
    if (protocol == known) return port;
  }
  return kHttps;
}

base::Result<void> read_target(const Arguments& arguments, CheckJob& job) {
  job.word = arguments.words()[0];
  auto host = client::parse_host(job.word);
  if (!host) return tl::unexpected(host.error());
  job.target.host = std::move(*host);
  if (const auto word = arguments.value("starttls")) {
    job.starttls = starttls::protocol_from_text(*word);
    if (!job.starttls) {
      return usage_error("--starttls " + base::printable(*word, base::kWord) +
                         " is none of " + starttls::protocol_words());
    }
  }
  job.target.port = port_of(job.starttls);
  if (arguments.words().size() > 1) {
    const auto port = parse_port(arguments.words()[1]);
    if (!port) return tl::unexpected(port.error());
    job.target.port = *port;
  }
  return {};
}

base::Result<void> read_demand(const Arguments& arguments, CheckJob& job) {
  if (const auto word = arguments.value("policy")) {
    const auto level = policy::level_from_text(*word);
    if (!level)
      return usage_error("--policy " + base::printable(*word, base::kWord) +
                         " is unknown");
    job.demand.level = *level;
  }
  auto names = names_of(arguments);
  if (!names) return tl::unexpected(names.error());
  job.demand.names = std::move(*names);
  if (arguments.has("dane-ee-names")) job.demand.name_check = policy::NameCheck::dane_ee;
  if (job.starttls == starttls::Protocol::smtp) {
    job.demand.service = policy::Service::smtp;
  }
  if (const auto path = arguments.value("roots")) {
    auto roots = load_roots(*path);
    if (!roots) return tl::unexpected(roots.error());
    job.roots = std::move(*roots);
    job.demand.without_tlsa = policy::WithoutTlsa::pkix;
  }
  if (policy::wants_trust_store(job.demand.level) && !job.roots) {
    return usage_error("this policy needs --roots");
  }
  return {};
}

}  // namespace

base::Result<CheckJob> check_job(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(1, 2, kCheckUsage); !ok) {
    return tl::unexpected(ok.error());
  }
  CheckJob job;
  if (auto ok = read_target(arguments, job); !ok) return tl::unexpected(ok.error());
  if (auto ok = read_demand(arguments, job); !ok) return tl::unexpected(ok.error());
  std::chrono::seconds limit{10};
  if (const auto word = arguments.value("timeout")) {
    const auto seconds = parse_number("--timeout", *word, {1, 3600});
    if (!seconds) return tl::unexpected(seconds.error());
    limit = std::chrono::seconds(*seconds);
  }
  job.options.connect = {limit, std::chrono::seconds(0)};
  job.options.handshake_limit = limit;
  job.all_addresses = arguments.has("all-addresses");
  return job;
}

}  // namespace cli::dane
