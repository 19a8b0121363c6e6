#include "src/evidence/bundle_bounds.h"

#include <algorithm>

#include "src/evidence/bundle_json.h"

namespace evidence {
namespace {

std::size_t most_text_of(const std::vector<Answer>& answers) {
  constexpr std::size_t kRest = std::size_t{2} * 1024;  // escaped names, codes, commas
  constexpr std::size_t kIndex = 8;
  std::size_t out = 0;
  for (const Answer& answer : answers) {
    const std::size_t words =
        answer.why_bogus.size() + (answer.error ? answer.error->detail.size() : 0);
    out += kRest + 6 * words + kIndex * (answer.answer.size() + answer.authority.size());
  }
  return out;
}

std::size_t most_text_of(const std::vector<base::Bytes>& octets) {
  constexpr std::size_t kAround = 8;
  std::size_t out = 0;
  for (const base::Bytes& one : octets) out += kAround + one.size() / 3 * 4;
  return out;
}

/// More octets than the text of a bundle has.
std::size_t most_text_of(const Bundle& bundle) {
  constexpr std::size_t kRest = std::size_t{4} * 1024;  // of the bundle, or of a peer
  std::size_t out = kRest + bundle.about.size() + bundle.facts.size() +
                    bundle.verdict.size() + most_text_of(bundle.dns.sets) +
                    most_text_of(bundle.dns.answers);
  for (const AskedAgain& again : bundle.dns.again) out += most_text_of(again.answers);
  for (const Handshake& peer : bundle.peers) {
    out += kRest + 8 * peer.answers.size() + most_text_of(peer.messages);
  }
  return out;
}

std::uint64_t octets_of(const DnsEvidence& dns, const Answer& answer) {
  std::uint64_t out = 0;
  for (const auto* section : {&answer.answer, &answer.authority}) {
    for (const std::size_t index : *section) out += dns.sets[index].size();
  }
  return out;
}

/// More octets than what a reader takes out of a store for a bundle.
std::size_t most_stored_of(const Bundle& bundle) {
  constexpr std::size_t kAround = 8;  // its type, and how long it is
  std::size_t out = most_text_of(bundle);
  for (const Handshake& peer : bundle.peers) {
    for (const std::size_t index : peer.answers) {
      out += bundle.dns.answers[index].name.text().size() + kAround;
    }
  }
  return out;
}

bool has_few_parts(const Bundle& bundle) {
  const DnsEvidence& dns = bundle.dns;
  std::size_t answers_again = 0;
  for (const AskedAgain& again : dns.again) answers_again += again.answers.size();
  return dns.sets.size() <= kMostSets && dns.answers.size() <= kMostAnswers &&
         dns.again.size() <= kMostAgain && answers_again <= kMostAnswersAgain &&
         bundle.peers.size() <= kMostPeers &&
         std::ranges::all_of(bundle.peers, [](const Handshake& peer) {
           return peer.messages.size() <= kMostMessages;
         });
}

}  // namespace

std::string what_unfolds(const Bundle& bundle) {
  constexpr std::uint64_t kName = 256;  // whoever refers to an answer reads this, too
  const DnsEvidence& dns = bundle.dns;
  std::vector<std::uint64_t> sizes;
  std::uint64_t answers = 0, peers = 0;
  const auto add = [&](const Answer& answer) {
    sizes.push_back(octets_of(dns, answer));
    answers += sizes.back();
  };
  std::ranges::for_each(dns.answers, add);
  for (const AskedAgain& again : dns.again) std::ranges::for_each(again.answers, add);
  for (const Handshake& peer : bundle.peers) {
    for (const std::size_t index : peer.answers) peers += kName + sizes[index];
  }
  const auto largest = std::ranges::max_element(sizes);
  if (largest != sizes.end() && *largest > kMostOfAnAnswer) {
    return "an answer that is longer than a message";
  }
  if (answers > kMostOfAllAnswers) return "answers that are too much together";
  if (peers > kMostOfAllPeers) return "peers that knew too much together";
  return {};
}

bool is_within_bounds(const Bundle& bundle) {
  constexpr std::size_t kMost = kMostOctets - kMostOfARun;
  if (!has_few_parts(bundle) || !what_unfolds(bundle).empty()) return false;
  if (most_stored_of(bundle) > kMostStored) return false;
  // A text is made for this only where it may be too long.
  return most_text_of(bundle) <= kMost || to_json(bundle).size() <= kMost;
}

Bundle without_proof(Bundle bundle) {
  bundle.dns = {};
  bundle.peers.clear();
  bundle.facts = "{}";
  return bundle;
}

}  // namespace evidence
