#include "tests/evidence/bundle_mutations.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "resolver/sections.h"
#include "src/evidence/told.h"

namespace evidence::test {
namespace {

class Mutator {
 public:
  Mutator(Bundle& bundle, std::mt19937& random) : bundle_(bundle), random_(random) {}

  void alter();
  void put_in_order();

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  bool once_in(std::size_t count) { return below(count) == 0; }

  void flip(base::Bytes& octets);
  void alter_sets();
  void alter_answers();
  void alter_answer(Answer& answer);
  void alter_section(std::vector<std::size_t>& section);
  void alter_peers();
  void alter_peer(Handshake& peer);
  void alter_number(std::chrono::sys_seconds& moment);
  void alter_text(std::string& text);

  Bundle& bundle_;
  std::mt19937& random_;
};

void Mutator::flip(base::Bytes& octets) {
  if (octets.empty()) return;
  const std::size_t at = below(octets.size());
  switch (below(8)) {
    case 0:
      octets.resize(at);
      break;
    case 1:
      octets.erase(octets.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 2:
      octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(at),
                    static_cast<std::byte>(random_()));
      break;
    case 3:
      octets[at] = static_cast<std::byte>(random_());
      break;
    default:
      octets[at] ^= static_cast<std::byte>(1U << below(8));
  }
}

void Mutator::alter_sets() {
  auto& sets = bundle_.dns.sets;
  if (sets.empty()) return;
  base::Bytes& set = sets[below(sets.size())];
  if (once_in(6)) {
    std::swap(set, sets[below(sets.size())]);
  } else if (once_in(5)) {
    set = sets[below(sets.size())];
  } else {
    flip(set);
  }
  if (once_in(2)) return;
  // What is left of it, as a set is written.
  auto again = canonical_sets(resolver::records_in(set));
  if (!again.empty()) set = std::move(again[below(again.size())]);
}

void Mutator::alter_section(std::vector<std::size_t>& section) {
  if (section.empty() || once_in(3)) {
    section.push_back(below(bundle_.dns.sets.size()));
  } else if (once_in(2)) {
    section[below(section.size())] = below(bundle_.dns.sets.size());
  } else {
    section.erase(section.begin() + static_cast<std::ptrdiff_t>(below(section.size())));
  }
}

void Mutator::alter_answer(Answer& answer) {
  constexpr std::array<dns::Security, 3> kStates = {
      dns::Security::bogus, dns::Security::insecure, dns::Security::secure};
  const Answer& other = bundle_.dns.answers[below(bundle_.dns.answers.size())];
  switch (below(10)) {
    case 0:
      answer.rcode = static_cast<int>(below(6));
      break;
    case 1:
      answer.security = kStates[below(kStates.size())];
      break;
    case 2:
      answer.type = once_in(2) ? other.type : static_cast<std::uint16_t>(below(64));
      break;
    case 3:
      answer.name = other.name;
      break;
    case 4:
      answer.error = base::Error{base::ErrorKind::temporary, base::Code::servfail, "x"};
      break;
    case 5:
      std::swap(answer.answer, answer.authority);
      break;
    case 6:
      answer.answer = other.answer;
      answer.authority = other.authority;
      break;
    case 7:
      alter_section(answer.authority);
      break;
    default:
      alter_section(answer.answer);
  }
}

void Mutator::alter_answers() {
  auto& answers = bundle_.dns.answers;
  if (answers.empty()) return;
  const std::size_t at = below(answers.size());
  if (once_in(4)) {
    answers.erase(answers.begin() + static_cast<std::ptrdiff_t>(at));
  } else if (once_in(8)) {
    for (Answer& answer : answers) {
      if (answer.security == dns::Security::secure) {
        answer.security = dns::Security::insecure;
      }
    }
  } else if (once_in(6)) {
    bundle_.dns.again.push_back({bundle_.moment, {answers[at]}});
  } else {
    alter_answer(answers[at]);
  }
}

void Mutator::alter_number(std::chrono::sys_seconds& moment) {
  constexpr std::array<std::int64_t, 8> kBy = {
      1, -1, 3600, -86'400, 30 * 86'400, -30 * 86'400, 1LL << 31, 1LL << 32};
  moment += std::chrono::seconds(kBy[below(kBy.size())]);
  if (once_in(8)) {
    moment = std::chrono::sys_seconds(std::chrono::seconds(0xFFFF'FFFFLL - below(3)));
  }
  if (moment < std::chrono::sys_seconds()) moment = {};
}

void Mutator::alter_peer(Handshake& peer) {
  const Handshake& other = bundle_.peers[below(bundle_.peers.size())];
  switch (below(12)) {
    case 0:
      peer.blind[below(peer.blind.size())] ^= std::byte{1};
      break;
    case 1:
      peer.port = static_cast<std::uint16_t>(random_());
      break;
    case 2:
      peer.address = once_in(2) ? other.address : "192.0.2.66";
      break;
    case 3:
      peer.host = other.host;
      break;
    case 4:
      peer.how = once_in(2) ? other.how : "nameless";
      break;
    case 5:
      peer.server_name = other.server_name;
      break;
    case 6:
      alter_number(peer.moment);
      break;
    case 7:
      peer.messages = other.messages;
      break;
    case 8:
      if (!peer.answers.empty()) peer.answers.pop_back();
      break;
    case 9:
      peer.previous[below(peer.previous.size())] ^= std::byte{1};
      break;
    default:
      if (!peer.messages.empty()) flip(peer.messages[below(peer.messages.size())]);
  }
}

void Mutator::alter_peers() {
  auto& peers = bundle_.peers;
  if (peers.empty()) return;
  const std::size_t at = below(peers.size());
  if (once_in(8)) {
    peers.erase(peers.begin() + static_cast<std::ptrdiff_t>(at));
  } else if (once_in(10)) {
    std::swap(peers[at], peers[below(peers.size())]);
  } else if (once_in(10)) {
    peers.push_back(peers[at]);
  } else {
    alter_peer(peers[at]);
  }
}

/// A JSON text inside of the bundle: words change places, lines of the facts go.
void Mutator::alter_text(std::string& text) {
  constexpr std::array<std::string_view, 14> kWords = {
      "enforced",  "broken", "proved",   "true", "false",     "TLSv1.3", "TLSv1.2",
      "undecided", "usual",  "nameless", "2",    "connected", "yes",     "ok"};
  if (text.empty()) return;
  const std::string_view old = kWords[below(kWords.size())];
  const std::size_t word = text.find(old, below(text.size()));
  if (once_in(2) && word != std::string::npos) {
    text.replace(word, old.size(), kWords[below(kWords.size())]);
    return;
  }
  const std::size_t line = text.find("\\n", below(text.size()));
  if (line != std::string::npos && !once_in(3)) {
    const std::size_t next = text.find("\\n", line + 2);
    if (next != std::string::npos) text.erase(line, next - line);
    return;
  }
  std::string octets = text;
  mutate(octets, random_);
  text = octets;
}

void Mutator::alter() {
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      alter_sets();
      break;
    case 5:
    case 6:
    case 7:
    case 8:
      alter_answers();
      break;
    case 9:
    case 10:
    case 11:
      alter_peers();
      break;
    case 12:
      alter_number(bundle_.moment);
      break;
    case 13:
      alter_text(bundle_.about);
      break;
    case 14:
      alter_text(bundle_.verdict);
      break;
    default:
      alter_text(bundle_.facts);
  }
}

/// The order of sets and answers, and what refers to them.
void Mutator::put_in_order() {
  auto& dns = bundle_.dns;
  const auto place = [](const Answer& answer) {
    return std::pair(answer.name.text() + ".", answer.type);
  };
  std::vector<std::size_t> order(dns.answers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return place(dns.answers[i]); });
  std::map<std::size_t, std::size_t> moved;
  std::vector<Answer> answers;
  for (const std::size_t i : order) {
    if (!answers.empty() && place(answers.back()) == place(dns.answers[i])) continue;
    moved[i] = answers.size();
    answers.push_back(dns.answers[i]);
  }
  dns.answers = std::move(answers);
  for (Handshake& peer : bundle_.peers) {
    std::vector<std::size_t> known;
    for (const std::size_t i : peer.answers) {
      if (moved.contains(i)) known.push_back(moved[i]);
    }
    std::ranges::sort(known);
    peer.answers = std::move(known);
  }
  std::map<base::Bytes, std::size_t> numbers;
  const auto each_section = [&](const auto& visit) {
    for (Answer& answer : dns.answers) {
      if (answer.error) answer.answer = answer.authority = {};
      visit(answer.answer);
      visit(answer.authority);
    }
    for (AskedAgain& again : dns.again) {
      for (Answer& answer : again.answers) {
        visit(answer.answer);
        visit(answer.authority);
      }
    }
  };
  each_section([&](std::vector<std::size_t>& section) {
    for (const std::size_t i : section) numbers[dns.sets[i]] = 0;
  });
  std::vector<base::Bytes> sets;
  for (auto& [set, number] : numbers) {
    number = sets.size();
    sets.push_back(set);
  }
  each_section([&](std::vector<std::size_t>& section) {
    for (std::size_t& i : section) i = numbers.at(dns.sets[i]);
    std::ranges::sort(section);
    section.erase(std::unique(section.begin(), section.end()), section.end());
  });
  dns.sets = std::move(sets);
}

}  // namespace

void mutate(Bundle& bundle, std::mt19937& random) {
  Mutator mutator(bundle, random);
  const std::size_t count = 1 + random() % 3;
  for (std::size_t i = 0; i < count; ++i) mutator.alter();
  if (random() % 16 != 0) mutator.put_in_order();
}

void mutate(std::string& text, std::mt19937& random) {
  if (text.empty()) return;
  const std::size_t at = random() % text.size();
  switch (random() % 5) {
    case 0:
      text.erase(at, 1 + random() % 8);
      break;
    case 1:
      text.insert(at, 1, static_cast<char>(random()));
      break;
    case 2:
      text.insert(at, text.substr(random() % text.size(), random() % 64));
      break;
    case 3:
      text.resize(at);
      break;
    default:
      text[at] =
          static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << random() % 8));
  }
}

}  // namespace evidence::test
