#include "cli/sslserver/site_settings.h"

#include "cli/settings.h"

namespace cli::sslserver {
namespace {

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(base::ErrorKind::usage, base::Code::usage, std::move(what));
}

/// The words between `separator`; none of the empty ones.
std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

/// Chains and keys side by side, an RSA and an ECDSA one for instance. No key at all:
/// each chain file has its own.
base::Result<std::vector<keeper::PairFiles>> pairs_of(const Variables& variables) {
  const auto whole_chain = variables.value("CERTCHAINFILE");
  const auto chains = split(whole_chain ? *whole_chain : variables.word("CERTFILE"), ':');
  const auto keys = split(variables.word("KEYFILE"), ':');
  if (!keys.empty() && !chains.empty() && keys.size() != chains.size()) {
    return usage("KEYFILE names " + std::to_string(keys.size()) + " files, " +
                 (whole_chain ? "CERTCHAINFILE " : "CERTFILE ") +
                 std::to_string(chains.size()));
  }
  std::vector<keeper::PairFiles> out;
  out.reserve(chains.size());
  for (std::size_t i = 0; i < chains.size(); ++i) {
    out.push_back({chains[i], keys.empty() ? "" : keys[i]});
  }
  return out;
}

base::Result<std::optional<unsigned>> depth_of(const Variables& variables) {
  const auto word = variables.value("VERIFYDEPTH");
  if (!word) return std::optional<unsigned>();
  const auto depth = parse_number("VERIFYDEPTH", *word, {0, 100});
  if (!depth) return tl::unexpected(depth.error());
  return std::optional(static_cast<unsigned>(*depth));
}

}  // namespace

base::Result<SiteSettings> site_settings(const Variables& variables) {
  SiteSettings out;
  auto pairs = pairs_of(variables);
  if (!pairs) return tl::unexpected(pairs.error());
  out.pairs = std::move(*pairs);
  out.directory = variables.word("CERTDIR");
  if (out.pairs.empty() && out.directory.empty()) {
    return usage("no certificate: CERTFILE, CERTCHAINFILE or CERTDIR must name one");
  }
  out.ciphers = variables.word("CIPHERS");
  out.protocols = split(variables.word("ALPN"), ',');
  const std::string offered = variables.word("CCAFILE");
  out.asks_no_client = offered == "-";
  out.asks_client = variables.value("CCAVERIFY").has_value();
  if (!out.asks_no_client) {
    out.authorities = offered.empty() ? variables.word("CAFILE") : offered;
    if (offered.empty()) out.authorities_directory = variables.word("CADIR");
    out.revocations = variables.word("CRLFILE");
    out.client_keys = variables.word("CLIENTKEYS");
  }
  const auto depth = depth_of(variables);
  if (!depth) return tl::unexpected(depth.error());
  out.depth = *depth;
  return out;
}

}  // namespace cli::sslserver
