#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/dane/audit/resume.h"
#include "src/evidence/evidence_files.h"
#include "src/evidence/store.h"
#include "src/io/descriptor.h"

namespace cli::report {

/// A store that this process alone writes to: an audit that runs may not be taken up, nor
/// closed, by somebody else.
class OwnStore {
 public:
  /// Made if it is not there. Error kind `usage`, code `bad_file`: what is there is
  /// something else, or another process writes to it.
  [[nodiscard]] static base::Result<OwnStore> open(const std::string& path);
  [[nodiscard]] evidence::Store& operator*() { return store_; }
  [[nodiscard]] evidence::Store* operator->() { return &store_; }

 private:
  OwnStore(io::Descriptor lock, evidence::Store store)
      : lock_(std::move(lock)), store_(std::move(store)) {}

  // Closed after the store: SQLite's own locks on a file end with any descriptor of it.
  io::Descriptor lock_;
  evidence::Store store_;
};

/// Whether a folder has the bundles of an earlier run, which are written before the lines
/// of their domains. Error kind `usage`, code `bad_file`.
[[nodiscard]] base::Result<void> check_has(const evidence::EvidenceFiles& files,
                                           const Earlier& earlier);

/// A run that is finished, in a store.
struct FinishedRun {
  std::string store;  ///< its path
  std::int64_t number = 0;
  std::uint64_t bundles = 0;
  std::string checkpoint;
};

/// The name in a store of what a word of the input asks for: a domain in A-labels, or the
/// word where it is none.
[[nodiscard]] std::string subject_of(const std::string& word);

/// Where the evidence of a run goes that may have millions of bundles. Errors of what
/// writes: kind `temporary`, code `bad_file`.
class EvidenceStore {
 public:
  /// Errors as `OwnStore::open`; nothing is begun.
  [[nodiscard]] static base::Result<EvidenceStore> open(const std::string& path);
  /// Begins a run; or takes the one up that was interrupted, if that is wanted: it has to
  /// have what the output of that run has. What it has beyond that, of the moment before
  /// it was interrupted, is audited again, for the last bundle of a subject counts. Error
  /// kind `usage`, code `bad_file`: another run is not finished, or there is no such run.
  [[nodiscard]] base::Result<void> begin(std::chrono::sys_seconds now);
  [[nodiscard]] base::Result<void> resume(const Earlier& earlier,
                                          std::chrono::sys_seconds now);
  /// The hash of the checkpoint of the run before this one.
  [[nodiscard]] const evidence::Octets32& previous() const { return run_.previous; }

  /// Adds a bundle; whether all that was added is there to stay.
  [[nodiscard]] base::Result<bool> add(std::string_view subject,
                                       const evidence::Bundle& bundle);
  /// Commits what has waited a second; whether it did.
  [[nodiscard]] base::Result<bool> commit_if_due();
  [[nodiscard]] base::Result<void> commit();
  /// Ends the run, which is whole.
  [[nodiscard]] base::Result<FinishedRun> finish();

 private:
  EvidenceStore(std::string path, OwnStore store)
      : path_(std::move(path)), store_(std::move(store)) {}
  [[nodiscard]] base::Result<void> take_up(std::chrono::sys_seconds now);
  [[nodiscard]] base::Result<void> check_has(const Earlier& earlier);

  std::string path_;
  OwnStore store_;
  evidence::StoredRun run_;
};

}  // namespace cli::report
