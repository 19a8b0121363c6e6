#include "src/keeper/key_pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/certificates.h"

namespace keeper {
namespace {

using support::ca;
using support::key_pem;
using support::make;
using support::pem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string written(const std::string& name, const std::string& text) {
  std::string out = testing::TempDir() + "key_pair_" + name;
  std::ofstream(out) << text;
  return out;
}

/// A leaf, its issuer and the root.
struct Family {
  base::Bytes root = make(ca("Root"));
  base::Bytes middle = make(ca("Middle", "Root"));
  base::Bytes leaf = make(support::leaf("Middle", {"mail.example.org"}));
};

/// The chain of a file of these certificates and the leaf's key.
std::vector<base::Bytes> chain_of(const std::vector<base::Bytes>& certificates) {
  std::string text;
  for (const auto& der : certificates) text += pem(der);
  const auto pair =
      read_pair({written("chain", text), written("key", key_pem({"leaf"}))}, "");
  EXPECT_TRUE(pair) << pair.error().detail;
  return pair ? pair->chain : std::vector<base::Bytes>();
}

/// What is said of files that are no pair.
std::string refusal(const PairFiles& files, const std::string& password = "") {
  const auto pair = read_pair(files, password);
  if (pair) return "taken";
  EXPECT_EQ(pair.error().kind, base::ErrorKind::usage);
  return pair.error().detail;
}

TEST(KeyPair, TheLeafIsFoundWhereverItStands) {
  const Family family;
  const auto& [root, middle, leaf] = family;
  for (const auto& order : std::vector<std::vector<base::Bytes>>{
           {leaf, middle, root}, {middle, leaf, root}, {root, middle, leaf}}) {
    EXPECT_THAT(chain_of(order), ElementsAre(leaf, middle, root));
  }
}

TEST(KeyPair, AChainMayEndBeforeTheRoot) {
  const Family family;
  EXPECT_THAT(chain_of({family.middle, family.leaf}),
              ElementsAre(family.leaf, family.middle));
  EXPECT_THAT(chain_of({family.leaf}), ElementsAre(family.leaf));
}

TEST(KeyPair, WhatIsNotOnTheWayUpIsLeftOut_Rfc8446s4_4_2) {
  const Family family;
  const base::Bytes stranger = make(ca("Stranger"));
  auto other = support::leaf("Middle", {"other.example.org"});
  other.subject = "other";
  EXPECT_THAT(chain_of({stranger, make(other), family.leaf, family.middle}),
              ElementsAre(family.leaf, family.middle));
  EXPECT_THAT(chain_of({family.leaf, family.root}), ElementsAre(family.leaf))
      << "there is a gap between them";
}

TEST(KeyPair, ACertificateThatStandsThereTwiceIsShownOnce) {
  const Family family;
  EXPECT_THAT(chain_of({family.leaf, family.leaf, family.middle, family.middle}),
              ElementsAre(family.leaf, family.middle));
}

TEST(KeyPair, AuthoritiesThatSignEachOtherMakeNoEndlessChain) {
  const auto one = make(ca("Middle", "Round")), other = make(ca("Round", "Middle"));
  const auto leaf = Family().leaf;
  EXPECT_THAT(chain_of({other, one, leaf}), ElementsAre(leaf, one, other));
}

TEST(KeyPair, ASelfSignedLeafIsAChainOfOne) {
  support::Recipe recipe;
  recipe.dns = {"mail.example.org"};
  const base::Bytes leaf = make(recipe);
  EXPECT_THAT(chain_of({Family().root, leaf}), ElementsAre(leaf));
}

TEST(KeyPair, TheKeyMayStandInTheSameFile) {
  const Family family;
  const std::string chain = pem(family.leaf) + pem(family.middle);
  for (const std::string& text : {chain + key_pem({"leaf"}), key_pem({"leaf"}) + chain}) {
    const auto pair = read_pair({written("both", text), ""}, "");
    ASSERT_TRUE(pair) << pair.error().detail;
    EXPECT_THAT(pair->chain, ElementsAre(family.leaf, family.middle));
    EXPECT_TRUE(pair->key.fits(family.leaf));
  }
}

TEST(KeyPair, KeysOfEachKind) {
  using Kind = support::Key::Kind;
  for (const Kind kind : {Kind::p256, Kind::rsa2048, Kind::ed25519}) {
    auto recipe = support::leaf("Middle", {"mail.example.org"});
    recipe.key = {"of a kind", kind};
    const std::string text = pem(make(recipe)) + key_pem(recipe.key);
    const auto pair = read_pair({written("kind", text), ""}, "");
    EXPECT_TRUE(pair) << pair.error().detail;
  }
}

TEST(KeyPair, AKeyThatDoesNotFitIsToldWithBothFiles) {
  const auto chain = written("chain", pem(Family().leaf));
  const auto key = written("other", key_pem({"another"}));
  const std::string said = refusal({chain, key});
  EXPECT_THAT(said, StartsWith(chain + ": "));
  EXPECT_THAT(said, HasSubstr("fits the key in " + key));
}

TEST(KeyPair, AnEncryptedKeyNeedsItsPassword) {
  const Family family;
  const auto chain = written("chain", pem(family.leaf));
  const auto key = written("locked", key_pem({"leaf"}, "open sesame"));
  const auto pair = read_pair({chain, key}, "open sesame");
  ASSERT_TRUE(pair) << pair.error().detail;
  EXPECT_TRUE(pair->key.fits(family.leaf));
  EXPECT_EQ(refusal({chain, key}, "open barley"),
            key + ": the password does not open the key");
  EXPECT_EQ(refusal({chain, key}),
            key + ": the key is encrypted, and no password was given");
}

TEST(KeyPair, AKeyWithoutAPasswordIsReadWhereOneIsGiven) {
  const auto chain = written("chain", pem(Family().leaf));
  const auto key = written("key", key_pem({"leaf"}));
  EXPECT_TRUE(read_pair({chain, key}, "open sesame"));
}

TEST(KeyPair, AFileWithoutACertificate) {
  const auto key = written("key", key_pem({"leaf"}));
  EXPECT_EQ(refusal({key, ""}), key + ": there is no certificate in it");
  const auto empty = written("empty", "");
  EXPECT_EQ(refusal({empty, key}), empty + ": there is no certificate in it");
}

// A server that left it out would start, and clients would find no way up.
TEST(KeyPair, AChainWithADamagedCertificateIsRefused) {
  const Family family;
  const auto key = written("key", key_pem({"leaf"}));
  const std::string leaf = pem(family.leaf), middle = pem(family.middle);
  std::string other = middle;
  other[100] = '!';
  for (const std::string& text :
       {leaf + other, leaf + middle.substr(0, 200), middle.substr(0, 200) + leaf}) {
    const auto chain = written("damaged", text);
    EXPECT_EQ(refusal({chain, key}), chain + ": a certificate in it is damaged");
  }
}

TEST(KeyPair, AFileWithoutAKey) {
  const auto chain = written("chain", pem(Family().leaf));
  EXPECT_THAT(refusal({chain, ""}), StartsWith(chain + ": "));
}

TEST(KeyPair, AFileWithMoreCertificatesThanAnyServerShows) {
  const Family family;
  const std::string most = pem(family.leaf);
  std::string text = most;
  for (int i = 0; i < 31; ++i) text += pem(family.middle);
  const auto key = written("key", key_pem({"leaf"}));
  const auto chain = written("many", text);
  EXPECT_TRUE(read_pair({chain, key}, ""));
  std::ofstream(chain) << text << pem(family.root);
  EXPECT_EQ(refusal({chain, key}), chain + ": there are too many certificates in it");
}

TEST(KeyPair, AFileThatIsNotThere) {
  const auto chain = written("chain", pem(Family().leaf));
  EXPECT_THAT(refusal({"/no/such/chain", ""}), StartsWith("/no/such/chain: "));
  EXPECT_THAT(refusal({chain, "/no/such/key"}), StartsWith("/no/such/key: "));
}

}  // namespace
}  // namespace keeper
