#include "src/base/policy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace policy {
namespace {

constexpr std::array<std::pair<Level, std::string_view>, 7> kLevels = {{
    {Level::none, "none"},
    {Level::may, "may"},
    {Level::encrypt, "encrypt"},
    {Level::dane, "dane"},
    {Level::dane_only, "dane-only"},
    {Level::pkix, "pkix"},
    {Level::dane_and_pkix, "dane+pkix"},
}};

/// Why there are no TLSA records to prove the peer with.
std::string why_no_tlsa(const DnsFacts& facts) {
  const std::string at = facts.owner == dns::Name() ? "" : " at " + facts.owner.text();
  switch (facts.state) {
    case TlsaState::not_asked:
      return "an address has no TLSA records";
    case TlsaState::insecure_service:
      return "the SRV records that name the host are not secured by DNSSEC, so DANE does "
             "not apply to it";
    case TlsaState::insecure_address:
      return "the host's addresses are not secured by DNSSEC, so TLSA records cannot be";
    case TlsaState::insecure:
      return "the answer for TLSA records" + at + " is not secured by DNSSEC";
    case TlsaState::absent:
      return "DNSSEC proves that there are no TLSA records" + at;
    case TlsaState::present:
      return "";
  }
  return "";
}

tl::unexpected<base::Error> no_tlsa(const DnsFacts& facts, std::string_view then) {
  return base::fail(base::ErrorKind::temporary, base::Code::no_tlsa,
                    why_no_tlsa(facts) + std::string(then));
}

/// What `Level::dane` asks for where there is no secure TLSA RRset.
base::Result<Requirement> without_records(Requirement out, const DnsFacts& facts,
                                          WithoutTlsa then) {
  switch (then) {
    case WithoutTlsa::refuse:
      return no_tlsa(facts, ", and no trust store was given to verify it otherwise");
    case WithoutTlsa::pkix:
      out.proof = Proof::pkix;
      return out;
    case WithoutTlsa::encrypt:
      out.proof = Proof::nothing;
      return out;
    case WithoutTlsa::opportunistic:
      out.proof = Proof::nothing;
      out.tls = Tls::optional;
      return out;
    case WithoutTlsa::plain:
      out.proof = Proof::nothing;
      out.tls = Tls::never;
      return out;
  }
  return no_tlsa(facts, "");
}

/// RFC 7672 2.2 for mail, RFC 7671 10.3 and RFC 7673 3.4 for the rest. These are about
/// records of the DNS, which a client came upon; the user's own are all that the user
/// wants.
WhenUnusable when_unusable(const Demand& demand) {
  if (demand.level != Level::dane || !demand.pins.empty()) return WhenUnusable::refuse;
  switch (demand.without_tlsa) {
    case WithoutTlsa::refuse:
      return WhenUnusable::refuse;
    case WithoutTlsa::pkix:
      return WhenUnusable::pkix;
    case WithoutTlsa::encrypt:
    case WithoutTlsa::opportunistic:
    case WithoutTlsa::plain:
      return WhenUnusable::encrypt;
  }
  return WhenUnusable::refuse;
}

base::Result<Requirement> by_level(Requirement out, const DnsFacts& facts,
                                   const Demand& demand) {
  const bool present = facts.state == TlsaState::present;
  switch (demand.level) {
    case Level::none:
      out.proof = Proof::nothing;
      out.tls = Tls::never;
      return out;
    case Level::may:
      out.proof = Proof::nothing;
      out.tls = Tls::optional;
      return out;
    case Level::encrypt:
      out.proof = Proof::nothing;
      return out;
    case Level::pkix:
      out.proof = Proof::pkix;
      return out;
    case Level::dane:
      out.proof = Proof::dane;
      if (!present) return without_records(std::move(out), facts, demand.without_tlsa);
      return out;
    case Level::dane_only:
      out.proof = Proof::dane;
      break;
    case Level::dane_and_pkix:
      out.proof = Proof::dane_and_pkix;
      break;
  }
  if (!present) return no_tlsa(facts, "");
  return out;
}

}  // namespace

std::string_view to_text(Level level) {
  for (const auto& [known, word] : kLevels) {
    if (known == level) return word;
  }
  return "";
}

std::optional<Level> level_from_text(std::string_view word) {
  for (const auto& [level, known] : kLevels) {
    if (known == word) return level;
  }
  return std::nullopt;
}

std::string level_words() {
  std::string out;
  for (const auto& [level, known] : kLevels) {
    out += (out.empty() ? "" : ", ") + std::string(known);
  }
  return out;
}

std::string_view to_text(TlsaState state) {
  switch (state) {
    case TlsaState::not_asked:
      return "not-asked";
    case TlsaState::insecure_service:
      return "insecure-service";
    case TlsaState::insecure_address:
      return "insecure-address";
    case TlsaState::insecure:
      return "insecure";
    case TlsaState::absent:
      return "absent";
    case TlsaState::present:
      return "present";
  }
  return "not-asked";
}

std::string to_text(const ReferenceName& name) {
  if (const auto* dns_name = std::get_if<dns::Name>(&name)) return dns_name->text();
  return net::to_text(std::get<net::Address>(name));
}

base::Result<Requirement> decide(const DnsFacts& facts, const Demand& demand) {
  Requirement base;
  base.service = demand.service;
  base.peer_role = demand.peer_role;
  base.name_check = demand.name_check;
  base.common_name = demand.common_name;
  base.when_unusable = when_unusable(demand);
  base.records = facts.records;
  base.names = demand.names.empty() ? facts.names : demand.names;
  base.max_intermediates = demand.max_intermediates;
  base.max_intermediates_pkix = demand.max_intermediates_pkix;
  auto out = by_level(std::move(base), facts, demand);
  if (out && out->proof != Proof::nothing && out->names.empty() &&
      out->name_check == NameCheck::compare) {
    return base::fail(base::ErrorKind::temporary, base::Code::no_names,
                      "there is no name to hold the peer to");
  }
  return out;
}

bool wants_trust_store(const Requirement& requirement) {
  return requirement.proof == Proof::pkix || requirement.proof == Proof::dane_and_pkix ||
         requirement.when_unusable == WhenUnusable::pkix;
}

std::optional<Requirement> in_clear_text(Requirement requirement) {
  if (requirement.proof != Proof::nothing) return std::nullopt;
  if (requirement.tls == Tls::required) return std::nullopt;
  requirement.tls = Tls::never;
  return requirement;
}

Requirement only_looked_at(Requirement requirement) {
  requirement.proof = Proof::nothing;
  return requirement;
}

std::optional<Requirement> by_dane_ee_alone(Requirement requirement,
                                            const std::vector<dns::Tlsa>& usable) {
  requirement.only_dane_ee = true;
  if (requirement.proof == Proof::nothing) return requirement;
  if (requirement.proof != Proof::dane) return std::nullopt;
  if (usable.empty() && requirement.when_unusable == WhenUnusable::encrypt) {
    requirement.proof = Proof::nothing;
    return requirement;
  }
  const bool any = std::ranges::any_of(
      usable, [](const dns::Tlsa& record) { return record.usage == dns::kDaneEe; });
  if (!any) return std::nullopt;
  requirement.when_unusable = WhenUnusable::refuse;
  return requirement;
}

}  // namespace policy
