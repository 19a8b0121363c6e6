#pragma once

#include <optional>
#include <vector>

#include "src/evidence/merkle_tree.h"
#include "src/evidence/store_file.h"

namespace evidence {

/// So many numbers of rows belong to a run: what the run N has begins at N times that.
inline constexpr std::int64_t kNumbersOfARun = std::int64_t{1} << 32U;

/// Hashes that stand one after the other; nothing if that is not what they are.
[[nodiscard]] std::optional<std::vector<Octets32>> hashes_in(base::ByteView octets);

/// The leaf hashes of the runs of a store, in blocks of a thousand, apart from the
/// bundles. Errors: those of the file, and that it is damaged.
class StoredLeaves {
 public:
  /// The file must outlive it.
  explicit StoredLeaves(StoreFile& file) : file_(file) {}

  /// How many a run has.
  [[nodiscard]] base::Result<std::uint64_t> count(std::int64_t run);
  /// How many a finished run has, and the root of their tree.
  struct Sum {
    std::uint64_t leaves = 0;
    Octets32 root{};
  };
  [[nodiscard]] base::Result<Sum> sum(std::int64_t run);
  /// The proof that a leaf of a finished run is below the run's root (RFC 6962 2.1.1).
  [[nodiscard]] base::Result<std::vector<Octets32>> path(std::int64_t run,
                                                         std::uint64_t index);

  /// From now on leaves are added to this run, which has none yet.
  void begin(std::int64_t run);
  /// From now on leaves are added to this run, behind the so many that it has.
  [[nodiscard]] base::Result<void> resume(std::int64_t run, std::uint64_t leaves);
  [[nodiscard]] base::Result<void> add(const Octets32& leaf_hash);
  /// Writes what is in memory alone: each transaction ends with that.
  [[nodiscard]] base::Result<void> write();
  /// The root of the tree over all leaves of the run.
  [[nodiscard]] Octets32 root() const;

 private:
  base::Result<std::vector<Octets32>> block(std::int64_t number);
  base::Result<std::vector<Octets32>> roots_of_blocks(std::int64_t run);

  /// The blocks of a finished run, which change no more.
  struct Finished {
    std::int64_t run = 0;
    std::vector<Octets32> blocks;  ///< their roots
    Sum sum;
  };
  base::Result<const Finished*> finished(std::int64_t run);

  StoreFile& file_;
  std::optional<Finished> finished_;  // the one that was read last
  std::int64_t run_ = 0;
  MerkleRoot blocks_;           // over the roots of whole blocks
  std::vector<Octets32> open_;  // of the block that is not whole
};

}  // namespace evidence
