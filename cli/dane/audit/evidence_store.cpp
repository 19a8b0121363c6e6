#include "cli/dane/audit/evidence_store.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>

#include "src/audit/domain_word.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/checkpoint.h"
#include "src/io/file.h"

namespace cli::report {
namespace {

tl::unexpected<base::Error> unusable(std::string why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(why));
}

std::string shown(const std::string& path) { return base::printable(path, base::kLine); }

/// A word of the input, which stands in a line of the output as JSON has it.
std::string word_in(const std::string& as_json) {
  const auto text = evidence::read_json("[\"" + as_json + "\"]");
  if (!text || !text->is_array() || !text->front().is_string()) return "";
  return text->front().get<std::string>();
}

}  // namespace

base::Result<OwnStore> OwnStore::open(const std::string& path) {
  io::Descriptor lock;  // before the store, so that it is closed behind it
  auto store = evidence::Store::open(path);
  if (!store) return tl::unexpected(store.error());
  lock = io::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!lock) return unusable(shown(path) + ": " + base::system_message(errno));
  if (io::lock_soon(lock.get())) return OwnStore(std::move(lock), std::move(*store));
  return unusable(shown(path) + ": another run writes to it");
}

std::string subject_of(const std::string& word) {
  const auto name = audit::domain_in_word(word);
  return name ? name->text() : base::to_utf8(word);
}

base::Result<void> check_has(const evidence::EvidenceFiles& files,
                             const Earlier& earlier) {
  for (const auto& [number, input] : earlier.sample) {
    const std::string path = files.path_of(subject_of(word_in(input)));
    std::error_code none;
    if (std::filesystem::exists(path, none)) continue;
    return unusable("the interrupted run has its evidence somewhere else: there is no " +
                    shown(path));
  }
  return {};
}

base::Result<EvidenceStore> EvidenceStore::open(const std::string& path) {
  auto store = OwnStore::open(path);
  if (!store) return tl::unexpected(store.error());
  return EvidenceStore(path, std::move(*store));
}

/// Takes up what was interrupted, if anything was; else begins a run. What has no bundle
/// yet, since nothing could be looked up, was never begun.
base::Result<void> EvidenceStore::take_up(std::chrono::sys_seconds now) {
  auto run = store_->resume_run();
  if (run && (!*run || (*run)->leaves == 0)) run = store_->begin_run(now);
  if (!run) return tl::unexpected(run.error());
  run_ = std::move(**run);
  return {};
}

base::Result<void> EvidenceStore::begin(std::chrono::sys_seconds now) {
  if (auto done = take_up(now); !done) return done;
  if (run_.leaves == 0) return {};
  return unusable("run " + std::to_string(run_.number) + " in " + shown(path_) +
                  " was interrupted: --resume with its --output takes it up, and "
                  "dane evidence close " +
                  shown(path_) + " ends it as it is");
}

base::Result<void> EvidenceStore::resume(const Earlier& earlier,
                                         std::chrono::sys_seconds now) {
  // Without a line of output nothing tells whose run it is that was interrupted: if it
  // has bundles, its own output was lost, and it can only be closed.
  if (earlier.done.empty()) return begin(now);
  const auto interrupted = store_->resume_run();
  if (!interrupted) return tl::unexpected(interrupted.error());
  if (!*interrupted) {
    return unusable(shown(path_) + " has no run that was interrupted");
  }
  if (auto done = take_up(now); !done) return done;
  return check_has(earlier);
}

/// Lines are written when their bundles are there to stay, so the run has what they have;
/// if it is theirs.
base::Result<void> EvidenceStore::check_has(const Earlier& earlier) {
  for (const auto& [number, input] : earlier.sample) {
    const auto there = store_->holds(run_.number, subject_of(word_in(input)));
    if (!there) return tl::unexpected(there.error());
    if (*there) continue;
    return unusable("the interrupted run in " + shown(path_) +
                    " is another one: it has no bundle of domain " +
                    std::to_string(number) + " of the output");
  }
  return {};
}

base::Result<bool> EvidenceStore::add(std::string_view subject,
                                      const evidence::Bundle& bundle) {
  return store_->add(subject, bundle);
}

base::Result<bool> EvidenceStore::commit_if_due() { return store_->commit_if_due(); }

base::Result<void> EvidenceStore::commit() { return store_->commit(); }

base::Result<FinishedRun> EvidenceStore::finish() {
  auto checkpoint = store_->finish_run(evidence::Store::Ending::whole);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  const auto read = evidence::read_checkpoint(*checkpoint);
  return FinishedRun{path_, run_.number, read ? read->leaves : 0, std::move(*checkpoint)};
}

}  // namespace cli::report
