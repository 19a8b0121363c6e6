// A resolver that follows aliases puts the answer together from several, and the denial
// with which a zone referred it to an alias's target may stay in it. The resolver knew
// that denial from its own place, so the answer is secure to it. Whoever reads the answer
// alone finds a denial that belongs to nothing there, and has to call the whole bogus.
#include "src/evidence/leftovers.h"

#include <algorithm>
#include <optional>

#include "src/evidence/alias_order.h"
#include "src/evidence/signature_checks.h"
#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);

/// The name where an answer's aliases end; nothing where it has what was asked for, which
/// an alias may be itself.
std::optional<WireName> open_end(const Told& told) {
  const auto type = static_cast<std::uint16_t>(told.type);
  const AliasWay way = way_of_aliases(told.answer, told.name);
  if (way.stops.empty()) return std::nullopt;
  const WireName& end = way.stops.back().name;
  const bool has_it = std::ranges::any_of(told.answer, [&](const base::Bytes& octets) {
    const auto set = read_signed_set(octets);
    return set && set->type == type && (type == kCname || set->owner == end);
  });
  return has_it ? std::nullopt : std::optional(end);
}

/// The zones whose denials an answer may rest on.
class DenyingZones {
 public:
  explicit DenyingZones(const Told& told) {
    for (const base::Bytes& octets : told.answer) {
      const auto set = read_signed_set(octets);
      if (set && is_expanded(*set)) add_signers(*set);
    }
    if (const auto end = open_end(told)) add_deepest(*end, told.authority);
  }

  [[nodiscard]] bool has_made(const SignedSet& set) const {
    return std::ranges::any_of(set.signatures, [this](const Rrsig& signature) {
      return std::ranges::find(zones_, signature.signer) != zones_.end();
    });
  }

 private:
  void add_signers(const SignedSet& set) {
    for (const Rrsig& signature : set.signatures) zones_.push_back(signature.signer);
  }

  /// The deepest zone above a name that denies anything.
  void add_deepest(const WireName& name, const std::vector<base::Bytes>& authority) {
    std::optional<WireName> deepest;
    for (const base::Bytes& octets : authority) {
      const auto set = read_signed_set(octets);
      if (!set || !is_denial(set->type)) continue;
      for (const Rrsig& signature : set->signatures) {
        const bool deeper = !deepest || signature.signer.count() > deepest->count();
        if (deeper && name.is_within(signature.signer)) deepest = signature.signer;
      }
    }
    if (deepest) zones_.push_back(*deepest);
  }

  std::vector<WireName> zones_;
};

}  // namespace

void leave_out_leftovers(Told& told) {
  if (told.security < dns::Security::insecure) return;
  const DenyingZones zones(told);
  std::erase_if(told.authority, [&](const base::Bytes& octets) {
    const auto set = read_signed_set(octets);
    if (!set || set->signatures.empty()) return false;
    return (is_denial(set->type) || set->type == kSoa) && !zones.has_made(*set);
  });
}

std::vector<Told> told_along(const Told& told) {
  std::vector<Told> out;
  if (told.type == resolver::Type::cname || told.answer.empty()) return out;
  const AliasWay way = way_of_aliases(told.answer, told.name);
  for (std::size_t i = 1; i < way.stops.size(); ++i) {
    Told& there = out.emplace_back(told);
    there.name = way.stops[i].name.name();
    const auto first = way.sets.begin() + static_cast<std::ptrdiff_t>(way.stops[i].first);
    there.answer.assign(first, way.sets.begin() + static_cast<std::ptrdiff_t>(way.along));
    leave_out_leftovers(there);
  }
  return out;
}

}  // namespace evidence
