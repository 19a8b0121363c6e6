#include "tests/evidence/mutations.h"

#include <algorithm>

namespace evidence::test {
namespace {

/// Takes numbers off a script; zero at its end.
class Script {
 public:
  explicit Script(base::ByteView octets) : rest_(octets) {}
  [[nodiscard]] bool is_empty() const { return rest_.empty(); }
  std::size_t next() {
    if (rest_.empty()) return 0;
    const auto out = std::to_integer<std::size_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return out;
  }
  std::size_t below(std::size_t limit) {
    const std::size_t number = next() << 8U | next();
    return limit == 0 ? 0 : number % limit;
  }

 private:
  base::ByteView rest_;
};

void spoil_set(base::Bytes& set, Script& script) {
  if (set.empty()) return;
  const std::size_t at = script.below(set.size());
  switch (script.next() % 4) {
    case 0:
      set.resize(at);
      break;
    case 1:
      set.erase(set.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    default:
      set[at] = static_cast<std::byte>(script.next());
  }
}

void spoil_section(World& world, std::vector<std::size_t>& section, Script& script) {
  const std::size_t set = script.below(world.sets.size() + 1);
  if (section.empty() || script.next() % 3 == 0) {
    section.push_back(set);
  } else if (script.next() % 2 == 0) {
    section[script.below(section.size())] = set;
  } else {
    section.pop_back();
  }
}

void add_nsec_zone(World& world) {
  const SigningKey& key = world.add_zone("nsec.");
  const Draft soa = key.sign(draft("nsec.", "SOA", {"a. b. 1 2 3 4 5"}));
  const Draft apex = nsec(key, "nsec.", "*.w.nsec.", "NS SOA DNSKEY RRSIG NSEC");
  const Draft wild = nsec(key, "*.w.nsec.", "www.nsec.", "TXT RRSIG NSEC");
  const Draft www = nsec(key, "www.nsec.", "nsec.", "A RRSIG NSEC");
  world.answer("www.nsec.", "A", 0, {key.sign(draft("www.nsec.", "A", {"192.0.2.1"}))});
  world.answer("www.nsec.", "AAAA", 0, {}, {soa, www});
  world.answer("none.nsec.", "A", 3, {}, {soa, apex});
  world.answer("w.nsec.", "A", 0, {}, {soa, apex});
  world.answer("a.w.nsec.", "TXT", 0,
               {key.sign(draft("*.w.nsec.", "TXT", {"x"})).at("a.w.nsec.")}, {wild});
  world.answer("a.w.nsec.", "A", 0, {}, {soa, wild});
  world.answer("alias.nsec.", "A", 0,
               {key.sign(draft("alias.nsec.", "CNAME", {"www.hash."}))});
  world.answer("x.d.nsec.", "A", 0,
               {key.sign(draft("d.nsec.", "DNAME", {"hash."})),
                draft("x.d.nsec.", "CNAME", {"x.hash."})},
               {});
}

void add_nsec3_zone(World& world) {
  const SigningKey& key = world.add_zone("hash.");
  const Draft apex = nsec3_at(key, "hash.", "NS SOA DNSKEY RRSIG");
  const Draft www = key.sign(draft("www.hash.", "A", {"192.0.2.2"}));
  world.answer("www.hash.", "A", 0, {www});
  world.answer("www.hash.", "AAAA", 0, {}, {nsec3_at(key, "www.hash.", "A RRSIG")});
  world.answer("x.hash.", "A", 3, {},
               {apex, nsec3_over(key, "x.hash."), nsec3_over(key, "*.hash.")});
  world.answer("b.w.hash.", "TXT", 0,
               {key.sign(draft("*.w.hash.", "TXT", {"x"})).at("b.w.hash.")},
               {nsec3_over(key, "b.w.hash.")});
}

void add_insecure_zones(World& world) {
  world.answer("plain.", "DS", 0, {},
               {nsec(world.zone("."), "plain.", "zz.", "NS RRSIG")});
  world.answer("www.plain.", "A", 0, {draft("www.plain.", "A", {"192.0.2.3"})});
  world.answer("none.plain.", "A", 3, {}, {});
  world.answer("alias.plain.", "A", 0, {draft("alias.plain.", "CNAME", {"www.hash."})});
  const SigningKey& key = world.add_zone("out.");
  Nsec3Terms terms;
  terms.flags = 1;
  const Draft apex = nsec3_at(key, "out.", "NS SOA DNSKEY RRSIG", terms);
  world.answer("sub.out.", "DS", 0, {}, {apex, nsec3_over(key, "sub.out.", "A", terms)});
  world.answer("www.sub.out.", "A", 0, {draft("www.sub.out.", "A", {"192.0.2.4"})});
}

}  // namespace

World honest_world() {
  World out;
  add_nsec_zone(out);
  add_nsec3_zone(out);
  add_insecure_zones(out);
  return out;
}

void spoil(World& world, base::ByteView octets) {
  Script script(octets);
  for (int i = 0; i < 16 && !script.is_empty() && !world.answers.empty(); ++i) {
    const std::size_t what = script.next();
    Answer& answer = world.answers[script.below(world.answers.size())];
    switch (what % 6) {
      case 0:
        world.answers.erase(world.answers.begin() + (&answer - world.answers.data()));
        break;
      case 1:
        spoil_section(world, answer.answer, script);
        break;
      case 2:
        spoil_section(world, answer.authority, script);
        break;
      case 3:
        answer.rcode = static_cast<int>(script.next() % 6);
        break;
      default:
        spoil_set(world.sets[script.below(world.sets.size())], script);
    }
  }
}

States states_of(const World& world) {
  const SecondOpinion opinion = world.judge();
  States out;
  for (std::size_t i = 0; i < world.answers.size(); ++i) {
    out[{world.answers[i].name, world.answers[i].type}] = opinion.answers[i].security;
  }
  return out;
}

std::optional<std::string> betterment(const States& before, const States& after) {
  for (const auto& [question, state] : after) {
    const dns::Security was = before.at(question);
    const bool fine = state == was || state < dns::Security::insecure;
    if (fine) continue;
    return question.first.text() + "/" + std::to_string(question.second) + " was " +
           std::string(dns::to_text(was)) + " and is " + std::string(dns::to_text(state));
  }
  return std::nullopt;
}

}  // namespace evidence::test
