#include "src/qmail/dane_policy.h"

#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/qmail/policy_entries.h"

namespace qmail {

using base::Result;

namespace {

constexpr std::string_view kDomainPolicy = "danepolicy";

bool is_domain_key(std::string_view key) {
  return key.empty() || key == "*" || is_key_of_mail(key);
}

Result<void> read_option(std::string_view word, MailPolicy& out) {
  const std::size_t equals = word.find('=');
  const std::string name = base::lower(word.substr(0, equals));
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
  const auto unknown = [&] {
    return base::fail(base::ErrorKind::temporary, base::Code::control,
                      "unknown option " + base::printable(word, base::kWord));
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
  out.scope = Scope::domain;
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

}  // namespace

Result<std::vector<Entry>> dane_policy_entries(const Control& control) {
  const PolicyFile file{kDomainPolicy, is_domain_key,
                        [](const Entry&) { return std::string(); }};
  return effective_entries(strict_entries_of(control, kDomainPolicy), control, file);
}

Result<std::optional<MailPolicy>> dane_policy(const Control& control,
                                              const std::string& domain) {
  const auto entries = dane_policy_entries(control);
  if (!entries) return tl::unexpected(entries.error());
  const Entry* entry = find_by_suffix(*entries, domain);
  if (entry == nullptr) entry = find(*entries, "*");
  if (entry == nullptr) return std::optional<MailPolicy>();
  return read_policy(control, *entry).map([](MailPolicy&& policy) {
    return std::optional(std::move(policy));
  });
}

}  // namespace qmail
