// Messages that somebody has changed: what they prove is what they proved before, or
// nothing.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/evidence/transcripts.h"

namespace evidence {
namespace {

using base::Bytes;

/// Whether both speak of the same key, however it is written down, and of the same
/// random.
bool same_key(const HandshakeProof& a, const HandshakeProof& b) {
  const Bytes key = key_in(a.chain);
  return a.client_random == b.client_random && !key.empty() && key == key_in(b.chain);
}

bool same(const HandshakeProof& a, const HandshakeProof& b) {
  return same_key(a, b) && tls::shown(a.chain) == tls::shown(b.chain) &&
         a.server_name == b.server_name && a.protocol == b.protocol &&
         a.suite == b.suite && a.group == b.group && a.scheme == b.scheme &&
         a.bound == b.bound;
}

/// What the octets of each message mean that can be changed while a proof is left.
std::set<unsigned> free_types(const Messages& good, const HandshakeProof& proof) {
  std::set<unsigned> out;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::size_t at = 0; at < good[i].size(); ++at) {
      for (const unsigned mask : {0x01U, 0x04U, 0x80U, 0xffU}) {
        Messages changed = good;
        changed[i][at] ^= std::byte(mask);
        const auto now = prove_handshake(changed);
        if (!now || now->bound == Bound::nothing) continue;
        out.insert(type_of(good[i]));
        EXPECT_EQ(now->bound, proof.bound);
        EXPECT_TRUE(same_key(*now, proof)) << "message " << i << ", octet " << at;
      }
    }
  }
  return out;
}

// Whoever changes a single octet of a handshake of TLS 1.3 has no proof any more.
TEST(HandshakeMutation, EachOctetIsSignedInTls13_Rfc8446s4_4_3) {
  auto recipe = tls::good_server("1.3");
  recipe.chain.resize(1);
  recipe.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  recipe.client = support::ClientCertificate::asked;
  const Messages good = hold(recipe).messages;
  const auto proof = prove_handshake(good);
  ASSERT_EQ(word(proof), "all");
  EXPECT_EQ(free_types(good, *proof), std::set<unsigned>());
}

TEST(HandshakeMutation, EachOctetOfARawKeyToo) {
  auto recipe = tls::good_server("1.3");
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = support::spki_of({"leaf"});
  tls::Hello hello = challenge();
  hello.raw_keys = tls::RawKeys::offer;
  const Messages good = hold(recipe, hello).messages;
  const auto proof = prove_handshake(good);
  ASSERT_EQ(word(proof), "all");
  EXPECT_EQ(free_types(good, *proof), std::set<unsigned>());
}

// The signature of TLS 1.2 does not cover the hellos but for their randoms, nor what a
// certificate says beside its key (RFC 5246 7.4.3). Of a key it covers the numbers, not
// how they are written: parameters that an algorithm has no use for, unused bits.
TEST(HandshakeMutation, TheKeyAndTheRandomAreSignedInTls12_Rfc5246s7_4_3) {
  for (const auto* key : {"P-256", "RSA:2048", "ED25519"}) {
    OpensslRecipe recipe;
    recipe.key = key;
    recipe.version = "1.2";
    const Messages good = hold(recipe).messages;
    const auto proof = prove_handshake(good);
    ASSERT_EQ(word(proof), "key");
    EXPECT_EQ(free_types(good, *proof), (std::set<unsigned>{1, 2, 11})) << key;
  }
}

/// A change at random: octets, pieces, whole messages.
void change(Messages& messages, std::mt19937& random) {
  const auto below = [&](std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random);
  };
  Bytes& one = messages[below(messages.size())];
  if (one.empty()) return;
  const auto at = one.begin() + static_cast<std::ptrdiff_t>(below(one.size()));
  switch (below(6)) {
    case 0:
      *at = std::byte(below(256));
      break;
    case 1:
      one.erase(at, at + static_cast<std::ptrdiff_t>(
                             below(std::min<std::size_t>(
                                 static_cast<std::size_t>(one.end() - at), 40)) +
                             1));
      break;
    case 2:
      one.insert(at, below(40) + 1, std::byte(below(256)));
      break;
    case 3:
      std::swap(one, messages[below(messages.size())]);
      break;
    case 4:
      messages.erase(messages.begin() +
                     static_cast<std::ptrdiff_t>(below(messages.size())));
      break;
    default:  // a length that fits again, and so comes further
      if (one.size() >= kHeader) {
        one = message(type_of(one), Bytes(one.begin() + kHeader, one.end()));
      }
      break;
  }
}

TEST(HandshakeMutation, ManyChangesAtRandom) {
  std::mt19937 random(20261130);
  std::map<std::string, int> words;
  auto again = tls::good_server("1.3");
  again.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  for (const auto& recipe : {tls::good_server("1.3"), tls::good_server("1.2"), again}) {
    const Messages good = hold(recipe).messages;
    const auto proof = prove_handshake(good);
    ASSERT_TRUE(proof);
    for (int i = 0; i < 4000; ++i) {
      Messages changed = good;
      for (int n = 1 + i % 3; n > 0 && !changed.empty(); --n) change(changed, random);
      const auto now = prove_handshake(changed);
      ++words[now ? word(now) : "refused"];
      if (!now || now->bound == Bound::nothing) continue;
      EXPECT_TRUE(proof->bound == Bound::all ? same(*now, *proof)
                                             : same_key(*now, *proof));
    }
  }
  EXPECT_GT(words["refused"], 1000);
  EXPECT_GT(words["key"], 10) << "changes of what TLS 1.2 does not sign";
}

}  // namespace
}  // namespace evidence
