#include "src/evidence/run_check.h"

#include <algorithm>

#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/merkle_tree.h"

namespace evidence {

base::Result<Checkpoint> check_run(const Bundle& bundle) {
  const RunPlace& run = bundle.run.value();
  auto checkpoint = read_checkpoint(run.checkpoint);
  if (!checkpoint) return tl::unexpected(checkpoint.error().in("run"));
  if (run.index >= checkpoint->leaves) {
    return does_not_hold("run: it has " + std::to_string(checkpoint->leaves) +
                         " bundles, and none at place " + std::to_string(run.index));
  }
  const auto root =
      root_by_path(leaf_hash(hash_of(bundle)), {run.index, checkpoint->leaves}, run.path);
  if (!root) return does_not_hold("run: the path has not the length for its place");
  if (*root != checkpoint->root) {
    return does_not_hold("run: the path does not lead to the checkpoint's root");
  }
  const bool same = std::ranges::all_of(bundle.peers, [&](const Handshake& peer) {
    return peer.previous == checkpoint->previous;
  });
  if (!same) return does_not_hold("run: a handshake names another run before this one");
  return checkpoint;
}

}  // namespace evidence
