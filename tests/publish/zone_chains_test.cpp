#include "src/publish/zone_chains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.h"

namespace publish {
namespace {

using support::make;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> files_of(const std::vector<ChainFile>& chains) {
  std::vector<std::string> out;
  for (const ChainFile& chain : chains) out.push_back(chain.file);
  return out;
}

base::Bytes leaf(const std::string& name) {
  auto recipe = support::leaf("CA", {name});
  recipe.key.name = name;
  return make(recipe);
}

TEST(ServerChains, BeginWithALeafAndStandForTheirParts) {
  const auto anchor = make(support::ca("CA"));
  const auto mx = leaf("mx.example.org");
  const auto got = server_chains({{"leaf.pem", {mx}},
                                  {"full.pem", {mx, anchor}},
                                  {"again.pem", {mx, anchor}},
                                  {"ca.pem", {anchor}}});
  EXPECT_THAT(files_of(got.servers), ElementsAre("full.pem"));
  EXPECT_THAT(files_of(got.issuers), ElementsAre("ca.pem"));
  EXPECT_THAT(got.reversed, IsEmpty());
}

// Two servers' files in one: what the other one shows is to be judged all the same.
TEST(ServerChains, OfAnotherLeafArePartsOfNone) {
  const auto anchor = make(support::ca("CA"));
  const auto mx = leaf("mx.example.org"), www = leaf("www.example.org");
  const auto got = server_chains({{"all.pem", {www, mx, anchor}}, {"mx.pem", {mx}}});
  EXPECT_THAT(files_of(got.servers), ElementsAre("all.pem", "mx.pem"));
}

TEST(ServerChains, AnIssuerInFrontOfItsLeafIsReversed_Rfc8446s4_4_2) {
  const auto anchor = make(support::ca("CA"));
  const auto got = server_chains({{"mx.pem", {anchor, leaf("mx.example.org")}}});
  EXPECT_THAT(files_of(got.servers), IsEmpty());
  EXPECT_THAT(got.reversed, ElementsAre("mx.pem"));
}

}  // namespace
}  // namespace publish
