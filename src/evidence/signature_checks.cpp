// Signatures over sets. A signature is looked at in the order of what costs least:
// whether this zone can have made it for this name, whether it counts at this moment,
// whether there is a key of its tag; only then a key is computed with. Tags are 16 bits
// that whoever makes keys can choose: many keys of one tag and many signatures that none
// of them made cost the product of both (CVE-2023-50387, "KeyTrap"), so tries are
// counted.
#include "src/evidence/signature_checks.h"

#include <algorithm>
#include <array>

#include "resolver/type.h"
#include "src/evidence/crypto.h"

namespace evidence {
namespace {

constexpr std::string_view kSpent = "it takes more signature checks than are allowed";

/// Labels as RFC 4034 3.1.3 counts them: without the root and a wildcard's.
std::size_t signed_labels(const WireName& owner) {
  return owner.count() - (owner.is_wildcard() ? 1 : 0);
}

/// RFC 1982 3.2, which leaves it open where the difference is half of all.
bool is_later(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) > 0;
}

std::uint32_t serial(std::chrono::sys_seconds moment) {
  return static_cast<std::uint32_t>(moment.time_since_epoch().count());
}

void add_number(base::Bytes& out, std::size_t number, int octets) {
  for (int i = octets - 1; i >= 0; --i) {
    out.push_back(static_cast<std::byte>(number >> (8 * i) & 0xff));
  }
}

void add(base::Bytes& out, base::ByteView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

/// What the signature is over (RFC 4034 3.1.8.1), of a set that is in canonical form.
base::Bytes signed_octets(const SignedSet& set, const Rrsig& signature) {
  base::Bytes out(signature.fields.begin(), signature.fields.end());
  WireName owner = set.owner;
  if (signature.labels < signed_labels(owner)) {
    owner = owner.last(signature.labels).wildcard().value_or(owner);
  }
  for (const base::ByteView record : set.records) {
    add(out, owner.octets());
    add_number(out, set.type, 2);
    add_number(out, 1, 2);  // class IN
    add_number(out, signature.original_ttl, 4);
    add_number(out, record.size(), 2);
    add(out, record);
  }
  return out;
}

/// Whether a set of this type may come from a wildcard. A denial is about the very name
/// that it stands at (CVE-2017-15105); what a DNAME of a wildcard means nobody has
/// defined (RFC 6672 3.3); and a zone cut is no wildcard (RFC 4592 4.2).
bool may_be_expanded(std::uint16_t type) {
  constexpr auto kDs = static_cast<std::uint16_t>(resolver::Type::ds);
  constexpr auto kDnskey = static_cast<std::uint16_t>(resolver::Type::dnskey);
  constexpr std::array<std::uint16_t, 5> kNever = {kNsec, kNsec3, kDname, kDs, kDnskey};
  return std::ranges::find(kNever, type) == kNever.end();
}

}  // namespace

CheckedSet SignatureChecks::check(const SignedSet& set, const ZoneKeys& zone) {
  const std::pair key(&set, &zone);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  const CheckedSet out = check_anew(set, zone);
  known_.emplace(key, out);
  return out;
}

CheckedSet SignatureChecks::check_anew(const SignedSet& set, const ZoneKeys& zone) {
  CheckedSet out{false, "it has no signature", 0};
  for (const Rrsig& signature : set.signatures) {
    const CheckedSet tried = try_signature(set, signature, zone);
    if (tried.good || tried.reason == kSpent) return tried;
    out = tried;
  }
  return out;
}

CheckedSet SignatureChecks::try_signature(const SignedSet& set, const Rrsig& signature,
                                          const ZoneKeys& zone) {
  if (!(signature.signer == zone.apex) || !set.owner.is_within(zone.apex)) {
    return {false, "its signature is another zone's", 0};
  }
  const std::size_t labels = signed_labels(set.owner);
  if (signature.labels > labels) {
    return {false, "its signature counts more labels than its owner has", 0};
  }
  if (signature.labels < zone.apex.count()) {
    return {false, "its signature is over a wildcard above its zone", 0};
  }
  if (signature.labels < labels && !may_be_expanded(set.type)) {
    return {false, "it comes from a wildcard, which its type must not", 0};
  }
  if (const std::string_view why = why_not_now(signature); !why.empty()) {
    return {false, why, 0};
  }
  return try_keys(set, signature, zone);
}

/// A signature counts a tenth of its lifetime longer at both ends, as libunbound has it.
std::string_view SignatureChecks::why_not_now(const Rrsig& signature) const {
  const std::uint32_t now = serial(basis_->moment);
  if (is_later(signature.inception, signature.expiration)) {
    return "its signature ends before it begins";
  }
  const std::chrono::seconds tenth((signature.expiration - signature.inception) / 10);
  const Skew& rule = basis_->skew;
  const auto skew = std::min(std::max(tenth, rule.least), rule.most);
  if (is_later(signature.inception, now) &&
      std::chrono::seconds(signature.inception - now) > skew) {
    return "its signature is not valid yet";
  }
  if (is_later(now, signature.expiration) &&
      std::chrono::seconds(now - signature.expiration) > skew) {
    return "its signature has expired";
  }
  return {};
}

CheckedSet SignatureChecks::try_keys(const SignedSet& set, const Rrsig& signature,
                                     const ZoneKeys& zone) {
  const auto fits = [&](const ZoneKey& key) {
    return key.algorithm == signature.algorithm && key.tag == signature.key_tag;
  };
  std::size_t tried = 0;
  base::Bytes octets;
  for (const ZoneKey& key : zone.keys) {
    if (!fits(key)) continue;
    if (!is_known_algorithm(key.algorithm, basis_->ed448)) {
      lacked_ed448_ = lacked_ed448_ || key.algorithm == kEd448;
      return {false, "its signature is of an algorithm that is not known", 0};
    }
    if (tried == basis_->bounds.keys_a_signature) {
      return {false, "its zone has too many keys of one tag", 0};
    }
    if (!spend()) return {false, kSpent, 0};
    ++tried;
    if (octets.empty()) octets = signed_octets(set, signature);
    if (is_signature_of(key, octets, signature.signature)) {
      return {true, "", note(set, signature, key)};
    }
  }
  return {false,
          tried == 0 ? "no key of its zone is named by its signature"
                     : "its signature is wrong",
          0};
}

bool SignatureChecks::spend() {
  if (left_ == 0 || left_of_question_ == 0) return false;
  --left_;
  --left_of_question_;
  return true;
}

std::size_t SignatureChecks::note(const SignedSet& set, const Rrsig& signature,
                                  const ZoneKey& key) {
  UsedSignature out;
  out.owner = set.owner.name();
  out.type = set.type;
  out.zone = signature.signer.name();
  out.key_tag = key.tag;
  out.algorithm = key.algorithm;
  out.rsa_bits = key.rsa_bits;
  out.inception = moment_of(signature.inception, basis_->moment);
  out.expiration = moment_of(signature.expiration, basis_->moment);
  used_.push_back(std::move(out));
  return used_.size() - 1;
}

std::chrono::sys_seconds moment_of(std::uint32_t number, std::chrono::sys_seconds near) {
  const auto distance = static_cast<std::int32_t>(number - serial(near));
  return near + std::chrono::seconds(distance);
}

bool is_expanded(const SignedSet& set) {
  return !set.signatures.empty() &&
         set.signatures.front().labels < signed_labels(set.owner);
}

WireName encloser_of_wildcard(const SignedSet& set) {
  return set.owner.last(set.signatures.front().labels);
}

bool has_one_origin(const SignedSet& set) {
  return std::ranges::all_of(set.signatures, [&](const Rrsig& signature) {
    return signature.labels == set.signatures.front().labels;
  });
}

}  // namespace evidence
