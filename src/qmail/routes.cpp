#include "src/qmail/routes.h"

#include <algorithm>
#include <charconv>

#include "src/base/bytes.h"

namespace qmail {
namespace {

using base::Result;

/// A line is known by what is in front of its colon: what is behind may be a secret, and
/// what is said here goes into logs and bounces.
tl::unexpected<base::Error> bad_line(const Control& control, std::string_view file,
                                     std::string_view line, std::string_view why) {
  return base::fail(base::ErrorKind::temporary, "control",
                    control.path(file) + ": " +
                        base::printable(line.substr(0, line.find(':')), 100) + ": " +
                        std::string(why));
}

/// A key of a control file: in lower case, and a domain in A-labels, with whatever dot or
/// sign is in front of it.
std::string key_of(std::string_view text) {
  constexpr std::string_view kSigns = "!%=~-.";
  std::string lower = base::lower(text);
  if (base::is_ascii(lower)) return lower;
  const std::size_t begin = lower.find_first_not_of(kSigns);
  if (begin == std::string::npos) return lower;
  const auto name = dns::Name::parse(lower.substr(begin));
  return name ? lower.substr(0, begin) + name->text() : lower;
}

/// `KEY:VALUE` lines; the key as `key_of` has it.
struct Entry {
  std::string key;
  std::string value;
  std::string line;
};

Result<std::vector<Entry>> entries_of(const Control& control, std::string_view file) {
  const auto lines = control.lines(file);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<Entry> out;
  for (const std::string& line : *lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;  // as qmail's constmap has it
    const std::string_view whole = line;
    out.push_back({key_of(base::trimmed(whole.substr(0, colon))),
                   std::string(base::trimmed(whole.substr(colon + 1))), line});
  }
  return out;
}

/// The same of a file that says what must be proved: a line without a colon is no line of
/// another domain's, it may be meant for any.
Result<std::vector<Entry>> strict_entries_of(const Control& control,
                                             std::string_view file) {
  const auto lines = control.lines(file);
  if (!lines) return tl::unexpected(lines.error());
  for (const std::string& line : *lines) {
    if (line.find(':') == std::string::npos) {
      return bad_line(control, file, line, "no colon behind the domain");
    }
  }
  return entries_of(control, file);
}

/// The domain, each `.suffix` of it, and the empty word, in this order.
std::vector<std::string> keys_of(const std::string& domain) {
  std::vector<std::string> out = {base::lower(domain)};
  for (std::size_t i = 1; i < domain.size(); ++i) {
    if (domain[i] == '.') out.push_back(base::lower(domain.substr(i)));
  }
  if (!domain.empty()) out.emplace_back();
  return out;
}

const Entry* find(const std::vector<Entry>& entries, std::string_view key) {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

const Entry* find_by_suffix(const std::vector<Entry>& entries,
                            const std::string& domain) {
  for (const std::string& key : keys_of(domain)) {
    if (const Entry* found = find(entries, key)) return found;
  }
  return nullptr;
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || rest != end || port == 0) return std::nullopt;
  return port;
}

/// The parts between `|`, as many as there are.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t bar = text.find('|');
    out.emplace_back(base::trimmed(text.substr(0, bar)));
    if (bar == std::string_view::npos) return out;
    text.remove_prefix(bar + 1);
  }
}

// --- danepolicy

