#include "tests/evidence/mutations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace evidence::test {
namespace {

TEST(Mutations, TheHonestWorldIsTrusted) {
  const World world = honest_world();
  const SecondOpinion opinion = world.judge();
  for (std::size_t i = 0; i < world.answers.size(); ++i) {
    const std::string question =
        world.answers[i].name.text() + "/" + std::to_string(world.answers[i].type);
    const bool plain = question.find("plain") != std::string::npos ||
                       question.find("sub.out") != std::string::npos;
    const bool exact = question == "plain/43";
    EXPECT_EQ(opinion.answers[i].security,
              plain && !exact ? dns::Security::insecure : dns::Security::secure)
        << question << " " << opinion.answers[i].reason;
  }
}

TEST(Mutations, MakeNothingBetter) {
  const World honest = honest_world();
  std::mt19937 random(20'270'115);  // NOLINT(cert-msc51-cpp): the same ones each time
  const States before = states_of(honest);
  for (int i = 0; i < 800; ++i) {
    World spoilt = honest;
    base::Bytes script(1 + random() % 24);
    for (std::byte& octet : script) octet = static_cast<std::byte>(random());
    spoil(spoilt, script);
    const auto better = betterment(before, states_of(spoilt));
    ASSERT_FALSE(better) << *better << " by " << base::to_hex(script);
  }
}

TEST(Mutations, AnyOctetOfASetMatters) {
  const World honest = honest_world();
  const JudgedAnswer before = honest.judge("www.nsec.", "A");
  ASSERT_EQ(before.security, dns::Security::secure);
  const auto& answer = *std::ranges::find_if(honest.answers, [](const Answer& candidate) {
    return candidate.name.text() == "www.nsec" && candidate.type == 1;
  });
  const std::size_t set = answer.answer.front();
  for (std::size_t at = 0; at < honest.sets[set].size(); ++at) {
    World spoilt = honest;
    spoilt.sets[set][at] ^= std::byte{0x20};
    EXPECT_LT(spoilt.judge("www.nsec.", "A").security, dns::Security::insecure) << at;
  }
}

}  // namespace
}  // namespace evidence::test
