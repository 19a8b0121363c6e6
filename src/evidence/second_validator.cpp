// The second opinion on DNSSEC. A verdict that is replayed years later rests on
// libunbound as it is then; a fault of its validator would be a fault of every verdict,
// in the same direction, and nobody would see it. So each state is come to twice, by code
// that has nothing in common: this one knows RFC 4033 to 4035, 5155, 6672, 6840 and 9276,
// and leaves hashes and signatures to ldns. Where the two differ the replay fails,
// whoever is right.
//
// An answer is judged along its aliases, from what stands in its own sections. Where
// those end before the records, the answer to the same question at the alias's target
// goes on.
#include "src/evidence/second_validator.h"

#include <algorithm>

#include "resolver/rcode.h"
#include "resolver/type.h"
#include "src/evidence/answer_part.h"
#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);
constexpr std::size_t kMostAliases = 16;

JudgedAnswer bogus(std::string reason) {
  JudgedAnswer out;
  out.reason = std::move(reason);
  return out;
}

JudgedAnswer secure() {
  JudgedAnswer out;
  out.security = dns::Security::secure;
  return out;
}

/// An alias at a name, and what it leads to.
struct Alias {
  std::optional<std::size_t> cname;
  std::optional<std::size_t> dname;
  std::optional<WireName> target;

  [[nodiscard]] bool is_there() const { return cname || dname; }
};

class Judge {
 public:
  Judge(const AnswerBook& book, const ValidationBasis& basis)
      : book_(book),
        checks_(basis),
        hashes_(basis.bounds.hashes_a_question, basis.bounds.hashes),
        zones_(book_, basis, checks_, hashes_),
        only_(basis.only),
        known_(book.entries().size()),
        open_(book.entries().size(), false) {}

  [[nodiscard]] SecondOpinion all();

 private:
  [[nodiscard]] JudgedAnswer judge(std::size_t index);
  [[nodiscard]] JudgedAnswer judge_anew(const BookEntry& entry);
  [[nodiscard]] JudgedAnswer chase(const BookEntry& entry, AnswerParts& parts);
  [[nodiscard]] JudgedAnswer end_of(const BookEntry& entry, const WireName& name,
                                    AnswerParts& parts);
  /// Whether no server answered a question, so that it says nothing of its name.
  [[nodiscard]] bool has_failed(std::size_t index) const {
    const Answer& answer = *book_.entries()[index].answer;
    return answer.error || !resolver::tells_existence(answer.rcode);
  }
  [[nodiscard]] Alias alias_at(const BookEntry& entry, const WireName& name) const;

  const AnswerBook& book_;
  SignatureChecks checks_;
  NameHashes hashes_;
  ZoneWalk zones_;
  std::vector<std::size_t> only_;
  std::vector<std::optional<JudgedAnswer>> known_;
  std::vector<bool> open_;  ///< answers that others lead to while they are judged
  std::size_t depth_ = 0;   ///< how many these are
};

SecondOpinion Judge::all() {
  SecondOpinion out;
  for (std::size_t i = 0; i < book_.entries().size(); ++i) {
    if (!only_.empty() && !std::ranges::binary_search(only_, i)) {
      out.answers.push_back(bogus("it was not judged"));
      continue;
    }
    checks_.start_question();
    hashes_.start_question();
    out.answers.push_back(judge(i));
  }
  out.places = zones_.places();
  out.lacked_ed448 = zones_.lacked_ed448() || checks_.lacked_ed448();
  out.signatures = std::move(checks_.used());
  out.checks = checks_.spent();
  out.hashes = hashes_.spent();
  return out;
}

JudgedAnswer Judge::judge(std::size_t index) {
  if (known_[index]) return *known_[index];
  if (open_[index]) return bogus("its aliases go round in a circle");
  // Each answer may lead to the next of thousands. No resolver goes so far.
  if (depth_ > kMostAliases) return bogus("there are more aliases than are followed");
  open_[index] = true;
  ++depth_;
  JudgedAnswer out = judge_anew(book_.entries()[index]);
  --depth_;
  open_[index] = false;
  if (out.security < dns::Security::insecure) out.signatures.clear();
  if (out.security != dns::Security::indeterminate) out.missing.reset();
  std::ranges::sort(out.signatures);
  out.signatures.erase(std::unique(out.signatures.begin(), out.signatures.end()),
                       out.signatures.end());
  known_[index] = out;
  return out;
}

JudgedAnswer Judge::judge_anew(const BookEntry& entry) {
  if (!entry.fault.empty()) return bogus(entry.fault);
  const Answer& answer = *entry.answer;
  if (answer.error) {
    JudgedAnswer out;
    out.security = dns::Security::indeterminate;
    out.reason = "no answer came: " + base::printable(answer.error->detail);
    return out;
  }
  if (!resolver::tells_existence(answer.rcode)) {
    return bogus("the response code is " + std::to_string(answer.rcode));
  }
  AnswerParts parts(entry, {&book_, &checks_, &hashes_, &zones_});
  JudgedAnswer out = chase(entry, parts);
  if (out.security < dns::Security::insecure) return out;
  return worse(std::move(out), parts.left_over());
}

