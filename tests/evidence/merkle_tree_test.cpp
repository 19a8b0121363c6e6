#include "src/evidence/merkle_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace evidence {
namespace {

// The leaves that implementations of RFC 6962 are tested with since certificate
// transparency began; the hashes of them were computed by a few lines of Python that
// follow the text of the RFC.
std::vector<base::Bytes> known_leaves() {
  std::vector<base::Bytes> out;
  for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"}) {
    out.push_back(*base::from_hex(hex));
  }
  return out;
}

std::vector<Octets32> hashes_of(const std::vector<base::Bytes>& leaves) {
  std::vector<Octets32> out;
  for (const base::Bytes& leaf : leaves) out.push_back(leaf_hash(leaf));
  return out;
}

/// Hashes of so many leaves: their numbers in four octets.
std::vector<Octets32> numbered(std::uint32_t count) {
  std::vector<Octets32> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::array<std::byte, 4> leaf{
        static_cast<std::byte>(i >> 24), static_cast<std::byte>(i >> 16 & 0xff),
        static_cast<std::byte>(i >> 8 & 0xff), static_cast<std::byte>(i & 0xff)};
    out.push_back(leaf_hash(leaf));
  }
  return out;
}

Octets32 root_of(std::span<const Octets32> hashes) {
  MerkleRoot tree;
  for (const Octets32& hash : hashes) tree.add(hash);
  return tree.root();
}

std::vector<std::string> in_hex(const std::vector<Octets32>& hashes) {
  std::vector<std::string> out;
  for (const Octets32& hash : hashes) out.push_back(base::to_hex(hash));
  return out;
}

TEST(MerkleTree, HasTheKnownRoots_Rfc6962s2_1) {
  const std::array<const char*, 9> roots{
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  const auto hashes = hashes_of(known_leaves());
  for (std::size_t n = 0; n < roots.size(); ++n) {
    EXPECT_EQ(base::to_hex(root_of(std::span(hashes).first(n))), roots[n]) << n;
  }
  EXPECT_EQ(base::to_hex(root_of(numbered(5000))),
            "c161c61788875d61d16f3dc0c6970eaa2954cfca3ec8f0b2ebaa7f13333f0d53");
}

TEST(MerkleTree, HasTheKnownPaths_Rfc6962s2_1_1) {
  const auto hashes = hashes_of(known_leaves());
  EXPECT_TRUE(inclusion_path(std::span(hashes).first(1), 0).empty());
  EXPECT_EQ(in_hex(inclusion_path(hashes, 5)),
            (std::vector<std::string>{
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  EXPECT_EQ(in_hex(inclusion_path(std::span(hashes).first(3), 2)),
            (std::vector<std::string>{
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}));
  EXPECT_EQ(in_hex(inclusion_path(std::span(hashes).first(5), 1)),
            (std::vector<std::string>{
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

TEST(MerkleTree, EveryLeafOfEverySizeIsProved) {
  const auto all = numbered(130);
  for (std::uint64_t size = 1; size <= all.size(); ++size) {
    const auto hashes = std::span(all).first(size);
    const Octets32 root = root_of(hashes);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto path = inclusion_path(hashes, index);
      EXPECT_EQ(root_by_path(hashes[index], {index, size}, path), root)
          << index << " of " << size;
    }
  }
}

TEST(MerkleTree, BlocksOfLeavesStandForThem) {
  constexpr std::uint64_t kBlock = 8;
  const auto all = numbered(70);
  for (std::uint64_t size = 1; size <= all.size(); ++size) {
    const auto hashes = std::span(all).first(size);
    std::vector<Octets32> blocks;
    MerkleRoot tree;
    for (std::uint64_t from = 0; from < size; from += kBlock) {
      blocks.push_back(root_of(hashes.subspan(from, std::min(kBlock, size - from))));
      tree.add(blocks.back());
    }
    EXPECT_EQ(tree.root(), root_of(hashes));
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::uint64_t from = index / kBlock * kBlock;
      auto path = inclusion_path(hashes.subspan(from, std::min(kBlock, size - from)),
                                 index - from);
      for (const Octets32& up : inclusion_path(blocks, index / kBlock)) {
        path.push_back(up);
      }
      EXPECT_EQ(path, inclusion_path(hashes, index)) << index << " of " << size;
    }
  }
}

TEST(MerkleTree, RefusesPlacesThatTheTreeHasNot) {
  const auto hashes = numbered(7);
  EXPECT_FALSE(root_by_path(hashes[0], {0, 0}, {}));
  EXPECT_FALSE(root_by_path(hashes[0], {1, 1}, {}));
  EXPECT_FALSE(root_by_path(hashes[6], {7, 7}, inclusion_path(hashes, 6)));
  EXPECT_FALSE(root_by_path(hashes[0], {0, std::uint64_t{1} << 63}, {}));
}

/// A tree of 1 to 130 leaves, a leaf of it, and its proof.
struct Proved {
  std::vector<Octets32> hashes;
  LeafPlace place;
  std::vector<Octets32> path;
  Octets32 root;
};

Proved any_proved() {
  const auto size = *rc::gen::inRange<std::uint32_t>(1, 131);
  const auto index = *rc::gen::inRange<std::uint32_t>(0, size);
  Proved out{numbered(size), {index, size}, {}, {}};
  out.path = inclusion_path(out.hashes, index);
  out.root = root_of(out.hashes);
  return out;
}

void flip_any_bit(Octets32& octets) {
  const auto bit = *rc::gen::inRange<std::size_t>(0, 256);
  octets[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
}

RC_GTEST_PROP(MerkleTree, AnAlteredBitProvesNothing, ()) {
  Proved one = any_proved();
  Octets32 leaf = one.hashes[one.place.index];
  const auto which = *rc::gen::inRange<std::size_t>(0, one.path.size() + 1);
  flip_any_bit(which == one.path.size() ? leaf : one.path[which]);
  RC_ASSERT(root_by_path(leaf, one.place, one.path) != one.root);
}

RC_GTEST_PROP(MerkleTree, ALeafIsProvedAtItsOwnPlaceAlone, ()) {
  const Proved one = any_proved();
  LeafPlace other = one.place;
  other.index = *rc::gen::inRange<std::uint64_t>(0, 200);
  RC_PRE(other.index != one.place.index);
  RC_ASSERT(root_by_path(one.hashes[one.place.index], other, one.path) != one.root);
}

// A number of leaves is not proved by every path: what lies to the right of a leaf is in
// it as a hash. The checkpoint says both, and is hashed as a whole.
RC_GTEST_PROP(MerkleTree, AProofHasTheLengthOfItsTree, ()) {
  Proved one = any_proved();
  const Octets32& leaf = one.hashes[one.place.index];
  one.path.push_back(one.root);
  RC_ASSERT(!root_by_path(leaf, one.place, one.path));
  one.path.pop_back();
  if (one.path.empty()) return;
  one.path.pop_back();
  RC_ASSERT(!root_by_path(leaf, one.place, one.path));
}

}  // namespace
}  // namespace evidence
