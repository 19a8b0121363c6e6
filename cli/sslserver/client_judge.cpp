#include "cli/sslserver/client_judge.h"

#include "src/base/pem.h"
#include "src/client/trust_store.h"
#include "src/client/wall_clock.h"
#include "src/io/file.h"
#include "verify/check.h"

namespace cli::sslserver {
namespace {

constexpr std::size_t kMostOctets = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kMostNamed = 64;  // a list of all public ones fills a message

bool is_empty(const verify::Chain& chain) {
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  return certificates != nullptr && certificates->empty();
}

/// What a client is held to: a path to the authorities, made for clients, and the name if
/// it is to have one.
base::Result<policy::Requirement> requirement(ClientDemand demand,
                                              std::optional<unsigned> depth,
                                              const std::string& remote_host) {
  policy::Demand out;
  out.level = policy::Level::pkix;
  out.peer_role = policy::PeerRole::client;
  out.common_name = policy::CommonName::never;
  out.max_intermediates_pkix = depth;
  out.name_check = policy::NameCheck::skip;
  if (demand == ClientDemand::named) {
    out.name_check = policy::NameCheck::compare;
    auto name = dns::Name::parse(remote_host);
    if (!name) return tl::unexpected(name.error());
    out.names.emplace_back(std::move(*name));
  }
  return policy::decide({}, out);
}

}  // namespace

base::Result<std::shared_ptr<const ClientTrust>> client_trust(
    const SiteSettings& settings) {
  if (settings.authorities.empty() && settings.authorities_directory.empty()) {
    return base::fail(base::ErrorKind::usage, base::Code::no_trust_store,
                      "clients are asked for certificates, and CCAFILE names nobody who "
                      "certifies them");
  }
  auto out = std::make_shared<ClientTrust>();
  auto roots =
      client::load_trust_store(settings.authorities, settings.authorities_directory);
  if (!roots) return tl::unexpected(roots.error());
  out->roots = std::move(*roots);
  out->depth = settings.depth;
  std::string authorities;
  for (const base::Bytes& root : out->roots.certificates()) {
    authorities += base::to_pem("CERTIFICATE", root);
  }
  if (out->roots.size() <= kMostNamed) out->names = authorities;
  if (!settings.revocations.empty()) {
    const auto text = io::read_file(settings.revocations, kMostOctets);
    if (!text) return tl::unexpected(text.error());
    auto lists = tls::Revocations::read(*text, authorities);
    if (!lists) return tl::unexpected(lists.error().in(settings.revocations));
    out->revocations.emplace(std::move(*lists));
  }
  return std::shared_ptr<const ClientTrust>(std::move(out));
}

std::optional<std::string> objection_to(const verify::Chain& chain, ClientDemand demand,
                                        const ClientTrust& trust,
                                        const std::optional<std::string>& remote_host) {
  if (is_empty(chain)) {
    if (demand == ClientDemand::optional) return std::nullopt;
    return "the client shows no certificate";
  }
  if (demand == ClientDemand::named && remote_host.value_or("").empty()) {
    return "the client has no host name that its certificate could have";
  }
  const auto held_to = requirement(demand, trust.depth, remote_host.value_or(""));
  if (!held_to) return held_to.error().detail;
  const auto now = client::wall_clock();
  const verify::Verdict verdict = verify::check(chain, *held_to, {now, &trust.roots, {}});
  if (!verify::accepted(verdict.outcome)) return verdict.detail;
  if (!trust.revocations) return std::nullopt;
  return trust.revocations->objection(std::get<verify::Certificates>(chain), now);
}

}  // namespace cli::sslserver
