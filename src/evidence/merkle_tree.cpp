// The tree over the bundles of a run, as RFC 6962 2.1 hashes it.
//
// Whoever has the root cannot be shown another bundle at a place, nor one fewer or more:
// a leaf is hashed behind an octet 0 and a node behind an octet 1, so that no node can be
// passed off as a leaf. The shape follows from the number of leaves alone: the left part
// of a tree is the largest whole tree that leaves something for the right part. That is
// why a reader demands the exact length of a proof, and why the roots of blocks of 2^k
// leaves can stand for them: they are nodes of the tree.
#include "src/evidence/merkle_tree.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "verify/hash.h"

namespace evidence {
namespace {

constexpr std::byte kLeaf{0}, kNode{1};

Octets32 node_hash(const Octets32& left, const Octets32& right) {
  std::array<std::byte, 1 + 2 * std::tuple_size_v<Octets32>> octets{kNode};
  const auto middle = std::copy(left.begin(), left.end(), octets.begin() + 1);
  std::copy(right.begin(), right.end(), middle);
  return verify::sha256(octets);
}

Octets32 root_of(std::span<const Octets32> hashes) {
  MerkleRoot tree;
  for (const Octets32& hash : hashes) tree.add(hash);
  return tree.root();
}

}  // namespace

Octets32 leaf_hash(base::ByteView leaf) {
  base::Bytes octets{kLeaf};
  octets.insert(octets.end(), leaf.begin(), leaf.end());
  return verify::sha256(octets);
}

// Adding one to a binary number: each carry joins two whole trees of one size.
void MerkleRoot::add(const Octets32& hash) {
  Octets32 joined = hash;
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    joined = node_hash(whole_.back(), joined);
    whole_.pop_back();
  }
  whole_.push_back(joined);
  ++size_;
}

Octets32 MerkleRoot::root() const {
  if (whole_.empty()) return verify::sha256({});
  Octets32 out = whole_.back();
  for (std::size_t i = whole_.size() - 1; i > 0; --i) out = node_hash(whole_[i - 1], out);
  return out;
}

std::vector<Octets32> inclusion_path(std::span<const Octets32> hashes,
                                     std::uint64_t index) {
  std::vector<Octets32> down;
  while (hashes.size() > 1) {
    const std::size_t left = std::bit_floor(hashes.size() - 1);
    if (index < left) {
      down.push_back(root_of(hashes.subspan(left)));
      hashes = hashes.first(left);
    } else {
      down.push_back(root_of(hashes.first(left)));
      hashes = hashes.subspan(left);
      index -= left;
    }
  }
  return {down.rbegin(), down.rend()};
}

std::optional<Octets32> root_by_path(const Octets32& hash, LeafPlace place,
                                     std::span<const Octets32> path) {
  if (place.index >= place.size) return std::nullopt;
  std::uint64_t at = place.index, last = place.size - 1;
  Octets32 out = hash;
  for (const Octets32& other : path) {
    if (last == 0) return std::nullopt;
    if ((at & 1) != 0 || at == last) {
      out = node_hash(other, out);
      // Nothing stands to the right of the last node: it goes up as it is until it is a
      // right one.
      while ((at & 1) == 0 && at != 0) {
        at >>= 1;
        last >>= 1;
      }
    } else {
      out = node_hash(out, other);
    }
    at >>= 1;
    last >>= 1;
  }
  if (last != 0) return std::nullopt;
  return out;
}

}  // namespace evidence
