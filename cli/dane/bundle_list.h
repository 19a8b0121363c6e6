#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/dane/command.h"
#include "src/evidence/store.h"

namespace cli::dane {

/// The bundles that the words of a command line name: files, and stores, each of which
/// stands for all bundles of one of its runs.
class BundleList {
 public:
  /// The run is that of `--run`, or the last one that is finished. A store that cannot be
  /// read is one bundle that cannot. Error kind `usage` for a run without a store, and
  /// for standard input twice.
  [[nodiscard]] static base::Result<BundleList> of_words(const Arguments& arguments);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Whether there is a store among the words that can be read.
  [[nodiscard]] bool has_stores() const;
  /// The bundle of a number, read now. Errors name it, as `shown` does.
  [[nodiscard]] base::Result<evidence::Bundle> read(std::size_t number);
  /// `audits.sqlite: bundle 18 of run 2`, from 1, or the name of the file.
  [[nodiscard]] std::string shown(std::size_t number) const;

 private:
  struct Part {
    std::string path;
    std::optional<base::Result<std::int64_t>> run;  ///< of a store
    std::size_t first = 0;                          ///< number
  };
  [[nodiscard]] const Part& part_of(std::size_t number) const;

  std::vector<Part> parts_;
  std::size_t size_ = 0;
  // The store that was read last stays open for the next number, for this process alone:
  // SQLite's files must not be used on both sides of a fork.
  std::optional<evidence::Store> store_;
  const Part* opened_ = nullptr;
  pid_t opened_by_ = 0;
};

}  // namespace cli::dane
