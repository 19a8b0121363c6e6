// The server validates nothing: what it sends proves itself to whoever validates it, or
// it does not. But a chain about another name than the client's would make a client that
// believes in chains refuse us, so it is said only where it is about what was asked for.
// That denies nothing either: a client without an answer asks the DNS.
#include "cli/sslserver/dnssec_chain_file.h"

#include <algorithm>

#include "resolver/sections.h"
#include "resolver/wire_name.h"
#include "src/io/file.h"

namespace cli::sslserver {
namespace {

/// All extensions of a hello have 65,535 octets together (RFC 5246 7.4.1.4).
constexpr std::size_t kMostOctets = 65'000;
constexpr std::uint16_t kCname = 5, kDname = 39, kTlsa = 52;

tl::unexpected<base::Error> bad_file(const std::string& path, std::string_view what) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                    path + ": " + std::string(what));
}

}  // namespace

base::Result<DnssecChainFile> DnssecChainFile::read(const std::string& path,
                                                    std::uint16_t lifetime) {
  const auto octets = io::read_file(path, kMostOctets);
  if (!octets) return tl::unexpected(octets.error());
  DnssecChainFile out;
  out.words_ = {std::byte(lifetime >> 8U), std::byte(lifetime & 0xFFU)};
  base::Bytes whole;
  for (const resolver::WireRecord& record :
       resolver::records_in(base::as_bytes(*octets))) {
    resolver::append(whole, record);
    const auto owner = resolver::name_of_wire(record.owner);
    if (!owner) break;
    if (record.type == kTlsa || record.type == kCname) out.owners_.insert(*owner);
    if (record.type == kDname) out.aliased_.insert(*owner);
  }
  if (!base::equal(whole, base::as_bytes(*octets))) {
    return bad_file(path, "no DNSSEC chain, as `dane evidence chain` writes it");
  }
  if (out.owners_.empty() && out.aliased_.empty()) {
    return bad_file(path, "a DNSSEC chain about no TLSA records");
  }
  out.words_.insert(out.words_.end(), whole.begin(), whole.end());
  return out;
}

base::Bytes DnssecChainFile::words_for(const std::string& server_name,
                                       std::uint16_t port) const {
  const auto name = dns::Name::from_dns(server_name);
  if (!name || server_name.empty()) return {};
  const auto owner = name->tlsa_owner(port, "tcp");
  if (!owner) return {};
  const bool is_aliased = std::ranges::any_of(aliased_, [&](const dns::Name& above) {
    return owner->text().ends_with("." + above.text());
  });
  return owners_.contains(*owner) || is_aliased ? words_ : base::Bytes();
}

}  // namespace cli::sslserver
