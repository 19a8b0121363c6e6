// Denials by NSEC. Each proof asks for records that could only be there if what is denied
// is not: attacks on this took a record from above a delegation, or from a zone with a
// DNAME, for one about the names below it (RFC 6840 4.1); one for the name asked for in
// place of the wildcard that would have answered; one whose owner was a wildcard's
// expansion, so that it denied what its zone has (CVE-2017-15105). That the owner was
// signed as it stands is checked with the signature.
#include "src/evidence/nsec.h"

#include <algorithm>

#include "resolver/type.h"
#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

constexpr auto kDs = static_cast<std::uint16_t>(resolver::Type::ds);
constexpr auto kNs = static_cast<std::uint16_t>(resolver::Type::ns);

/// Whether the record says that the name does not exist.
bool covers(const NsecRecord& record, const WireName& name) {
  if (!(record.owner < name)) return false;
  if (name.is_within(record.owner) && record.types.ends_zone()) return false;
  if (record.owner < record.next) return name < record.next;
  // The last of a zone: it leads back to the apex, and only names of the zone follow.
  return name.is_below(record.next);
}

/// The deepest name above `name` that a record covering it shows to exist.
WireName encloser_by(const NsecRecord& record, const WireName& name) {
  return name.last(std::max(name.shared(record.owner), name.shared(record.next)));
}

}  // namespace

std::optional<NsecRecord> read_nsec(const SignedSet& set) {
  if (set.type != kNsec || set.records.size() != 1) return std::nullopt;
  RecordReader reader(set.records.front());
  WireName next = reader.name();
  const auto types = TypeBitmap::read(reader.rest());
  if (!reader.is_good() || !types) return std::nullopt;
  return NsecRecord{set.owner, std::move(next), *types};
}

const NsecRecord* NsecProofs::at(const WireName& owner) const {
  const auto found = std::ranges::find(records_, owner, &NsecRecord::owner);
  return found == records_.end() ? nullptr : &*found;
}

const NsecRecord* NsecProofs::over(const WireName& name) const {
  const auto found = std::ranges::find_if(
      records_, [&](const NsecRecord& record) { return covers(record, name); });
  return found == records_.end() ? nullptr : &*found;
}

/// An empty non-terminal has no record of its own: the one before it leads to a name
/// below it (RFC 4592 2.2.2).
bool NsecProofs::has_empty_node(const WireName& name) const {
  return std::ranges::any_of(records_, [&](const NsecRecord& record) {
    return covers(record, name) && record.next.is_below(name);
  });
}

bool NsecProofs::is_below_insecure_cut(const DeniedQuestion& question) const {
  return std::ranges::any_of(records_, [&](const NsecRecord& record) {
    const bool below = question.type == kDs ? question.name.is_below(record.owner)
                                            : question.name.is_within(record.owner);
    return below && record.types.is_cut() && !record.types.has(kDs);
  });
}

DenialProof NsecProofs::no_data(const DeniedQuestion& question) const {
  if (is_below_insecure_cut(question)) {
    return {dns::Security::insecure, "it is in a zone that is delegated without keys"};
  }
  if (const NsecRecord* exact = at(question.name)) {
    if (lacks_type(exact->types, question)) return {dns::Security::secure, ""};
    return {dns::Security::bogus, "the NSEC record of the name does not deny the type"};
  }
  if (has_empty_node(question.name)) return {dns::Security::secure, ""};
  const NsecRecord* cover = over(question.name);
  if (cover == nullptr) {
    return {dns::Security::bogus, "no NSEC record says what the name has"};
  }
  const auto wildcard = encloser_by(*cover, question.name).wildcard();
  const NsecRecord* source = wildcard ? at(*wildcard) : nullptr;
  if (source != nullptr && lacks_type(source->types, question)) {
    return {dns::Security::secure, ""};
  }
  return {dns::Security::bogus, "no NSEC record says that the wildcard lacks the type"};
}

DenialProof NsecProofs::no_name(const DeniedQuestion& question) const {
  if (is_below_insecure_cut(question)) {
    return {dns::Security::insecure, "it is in a zone that is delegated without keys"};
  }
  const NsecRecord* cover = over(question.name);
  if (cover == nullptr) return {dns::Security::bogus, "no NSEC record denies the name"};
  if (cover->next.is_below(question.name)) {
    return {dns::Security::bogus, "the NSEC record shows that the name exists"};
  }
  const auto wildcard = encloser_by(*cover, question.name).wildcard();
  if (!wildcard || over(*wildcard) == nullptr) {
    return {dns::Security::bogus, "no NSEC record denies the wildcard"};
  }
  return {dns::Security::secure, ""};
}

DenialProof NsecProofs::no_closer(const WireName& name, const WireName& encloser) const {
  const NsecRecord* cover = over(name);
  if (cover == nullptr) {
    return {dns::Security::bogus, "no NSEC record denies the name that a wildcard gave"};
  }
  if (!(encloser_by(*cover, name) == encloser)) {
    return {dns::Security::bogus, "a name closer than the wildcard's exists"};
  }
  return {dns::Security::secure, ""};
}

DelegationProof NsecProofs::delegation_at(const WireName& name) const {
  if (const NsecRecord* exact = at(name)) {
    if (exact->types.has(kSoa)) {
      return {Delegation::unproved, "the NSEC record is the child's, not the parent's"};
    }
    if (exact->types.has(kDs)) {
      return {Delegation::unproved, "the NSEC record says that there are DS records"};
    }
    return {exact->types.has(kNs) ? Delegation::insecure : Delegation::none, ""};
  }
  if (no_data({name, kDs}).holds()) {
    // A wildcard is no place for a delegation (RFC 4592 4.2), and an empty node is none.
    return {Delegation::none, ""};
  }
  return {Delegation::unproved, "no NSEC record says what is at the delegation"};
}

}  // namespace evidence
