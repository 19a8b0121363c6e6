#pragma once

#include <memory>
#include <optional>
#include <string>

#include "src/evidence/bundle.h"
#include "src/io/clock.h"

namespace evidence {

class StoreFile;

/// A run of a store.
struct StoredRun {
  std::int64_t number = 0;  ///< from 1
  std::chrono::sys_seconds began;
  Octets32 previous{};       ///< hash of the checkpoint of the run before
  std::uint64_t leaves = 0;  ///< how many bundles it has
  /// Nothing while it is not finished: somebody writes it, or was interrupted.
  std::optional<std::string> checkpoint;
  bool whole = false;  ///< it was not ended early
};

/// A place in a run as errors name it, from 1: `bundle 18 of run 2`.
[[nodiscard]] std::string bundle_words(std::int64_t run, std::uint64_t index);

/// The bundles of runs in one file of SQLite, in which everything that bundles share is
/// kept once, across all runs. The runs of a store are a chain: each begins with the hash
/// of the checkpoint of the one before, so one is finished before the next begins. One
/// process may write while others read.
///
/// All functions: error code `bad_file`, kind `temporary` where the machine fails (a full
/// disk), `permanent` where what stands in the file is not what we wrote, `usage` where
/// there is no such file, run or bundle; code `bad_evidence` for a bundle that is broken.
/// Errors name the file, and the place of a bundle that is damaged.
class Store {
 public:
  /// To write; made if it is not there.
  [[nodiscard]] static base::Result<Store> open(const std::string& path);
  /// To read; it may be a stranger's.
  [[nodiscard]] static base::Result<Store> open_to_read(const std::string& path);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  /// What was added and not committed is lost.
  ~Store();

  /// All runs, the oldest first.
  [[nodiscard]] base::Result<std::vector<StoredRun>> runs();
  /// The finished run of that number, or the last one; it has the leaves that its
  /// checkpoint stands for.
  [[nodiscard]] base::Result<StoredRun> finished_run(std::optional<std::int64_t> number);

  /// Begins a run. An error of kind `usage` if another one is not finished: it has to be
  /// taken up or closed first.
  [[nodiscard]] base::Result<StoredRun> begin_run(std::chrono::sys_seconds now);
  /// Takes the unfinished run up, if there is one.
  [[nodiscard]] base::Result<std::optional<StoredRun>> resume_run();
  /// Adds the bundle of a subject (a domain, `host:port`) to the run; a place in a run
  /// that the bundle may have is left out. Bundles are committed a thousand at a time, or
  /// after a second: whether all that was added is there to stay. After an error the run
  /// has what was committed, and nothing more can be added by this object.
  [[nodiscard]] base::Result<bool> add(std::string_view subject, const Bundle& bundle);
  /// Commits what has waited a second; whether it did.
  [[nodiscard]] base::Result<bool> commit_if_due();
  /// Commits all that was added.
  [[nodiscard]] base::Result<void> commit();
  /// How a run ends: all was done, or it is closed as it is.
  enum class Ending { whole, early };
  /// Ends the run: its checkpoint, which can no longer change.
  [[nodiscard]] base::Result<std::string> finish_run(Ending ending);
  /// Keeps a time-stamp of a finished run's checkpoint (RFC 3161 TimeStampToken, DER). Of
  /// kind `usage` where it has as many as a bundle takes.
  [[nodiscard]] base::Result<void> add_stamp(std::int64_t run, base::ByteView token);

  /// The time-stamps of a run's checkpoint, the oldest first, as many as a bundle takes.
  [[nodiscard]] base::Result<std::vector<base::Bytes>> stamps(std::int64_t run);
  /// Whether the run has a bundle of that subject, also among what is not committed.
  [[nodiscard]] base::Result<bool> holds(std::int64_t run, std::string_view subject);
  /// The last bundle of a subject, of this run or of the last finished one that has it,
  /// with its place in the run, which must be finished. What comes out is the very leaf
  /// that the run's checkpoint stands for; a stranger's may have any form.
  [[nodiscard]] base::Result<Bundle> bundle(std::string_view subject,
                                            std::optional<std::int64_t> run);
  /// The bundle at a place in a run, from 0.
  [[nodiscard]] base::Result<Bundle> bundle_at(std::int64_t run, std::uint64_t index);

 private:
  class Inside;
  Store(StoreFile file, std::string path);
  std::string path_;
  std::unique_ptr<Inside> inside_;
};

}  // namespace evidence