Result<void> read_option(std::string_view word, MailPolicy& out) {
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
  const auto unknown = [&] {
    return base::fail(base::ErrorKind::temporary, "control",
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
  out.source = "danepolicy: " + entry.line;
  std::string_view rest = entry.value;
  bool first = true;
  while (!(rest = base::trimmed(rest)).empty()) {
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    if (first) {
      const auto level = policy::level_from_text(word);
      if (!level) return bad_line(control, "danepolicy", entry.line, "unknown level");
      out.level = *level;
      first = false;
    } else if (auto read = read_option(word, out); !read) {
      return bad_line(control, "danepolicy", entry.line, read.error().detail);
    }
  }
  if (first) return bad_line(control, "danepolicy", entry.line, "no level");
  const bool needs_store =
      out.level == policy::Level::pkix || out.level == policy::Level::dane_and_pkix;
  if (needs_store && out.trust_store.empty()) {
    return bad_line(control, "danepolicy", entry.line, "this level needs ca=FILE");
  }
  if (out.level == policy::Level::dane && !out.trust_store.empty()) {
    out.without_tlsa = policy::WithoutTlsa::pkix;
  }
  return out;
}

Result<std::optional<MailPolicy>> by_danepolicy(const Control& control,
                                                const std::string& domain) {
  const auto entries = strict_entries_of(control, "danepolicy");
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

/// What a key of tlsdestinations, found, demands.
Result<MailPolicy> read_destination(const Control& control, const Entry& entry) {
  MailPolicy out;
  out.source = "tlsdestinations: " + entry.line;
  std::string first = parts_of(entry.value).front();
  if (const auto semicolon = first.find(';'); semicolon != std::string::npos) {
    first.resize(semicolon);
  }
  const char kind = entry.key.empty() ? '\0' : entry.key.front();
  const bool bare = entry.key == "*" || entry.key == "-";
  if (kind == '!') {
    out.without_tlsa = policy::WithoutTlsa::plain;
  } else if (kind == '%') {
    out.pinned = pin_of(first);
    if (!out.pinned) {
      return bad_line(control, "tlsdestinations", entry.line,
                      "a fingerprint must be SHA2-256 or SHA2-512");
    }
    out.level = policy::Level::dane_only;
  } else if (bare && first.empty()) {
    out.without_tlsa = policy::WithoutTlsa::opportunistic;
  } else if (first.empty() || kind == '-') {
    out.without_tlsa = policy::WithoutTlsa::encrypt;
  } else {
    out.without_tlsa = policy::WithoutTlsa::pkix;
    out.trust_store = first;
    const bool named = kind == '~' || kind == '=';
    if (!named) out.names = policy::NameCheck::skip;
  }
  return out;
}

/// Whether the line is for mail from that domain.
bool is_for_sender(const Entry& entry, const std::string& sender_domain) {
  const auto parts = parts_of(entry.value);
  constexpr std::size_t kSender = 3;
  if (parts.size() <= kSender || parts[kSender].empty()) return true;
  return base::lower(parts[kSender]) == base::lower(sender_domain);
}

Result<std::optional<MailPolicy>> by_destinations(const Control& control,
                                                  const std::string& domain,
                                                  const std::string& sender_domain) {
  const auto all = strict_entries_of(control, "tlsdestinations");
  if (!all) return tl::unexpected(all.error());
  std::vector<Entry> entries;
  for (const Entry& entry : *all) {
    if (is_for_sender(entry, sender_domain)) entries.push_back(entry);
  }
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

/// The first part of a `domain:value` entry for a sender's domain, or `*`.
const Entry* find_for_sender(const std::vector<Entry>& entries,
                             const std::string& sender_domain) {
  const Entry* found = find(entries, base::lower(sender_domain));
  return found != nullptr ? found : find(entries, "*");
}

}  // namespace

Result<std::optional<Relay>> relay_of(const Control& control, const std::string& domain) {
  const auto entries = entries_of(control, "smtproutes");
  if (!entries) return tl::unexpected(entries.error());
  const Entry* entry = find_by_suffix(*entries, domain);
  if (entry == nullptr || entry->value.empty()) return std::optional<Relay>();
  if (entry->value.find('|') != std::string::npos) {
    return bad_line(control, "smtproutes", entry->line,
                    "authentication to a relay is not supported");
  }
  Relay out;
  std::string_view value = entry->value;
  if (value.front() == '[') {
    const std::size_t end = value.find(']');
    if (end == std::string_view::npos) {
      return bad_line(control, "smtproutes", entry->line, "no ] behind the address");
    }
    out.host = value.substr(1, end - 1);
    value.remove_prefix(end + 1);
  } else {
    out.host = value.substr(0, value.find_first_of(":;"));
    value.remove_prefix(out.host.size());
  }
  if (value.empty()) return std::optional(std::move(out));
  const bool separated = value.front() == ':' || value.front() == ';';
  const auto port = separated ? port_in(value.substr(1)) : std::nullopt;
  if (!port) return bad_line(control, "smtproutes", entry->line, "a bad port");
  out.port = *port;
  return std::optional(std::move(out));
}

Result<MailPolicy> policy_of(const Control& control, const std::string& domain,
                             const std::string& host, const std::string& sender_domain) {
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

Result<Identity> identity_of(const Control& control, const std::string& sender_domain) {
  Identity out;
  auto helo = control.line("helohost");
  if (helo && !*helo) helo = control.line("me");
  if (!helo) return tl::unexpected(helo.error());
  out.helo = helo->value_or("");
  std::string source;
  for (const char* file : {"domainips", "domainbindings"}) {
    const auto entries = entries_of(control, file);
    if (!entries) return tl::unexpected(entries.error());
    const Entry* entry = find_for_sender(*entries, sender_domain);
    if (entry == nullptr || !source.empty()) continue;
    const auto parts = parts_of(entry->value);
    source = parts.front().substr(0, parts.front().find('%'));  // an interface behind it
    if (parts.size() > 1 && !parts[1].empty()) out.helo = parts[1];
  }
  if (source.empty()) {
    const auto line = control.line("outgoingip");
    if (!line) return tl::unexpected(line.error());
    source = line->value_or("");
  }
  if (out.helo.empty()) {
    return base::fail(base::ErrorKind::temporary, "control",
                      "neither control/helohost nor control/me has a name");
  }
  if (source.empty()) return out;
  out.source = net::parse_address(source);
  if (!out.source) {
    return base::fail(base::ErrorKind::temporary, "control",
                      base::printable(source, 60) + " is not an address to send from");
  }
  return out;
}

Result<std::optional<OwnCertificate>> certificate_of(const Control& control,
                                                     const std::string& sender_domain) {
  const auto entries = entries_of(control, "domaincerts");
  if (!entries) return tl::unexpected(entries.error());
  if (const Entry* entry = find_for_sender(*entries, sender_domain)) {
    auto parts = parts_of(entry->value);
    parts.resize(3);
    return std::optional(OwnCertificate{parts[0], parts[1], parts[2]});
  }
  const auto own = control.exists("clientcert.pem");
  if (!own) return tl::unexpected(own.error());
  if (!*own) return std::optional<OwnCertificate>();
  return std::optional(OwnCertificate{control.path("clientcert.pem"), "", ""});
}

}  // namespace qmail