Alias Judge::alias_at(const BookEntry& entry, const WireName& name) const {
  Alias out;
  const auto& section = entry.answer->answer;
  const auto target = [this](std::size_t index) -> std::optional<WireName> {
    const SignedSet& set = book_.set(index);
    RecordReader reader(set.records.front());
    if (set.records.size() != 1) return std::nullopt;
    return reader.name();
  };
  out.cname = book_.among(section, name, kCname);
  const auto above = std::ranges::find_if(section, [&](std::size_t index) {
    const SignedSet& set = book_.set(index);
    return set.type == kDname && name.is_below(set.owner);
  });
  if (above != section.end()) {
    out.dname = *above;
    const auto to = target(*above);
    if (to) out.target = name.moved(book_.set(*above).owner, *to);
  } else if (out.cname) {
    out.target = target(*out.cname);
  }
  return out;
}

JudgedAnswer Judge::chase(const BookEntry& entry, AnswerParts& parts) {
  JudgedAnswer out = secure();
  WireName name = entry.name;
  for (std::size_t hops = 0; hops <= kMostAliases; ++hops) {
    const Alias alias = alias_at(entry, name);
    const auto records = book_.among(entry.answer->answer, name, entry.type);
    if (records && !alias.dname) {
      out = worse(std::move(out), parts.records(*records));
      if (entry.answer->rcode == resolver::kNoError) return out;
      return worse(std::move(out), bogus("there are records, and the response code says "
                                         "that there is no such name"));
    }
    if (!alias.is_there()) return worse(std::move(out), end_of(entry, name, parts));
    out = worse(std::move(out), alias.dname ? parts.made_alias(*alias.dname, alias.cname)
                                            : parts.records(*alias.cname));
    if (out.security == dns::Security::bogus) return out;
    if (!alias.target)
      return bogus(question_text(name, kCname) + ": it has no one target");
    if (entry.type == kCname) return out;  // what a DNAME makes is the answer
    name = *alias.target;
  }
  if (out.security == dns::Security::insecure) return out;
  return bogus("there are more aliases than are followed, or they go round in a circle");
}

JudgedAnswer Judge::end_of(const BookEntry& entry, const WireName& name,
                           AnswerParts& parts) {
  const bool at_itself = name == entry.name;
  const auto next = book_.find(name, entry.type);
  const bool is_all = at_itself || parts.has_denials() || (next && has_failed(*next));
  if (is_all) return parts.nothing_at({name, entry.type});
  if (next) {
    JudgedAnswer there = judge(*next);
    if (there.security != dns::Security::secure) parts.ends_without_keys();
    return there;
  }
  JudgedAnswer out;
  out.security = dns::Security::indeterminate;
  out.missing = MissingAnswer{name.name(), entry.type};
  out.reason = "the answer to " + question_text(name, entry.type) + " is missing";
  return out;
}

}  // namespace

SecondOpinion second_opinion(std::span<const base::Bytes> sets,
                             std::span<const Answer> answers,
                             const ValidationBasis& basis) {
  const AnswerBook book(sets, answers);
  return Judge(book, basis).all();
}

SecondOpinion second_opinion(const DnsEvidence& dns, ValidationBasis basis) {
  return second_opinion(AnswerBook(dns.sets, dns.answers), std::move(basis));
}

SecondOpinion second_opinion(const AnswerBook& book, ValidationBasis basis) {
  const auto differing = [&book](const SecondOpinion& opinion) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < book.entries().size(); ++i) {
      if (!is_same(*book.entries()[i].answer, opinion.answers[i])) ++out;
    }
    return out;
  };
  basis.ed448 = Ed448::unknown;
  SecondOpinion without = Judge(book, basis).all();
  if (!without.lacked_ed448) return without;
  basis.ed448 = Ed448::known;
  SecondOpinion with = Judge(book, basis).all();
  SecondOpinion& out = differing(with) < differing(without) ? with : without;
  const std::size_t checks = with.checks + without.checks;
  const std::size_t hashes = with.hashes + without.hashes;
  out.checks = checks;
  out.hashes = hashes;
  return std::move(out);
}

bool is_same(const Answer& answer, const JudgedAnswer& judged) {
  if (answer.error || !resolver::tells_existence(answer.rcode)) return true;
  const auto counts = [](dns::Security state) {
    return state >= dns::Security::insecure;
  };
  return answer.security == judged.security ||
         (!counts(answer.security) && !counts(judged.security));
}

}  // namespace evidence
