#include "src/qmail/tls_destinations.h"

#include <algorithm>
#include <array>

#include "src/base/bytes.h"
#include "src/qmail/policy_entries.h"

namespace qmail {

using base::Result;

namespace {

constexpr std::string_view kDestinations = "tlsdestinations";

/// The sender's domain of a line of tlsdestinations; empty: any.
std::string sender_of(const Entry& entry) {
  const auto parts = parts_of(entry.value);
  constexpr std::size_t kSender = 3;
  return parts.size() <= kSender ? std::string() : domain_key(parts[kSender]);
}

/// A pinned fingerprint of a certificate as the TLSA record that says the same.
std::optional<dns::Tlsa> pin_of(std::string_view text) {
  if (!text.starts_with('=')) return std::nullopt;
  auto digest = base::from_hex(text.substr(1));
  if (!digest) return std::nullopt;
  const bool sha256 = digest->size() == 32;
  if (!sha256 && digest->size() != 64) return std::nullopt;
  return dns::Tlsa{dns::kDaneEe, dns::kCert, sha256 ? dns::kSha256 : dns::kSha512,
                   std::move(*digest)};
}

/// `example.org`, `.example.org`, with a sign in front or without, and a sign or star
/// that stands for all. `+` is a sign of `+*` alone.
bool is_destination_key(std::string_view key) {
  constexpr std::array<std::string_view, 6> kForAll = {"=*", "~*", "+*", "-*", "*", "-"};
  constexpr std::string_view kSigns = "!%=~-";
  if (std::ranges::find(kForAll, key) != kForAll.end()) return true;
  if (!key.empty() && kSigns.find(key.front()) != std::string_view::npos) {
    key.remove_prefix(1);
  }
  return is_key_of_mail(key);
}

/// The number behind the semicolon: it says where the mail goes.
Result<std::optional<std::uint16_t>> port_of(const Control& control, const Entry& entry) {
  constexpr std::uint16_t kQmtps = 6209;
  const std::size_t semicolon = entry.value.find(';');
  if (semicolon == std::string::npos) return std::optional<std::uint16_t>();
  const std::string_view rest = std::string_view(entry.value).substr(semicolon + 1);
  const std::string_view text = base::trimmed(rest.substr(0, rest.find('|')));
  if (text.empty()) return std::optional<std::uint16_t>();
  const auto port = port_in(text);
  if (!port) return bad_line(control, kDestinations, entry.line, "a bad port");
  if (*port != kQmtps) return port;
  return bad_line(control, kDestinations, entry.line, "QMTPS is not supported");
}

/// What the kind of a key demands of a peer, with what is named in front of the first
/// bar.
void read_kind(const Entry& entry, std::string_view store, MailPolicy& out) {
  const char kind = entry.key.front();
  const bool bare = entry.key == "*" || entry.key == "-";
  if (kind == '!') {
    out.without_tlsa = policy::WithoutTlsa::plain;
  } else if (bare && store.empty()) {
    out.without_tlsa = policy::WithoutTlsa::opportunistic;
  } else if (store.empty() || kind == '-') {
    out.without_tlsa = policy::WithoutTlsa::encrypt;
  } else {
    out.without_tlsa = policy::WithoutTlsa::pkix;
    out.trust_store = store;
    const bool named = kind == '~' || kind == '=';
    if (!named) out.names = policy::NameCheck::skip;
  }
}

/// What a key of tlsdestinations, found, demands.
Result<MailPolicy> read_destination(const Control& control, const Entry& entry) {
  MailPolicy out;
  out.scope = Scope::host;
  out.source = "tlsdestinations: " + entry.line.text;
  const auto port = port_of(control, entry);
  if (!port) return tl::unexpected(port.error());
  out.port = *port;
  const std::string part = parts_of(entry.value).front();
  const std::string_view first =
      base::trimmed(std::string_view(part).substr(0, part.find(';')));
  if (!entry.key.starts_with('%')) {
    read_kind(entry, first, out);
    return out;
  }
  out.pinned = pin_of(first);
  if (!out.pinned) {
    return bad_line(control, kDestinations, entry.line,
                    "a fingerprint must be SHA2-256 or SHA2-512");
  }
  out.level = policy::Level::dane_only;
  return out;
}

/// The entries that mail from a domain may go by, those for it alone last, where they win
/// over others with the same key.
std::vector<Entry> for_sender(const std::vector<Entry>& all,
                              const std::string& sender_domain) {
  std::vector<Entry> out;
  for (const Entry& entry : all) {
    if (sender_of(entry).empty()) out.push_back(entry);
  }
  for (const Entry& entry : all) {
    const std::string sender = sender_of(entry);
    if (!sender.empty() && sender == sender_domain) out.push_back(entry);
  }
  return out;
}

}  // namespace

Result<std::vector<Entry>> tls_destination_entries(const Control& control) {
  const PolicyFile file{kDestinations, is_destination_key, sender_of};
  // A line without a colon has no effect in s/qmail either.
  return effective_entries(entries_of(control, kDestinations), control, file);
}

Result<std::optional<MailPolicy>> tls_destination_policy(const Control& control,
                                                         const PolicyQuestion& question) {
  const auto all = tls_destination_entries(control);
  if (!all) return tl::unexpected(all.error());
  const std::vector<Entry> entries = for_sender(*all, domain_key(question.sender_domain));
  std::vector<std::string> keys;
  for (const char* prefix : {"!", "%", "=", "~", "", "-"}) {
    for (const std::string& key : keys_of(question.domain)) {
      if (!key.empty()) keys.push_back(prefix + key);
    }
  }
  keys.insert(keys.end(), {"=*", "~*", "+*", "-*", "*", "-"});
  for (const std::string& key : keys) {
    const Entry* entry = find(entries, key);
    if (entry == nullptr) continue;
    return read_destination(control, *entry).map([](MailPolicy&& policy) {
      return std::optional(std::move(policy));
    });
  }
  return std::optional<MailPolicy>();
}

}  // namespace qmail
