#include "src/publish/zone_chains.h"

#include <algorithm>
#include <map>

#include "src/publish/issuer.h"
#include "verify/certificate.h"
#include "verify/names.h"

namespace publish {
namespace {

using ByIssuer = std::multimap<std::string_view, const base::Bytes*>;

/// All certificates by the name of their issuer.
ByIssuer by_issuer(const std::vector<ChainFile>& files) {
  ByIssuer out;
  for (const ChainFile& file : files) {
    for (const base::Bytes& der : file.chain) {
      const auto parts = verify::parse_certificate(der);
      if (parts) out.emplace(base::as_text(parts->issuer), &der);
    }
  }
  return out;
}

bool has_issued_any(const base::Bytes& der, const verify::Certificate& parts,
                    const ByIssuer& all) {
  const auto [from, to] = all.equal_range(base::as_text(parts.subject));
  return std::any_of(from, to, [&](const auto& one) { return issued(der, *one.second); });
}

bool has_dns_names(const verify::Certificate& parts) {
  return !verify::presented_names(parts, verify::read_extensions(parts), 1).dns.empty();
}

bool is_servers(const base::Bytes& der, const ByIssuer& all) {
  const auto parts = verify::parse_certificate(der);
  if (!parts || !may_issue(der)) return true;
  if (!verify::self_issued(*parts) && !has_dns_names(*parts)) return false;
  return !has_issued_any(der, *parts, all);
}

/// Whether all of `part` is in `whole`, behind the same leaf.
bool is_part(const ChainFile& part, const ChainFile& whole) {
  return part.chain.front() == whole.chain.front() &&
         std::ranges::all_of(part.chain, [&](const base::Bytes& der) {
           return std::ranges::find(whole.chain, der) != whole.chain.end();
         });
}

bool is_reversed(const ChainFile& file) {
  return std::any_of(file.chain.begin() + 1, file.chain.end(),
                     [&](const base::Bytes& der) {
                       return !may_issue(der) && issued(file.chain.front(), der);
                     });
}

}  // namespace

ServerChains server_chains(const std::vector<ChainFile>& files) {
  ServerChains out;
  const ByIssuer all = by_issuer(files);
  for (const ChainFile& file : files) {
    if (file.chain.empty()) continue;
    if (!is_servers(file.chain.front(), all)) {
      if (is_reversed(file)) out.reversed.push_back(file.file);
      out.issuers.push_back(file);
      continue;
    }
    const bool known = std::ranges::any_of(
        out.servers, [&](const ChainFile& other) { return is_part(file, other); });
    if (known) continue;
    std::erase_if(out.servers,
                  [&](const ChainFile& other) { return is_part(other, file); });
    out.servers.push_back(file);
  }
  return out;
}

}  // namespace publish
