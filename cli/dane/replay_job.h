#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/dane/check_output.h"
#include "cli/dane/command.h"
#include "src/evidence/bundle.h"
#include "src/evidence/replay_source.h"
#include "src/witness/trust_shelf.h"

namespace cli::dane {

/// How evidence is checked again.
struct ReplayJob {
  std::string trust_anchor;                    ///< a file; empty: Debian's root keys
  witness::TrustShelf trust_stores;            ///< for bundles that were made with some
  std::optional<std::chrono::sys_seconds> at;  ///< in place of the bundle's own moment
  std::vector<base::Bytes> witnesses;  ///< certificates of whose time-stamps count

  [[nodiscard]] std::chrono::sys_seconds moment_of(const evidence::Bundle& bundle) const {
    return at.value_or(bundle.moment);
  }
};

/// What `--trust-anchor` (or DANE_TRUST_ANCHOR) and `--ca` say of it. Error kind `usage`.
[[nodiscard]] base::Result<ReplayJob> replay_job(const Arguments& arguments);

/// The option `--ca` of all that judge by evidence.
[[nodiscard]] Option trust_store_option();

/// The answers of a bundle, to be asked for again.
class RecordedDns {
 public:
  /// Errors: those of ReplaySource; code `bad_evidence` if the root's keys are others.
  /// Loop and bundle must outlive it.
  [[nodiscard]] static base::Result<RecordedDns> open(io::Loop& loop,
                                                      const evidence::Bundle& bundle,
                                                      const ReplayJob& job);

  [[nodiscard]] resolver::Resolver& resolver() { return *resolver_; }
  /// Whether all answers hold, asked for or not.
  [[nodiscard]] base::Result<void> check_all();
  /// Whether these do, which are answers of the bundle.
  [[nodiscard]] base::Result<void> check_each(std::span<const evidence::Answer> answers);

 private:
  RecordedDns(io::Loop& loop, std::unique_ptr<evidence::ReplaySource> source);

  io::Loop* loop_;
  evidence::ReplaySource* source_;  // of the resolver
  std::unique_ptr<resolver::Resolver> resolver_;
};

/// What was said again, if it holds: all answers do, nobody complained, and the verdict,
/// if it is of the same moment, is that of the bundle. Code `bad_evidence`.
[[nodiscard]] base::Result<Output> expect_to_hold(
    Output out, RecordedDns& dns, const std::optional<base::Error>& complaint,
    const evidence::Bundle& bundle, const ReplayJob& job);

/// Whether a verdict, as JSON, is that of the bundle. Code `bad_evidence`.
[[nodiscard]] base::Result<void> expect_verdict(const evidence::Bundle& bundle,
                                                const std::string& json);

}  // namespace cli::dane
