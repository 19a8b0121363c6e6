// The second validator beside the first one. Where both say the same of honest answers
// and of spoilt ones, neither is alone with a fault.
#include <gtest/gtest.h>

#include <random>

#include "tests/evidence/libunbound_opinion.h"
#include "tests/evidence/mutations.h"

namespace evidence::test {
namespace {

/// What follows from a state: no answer can be made of either of the first two.
std::string use_of(dns::Security security) {
  if (security < dns::Security::insecure) return "none";
  return std::string(dns::to_text(security));
}

std::string text_of(const Answer& answer) {
  return answer.name.text() + "/" + std::to_string(answer.type);
}

TEST(Libunbound, SaysTheSameOfHonestAnswers) {
  const World world = honest_world();
  const SecondOpinion opinion = world.judge();
  for (std::size_t i = 0; i < world.answers.size(); ++i) {
    EXPECT_EQ(use_of(opinion.answers[i].security),
              use_of(libunbound_opinion(world, world.answers[i])))
        << text_of(world.answers[i]);
  }
}

TEST(Libunbound, TrustsNothingLessWhereWeDo) {
  const World honest = honest_world();
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same ones each time
  for (int i = 0; i < 250; ++i) {
    World spoilt = honest;
    base::Bytes script(1 + random() % 16);
    for (std::byte& octet : script) octet = static_cast<std::byte>(random());
    spoil(spoilt, script);
    const SecondOpinion opinion = spoilt.judge();
    for (int j = 0; j < 4 && !spoilt.answers.empty(); ++j) {
      const std::size_t at = random() % spoilt.answers.size();
      const dns::Security ours = opinion.answers[at].security;
      if (ours < dns::Security::insecure) continue;
      EXPECT_EQ(use_of(ours), use_of(libunbound_opinion(spoilt, spoilt.answers[at])))
          << text_of(spoilt.answers[at]) << " by " << base::to_hex(script);
    }
  }
}

}  // namespace
}  // namespace evidence::test
