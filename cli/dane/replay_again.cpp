#include "cli/dane/replay_again.h"

#include <array>
#include <utility>

#include "cli/dane/replay_accusation.h"
#include "cli/dane/replay_audit.h"
#include "cli/dane/replay_check.h"
#include "cli/dane/replay_connect.h"
#include "cli/dane/replay_deliver.h"
#include "cli/dane/replay_explain.h"
#include "cli/dane/replay_moments.h"
#include "src/evidence/canonical_json.h"
#include "src/io/own_network.h"

namespace cli::dane {
namespace {

using Command = base::Result<Output>(const evidence::Bundle& bundle,
                                     const ReplayJob& job);
constexpr std::array<std::pair<std::string_view, Command*>, 4> kCommands = {
    {{"audit", replay_audit},
     {"check", replay_check},
     {"connect", replay_connect},
     {"deliver", replay_deliver}}};

/// What the command of a bundle says again.
base::Result<Output> again(const evidence::Bundle& bundle, const ReplayJob& job) {
  const auto about = evidence::Json::parse(bundle.about, nullptr, false);
  const auto command = about.find("command");
  for (const auto& [name, replay] : kCommands) {
    if (command != about.end() && *command == name) return replay(bundle, job);
  }
  return evidence::does_not_hold("about: a command that is not replayed");
}

}  // namespace

base::Result<Replayed> replay_again(const evidence::Bundle& bundle,
                                    const ReplayJob& job) {
  auto stamps = check_place(bundle, job);
  if (!stamps) return tl::unexpected(stamps.error());
  auto told = again(bundle, job);
  if (!told) return tl::unexpected(told.error());
  auto opinion = second_opinion_of(bundle, job);
  if (!opinion) return tl::unexpected(opinion.error());
  if (auto same = expect_same(bundle, *opinion); !same) {
    return tl::unexpected(same.error());
  }
  const auto then = expect_at_other_moments(bundle, job);
  if (!then) return tl::unexpected(then.error());
  if (auto same = expect_unchanged(bundle); !same) return tl::unexpected(same.error());
  return Replayed{std::move(*told), std::move(*opinion), std::move(*stamps)};
}

base::Result<void> leave_network() {
  if (io::enter_own_network()) return {};
  return base::fail(base::ErrorKind::temporary, base::Code::local,
                    "this machine has no loopback interface that is switched on");
}

}  // namespace cli::dane
