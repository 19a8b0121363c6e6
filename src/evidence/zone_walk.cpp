// The chain of trust. At each label below the last zone cut the parent is asked for DS
// records. They lead to the next zone's keys; their proved absence leads either on within
// the zone or to a zone that is not signed. Nothing else makes a zone insecure: an answer
// about DS that is not there at all is missing, since whoever leaves it out of a bundle
// would turn a signed zone into an unsigned one. And only the parent can deny: what the
// child says of its own DS records would let a zone switch its parent's off (RFC
// 6840 4.4).
#include "src/evidence/zone_walk.h"

#include <algorithm>

#include "resolver/rcode.h"
#include "resolver/type.h"
#include "src/evidence/root_keys.h"
#include "src/evidence/zone_denials.h"

namespace evidence {
namespace {

constexpr auto kDs = static_cast<std::uint16_t>(resolver::Type::ds);
constexpr auto kDnskey = static_cast<std::uint16_t>(resolver::Type::dnskey);
constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);
constexpr std::uint8_t kSha1Digest = 1;

ZonePlace refused(std::string reason) {
  ZonePlace out;
  out.state.reason = std::move(reason);
  return out;
}

ZonePlace insecure(const ZonePlace& parent, std::string reason,
                   const std::vector<std::size_t>& signatures) {
  ZonePlace out = parent;
  out.zone = nullptr;
  out.state.security = dns::Security::insecure;
  out.state.reason = std::move(reason);
  auto& all = out.state.signatures;
  all.insert(all.end(), signatures.begin(), signatures.end());
  return out;
}

ZoneKeys keys_in(const WireName& apex, const SignedSet& set) {
  ZoneKeys out{apex, {}};
  for (const base::ByteView rdata : set.records) {
    if (const auto key = read_zone_key(rdata)) out.keys.push_back(*key);
  }
  return out;
}

}  // namespace

ZoneWalk::ZoneWalk(const AnswerBook& book, const ValidationBasis& basis,
                   SignatureChecks& checks, NameHashes& hashes)
    : book_(&book), basis_(&basis), checks_(&checks), hashes_(&hashes) {
  for (const RootAnchor& anchor : basis.anchors) {
    for (resolver::Anchor& record : resolver::anchors_in(anchor.text)) {
      if (record.owner != "." || !record.known) continue;
      anchors_.emplace_back(&anchor, std::move(record));
    }
  }
}

const ZonePlace& ZoneWalk::at(const WireName& name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  ZonePlace found;
  if (name.count() == 0) {
    found = root();
  } else {
    const ZonePlace& parent = at(name.parent());
    found = parent.state.security == dns::Security::secure ? below(name, parent) : parent;
  }
  return known_.emplace(name, std::move(found)).first->second;
}

std::vector<JudgedPlace> ZoneWalk::places() const {
  std::vector<JudgedPlace> out;
  for (const auto& [name, place] : known_) {
    const bool is_zone = place.zone != nullptr && place.zone->apex == name;
    out.push_back({name.name(), is_zone, place.state});
  }
  return out;
}

/// A key that was retired may be in anybody's hands: it vouches for nothing after its
/// time, whatever dates a signature has (RFC 9718 2.1).
ZoneWalk::Trust ZoneWalk::trusted_now() const {
  Trust out;
  for (const auto& [anchor, record] : anchors_) {
    if (anchor->from && basis_->moment < *anchor->from) continue;
    if (anchor->until && basis_->moment >= *anchor->until) continue;
    const auto ds = record.is_ds ? read_ds(record.rdata) : std::nullopt;
    if (ds) out.ds.push_back(*ds);
    if (!record.is_ds && read_zone_key(record.rdata)) out.keys.emplace_back(record.rdata);
  }
  return out;
}

ZonePlace ZoneWalk::root() {
  const Trust trust = trusted_now();
  if (trust.ds.empty() && trust.keys.empty()) {
    return refused(anchors_.empty()
                       ? "no trust anchor of the root can be used"
                       : "no trust anchor of the root is valid at that moment");
  }
  return signed_by(WireName(), trust, ZonePlace());
}

ZoneWalk::Found ZoneWalk::ask(const WireName& name, std::uint16_t type) const {
  const std::string question = question_text(name, type);
  const auto place = book_->find(name, type);
  if (!place) {
    Found out{nullptr, refused("the answer to " + question + " is missing")};
    out.end.state.security = dns::Security::indeterminate;
    out.end.state.missing = MissingAnswer{name.name(), type};
    return out;
  }
  const BookEntry& entry = book_->entries()[*place];
  if (!entry.fault.empty()) return {nullptr, refused(question + ": " + entry.fault)};
  if (entry.answer->error) return {nullptr, refused("no answer came to " + question)};
  // Records come with no other code than this one, denials with two; behind an alias the
  // code is about its target (RFC 6604 3).
  const int rcode = entry.answer->rcode;
  const auto& answer = entry.answer->answer;
  const bool records = !answer.empty() && !book_->among(answer, name, kCname);
  if (records ? rcode != resolver::kNoError : !resolver::tells_existence(rcode)) {
    return {nullptr,
            refused(question + ": the response code is " + std::to_string(rcode))};
  }
  return {&entry, {}};
}

/// The DS records that anything can be made of. Where a stronger digest is among them,
/// SHA-1 is not looked at (RFC 4509 3): a key with the same SHA-1 digest can be bought.
std::vector<DsRecord> ZoneWalk::usable(const SignedSet& set) {
  std::vector<DsRecord> out;
  for (const base::ByteView rdata : set.records) {
    const auto ds = read_ds(rdata);
    if (!ds || !is_known_digest(ds->digest_type)) continue;
    if (is_known_algorithm(ds->algorithm, basis_->ed448)) {
      out.push_back(*ds);
    } else if (ds->algorithm == kEd448) {
      lacked_ed448_ = true;
    }
  }
  const auto is_sha1 = [](const DsRecord& ds) { return ds.digest_type == kSha1Digest; };
  if (!std::ranges::all_of(out, is_sha1)) std::erase_if(out, is_sha1);
  return out;
}

