// From the records of a chain to the answers of a resolver.
//
// A validator asks questions, and a chain is a heap of records: each question is answered
// by what the heap has for it. Whoever sent it chose every octet, so nothing is decided
// here. An answer made of the wrong records is one that no validator accepts; one that is
// missing is no denial, since a denial has to be signed.
//
// Denials are the one thing that has to be guessed. NSEC and NSEC3 records do not say to
// which question they belong, and a validator wants no others in an answer: those of the
// deepest zone that the name lies in are given, for DS records of the deepest above it,
// which signs them (RFC 4035 2.4).
//
// RFC 9102 2.2 writes the chain as a vector, which has its length in front; its test
// vectors (Appendix A) and the tools of its authors have the bare records. Servers may do
// either. A length that is exactly right is one: as a label and what follows it would
// have to be the beginning of records, too.
#include "src/evidence/received_chain.h"

#include <algorithm>
#include <set>

#include "resolver/sections.h"
#include "resolver/type.h"
#include "src/evidence/record_reader.h"
#include "src/evidence/signature_checks.h"

namespace evidence {
namespace {

constexpr auto number(resolver::Type type) { return static_cast<std::uint16_t>(type); }

constexpr std::uint16_t kTlsa = number(resolver::Type::tlsa);
constexpr std::uint16_t kCname = number(resolver::Type::cname);
constexpr std::size_t kMostRecords = 1024;
constexpr std::size_t kMostSets = 256;
constexpr std::size_t kMostAliases = 16;
/// Each may have all denials of a zone, and honest ones are some dozens.
constexpr std::size_t kMostAnswers = 256;
constexpr std::uint16_t kClassIn = 1;

tl::unexpected<base::Error> malformed(std::string what) {
  return base::fail(base::ErrorKind::temporary, base::Code::malformed, std::move(what));
}

/// The record in these octets, its names in the case in which they are signed.
std::optional<resolver::WireRecord> in_lower_case(base::ByteView record) {
  const auto message =
      resolver::response_of(dns::Name(), resolver::Type::a, 0, {1, 0}, record);
  if (!message) return std::nullopt;
  auto sections = resolver::sections_of(*message);
  if (!sections || sections->answer.size() != 1) return std::nullopt;
  return std::move(sections->answer.front());
}

/// The records that fill the octets; nothing if anything else does.
std::optional<std::vector<base::ByteView>> records_filling(base::ByteView octets) {
  std::vector<base::ByteView> out;
  RecordReader reader(octets);
  while (!reader.rest().empty()) {
    const base::ByteView before = reader.rest();
    (void)reader.name();
    (void)reader.two();
    const bool in = reader.two() == kClassIn;
    (void)reader.four();
    (void)reader.take(reader.two());
    if (!reader.is_good() || !in) return std::nullopt;
    out.push_back(before.first(before.size() - reader.rest().size()));
  }
  return out;
}

/// What follows the length of a vector, if it is one.
std::optional<base::ByteView> in_vector(base::ByteView octets) {
  RecordReader reader(octets);
  const base::ByteView inner = reader.vector(2);
  if (!reader.is_whole()) return std::nullopt;
  return inner;
}

std::optional<WireName> target_of(const SignedSet& set) {
  RecordReader reader(set.records.front());
  WireName out = reader.name();
  if (set.records.size() != 1 || !reader.is_good()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<ChainExtension> read_chain_extension(base::ByteView data) {
  RecordReader reader(data);
  const std::chrono::hours lifetime(reader.two());
  if (!reader.is_good()) return std::nullopt;
  return ChainExtension{lifetime, reader.rest()};
}

base::Result<ReceivedChain> ReceivedChain::read(base::ByteView octets) {
  if (octets.empty()) return malformed("the chain is empty");
  const auto inner = in_vector(octets);
  auto views = inner ? records_filling(*inner) : std::nullopt;
  if (!views) views = records_filling(octets);
  if (!views) return malformed("the chain is not made of whole records");
  if (views->size() > kMostRecords) return malformed("the chain has too many records");
  std::vector<resolver::WireRecord> records;
  for (const base::ByteView view : *views) {
    auto record = in_lower_case(view);
    if (!record) return malformed("the chain has a broken record");
    records.push_back(std::move(*record));
  }
  std::vector<base::Bytes> sets = canonical_sets(std::move(records));
  if (sets.size() > kMostSets) return malformed("the chain has too many sets of records");
  ReceivedChain out;
  for (base::Bytes& octets_of_set : sets) {
    auto set = read_signed_set(octets_of_set);
    if (!set) continue;  // it proves nothing, and what would need it will miss it
    Key key(set->owner, set->type);
    out.sets_.emplace(std::move(key),
                      std::pair(std::move(octets_of_set), std::move(*set)));
  }
  return out;
}

const std::pair<base::Bytes, SignedSet>* ReceivedChain::find(const WireName& owner,
                                                             std::uint16_t type) const {
  const auto found = sets_.find({owner, type});
  return found == sets_.end() ? nullptr : &found->second;
}

const std::pair<base::Bytes, SignedSet>* ReceivedChain::dname_above(
    const WireName& name) const {
  for (std::size_t labels = name.count(); labels-- > 0;) {
    if (const auto* found = find(name.last(labels), kDname)) return found;
  }
  return nullptr;
}

bool ReceivedChain::speaks_of(const dns::Name& owner) const {
  const auto name = WireName::from(owner);
  if (!name) return false;
  return find(*name, kTlsa) != nullptr || find(*name, kCname) != nullptr ||
         dname_above(*name) != nullptr || std::ranges::any_of(sets_, [](const auto& one) {
           return is_denial(one.first.second);
         });
}

/// The answers to one question and to all that a validator asks on its way.
class ReceivedChain::Gathering {
 public:
  Gathering(const ReceivedChain& chain, ChainEnding ending)
      : chain_(chain), ending_(ending) {}

  std::vector<Told> answers_about(const WireName& owner) {
    std::optional<WireName> name = owner;
    for (std::size_t hops = 0; name && hops <= kMostAliases; ++hops) {
      const WireName here = *name;
      name = add_records(here);
      add_way_to(here);
    }
    return std::move(answers_);
  }

 private:
  /// One answer on its way.
  struct Draft {
    std::set<base::Bytes> answer;
    std::set<base::Bytes> authority;
    int rcode = resolver::kNoError;
  };

  void add(const WireName& name, std::uint16_t type, const Draft& draft) {
    if (known_.size() == kMostAnswers || !known_.emplace(name, type).second) return;
    Told told;
    told.name = name.name();
    told.type = static_cast<resolver::Type>(type);
    told.rcode = draft.rcode;
    told.answer.assign(draft.answer.begin(), draft.answer.end());
    told.authority.assign(draft.authority.begin(), draft.authority.end());
    answers_.push_back(std::move(told));
  }

  /// What the zones from the root down to a name say of their keys.
  void add_way_to(const WireName& name) {
    for (std::size_t labels = 0; labels <= name.count(); ++labels) {
      const WireName zone = name.last(labels);
      for (const auto type : {resolver::Type::ds, resolver::Type::dnskey}) {
        Draft draft;
        const auto* set = chain_.find(zone, number(type));
        if (set != nullptr) {
          take(*set, draft);
        } else if (labels == 0 || type == resolver::Type::dnskey) {
          continue;
        } else {
          deny(zone.parent(), draft);
          if (draft.authority.empty()) continue;
        }
        add(zone, number(type), draft);
      }
    }
  }

  /// Answers what TLSA records a name has, and returns where its alias leads.
  std::optional<WireName> add_records(const WireName& owner) {
    Draft draft;
    std::optional<WireName> first;
    WireName name = owner;
    for (std::size_t hops = 0; hops <= kMostAliases; ++hops) {
      const auto* records = chain_.find(name, kTlsa);
      const auto* alias = chain_.find(name, kCname);
      const auto* dname = chain_.dname_above(name);
      std::optional<WireName> target;
      if (records != nullptr && dname == nullptr) {
        take(*records, draft);
      } else if (alias != nullptr &&
                 (dname == nullptr || !alias->second.signatures.empty())) {
        take(*alias, draft);
        target = target_of(alias->second);
      } else if (dname != nullptr) {
        target = follow(*dname, name, draft);
      } else {
        end(name, draft);
      }
      if (hops == 0) first = target;
      if (!target) break;
      name = *target;
    }
    add(owner, kTlsa, draft);
    return first;
  }

  /// The alias that a DNAME makes (RFC 6672 3.1), which nobody signs, is left for the
  /// validators to make: libunbound takes one that it did not make for another record.
  std::optional<WireName> follow(const std::pair<base::Bytes, SignedSet>& dname,
                                 const WireName& name, Draft& draft) {
    take(dname, draft);
    const auto to = target_of(dname.second);
    return to ? name.moved(dname.second.owner, *to) : std::nullopt;
  }

  /// A set, and what proves that its wildcard stands for the name (RFC 4035 3.1.3.3).
  void take(const std::pair<base::Bytes, SignedSet>& set, Draft& draft) {
    draft.answer.insert(set.first);
    if (is_expanded(set.second)) deny(set.second.owner, draft);
  }

  void end(const WireName& name, Draft& draft) {
    if (ending_ == ChainEnding::without_keys) return;
    if (ending_ == ChainEnding::no_name) draft.rcode = resolver::kNxdomain;
    deny(name, draft);
  }

  /// Adds the denials of the deepest zone that signed any and that a name lies in.
  void deny(const WireName& name, Draft& draft) {
    std::optional<WireName> zone;
    for (const auto& [key, set] : chain_.sets_) {
      if (!is_denial(key.second)) continue;
      for (const Rrsig& signature : set.second.signatures) {
        const bool is_deeper = !zone || signature.signer.count() > zone->count();
        if (is_deeper && name.is_within(signature.signer)) zone = signature.signer;
      }
    }
    if (!zone) return;
    for (const auto& [key, set] : chain_.sets_) {
      const bool is_its = std::ranges::any_of(
          set.second.signatures,
          [&](const Rrsig& signature) { return signature.signer == *zone; });
      if (is_denial(key.second) && is_its) draft.authority.insert(set.first);
    }
  }

  const ReceivedChain& chain_;
  ChainEnding ending_;
  std::set<Key> known_;
  std::vector<Told> answers_;
};

std::vector<Told> ReceivedChain::answers_about(const dns::Name& owner,
                                               ChainEnding ending) const {
  const auto name = WireName::from(owner);
  if (!name) return {};
  return Gathering(*this, ending).answers_about(*name);
}

}  // namespace evidence
