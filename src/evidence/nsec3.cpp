// Denials by NSEC3. A name has a hash, and only the closest encloser (RFC 5155 1.3) can
// tell which wildcard would have answered: it must be shown to exist, and the next label
// below it not to. Where the record that denies that label opts out (RFC 5155 6),
// unsigned delegations may be between the hashes: what is denied there may yet exist
// without keys, so it is insecure at most, never absent (RFC 5155 9.2).
#include "src/evidence/nsec3.h"

#include <algorithm>

#include "resolver/type.h"
#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

constexpr auto kDs = static_cast<std::uint16_t>(resolver::Type::ds);
constexpr auto kNs = static_cast<std::uint16_t>(resolver::Type::ns);
constexpr std::uint8_t kSha1 = 1;
constexpr std::uint8_t kOptOut = 1;
/// Zones with more are insecure (RFC 9276 3.2), as the resolver of this project has
/// libunbound treat them.
constexpr std::uint16_t kMostIterations = 150;
constexpr std::string_view kTooCostly = "its zone hashes names more than 150 times";
constexpr std::string_view kOptedOut = "its zone leaves unsigned delegations out there";

/// The hash that a label of 32 digits stands for (RFC 4648 7).
std::optional<Sha1> hash_in(std::string_view label) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
  Sha1 out{};
  if (label.size() != out.size() * 8 / 5) return std::nullopt;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const std::size_t digit = kDigits.find(label[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    for (std::size_t bit = 0; bit < 5; ++bit) {
      if ((digit >> (4 - bit) & 1U) == 0) continue;
      const std::size_t at = 5 * i + bit;
      out.at(at / 8) |= std::byte{0x80} >> (at % 8);
    }
  }
  return out;
}

bool is_before(base::ByteView a, base::ByteView b) {
  return std::ranges::lexicographical_compare(a, b);
}

bool covers(const Nsec3Record& record, base::ByteView hash) {
  const bool after = is_before(record.owner, hash);
  const bool before = is_before(hash, record.next);
  // The last of a zone leads round to its first one, the only one to itself.
  return is_before(record.owner, record.next) ? after && before : after || before;
}

}  // namespace

bool is_costly(const Nsec3Record& record) {
  return record.parameters.iterations > kMostIterations;
}

std::optional<Nsec3Record> read_nsec3(const SignedSet& set, const WireName& apex) {
  if (set.type != kNsec3 || set.records.size() != 1) return std::nullopt;
  RecordReader reader(set.records.front());
  const bool known_hash = reader.octet() == kSha1;
  const std::uint8_t flags = reader.octet();
  HashParameters parameters;
  parameters.iterations = reader.two();
  parameters.salt = reader.take(reader.octet());
  const base::ByteView next = reader.take(reader.octet());
  const auto types = TypeBitmap::read(reader.rest());
  const auto owner = hash_in(set.owner.first_label());
  const bool in_place = set.owner.count() == apex.count() + 1 && set.owner.is_below(apex);
  if (!reader.is_good() || !known_hash || (flags & ~kOptOut) != 0 || !types || !owner ||
      !in_place || next.size() != owner->size()) {
    return std::nullopt;
  }
  return Nsec3Record{*owner, next, flags == kOptOut, parameters, *types};
}

bool Nsec3Proofs::is_too_costly() const {
  return std::ranges::any_of(records_,
                             [](const Nsec3Record& record) { return is_costly(record); });
}

const Nsec3Record* Nsec3Proofs::at(const WireName& name) const {
  for (const Nsec3Record& record : records_) {
    const auto hash = hashes_->of(name, record.parameters);
    if (hash && *hash == record.owner) return &record;
  }
  return nullptr;
}

const Nsec3Record* Nsec3Proofs::over(const WireName& name) const {
  for (const Nsec3Record& record : records_) {
    const auto hash = hashes_->of(name, record.parameters);
    if (hash && covers(record, *hash)) return &record;
  }
  return nullptr;
}

