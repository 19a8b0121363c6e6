#pragma once

#include <optional>
#include <span>

#include "src/evidence/bundle.h"

namespace evidence {

/// The hash of a leaf: SHA-256 of an octet 0 and the leaf (RFC 6962 2.1).
[[nodiscard]] Octets32 leaf_hash(base::ByteView leaf);

/// The root of a tree that grows by a leaf at a time. However many there are, it keeps a
/// hash for each bit of their number: 25 of them for 23 million leaves.
class MerkleRoot {
 public:
  /// The next leaf's hash; or the root of a whole block of leaves, if all that are added
  /// are roots of blocks of the same size, a power of two, and only the last is smaller.
  void add(const Octets32& hash);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// RFC 6962 2.1; of no leaves SHA-256 of nothing.
  [[nodiscard]] Octets32 root() const;

 private:
  std::vector<Octets32> whole_;  // roots of whole trees, the largest first
  std::uint64_t size_ = 0;
};

/// The inclusion proof of a leaf (RFC 6962 2.1.1), from the leaf up. `hashes` are those
/// of all leaves. A run of millions need not have them in memory: the proof within a
/// block of leaves whose size is a power of two, followed by the proof of that block's
/// root among the roots of all blocks, is the proof of the leaf. `index` is less than
/// their number.
[[nodiscard]] std::vector<Octets32> inclusion_path(std::span<const Octets32> hashes,
                                                   std::uint64_t index);

/// Where a leaf stands in a tree.
struct LeafPlace {
  std::uint64_t index = 0;  ///< from 0
  std::uint64_t size = 0;   ///< leaves of the tree
};

/// The root of the tree of which that is an inclusion proof (RFC 9162 2.1.3.2); nothing
/// if a tree of that size has no such leaf, or its proof another length.
[[nodiscard]] std::optional<Octets32> root_by_path(const Octets32& hash, LeafPlace place,
                                                   std::span<const Octets32> path);

}  // namespace evidence
