#include "cli/dane/bundle_list.h"

#include <unistd.h>

#include <algorithm>

#include "cli/dane/bundle_file.h"
#include "cli/dane/evidence_verbs.h"
#include "src/evidence/evidence_files.h"

namespace cli::dane {
namespace {

/// The run of a store that is wanted. Errors name the store.
base::Result<evidence::StoredRun> run_in(const std::string& path,
                                         const Arguments& arguments) {
  auto store = evidence::Store::open_to_read(path);
  if (!store) return tl::unexpected(store.error());
  const auto run = finished_run(*store, arguments);
  if (!run) return tl::unexpected(run.error().in(shown_path(path)));
  if (run->leaves > 0) return *run;
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
  if (arguments.has("run") && !out.has_stores()) {
    return usage_error("--run N is of a store");
  }
  return out;
}

bool BundleList::has_stores() const {
  return std::ranges::any_of(parts_,
                             [](const Part& part) { return part.run.has_value(); });
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
  auto bundle = store_->bundle_at(**part.run, number - part.first);
  if (!bundle) return tl::unexpected(bundle.error().in(shown(number)));
  return bundle;
}

std::string BundleList::shown(std::size_t number) const {
  const Part& part = part_of(number);
  if (!part.run || !*part.run) return shown_path(part.path);
  return shown_path(part.path) + ": bundle " + std::to_string(number - part.first + 1) +
         " of run " + std::to_string(**part.run);
}

}  // namespace cli::dane
