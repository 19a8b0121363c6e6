#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/evidence/store.h"
#include "src/evidence/stored_leaves.h"

namespace evidence {

/// A run with what is only needed to read its bundles.
struct OpenedRun {
  StoredRun run;
  std::string dictionary;
};

/// The runs of a store, to be read. Errors: those of the file, and that it is damaged.
class RunTable {
 public:
  /// File and leaves must outlive it.
  RunTable(StoreFile& file, StoredLeaves& leaves) : file_(file), leaves_(leaves) {}

  /// The oldest first.
  [[nodiscard]] base::Result<std::vector<StoredRun>> all();
  /// One of them; an error of kind `usage` where it is not there.
  [[nodiscard]] base::Result<OpenedRun> opened(std::int64_t number);
  /// One of them, which is finished; likewise where it is not. Its leaves are those that
  /// its checkpoint stands for.
  [[nodiscard]] base::Result<OpenedRun> finished(std::int64_t number);
  /// The last of these where none is named.
  [[nodiscard]] base::Result<OpenedRun> finished_or_last(
      std::optional<std::int64_t> number);

 private:
  [[nodiscard]] base::Result<OpenedRun> in_row(const StoreQuery& row);

  StoreFile& file_;
  StoredLeaves& leaves_;
};

}  // namespace evidence
