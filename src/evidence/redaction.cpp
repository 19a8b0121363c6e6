#include "src/evidence/redaction.h"

#include <algorithm>

#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

bool has_denial(const base::Bytes& octets) {
  const auto set = read_signed_set(octets);
  return set && is_denial(set->type);
}

std::vector<std::vector<Answer>*> all_answers(DnsEvidence& dns) {
  std::vector<std::vector<Answer>*> out{&dns.answers};
  for (AskedAgain& again : dns.again) out.push_back(&again.answers);
  return out;
}

/// Calls `each` with every index of a set.
template <typename Each>
void for_each_reference(DnsEvidence& dns, Each each) {
  for (std::vector<Answer>* answers : all_answers(dns)) {
    for (Answer& answer : *answers) {
      for (std::size_t& set : answer.answer) each(set);
      for (std::size_t& set : answer.authority) each(set);
    }
  }
}

void drop_unused_sets(DnsEvidence& dns) {
  std::vector<bool> used(dns.sets.size());
  for_each_reference(dns, [&](std::size_t set) { used[set] = true; });
  std::vector<std::size_t> moved(dns.sets.size());
  std::vector<base::Bytes> kept;
  for (std::size_t i = 0; i < dns.sets.size(); ++i) {
    moved[i] = kept.size();
    if (used[i]) kept.push_back(std::move(dns.sets[i]));
  }
  dns.sets = std::move(kept);
  for_each_reference(dns, [&](std::size_t& set) { set = moved[set]; });
}

}  // namespace

bool names_neighbours(const Bundle& bundle, const Answer& answer) {
  const auto denies = [&](std::size_t set) {
    return has_denial(bundle.dns.sets.at(set));
  };
  return std::ranges::any_of(answer.answer, denies) ||
         std::ranges::any_of(answer.authority, denies);
}

std::vector<std::size_t> spare_answers(const Bundle& bundle) {
  std::vector<bool> signed_for(bundle.dns.answers.size());
  for (const Handshake& peer : bundle.peers) {
    for (const std::size_t i : peer.answers) signed_for.at(i) = true;
  }
  std::vector<std::size_t> out;
  for (std::size_t i = bundle.dns.answers.size(); i-- > 0;) {
    const Answer& answer = bundle.dns.answers[i];
    // That an answer is bogus is shown by its records; without them it is only said.
    if (answer.security == dns::Security::bogus) continue;
    if (!signed_for[i] && names_neighbours(bundle, answer)) out.push_back(i);
  }
  return out;
}

Bundle without_answer(const Bundle& bundle, std::size_t answer) {
  Bundle out = bundle;
  out.run.reset();
  auto& answers = out.dns.answers;
  answers.erase(answers.begin() + static_cast<std::ptrdiff_t>(answer));
  for (Handshake& peer : out.peers) {
    for (std::size_t& one : peer.answers) one -= one > answer ? 1 : 0;
  }
  drop_unused_sets(out.dns);
  return out;
}

Bundle without_denials(const Bundle& bundle, std::size_t answer) {
  Bundle out = bundle;
  out.run.reset();
  Answer& altered = out.dns.answers.at(answer);
  for (auto* section : {&altered.answer, &altered.authority}) {
    std::erase_if(*section,
                  [&](std::size_t set) { return has_denial(out.dns.sets[set]); });
  }
  drop_unused_sets(out.dns);
  return out;
}

}  // namespace evidence
