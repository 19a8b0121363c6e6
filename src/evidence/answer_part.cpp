// The parts of one answer. Whose keys matter is said by the signature, and believed as
// far as the way from the root to that signer goes. What has no signature is looked for
// from its own name: only a delegation without keys on that way makes it insecure.
#include "src/evidence/answer_part.h"

#include <algorithm>

#include "resolver/rcode.h"
#include "resolver/type.h"
#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

constexpr auto kNs = static_cast<std::uint16_t>(resolver::Type::ns);

JudgedAnswer bogus(std::string reason) {
  JudgedAnswer out;
  out.reason = std::move(reason);
  return out;
}

/// Who says to have signed a set, of those that may have.
std::optional<WireName> signer_of(const SignedSet& set) {
  const WireName home = home_of(set.owner, set.type);
  for (const Rrsig& signature : set.signatures) {
    if (home.is_within(signature.signer)) return signature.signer;
  }
  return std::nullopt;
}

std::optional<WireName> target_of(const SignedSet& set) {
  if (set.records.size() != 1) return std::nullopt;
  RecordReader reader(set.records.front());
  WireName out = reader.name();
  if (!reader.is_whole()) return std::nullopt;
  return out;
}

void add(std::vector<std::size_t>& out, const std::vector<std::size_t>& more) {
  out.insert(out.end(), more.begin(), more.end());
}

}  // namespace

JudgedAnswer worse(JudgedAnswer a, const JudgedAnswer& b) {
  std::vector<std::size_t> all = a.signatures;
  add(all, b.signatures);
  if (b.security < a.security) a = b;
  a.signatures = std::move(all);
  return a;
}

JudgedAnswer AnswerParts::without_signature(const WireName& name,
                                            const std::string& question) {
  signed_ = false;
  const ZonePlace& place = tools_.zones->at(name);
  if (place.state.security != dns::Security::secure) return place.state;
  return bogus(question + ": nothing is signed, and its zone " + place.zone->apex.text() +
               " is");
}

const ZoneKeys* AnswerParts::zone_at(const WireName& signer, JudgedAnswer& state) {
  const ZonePlace& place = tools_.zones->at(signer);
  state = place.state;
  signed_ = signed_ && place.zone != nullptr;
  if (place.zone == nullptr || place.zone->apex == signer) return place.zone;
  state = bogus(signer.text() + " is no zone, and yet has signed");
  return nullptr;
}

bool AnswerParts::gather(ZoneDenials& denials, JudgedAnswer& state) {
  if (!denials.gather(*tools_.book, entry_->answer->authority, *tools_.checks,
                      SectionPart::whole)) {
    state = bogus(denials.reason());
    return false;
  }
  beside_.insert(denials.sets().begin(), denials.sets().end());
  return true;
}

JudgedAnswer AnswerParts::records(std::size_t index) {
  const SignedSet& set = tools_.book->set(index);
  const std::string question = question_text(set.owner, set.type);
  const auto signer = signer_of(set);
  vouched_.insert(index);
  if (!signer) return without_signature(home_of(set.owner, set.type), question);
  JudgedAnswer state;
  const ZoneKeys* zone = zone_at(*signer, state);
  if (zone == nullptr) return state;
  const CheckedSet checked = tools_.checks->check(set, *zone);
  if (!checked.good) return bogus(question + ": " + std::string(checked.reason));
  state.signatures.push_back(checked.used);
  ZoneDenials denials(*zone, *tools_.hashes);
  if (!gather(denials, state)) return state;
  if (!has_one_origin(set)) {
    return bogus(question + ": its signatures count different labels");
  }
  if (!is_expanded(set)) return state;
  const DenialProof proof = denials.no_closer(set.owner, encloser_of_wildcard(set));
  state.security = proof.security;
  if (!proof.holds()) state.reason = question + ": " + std::string(proof.reason);
  add(state.signatures, denials.signatures());
  return state;
}

