#include "cli/dane/replay_job.h"

#include <algorithm>
#include <utility>

#include "cli/dane/files.h"
#include "cli/settings.h"
#include "src/evidence/canonical_json.h"
#include "src/io/run_task.h"

namespace cli::dane {

base::Result<ReplayJob> replay_job(const Arguments& arguments) {
  ReplayJob out;
  out.trust_anchor = arguments.value("trust-anchor")
                         .value_or(environment_value("DANE_TRUST_ANCHOR").value_or(""));
  for (const std::string& path : arguments.values("ca")) {
    auto roots = load_roots(path);
    if (!roots) return tl::unexpected(roots.error());
    out.trust_stores.add(path, std::move(*roots));
  }
  return out;
}

Option trust_store_option() {
  return {.name = "ca",
          .value = {"PATH", WordKind::file},
          .repeatable = true,
          .help = "a trust store, where there was one: a file or a directory"};
}

RecordedDns::RecordedDns(io::Loop& loop, std::unique_ptr<evidence::ReplaySource> source)
    : loop_(&loop),
      source_(source.get()),
      resolver_(std::make_unique<resolver::Resolver>(std::move(source))) {}

base::Result<RecordedDns> RecordedDns::open(io::Loop& loop,
                                            const evidence::Bundle& bundle,
                                            const ReplayJob& job) {
  auto source = evidence::ReplaySource::create(loop, bundle.dns,
                                               {job.trust_anchor, job.moment_of(bundle)});
  if (!source) return tl::unexpected(source.error());
  RecordedDns out(loop, std::move(*source));
  // A word that is no name makes no question, and without a network nobody answers:
  // there are no keys of the root then.
  const bool any = std::ranges::any_of(
      bundle.dns.answers, [](const auto& answer) { return !answer.error.has_value(); });
  if (!any) return out;
  const auto anchored = io::run_task(loop, out.resolver().check());
  if (anchored) return out;
  return evidence::does_not_hold(
      "the keys of the root are not those of the trust anchor: " +
      anchored.error().detail);
}

base::Result<void> RecordedDns::check_all() {
  return io::run_task(*loop_, source_->ask_all());
}

base::Result<void> RecordedDns::check_each(std::span<const evidence::Answer> answers) {
  return io::run_task(*loop_, source_->ask_each(answers));
}

base::Result<Output> expect_to_hold(Output out, RecordedDns& dns,
                                    const std::optional<base::Error>& complaint,
                                    const evidence::Bundle& bundle,
                                    const ReplayJob& job) {
  if (const auto sound = dns.check_all(); !sound) return tl::unexpected(sound.error());
  if (complaint) return tl::unexpected(*complaint);
  if (job.at) return out;
  if (auto same = expect_verdict(bundle, out.json); !same) {
    return tl::unexpected(same.error());
  }
  return out;
}

base::Result<void> expect_verdict(const evidence::Bundle& bundle,
                                  const std::string& json) {
  const auto verdict = evidence::read_json(json);
  if (verdict && evidence::canonical(*verdict) == bundle.verdict) return {};
  return evidence::does_not_hold("the verdict that follows from it is another one");
}

}  // namespace cli::dane
