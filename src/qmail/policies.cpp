#include "src/qmail/policies.h"

#include <algorithm>
#include <array>
#include <map>

#include "src/base/address.h"
#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/qmail/entries.h"

namespace qmail {
namespace {

using base::Result;

constexpr std::string_view kDomainPolicy = "danepolicy";
constexpr std::string_view kDestinations = "tlsdestinations";

/// Whether some mail can have this key, of those that `keys_of` makes of a domain: the
/// domain or a suffix of it in the DNS's own form, or an address.
bool is_key_of_mail(std::string_view key) {
  if (key.starts_with('[') && key.ends_with(']')) {
    return net::parse_address(key).has_value();
  }
  if (key.starts_with('.')) key.remove_prefix(1);
  const auto name = dns::Name::parse(key);
  return name && name->text() == key;
}

constexpr std::string_view kWhichKeys =
    "this can match no domain: a domain, a .suffix of it, an address in brackets, or * "
    "alone";

/// The sender's domain of a line of tlsdestinations; empty: any.
std::string sender_of(const Entry& entry) {
  const auto parts = parts_of(entry.value);
  constexpr std::size_t kSender = 3;
  return parts.size() <= kSender ? std::string() : domain_key(parts[kSender]);
}

using SenderOf = std::string (*)(const Entry&);
using IsKey = bool (*)(std::string_view);

/// The entries of a file, if each of them can have effect: one that cannot, or that says
/// for the same mail something else than an earlier one, protects nobody.
Result<std::vector<Entry>> effective_entries_of(Result<std::vector<Entry>> entries,
                                                const Control& control,
                                                std::string_view file, IsKey is_key,
                                                SenderOf sender) {
  if (!entries) return entries;
  std::map<std::pair<std::string, std::string>, const Entry*> known;
  for (const Entry& entry : *entries) {
    if (!is_key(entry.key)) return bad_line(control, file, entry.line, kWhichKeys);
    const auto [first, is_new] = known.try_emplace({entry.key, sender(entry)}, &entry);
    if (!is_new && first->second->value != entry.value) {
      return bad_line(control, file, entry.line,
                      "line " + std::to_string(first->second->line.number) +
                          " says something else for the same");
    }
  }
  return entries;
}

// --- danepolicy

bool is_domain_key(std::string_view key) {
  return key.empty() || key == "*" || is_key_of_mail(key);
}

Result<std::vector<Entry>> domain_policies_of(const Control& control) {
  return effective_entries_of(strict_entries_of(control, kDomainPolicy), control,
                              kDomainPolicy, is_domain_key,
                              [](const Entry&) { return std::string(); });
}

Result<void> read_option(std::string_view word, MailPolicy& out) {
  const std::size_t equals = word.find('=');
  const std::string name = base::lower(word.substr(0, equals));
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
  const auto unknown = [&] {
    return base::fail(base::ErrorKind::temporary, base::Code::control,
                      "unknown option " + base::printable(word, 60));
  };
  if (name == "ca" && !value.empty()) {
    out.trust_store = value;
    return {};
  }
  if (name != "match" || value.empty()) return unknown();
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    auto host = dns::Name::parse(rest.substr(0, comma));
    if (!host) return tl::unexpected(host.error());
    out.match.push_back(std::move(*host));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return {};
}

Result<MailPolicy> read_policy(const Control& control, const Entry& entry) {
  MailPolicy out;
  out.source = "danepolicy: " + entry.line.text;
  std::string_view rest = entry.value;
  bool first = true;
  while (!(rest = base::trimmed(rest)).empty()) {
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    if (first) {
      const auto level = policy::level_from_text(base::lower(word));
      if (!level) return bad_line(control, kDomainPolicy, entry.line, "unknown level");
      out.level = *level;
      first = false;
    } else if (auto read = read_option(word, out); !read) {
      return bad_line(control, kDomainPolicy, entry.line, read.error().detail);
    }
  }
  if (first) return bad_line(control, kDomainPolicy, entry.line, "no level");
  const bool needs_store =
      out.level == policy::Level::pkix || out.level == policy::Level::dane_and_pkix;
  if (needs_store && out.trust_store.empty()) {
    return bad_line(control, kDomainPolicy, entry.line, "this level needs ca=FILE");
  }
  if (out.level == policy::Level::dane && !out.trust_store.empty()) {
    out.without_tlsa = policy::WithoutTlsa::pkix;
  }
  return out;
}

Result<std::optional<MailPolicy>> by_danepolicy(const Control& control,
                                                const std::string& domain) {
  const auto entries = domain_policies_of(control);
  if (!entries) return tl::unexpected(entries.error());
  const Entry* entry = find_by_suffix(*entries, domain);
  if (entry == nullptr) entry = find(*entries, "*");
  if (entry == nullptr) return std::optional<MailPolicy>();
  return read_policy(control, *entry).map([](MailPolicy&& policy) {
    return std::optional(std::move(policy));
  });
}

// --- tlshosts, notlshosts

Result<std::optional<MailPolicy>> by_host_files(const Control& control,
                                                const std::string& host) {
  MailPolicy out;
  const std::string file = "tlshosts/" + host + ".pem";
  const auto named = control.exists(file);
  if (!named) return tl::unexpected(named.error());
  if (*named) {
    out.source = file;
    out.trust_store = control.path(file);
    out.without_tlsa = policy::WithoutTlsa::pkix;
    return std::optional(std::move(out));
  }
  for (const std::string& other :
       {"notlshosts/" + host, std::string("tlshosts/exhaustivelist")}) {
    const auto there = control.exists(other);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    out.source = other;
    out.without_tlsa = policy::WithoutTlsa::plain;
    return std::optional(std::move(out));
  }
  return std::optional<MailPolicy>();
}

// --- tlsdestinations

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

Result<std::vector<Entry>> destinations_of(const Control& control) {
  // A line without a colon has no effect in s/qmail either.
  return effective_entries_of(entries_of(control, kDestinations), control, kDestinations,
                              is_destination_key, sender_of);
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

Result<std::optional<MailPolicy>> by_destinations(const Control& control,
                                                  const std::string& domain,
                                                  const std::string& sender_domain) {
  const auto all = destinations_of(control);
  if (!all) return tl::unexpected(all.error());
  const std::vector<Entry> entries = for_sender(*all, domain_key(sender_domain));
  std::vector<std::string> keys;
  for (const char* prefix : {"!", "%", "=", "~", "", "-"}) {
    for (const std::string& key : keys_of(domain)) {
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

// --- lines without effect

/// The key without the sign that tlsdestinations has in front of it.
std::string_view unsigned_key(std::string_view key) {
  return key.substr(std::min(key.find_first_not_of("!%=~+-"), key.size()));
}

/// About an entry for the host, in a file that has none for the domain itself.
Result<std::string> idle_entry(Result<std::vector<Entry>> entries,
                               const std::string& domain, const std::string& host) {
  if (!entries) return tl::unexpected(entries.error());
  const Entry* idle = nullptr;
  for (const Entry& entry : *entries) {
    const std::string_view key = unsigned_key(entry.key);
    if (key == domain) return std::string();
    if (key == host && idle == nullptr) idle = &entry;
  }
  if (idle == nullptr) return std::string();
  return "line " + std::to_string(idle->line.number) + " (" + host +
         ") has no effect on mail for " + domain +
         ": it names the mail host, and policies go by the domain of the mail";
}

Result<std::string> idle_line(const Control& control, const std::string& domain,
                              const std::string& host_text) {
  const std::string host = domain_key(host_text);
  if (domain == host) return std::string();
  auto text = idle_entry(domain_policies_of(control), domain, host);
  if (!text) return text;
  if (!text->empty()) return "control/danepolicy, " + *text;
  text = idle_entry(destinations_of(control), domain, host);
  if (!text || text->empty()) return text;
  return "control/tlsdestinations, " + *text;
}

Result<MailPolicy> effective_policy(const Control& control, const std::string& domain,
                                    const std::string& host,
                                    const std::string& sender_domain) {
  auto own = by_danepolicy(control, domain);
  if (!own) return tl::unexpected(own.error());
  if (*own) return std::move(**own);
  auto by_host = by_host_files(control, host);
  if (!by_host) return tl::unexpected(by_host.error());
  if (*by_host) return std::move(**by_host);
  auto destination = by_destinations(control, domain, sender_domain);
  if (!destination) return tl::unexpected(destination.error());
  return *destination ? std::move(**destination) : MailPolicy();
}

}  // namespace

Result<MailPolicy> policy_of(const Control& control, const std::string& domain,
                             const std::string& host, const std::string& sender_domain) {
  const auto idle = idle_line(control, domain, host);
  if (!idle) return tl::unexpected(idle.error());
  return effective_policy(control, domain, host, sender_domain)
      .map([&](MailPolicy&& policy) {
        policy.idle = *idle;
        return std::move(policy);
      });
}

}  // namespace qmail