JudgedAnswer AnswerParts::made_alias(std::size_t dname,
                                     std::optional<std::size_t> cname) {
  const SignedSet& source = tools_.book->set(dname);
  JudgedAnswer state = records(dname);
  if (!cname || state.security == dns::Security::bogus) return state;
  vouched_.insert(*cname);
  const SignedSet& made = tools_.book->set(*cname);
  const auto to = target_of(source);
  const auto target = to ? made.owner.moved(source.owner, *to) : std::nullopt;
  if (target && target_of(made) == target) return state;
  return bogus(question_text(made.owner, made.type) + ": it is not what the DNAME of " +
               source.owner.text() + " makes");
}

bool AnswerParts::has_denials() const {
  return std::ranges::any_of(entry_->answer->authority, [this](std::size_t index) {
    const SignedSet& set = tools_.book->set(index);
    return is_denial(set.type) && !set.signatures.empty();
  });
}

/// The deepest zone above a name that has signed a denial.
std::optional<WireName> AnswerParts::denying_zone(const WireName& name) const {
  std::optional<WireName> out;
  for (const std::size_t index : entry_->answer->authority) {
    find_deeper_denier(tools_.book->set(index), name, out);
  }
  return out;
}

/// The response code is about the end of the aliases where a server has written it so
/// (RFC 6604 3), which not all do: there either proof will do. At the name itself a
/// server must show what it says. One with NSEC that says NXDOMAIN for an empty name is
/// wrong about no more than that, as libunbound has it.
DenialProof AnswerParts::denied(const DeniedQuestion& question,
                                const ZoneDenials& denials) const {
  const bool at_itself = question.name == entry_->name;
  if (at_itself && entry_->answer->rcode != resolver::kNxdomain)
    return denials.no_data(question);
  const DenialProof no_name = denials.no_name(question);
  if (no_name.security != dns::Security::bogus) return no_name;
  if (at_itself && denials.has_hashes()) return no_name;
  const DenialProof no_data = denials.no_data(question);
  return no_data.security != dns::Security::bogus ? no_data : no_name;
}

JudgedAnswer AnswerParts::nothing_at(const DeniedQuestion& asked) {
  const std::string question = question_text(asked.name, asked.type);
  const WireName home = home_of(asked.name, asked.type);
  const auto signer = denying_zone(home);
  if (!signer) return without_signature(home, question);
  JudgedAnswer state;
  const ZoneKeys* zone = zone_at(*signer, state);
  if (zone == nullptr) return state;
  ZoneDenials denials(*zone, *tools_.hashes);
  if (!gather(denials, state)) return state;
  const DenialProof proof = denied(asked, denials);
  // An alias may lead below a delegation without keys, beside whose denial of DS records
  // nothing is signed.
  const bool at_itself = asked.name == entry_->name;
  if (proof.security == dns::Security::bogus && !at_itself) {
    const ZonePlace& place = tools_.zones->at(home);
    if (place.state.security == dns::Security::insecure) {
      return without_signature(home, question);
    }
  }
  // Below such a delegation, or where one may be, stands what nobody can sign.
  if (proof.security == dns::Security::insecure) signed_ = false;
  state.security = proof.security;
  if (!proof.holds()) state.reason = question + ": " + std::string(proof.reason);
  add(state.signatures, denials.signatures());
  return state;
}

JudgedAnswer AnswerParts::left_over() const {
  JudgedAnswer out;
  out.security = dns::Security::secure;
  if (!signed_) return out;
  const auto text = [this](std::size_t index) {
    const SignedSet& set = tools_.book->set(index);
    return question_text(set.owner, set.type);
  };
  for (const std::size_t index : entry_->answer->answer) {
    if (!vouched_.contains(index))
      return bogus(text(index) + " does not belong to the answer");
  }
  for (const std::size_t index : entry_->answer->authority) {
    const SignedSet& set = tools_.book->set(index);
    const bool unsigned_ns = set.type == kNs && set.signatures.empty();
    if (!beside_.contains(index) && !unsigned_ns) {
      return bogus(text(index) +
                   " stands beside the answer, and no zone of it signed it");
    }
  }
  return out;
}

}  // namespace evidence
