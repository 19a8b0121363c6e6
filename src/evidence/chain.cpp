#include "src/evidence/chain.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "resolver/answer_section.h"
#include "resolver/wire_name.h"
#include "src/evidence/nsec.h"
#include "src/evidence/nsec3.h"

namespace evidence {
namespace {

using resolver::Type;
using resolver::WireRecord;

constexpr std::size_t kMostQuestions = 400;  // of one trail
constexpr std::size_t kMostEntries = 65'536;
constexpr std::chrono::seconds kKept{60};
constexpr auto kCname = static_cast<std::uint16_t>(Type::cname);
constexpr std::size_t kMostHashes = 8;  // of one denial

constexpr std::size_t kRrsigSigner = 18;

std::vector<WireRecord> records_of(const std::vector<base::Bytes>& sets) {
  std::vector<WireRecord> out;
  for (const base::Bytes& set : sets) {
    std::ranges::move(resolver::records_in(set), std::back_inserter(out));
  }
  return out;
}

/// Who signed what was told.
std::set<dns::Name> signers_of(const Told& told) {
  std::set<dns::Name> out;
  for (const auto* sets : {&told.answer, &told.authority}) {
    for (const WireRecord& record : records_of(*sets)) {
      if (record.type != kRrsig || record.rdata.size() <= kRrsigSigner) continue;
      auto signer =
          resolver::leading_name(base::ByteView(record.rdata).subspan(kRrsigSigner));
      if (signer) out.insert(std::move(*signer));
    }
  }
  return out;
}

/// Whose sets in the answer nobody signed, as those of an insecure zone that an alias
/// leads through.
std::set<dns::Name> owners_unsigned(const Told& told) {
  std::set<dns::Name> out;
  for (const base::Bytes& set : told.answer) {
    const std::vector<WireRecord> records = resolver::records_in(set);
    const bool is_signed = std::ranges::any_of(
        records, [](const WireRecord& record) { return record.type == kRrsig; });
    if (is_signed || records.empty()) continue;
    if (auto owner = resolver::name_of_wire(records.front().owner)) {
      out.insert(std::move(*owner));
    }
  }
  return out;
}

/// Where the aliases of an answer lead.
std::vector<dns::Name> targets_of(const Told& told) {
  std::vector<dns::Name> out;
  if (told.type == Type::cname) return out;
  for (const WireRecord& record : records_of(told.answer)) {
    if (record.type != static_cast<int>(Type::cname)) continue;
    auto target = resolver::leading_name(record.rdata);
    if (target) out.push_back(std::move(*target));
  }
  return out;
}

bool has(const std::vector<base::Bytes>& sets, Type type) {
  for (const WireRecord& record : records_of(sets)) {
    if (record.type == static_cast<int>(type)) return true;
  }
  return false;
}

/// Whether a denial of DS records shows the parent's side of a delegation: below it
/// nothing is signed (RFC 4035 5.2). Records over other names, as those of a wildcard or
/// of an alias's target, may be of delegations too, and say nothing of this one.
bool shows_delegation(const Told& told, const dns::Name& zone) {
  const auto name = WireName::from(zone);
  if (!name) return false;
  const auto is_cut = [](const TypeBitmap& types) {
    return types.is_cut() && !types.has(static_cast<int>(Type::ds));
  };
  NameHashes hashes(kMostHashes, kMostHashes);
  hashes.start_question();
  for (const base::Bytes& octets : told.authority) {
    const auto set = read_signed_set(octets);
    if (!set || set->owner.count() == 0) continue;
    const auto nsec = read_nsec(*set);
    if (nsec && nsec->owner == *name && is_cut(nsec->types)) return true;
    const auto nsec3 = read_nsec3(*set, set->owner.parent());
    if (!nsec3 || !is_cut(nsec3->types) || is_costly(*nsec3)) continue;
    if (hashes.of(*name, nsec3->parameters) == nsec3->owner) return true;
  }
  return false;
}

/// Whether there is an alias at a name, which is no zone cut then (RFC 1034 3.6.2): what
/// else an answer about its DS records says is said of the alias's target.
bool is_signed_alias(const Told& told, const dns::Name& name) {
  const auto owner = WireName::from(name);
  return std::ranges::any_of(told.answer, [&](const base::Bytes& octets) {
    const auto set = read_signed_set(octets);
    return set && owner && set->owner == *owner && set->type == kCname &&
           !set->signatures.empty();
  });
}

/// What a trail is completed with.
class Completion {
 public:
  Completion(Trail& trail, resolver::Source& source, ChainBook& book)
      : trail_(trail), source_(source), book_(book) {}

