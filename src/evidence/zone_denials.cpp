#include "src/evidence/zone_denials.h"

#include <algorithm>

#include "resolver/type.h"

namespace evidence {
namespace {

constexpr std::string_view kNoDenial = "no denial is there";
constexpr std::string_view kExhausted = "it takes more NSEC3 hashes than are allowed";

}  // namespace

WireName home_of(const WireName& name, std::uint16_t type) {
  return type == static_cast<std::uint16_t>(resolver::Type::ds) ? name.parent() : name;
}

void find_deeper_denier(const SignedSet& set, const WireName& name,
                        std::optional<WireName>& deepest) {
  if (!is_denial(set.type)) return;
  for (const Rrsig& signature : set.signatures) {
    const bool deeper = !deepest || signature.signer.count() > deepest->count();
    if (deeper && name.is_within(signature.signer)) deepest = signature.signer;
  }
}

bool is_claimed_by(const SignedSet& set, const WireName& apex) {
  return std::ranges::any_of(
      set.signatures, [&](const Rrsig& signature) { return signature.signer == apex; });
}

bool ZoneDenials::gather(const AnswerBook& book, const std::vector<std::size_t>& section,
                         SignatureChecks& checks, SectionPart part) {
  for (const std::size_t index : section) {
    const SignedSet& set = book.set(index);
    // A proof by hashes counts as a whole; one of them that nobody signed spoils it.
    const bool is_hash = set.type == kNsec3 && set.owner.parent() == zone_->apex;
    if (is_hash && set.signatures.empty()) {
      reason_ = question_text(set.owner, set.type) + ": it is not signed";
      return false;
    }
    if (!is_claimed_by(set, zone_->apex)) continue;
    if (part == SectionPart::denials && !is_denial(set.type)) continue;
    const CheckedSet checked = checks.check(set, *zone_);
    if (!checked.good) {
      reason_ = question_text(set.owner, set.type) + ": " + std::string(checked.reason);
      return false;
    }
    sets_.push_back(index);
    add(set, checked.used);
  }
  return true;
}

void ZoneDenials::add(const SignedSet& set, std::size_t signature) {
  auto nsec = read_nsec(set);
  const auto nsec3 = read_nsec3(set, zone_->apex);
  if (nsec || nsec3) signatures_.push_back(signature);
  if (nsec) nsec_.add(std::move(*nsec));
  if (nsec3) nsec3_.add(*nsec3);
}

template <typename Of>
DenialProof ZoneDenials::by_either(const Of& of) const {
  DenialProof out{dns::Security::bogus, kNoDenial};
  if (!nsec_.is_empty()) out = of(nsec_);
  if (out.security != dns::Security::bogus || nsec3_.is_empty()) return out;
  out = of(nsec3_);
  return hashes_->exhausted() ? DenialProof{dns::Security::bogus, kExhausted} : out;
}

DenialProof ZoneDenials::no_data(const DeniedQuestion& question) const {
  return by_either([&](const auto& proofs) { return proofs.no_data(question); });
}

DenialProof ZoneDenials::no_name(const DeniedQuestion& question) const {
  return by_either([&](const auto& proofs) { return proofs.no_name(question); });
}

DenialProof ZoneDenials::no_closer(const WireName& name, const WireName& encloser) const {
  return by_either([&](const auto& proofs) { return proofs.no_closer(name, encloser); });
}

DelegationProof ZoneDenials::delegation_at(const WireName& name) const {
  DelegationProof out{Delegation::unproved, kNoDenial};
  if (!nsec_.is_empty()) out = nsec_.delegation_at(name);
  if (out.delegation != Delegation::unproved || nsec3_.is_empty()) return out;
  out = nsec3_.delegation_at(name);
  return hashes_->exhausted() ? DelegationProof{Delegation::unproved, kExhausted} : out;
}

}  // namespace evidence
