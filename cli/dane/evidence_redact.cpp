// What a bundle may lose and still prove what it proves.
//
// Records of NSEC and NSEC3 name others than were asked for. Most of them cannot be
// spared: a verdict stands on a denial, a chain goes through one, or a peer has signed
// behind the answer. Which of the rest can be is not guessed: each is left out by way of
// trial, and the bundle is replayed.

#include <cstdio>

#include "cli/dane/evidence_verbs.h"
#include "cli/layout.h"
#include "src/evidence/redaction.h"

namespace cli::dane {
namespace {

using evidence::Bundle;

/// What a bundle has come to after trials.
struct Redacted {
  Bundle bundle;
  std::size_t taken = 0;  ///< answers that are gone, or have no such records any more
};

/// The bundle without what can be spared of an answer; nothing if nothing can.
std::optional<Bundle> without(const Bundle& bundle, std::size_t answer,
                              const ReplayJob& job) {
  for (const auto less : {evidence::without_answer, evidence::without_denials}) {
    Bundle tried = less(bundle, answer);
    if (replay_again(tried, job)) return tried;
  }
  return std::nullopt;
}

Redacted redact(Bundle bundle, const ReplayJob& job) {
  Redacted out{std::move(bundle), 0};
  for (const std::size_t answer : evidence::spare_answers(out.bundle)) {
    auto less = without(out.bundle, answer, job);
    if (!less) continue;
    out.bundle = std::move(*less);
    ++out.taken;
  }
  return out;
}

std::size_t answers_with_neighbours(const Bundle& bundle) {
  std::size_t out = 0;
  for (const evidence::Answer& answer : bundle.dns.answers) {
    out += evidence::names_neighbours(bundle, answer) ? 1 : 0;
  }
  return out;
}

void tell(const Redacted& redacted, bool had_run) {
  const std::size_t left = answers_with_neighbours(redacted.bundle);
  std::fprintf(stderr,
               "dane: the NSEC and NSEC3 records of %s were taken out; %s that name "
               "neighbours in a zone, and that the proof needs\n",
               counted(redacted.taken, "answer").c_str(),
               left == 0   ? "none are left"
               : left == 1 ? "1 answer has some left"
                           : (std::to_string(left) + " answers have some left").c_str());
  if (redacted.taken == 0 || !had_run) return;
  std::fputs(
      "dane: it stands in no run any more, so no time-stamp witnesses it: keep the whole "
      "bundle too\n",
      stderr);
}

}  // namespace

base::Result<Outcome> write_redacted(const Arguments& arguments, const HeldBundle& held) {
  const Redacted redacted = redact(held.bundle, held.job);
  tell(redacted, held.bundle.run.has_value());
  return write_bundle(arguments, redacted.bundle);
}

base::Result<Outcome> evidence_redact(const Arguments& arguments) {
  const auto held = held_bundle_in(arguments, arguments.words()[1]);
  if (!held) return tl::unexpected(held.error());
  return write_redacted(arguments, *held);
}

}  // namespace cli::dane