  io::Task<void> run() {
    for (const auto& [question, told] : trail_.all()) left_.push_back(told);
    (void)co_await ask_zone(dns::Name(), Type::dnskey);
    (void)co_await ask_zone(dns::Name(), Type::soa);
    while (!left_.empty()) {
      const ToldPointer told = left_.front();
      left_.pop_front();
      if (told->error) continue;
      co_await follow(*told);
    }
  }

 private:
  io::Task<void> follow(const Told& told) {
    for (dns::Name& target : targets_of(told)) {
      if (trail_.find({target, told.type}) || is_full()) continue;
      TrailSource through(source_, trail_);
      (void)co_await through.ask(target, told.type);
      left_.push_back(trail_.find({target, told.type}));
    }
    std::set<dns::Name> ends = signers_of(told);
    ends.merge(owners_unsigned(told));
    // Where something is not signed as it should be a validator asks where its zone
    // begins.
    if (ends.empty() || told.security == dns::Security::bogus) ends.insert(told.name);
    for (const dns::Name& end : ends) co_await walk_to(end);
  }

  /// Asks for the keys of all zones from the root down to this name.
  io::Task<void> walk_to(dns::Name end) {
    if (!walked_.insert(end).second) co_return;
    const auto labels = end.labels();
    std::string text;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
      text = text.empty() ? std::string(*label) : std::string(*label) + "." + text;
      const auto zone = dns::Name::from_dns(text);
      if (!zone) co_return;
      const ToldPointer ds = co_await ask_zone(*zone, Type::ds);
      if (!ds || ds->error) co_return;
      const bool has_ds = has(ds->answer, Type::ds);
      const bool is_all = has_ds && ds->answer.size() == 1;  // as of most zones
      if (!is_all && is_signed_alias(*ds, *zone)) continue;
      // A validator on its way looks at denials alone, and may go on where the answer as
      // a whole is bogus.
      const bool may_lead_on =
          ds->security == dns::Security::secure || ds->security == dns::Security::bogus;
      if (!may_lead_on) co_return;
      if (has_ds) {
        (void)co_await ask_zone(*zone, Type::dnskey);
      } else if (shows_delegation(*ds, *zone)) {
        co_return;
      }
    }
  }

  io::Task<ToldPointer> ask_zone(dns::Name zone, Type type) {
    if (auto known = trail_.find({zone, type})) co_return known;
    if (is_full()) co_return nullptr;
    ToldPointer told = co_await book_.ask(source_, std::move(zone), type);
    trail_.add(told);
    left_.push_back(told);
    co_return told;
  }

  [[nodiscard]] bool is_full() const { return trail_.all().size() >= kMostQuestions; }

  Trail& trail_;
  resolver::Source& source_;
  ChainBook& book_;
  std::deque<ToldPointer> left_;
  std::set<dns::Name> walked_;
};

}  // namespace

io::Task<ToldPointer> ChainBook::ask(resolver::Source& source, dns::Name name,
                                     resolver::Type type) {
  const Trail::Question question{name, type};
  const io::TimePoint now = io::Clock::now();
  if (const auto known = entries_.find(question);
      known != entries_.end() && now < known->second.until) {
    co_return known->second.told;
  }
  const auto answer = co_await source.ask(name, type);
  auto fresh = std::make_shared<const Told>(told(std::move(name), type, answer));
  if (entries_.size() >= kMostEntries) entries_.clear();
  if (!fresh->error) entries_[question] = {fresh, now + kKept};
  co_return fresh;
}

io::Task<void> complete(Trail& trail, resolver::Source& source, ChainBook& book) {
  co_await Completion(trail, source, book).run();
}

}  // namespace evidence
