// What is wrong with the records of one owner, before anybody connects and after.
//
// A set that is judged beside its servers has records of three kinds. Some match now.
// Some match nothing: they are for the next key, which a safe change of key publishes two
// TTLs ahead (RFC 7671 8.1), or they were forgotten when the last key went. Nobody but
// their owner can tell these two apart, so such a record is a note. Some cannot be used
// by anybody (RFC 6698 4.1): they do no harm beside one that can, since a peer leaves
// them out, and so they are a warning; a set of nothing else is an error.
//
// That one record matches is not enough. A peer may look at one combination of usage,
// selector and matching type only, as digest agility makes it (RFC 7671 9), so each that
// is there needs a record that matches (RFC 7671 8), at every server.
//
// A whole certificate or key in place of a digest makes a large answer. That of an anchor
// which is not sent must not be replaced by its digest before the anchor is sent, or
// nothing matches any more (RFC 7671 5.2.2, 5.2.3); the rules are kept apart by that, so
// that the advice of each is safe. Where it is not known whether the anchor is sent,
// nothing is said.
#include "src/rrset/faults.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "src/base/counted.h"
#include "src/base/time_span.h"
#include "verify/tlsa_match.h"

namespace rrset {
namespace {

using Members = std::vector<const Member*>;
using Parameters = std::tuple<dns::Usage, dns::Selector, dns::Matching>;

Parameters parameters_of(const Member& member) {
  return {member.record->usage, member.record->selector, member.record->matching};
}

bool is_matched(const Member* member) { return member->fit && member->fit->matched; }

bool is_anchor(const Member& member) { return member.record->usage == dns::kDaneTa; }

Rule rule_of_unusable(const dns::Tlsa& record) {
  const bool unknown = dns::meaning(record.usage) == nullptr ||
                       dns::meaning(record.selector) == nullptr ||
                       dns::meaning(record.matching) == nullptr;
  if (unknown) return Rule::unknown_number;
  return dns::needs_trust_store(record.usage) ? Rule::pkix_usage : Rule::bad_data;
}

std::optional<Rule> rule_of_full(const Member& member) {
  if (!is_anchor(member)) return Rule::full;
  if (!member.fit) return std::nullopt;
  if (member.fit->sent) return Rule::full;
  return member.record->selector == dns::kSpki ? Rule::anchor_key_not_sent
                                               : Rule::anchor_full;
}

class Judge {
 public:
  explicit Judge(const RecordSet& set) : set_(set) {}

  std::vector<Fault> run();

 private:
  void add(Rule rule, const Member& member, std::string fact = "");
  void judge_records();
  void judge_shape(const Member& member);
  void judge_unmatched();
  void judge_combinations();
  void judge_spares();

  const RecordSet& set_;
  Members usable_;  // each once
  std::set<std::pair<dns::Usage, dns::Selector>> sha256_;
  std::vector<Fault> out_;
};

std::vector<Fault> Judge::run() {
  if (set_.members.empty()) return {};
  const Member& first = *std::ranges::min_element(set_.members, {}, &Member::index);
  if (set_.ttl && *set_.ttl > kLongestTtl) {
    add(Rule::ttl_long, first, "TTL of " + base::span_in_words(*set_.ttl));
  }
  judge_records();
  for (const Member* member : usable_) judge_shape(*member);
  if (usable_.empty()) {
    add(Rule::none_usable, first,
        base::counted(set_.size, "record") + ", none of use" +
            (set_.service == policy::Service::smtp ? " for mail" : ""));
    return std::move(out_);
  }
  if (set_.all_compared) {
    judge_unmatched();
    judge_combinations();
  }
  judge_spares();
  return std::move(out_);
}

void Judge::add(Rule rule, const Member& member, std::string fact) {
  out_.push_back({rule, member.index, {}, {}, std::move(fact)});
}

void Judge::judge_records() {
  for (const Member& member : set_.members) {
    if (member.twin) {
      add(Rule::duplicate, member);
      out_.back().twin = member.twin;
      continue;
    }
    if (member.unusable) {
      add(rule_of_unusable(*member.record), member, *member.unusable);
    } else {
      usable_.push_back(&member);
      if (member.record->matching == dns::kSha256) {
        sha256_.emplace(member.record->usage, member.record->selector);
      }
    }
    if (auto nothing = verify::digest_of_nothing(*member.record)) {
      add(Rule::digest_of_nothing, member, std::move(*nothing));
    }
  }
}

// The words about certificates in place of keys are those of DANE-EE and DANE-TA; PKIX
// usages are not for mail, and who uses them elsewhere pins certificates on purpose.
void Judge::judge_shape(const Member& member) {
  const dns::Tlsa& record = *member.record;
  if (record.matching == dns::kFull) {
    if (const auto rule = rule_of_full(member)) add(*rule, member);
  }
  if (record.matching == dns::kSha512 &&
      !sha256_.contains({record.usage, record.selector})) {
    add(Rule::sha512_alone, member);
  }
  if (record.selector != dns::kCert) return;
  if (record.usage == dns::kDaneEe) add(Rule::certificate, member);
  if (is_anchor(member) && dns::is_digest(record.matching)) {
    add(Rule::anchor_certificate, member);
  }
}

// Where nothing matches at all, the judgement of a peer says so, of the set; what it does
// not say is that a chain has to be sent up to its anchor.
void Judge::judge_unmatched() {
  const bool any = std::ranges::any_of(usable_, is_matched);
  for (const Member* member : usable_) {
    if (is_matched(member)) continue;
    if (is_anchor(*member)) {
      add(any ? Rule::anchor_spare : Rule::anchor_not_sent, *member);
    } else if (any) {
      add(Rule::unmatched, *member);
    }
  }
}

void Judge::judge_combinations() {
  std::map<Parameters, const Member*> all;  // the first of each
  std::set<Parameters> somewhere;
  std::vector<std::set<Parameters>> at;  // of each server
  for (const Member* member : usable_) {
    all.try_emplace(parameters_of(*member), member);
    if (!member->fit) continue;
    if (member->fit->matched) somewhere.insert(parameters_of(*member));
    const auto& shown = member->fit->shown;
    if (at.size() < shown.size()) at.resize(shown.size());
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (shown[i]) at[i].insert(parameters_of(*member));
    }
  }
  if (somewhere.empty()) return;
  const auto none_of = [](const Member& member) {
    return "none of " + dns::parameters(*member.record);
  };
  for (const auto& [parameters, member] : all) {
    if (somewhere.contains(parameters)) continue;
    add(Rule::parameters_unmatched, *member, none_of(*member));
  }
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (at[i].empty()) continue;
    for (const Parameters& parameters : somewhere) {
      if (at[i].contains(parameters)) continue;
      const Member& member = *all.at(parameters);
      add(Rule::parameters_unmatched, member, none_of(member) + " here, and elsewhere");
      out_.back().server = i;
    }
  }
}

void Judge::judge_spares() {
  const bool spare = std::ranges::any_of(usable_, [](const Member* member) {
    return dns::is_about_issuer(member->record->usage) || !is_matched(member);
  });
  const auto matched = std::ranges::find_if(usable_, is_matched);
  if (matched != usable_.end() && !spare) {
    add(Rule::no_spare, **matched, "records of present keys alone");
  }
}

}  // namespace

std::vector<Fault> faults(const RecordSet& set) { return Judge(set).run(); }

std::string in_words(const Fault& fault) {
  const RuleText& text = text_of(fault.rule);
  return std::string(text.title) + (fault.fact.empty() ? "" : ": " + fault.fact) + " (" +
         std::string(text.source) + ")";
}

}  // namespace rrset
