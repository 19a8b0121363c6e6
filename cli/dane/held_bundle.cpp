#include "cli/dane/held_bundle.h"

#include "cli/dane/bundle_file.h"

namespace cli::dane {

base::Result<HeldBundle> held_bundle(const Arguments& arguments, evidence::Bundle bundle,
                                     const std::string& from) {
  auto job = replay_job(arguments);
  if (!job) return tl::unexpected(job.error());
  if (auto left = leave_network(); !left) return tl::unexpected(left.error());
  auto replayed = replay_again(bundle, *job);
  if (!replayed) return tl::unexpected(replayed.error().in(from));
  return HeldBundle{std::move(bundle), std::move(*job), std::move(*replayed)};
}

base::Result<HeldBundle> held_bundle_in(const Arguments& arguments,
                                        const std::string& path) {
  auto bundle = bundle_in(path);
  if (!bundle) return tl::unexpected(bundle.error());
  return held_bundle(arguments, std::move(*bundle), shown_path(path));
}

}  // namespace cli::dane
