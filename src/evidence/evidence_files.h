#pragma once

#include <string>

#include "src/base/error.h"
#include "src/evidence/bundle.h"

namespace evidence {

/// Whether a path is that of a store of runs (store.h), or would be: it ends in
/// `.sqlite`, or is a file of SQLite.
[[nodiscard]] bool is_store_path(const std::string& path);

/// Where the evidence of a run goes: a folder with a file for each domain, or one file
/// for the only domain.
class EvidenceFiles {
 public:
  /// `path` is a folder that exists or ends in `/`, which is made then, or a file, but no
  /// store of runs. Error kind `usage`, code `bad_file`.
  [[nodiscard]] static base::Result<EvidenceFiles> open(const std::string& path,
                                                        bool one_domain);
  /// Whether a bundle about this can be written. Error kind `usage`, code `bad_file`.
  [[nodiscard]] base::Result<void> check(const std::string& name) const;
  /// Writes a bundle, in place of one of an earlier run, and without its proof where a
  /// reader would refuse it for its size. `name` is what it is about.
  /// Error kind `temporary`, code `bad_file`.
  [[nodiscard]] base::Result<void> add(const std::string& name,
                                       const Bundle& bundle) const;

  /// Where that is written to.
  [[nodiscard]] std::string path_of(const std::string& name) const;

 private:
  EvidenceFiles(std::string path, bool is_folder)
      : path_(std::move(path)), is_folder_(is_folder) {}

  std::string path_;
  bool is_folder_;
};

}  // namespace evidence
