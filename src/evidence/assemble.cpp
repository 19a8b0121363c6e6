#include "src/evidence/assemble.h"

#include <algorithm>
#include <map>

#include "src/evidence/bundle_bounds.h"

namespace evidence {
namespace {

/// The place of an answer among those of a bundle.
using Place = std::pair<std::string, std::uint16_t>;

Place place_of(const Trail::Question& question) {
  return {question.first.text() + ".", static_cast<std::uint16_t>(question.second)};
}

Place place_of_answer(const Answer& answer) {
  return place_of({answer.name, static_cast<resolver::Type>(answer.type)});
}

std::vector<std::size_t> indices(const std::vector<base::Bytes>& sets,
                                 const std::map<base::Bytes, std::size_t>& numbers) {
  std::vector<std::size_t> out;
  out.reserve(sets.size());
  for (const base::Bytes& set : sets) out.push_back(numbers.at(set));
  std::ranges::sort(out);
  return out;
}

std::vector<base::Bytes> sets_at(const DnsEvidence& dns,
                                 const std::vector<std::size_t>& which) {
  std::vector<base::Bytes> out;
  out.reserve(which.size());
  for (const std::size_t i : which) out.push_back(dns.sets.at(i));
  return out;
}

bool same(const Told& a, const Told& b) {
  if (a.error || b.error) {
    return a.error && b.error && a.error->code == b.error->code;
  }
  return a.rcode == b.rcode && a.answer == b.answer && a.authority == b.authority;
}

/// What is told in the order of a bundle's answers.
using Ordered = std::map<Place, const Told*>;
/// The sets of a bundle, and their places.
using Numbers = std::map<base::Bytes, std::size_t>;

Ordered ordered(const std::vector<const Trail*>& trails) {
  Ordered out;
  for (const Trail* trail : trails) {
    if (trail == nullptr) continue;
    for (const auto& [question, one] : trail->all()) {
      out.try_emplace(place_of(question), one.get());
    }
  }
  return out;
}

void add_sets(const Ordered& all, Numbers& out) {
  for (const auto& [place, one] : all) {
    for (const auto* sets : {&one->answer, &one->authority}) {
      for (const base::Bytes& set : *sets) out.try_emplace(set, 0);
    }
  }
}

std::vector<Answer> answers_of(const Ordered& all, const Numbers& numbers) {
  std::vector<Answer> out;
  for (const auto& [place, one] : all) {
    Answer answer;
    answer.name = one->name;
    answer.type = place.second;
    answer.error = one->error;
    if (!one->error) {
      answer.rcode = one->rcode;
      answer.security = one->security;
      answer.why_bogus = one->why_bogus;
      answer.octets = one->octets;
      answer.answer = indices(one->answer, numbers);
      answer.authority = indices(one->authority, numbers);
    }
    out.push_back(std::move(answer));
  }
  return out;
}

/// What is among the answers too, with the same records.
Ordered known_among(const Ordered& again, const Ordered& answers) {
  Ordered out;
  for (const auto& [place, one] : again) {
    const auto found = answers.find(place);
    if (found != answers.end() && same_records(*found->second, *one)) out[place] = one;
  }
  return out;
}

}  // namespace

DnsEvidence dns_evidence(const std::vector<const Trail*>& trails,
                         std::vector<TrailAgain> again) {
  std::ranges::stable_sort(again, {}, &TrailAgain::moment);
  const Ordered first = ordered(trails);
  Numbers numbers;
  add_sets(first, numbers);
  std::vector<std::pair<std::chrono::sys_seconds, Ordered>> later;
  std::size_t together = 0;
  for (const TrailAgain& one : again) {
    Ordered known = known_among(ordered({one.trail.get()}), first);
    if (known.empty() || later.size() == kMostAgain ||
        together + known.size() > kMostAnswersAgain) {
      continue;
    }
    together += known.size();
    add_sets(known, numbers);
    later.emplace_back(one.moment, std::move(known));
  }
  DnsEvidence out;
  for (auto& [set, number] : numbers) {
    number = out.sets.size();
    out.sets.push_back(set);
  }
  out.answers = answers_of(first, numbers);
  for (const auto& [moment, known] : later) {
    out.again.push_back({moment, answers_of(known, numbers)});
  }
  return out;
}

const Answer* find_answer(const DnsEvidence& dns, const Trail::Question& question) {
  const Place place = place_of(question);
  const auto found = std::ranges::lower_bound(dns.answers, place, {}, place_of_answer);
  const bool is_there = found != dns.answers.end() && place_of_answer(*found) == place;
  return is_there ? &*found : nullptr;
}

Told told(const DnsEvidence& dns, const Answer& answer) {
  Told out;
  out.name = answer.name;
  out.type = static_cast<resolver::Type>(answer.type);
  out.error = answer.error;
  out.rcode = answer.rcode;
  out.security = answer.security;
  out.why_bogus = answer.why_bogus;
  out.octets = answer.octets;
  out.answer = sets_at(dns, answer.answer);
  out.authority = sets_at(dns, answer.authority);
  return out;
}

std::optional<std::vector<std::size_t>> indices_of(const DnsEvidence& dns,
                                                   const Trail& trail) {
  std::vector<std::size_t> out;
  for (const auto& [question, one] : trail.all()) {
    const Answer* answer = find_answer(dns, question);
    if (answer == nullptr || !same(told(dns, *answer), *one)) return std::nullopt;
    out.push_back(static_cast<std::size_t>(answer - dns.answers.data()));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace evidence
