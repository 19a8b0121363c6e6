#include "cli/dane/bundle_list.h"

#include <unistd.h>

#include <algorithm>

#include "cli/dane/bundle_file.h"
#include "cli/dane/evidence_verbs.h"
#include "src/evidence/evidence_files.h"

namespace cli::dane {
namespace {

/// The run of a store that is wanted.
base::Result<evidence::StoredRun> run_in(const std::string& path,
                                         const Arguments& arguments) {
  const auto wanted = run_of(arguments);
  if (!wanted) return tl::unexpected(wanted.error());
  auto store = evidence::Store::open_to_read(path);
  if (!store) return tl::unexpected(store.error());
  auto run = store->finished_run(*wanted);
  if (!run || run->leaves > 0) return run;
  return base::fail(
      base::ErrorKind::usage, base::Code::bad_file,
      shown_path(path) + ": run " + std::to_string(run->number) + " has no bundle");
}

}  // namespace

base::Result<BundleList> BundleList::of_words(const Arguments& arguments) {
  const std::vector<std::string>& words = arguments.words();
  if (std::ranges::count(words, "-") > 1) {
    return usage_error("standard input can be read once: - is given twice");
  }
  BundleList out;
  for (const std::string& path : words) {
    Part part{path, std::nullopt, out.size_};
    std::size_t bundles = 1;
    if (evidence::is_store_path(path)) {
      const auto run = run_in(path, arguments);
      part.run = run.map(&evidence::StoredRun::number);
      if (run) bundles = run->leaves;
    }
    out.size_ += bundles;
    out.parts_.push_back(std::move(part));
  }
  if (arguments.has("run") && std::ranges::none_of(words, evidence::is_store_path)) {
    return usage_error("--run N is of a store");
  }
  return out;
}

bool BundleList::has_stores() const {
  return std::ranges::any_of(parts_,
                             [](const Part& part) { return part.run && *part.run; });
}

const BundleList::Part& BundleList::part_of(std::size_t number) const {
  return *std::prev(std::ranges::upper_bound(parts_, number, {}, &Part::first));
}

base::Result<evidence::Bundle> BundleList::read(std::size_t number) {
  const Part& part = part_of(number);
  if (!part.run) return bundle_in(part.path);
  if (!*part.run) return tl::unexpected(part.run->error());
  if (opened_ != &part || opened_by_ != getpid()) {
    auto store = evidence::Store::open_to_read(part.path);
    if (!store) return tl::unexpected(store.error());
    store_ = std::move(*store);
    opened_ = &part;
    opened_by_ = getpid();
  }
  return bundle_of_store(store_->bundle_at(**part.run, number - part.first),
                         shown(number));
}

std::string BundleList::shown(std::size_t number) const {
  const Part& part = part_of(number);
  if (!part.run || !*part.run) return shown_path(part.path);
  return shown_path(part.path) + ": " +
         evidence::bundle_words(**part.run, number - part.first);
}

}  // namespace cli::dane
