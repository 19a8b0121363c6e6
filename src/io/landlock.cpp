// The kernel's structures stand here as its documentation has them, rather than come from
// its headers: those of the machine that builds are older than the kernels that run it.

#include "src/io/landlock.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "src/io/descriptor.h"

namespace io {
namespace {

namespace fs = std::filesystem;

// include/uapi/linux/landlock.h; the bits are the same on every architecture.
constexpr std::uint64_t kExecute = 1U << 0U, kWriteFile = 1U << 1U, kReadFile = 1U << 2U,
                        kReadDir = 1U << 3U, kRemoveDir = 1U << 4U,
                        kRemoveFile = 1U << 5U, kMakeDir = 1U << 7U, kMakeReg = 1U << 8U;
constexpr std::uint64_t kFirstAbi = (1U << 13U) - 1;  // and all rights to make and remove
constexpr std::uint64_t kRefer = 1U << 13U;           // ABI 2
constexpr std::uint64_t kTruncate = 1U << 14U;        // ABI 3
constexpr std::uint64_t kControlDevice = 1U << 15U;   // ABI 5
constexpr std::uint64_t kScopes = 3;                  // ABI 6: abstract sockets, signals
constexpr std::uint64_t kOfFiles =
    kExecute | kWriteFile | kReadFile | kTruncate | kControlDevice;
constexpr unsigned kVersionWanted = 1;
constexpr int kPathBeneath = 1;
constexpr std::size_t kMostNeighbours = 1000;  // beyond them nothing is hidden

struct RulesetAttributes {
  std::uint64_t files;
  std::uint64_t network;
  std::uint64_t scoped;
};

struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed;
  std::int32_t parent;
};

/// One set of rules that is being written.
class Ruleset {
 public:
  Ruleset() {
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, kVersionWanted);
    if (abi < 1) return;
    handled_ = kFirstAbi | (abi >= 2 ? kRefer : 0) | (abi >= 3 ? kTruncate : 0) |
               (abi >= 5 ? kControlDevice : 0);
    // A kernel that knows a shorter structure takes a longer one whose rest is zero.
    const RulesetAttributes attributes{handled_, 0, abi >= 6 ? kScopes : 0};
    const long made =
        syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    descriptor_ = Descriptor(static_cast<int>(made));
  }

  [[nodiscard]] bool is_there() const { return static_cast<bool>(descriptor_); }

  /// What cannot be opened is no loss: nobody can use it.
  void allow(const std::string& path, std::uint64_t rights) const {
    const Descriptor file(open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat facts {};
    if (!file || fstat(file.get(), &facts) != 0) return;
    if (!S_ISDIR(facts.st_mode)) rights &= kOfFiles;  // others are not taken for a file
    const PathBeneath rule{rights & handled_, file.get()};
    syscall(SYS_landlock_add_rule, descriptor_.get(), kPathBeneath, &rule, 0);
  }

  [[nodiscard]] bool enforce() const {
    // The kernel's condition: no program with more rights can be started afterwards.
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_landlock_restrict_self, descriptor_.get(), 0) == 0;
  }

 private:
  Descriptor descriptor_;
  std::uint64_t handled_ = 0;
};

/// Rules only ever add: all but one directory is readable when each of its neighbours is,
/// and each of those of the directories that it is in.
void allow_reading_beside(const Ruleset& rules, const std::string& hidden) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(hidden, error);
  if (hidden.empty() || error || target.empty() || target == "/") {
    return rules.allow("/", kReadFile | kReadDir);
  }
  fs::path above = "/";
  std::size_t count = 0;
  for (const fs::path& step : target.relative_path()) {
    const fs::path next = above / step;
    for (fs::directory_iterator entry(above, error), end; !error && entry != end;
         entry.increment(error)) {
      if (++count > kMostNeighbours) return rules.allow(above, kReadFile | kReadDir);
      // To follow a link needs no right, and what it leads to has a rule of its own; a
      // rule for the link would be one for its target, which may hold what is hidden.
      std::error_code unknown;
      if (entry->path() == next || entry->is_symlink(unknown)) continue;
      rules.allow(entry->path(), kReadFile | kReadDir);
    }
    // Where nobody may list a directory, its neighbours cannot be told from what is
    // hidden.
    if (error) return rules.allow(above, kReadFile | kReadDir);
    above = next;
  }
}

}  // namespace

Confinement confine(const FileRights& rights) {
  const Ruleset rules;
  if (!rules.is_there()) return Confinement::not_there;
  if (rights.reading == FilesRead::all_but_hidden) {
    allow_reading_beside(rules, rights.hidden);
  }
  for (const std::string& path : rights.writable_files) {
    rules.allow(path, kReadFile | kWriteFile | kTruncate);
  }
  for (const std::string& path : rights.writable_directories) {
    rules.allow(path, kReadFile | kReadDir | kWriteFile | kTruncate | kMakeReg |
                          kMakeDir | kRemoveFile | kRemoveDir | kRefer);
  }
  return rules.enforce() ? Confinement::in_force : Confinement::not_there;
}

}  // namespace io