ZonePlace ZoneWalk::below(const WireName& name, const ZonePlace& parent) {
  const Found found = ask(name, kDs);
  if (found.entry == nullptr) return found.end;
  const auto& answer = found.entry->answer->answer;
  if (const auto ds = book_->among(answer, name, kDs)) {
    return delegated(name, book_->set(*ds), parent);
  }
  if (const auto alias = book_->among(answer, name, kCname)) {
    return aliased(book_->set(*alias), *found.entry, parent);
  }
  if (!answer.empty())
    return refused(question_text(name, kDs) + ": it has other records");
  return undelegated(name, *found.entry, parent);
}

/// A name that is an alias is no zone cut (RFC 1034 3.6.2).
ZonePlace ZoneWalk::aliased(const SignedSet& alias, const BookEntry& entry,
                            const ZonePlace& parent) {
  const std::string question = question_text(alias.owner, kCname);
  const CheckedSet checked = checks_->check(alias, *parent.zone);
  if (!checked.good) return refused(question + ": " + std::string(checked.reason));
  if (!has_one_origin(alias)) return refused(question + " is of two origins");
  if (!is_expanded(alias)) return parent;
  ZoneDenials denials(*parent.zone, *hashes_);
  if (!denials.gather(*book_, entry.answer->authority, *checks_, SectionPart::denials)) {
    return refused(denials.reason());
  }
  const DenialProof proof = denials.no_closer(alias.owner, encloser_of_wildcard(alias));
  return proof.holds() ? parent : refused(question + ": " + std::string(proof.reason));
}

ZonePlace ZoneWalk::undelegated(const WireName& name, const BookEntry& entry,
                                const ZonePlace& parent) {
  ZoneDenials denials(*parent.zone, *hashes_);
  if (!denials.gather(*book_, entry.answer->authority, *checks_, SectionPart::denials)) {
    return refused(denials.reason());
  }
  for (const std::size_t index : entry.answer->authority) {
    const SignedSet& set = book_->set(index);
    if (is_denial(set.type) && !is_claimed_by(set, parent.zone->apex)) {
      return refused(question_text(name, kDs) + ": it has denials of another zone");
    }
  }
  const DelegationProof proof = denials.delegation_at(name);
  switch (proof.delegation) {
    case Delegation::none:
      return parent;
    case Delegation::insecure:
      return insecure(parent, name.text() + " is delegated without keys",
                      denials.signatures());
    case Delegation::unproved:
      break;
  }
  return refused(question_text(name, kDs) + ": " + std::string(proof.reason));
}

ZonePlace ZoneWalk::delegated(const WireName& name, const SignedSet& ds,
                              const ZonePlace& parent) {
  const std::string question = question_text(name, kDs);
  const CheckedSet checked = checks_->check(ds, *parent.zone);
  if (!checked.good) return refused(question + ": " + std::string(checked.reason));
  Trust trust;
  trust.ds = usable(ds);
  if (trust.ds.empty()) {
    return insecure(parent, name.text() + " is signed by algorithms that nobody knows",
                    {checked.used});
  }
  ZonePlace before = parent;
  before.state.signatures.push_back(checked.used);
  return signed_by(name, trust, std::move(before));
}

ZonePlace ZoneWalk::signed_by(const WireName& name, const Trust& trust,
                              ZonePlace before) {
  const std::string question = question_text(name, kDnskey);
  const Found found = ask(name, kDnskey);
  if (found.entry == nullptr) return found.end;
  const auto index = book_->among(found.entry->answer->answer, name, kDnskey);
  if (!index) return refused(question + ": there are no keys");
  const SignedSet& set = book_->set(*index);
  ZoneKeys zone = keys_in(name, set);
  std::size_t failures = 0;
  std::string why = "no key is one that is trusted";

  const auto signs = [&](const ZoneKey& key, std::optional<std::uint8_t> digest) {
    const auto out = name.count() == 0 ? why_root_key_is_out(key, basis_->moment)
                                       : std::optional<std::string>();
    if (out) {
      why = *out;
      return false;
    }
    const CheckedSet checked = checks_->check_anew(set, ZoneKeys{name, {key}});
    if (!checked.good) {
      why = checked.reason;
      return false;
    }
    checks_->used()[checked.used].ds_digest = digest;
    before.state.signatures.push_back(checked.used);
    before.state.security = dns::Security::secure;
    before.zone = &zones_.emplace_back(std::move(zone));
    return true;
  };
  for (const DsRecord& ds : trust.ds) {
    for (const ZoneKey& key : zone.keys) {
      if (ds.tag != key.tag || ds.algorithm != key.algorithm) continue;
      if (failures == basis_->bounds.failures_a_ds_set) {
        return refused(question +
                       ": too many keys are named by DS records and do not fit");
      }
      if (names_key(ds, name, key) && signs(key, ds.digest_type)) return before;
      ++failures;
    }
  }
  for (const base::ByteView rdata : trust.keys) {
    const auto key = std::ranges::find_if(zone.keys, [&](const ZoneKey& candidate) {
      return base::equal(candidate.rdata, rdata);
    });
    if (key != zone.keys.end() && signs(*key, std::nullopt)) return before;
  }
  return refused(question + ": " + why);
}

}  // namespace evidence
