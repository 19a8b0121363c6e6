// A resolver that follows aliases puts the answer together from several, and the denial
// with which a zone referred it to an alias's target may stay in it; now and then one of
// another name is there. The resolver knew that denial from its own place, so the answer
// is secure to it. Whoever reads the answer alone finds a denial that belongs to nothing
// there, and has to call the whole bogus.
#include "src/evidence/leftovers.h"

#include <algorithm>
#include <optional>

#include "src/evidence/alias_order.h"
#include "src/evidence/signature_checks.h"
#include "src/evidence/zone_denials.h"

namespace evidence {
namespace {

constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);

using Sets = std::vector<base::Result<SignedSet>>;

Sets read_sets(const std::vector<base::Bytes>& section) {
  Sets out;
  for (const base::Bytes& octets : section) out.push_back(read_signed_set(octets));
  return out;
}

/// The name where an answer's aliases end; nothing where it has what was asked for, which
/// an alias may be itself.
std::optional<WireName> open_end(const Told& told, const Sets& answer) {
  const auto type = static_cast<std::uint16_t>(told.type);
  const AliasWay way = way_of_aliases(told.answer, told.name);
  if (way.stops.empty()) return std::nullopt;
  const WireName& end = way.stops.back().name;
  const bool has_it = std::ranges::any_of(answer, [&](const auto& set) {
    return set && set->type == type && (type == kCname || set->owner == end);
  });
  return has_it ? std::nullopt : std::optional(end);
}

/// The zones whose denials an answer may rest on.
std::vector<WireName> denying_zones(const Told& told, const Sets& authority) {
  const Sets answer = read_sets(told.answer);
  std::vector<WireName> out;
  for (const auto& set : answer) {
    if (!set || !is_expanded(*set)) continue;
    for (const Rrsig& signature : set->signatures) out.push_back(signature.signer);
  }
  const auto end = open_end(told, answer);
  if (!end) return out;
  const WireName home = home_of(*end, static_cast<std::uint16_t>(told.type));
  std::optional<WireName> denier;
  for (const auto& set : authority) {
    if (set) find_deeper_denier(*set, home, denier);
  }
  if (denier) out.push_back(std::move(*denier));
  return out;
}

bool is_made_by(const SignedSet& set, const std::vector<WireName>& zones) {
  return std::ranges::any_of(
      zones, [&](const WireName& zone) { return is_claimed_by(set, zone); });
}

}  // namespace

void leave_out_leftovers(Told& told) {
  if (told.security < dns::Security::insecure || told.authority.empty()) return;
  const Sets authority = read_sets(told.authority);
  const auto zones = denying_zones(told, authority);
  std::vector<base::Bytes> out;
  for (std::size_t i = 0; i < authority.size(); ++i) {
    const auto& set = authority[i];
    const bool proves =
        set && !set->signatures.empty() && (is_denial(set->type) || set->type == kSoa);
    if (!proves || is_made_by(*set, zones)) out.push_back(std::move(told.authority[i]));
  }
  told.authority = std::move(out);
}

std::vector<Told> told_along(const Told& told,
                             const std::function<bool(const dns::Name&)>& is_wanted) {
  std::vector<Told> out;
  if (told.type == resolver::Type::cname || told.answer.empty()) return out;
  const AliasWay way = way_of_aliases(told.answer, told.name);
  for (std::size_t i = 1; i < way.stops.size(); ++i) {
    dns::Name name = way.stops[i].name.name();
    if (!is_wanted(name)) continue;
    Told& there = out.emplace_back(told);
    there.name = std::move(name);
    const auto first = way.sets.begin() + static_cast<std::ptrdiff_t>(way.stops[i].first);
    there.answer.assign(first, way.sets.begin() + static_cast<std::ptrdiff_t>(way.along));
    leave_out_leftovers(there);
  }
  return out;
}

}  // namespace evidence