/// RFC 5155 8.3, for a name that does not exist itself.
std::optional<Nsec3Proofs::Encloser> Nsec3Proofs::encloser_of(
    const WireName& name) const {
  for (std::size_t labels = name.count(); labels >= apex_.count(); --labels) {
    const WireName candidate = name.last(labels);
    const Nsec3Record* found = at(candidate);
    if (found == nullptr && labels == 0) return std::nullopt;
    if (found == nullptr) continue;
    if (labels == name.count() || found->types.ends_zone()) return std::nullopt;
    const Nsec3Record* next_closer = over(name.last(labels + 1));
    if (next_closer == nullptr) return std::nullopt;
    return Encloser{candidate, next_closer};
  }
  return std::nullopt;
}

DenialProof Nsec3Proofs::no_data(const DeniedQuestion& question) const {
  if (is_too_costly()) return {dns::Security::insecure, kTooCostly};
  if (const Nsec3Record* exact = at(question.name)) {
    if (lacks_type(exact->types, question)) return {dns::Security::secure, ""};
    return {dns::Security::bogus, "the NSEC3 record of the name does not deny the type"};
  }
  const auto encloser = encloser_of(question.name);
  if (!encloser) {
    return {dns::Security::bogus, "no NSEC3 records say what the name has"};
  }
  const auto wildcard = encloser->name.wildcard();
  if (const Nsec3Record* source = wildcard ? at(*wildcard) : nullptr) {
    if (!lacks_type(source->types, question)) {
      return {dns::Security::bogus, "the wildcard's NSEC3 record does not deny the type"};
    }
    if (encloser->next_closer->opt_out) return {dns::Security::insecure, kOptedOut};
    return {dns::Security::secure, ""};
  }
  if (encloser->next_closer->opt_out) return {dns::Security::insecure, kOptedOut};
  return {dns::Security::bogus, "no NSEC3 record says that a wildcard lacks the type"};
}

DenialProof Nsec3Proofs::no_name(const DeniedQuestion& question) const {
  if (is_too_costly()) return {dns::Security::insecure, kTooCostly};
  const auto encloser = encloser_of(question.name);
  if (!encloser) return {dns::Security::bogus, "no NSEC3 records deny the name"};
  const auto wildcard = encloser->name.wildcard();
  if (!wildcard || over(*wildcard) == nullptr) {
    return {dns::Security::bogus, "no NSEC3 record denies the wildcard"};
  }
  if (encloser->next_closer->opt_out) return {dns::Security::insecure, kOptedOut};
  return {dns::Security::secure, ""};
}

/// RFC 5155 8.8: the encloser is known from the signature, which counts its labels.
DenialProof Nsec3Proofs::no_closer(const WireName& name, const WireName& encloser) const {
  if (is_too_costly()) return {dns::Security::insecure, kTooCostly};
  const Nsec3Record* found = over(name.last(encloser.count() + 1));
  if (found == nullptr) {
    return {dns::Security::bogus,
            "no NSEC3 record denies a name closer than the wildcard"};
  }
  if (found->opt_out) return {dns::Security::insecure, kOptedOut};
  return {dns::Security::secure, ""};
}

DelegationProof Nsec3Proofs::delegation_at(const WireName& name) const {
  if (is_too_costly()) return {Delegation::insecure, kTooCostly};
  if (const Nsec3Record* exact = at(name)) {
    if (exact->types.has(kSoa)) {
      return {Delegation::unproved, "the NSEC3 record is the child's, not the parent's"};
    }
    if (exact->types.has(kDs)) {
      return {Delegation::unproved, "the NSEC3 record says that there are DS records"};
    }
    return {exact->types.has(kNs) ? Delegation::insecure : Delegation::none, ""};
  }
  const auto encloser = encloser_of(name);
  if (!encloser)
    return {Delegation::unproved, "no NSEC3 records say what is at the delegation"};
  if (!encloser->next_closer->opt_out) {
    return {Delegation::unproved,
            "the NSEC3 record over the delegation does not opt out"};
  }
  return {Delegation::insecure, kOptedOut};
}

}  // namespace evidence
