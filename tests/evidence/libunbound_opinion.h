#pragma once

#include "tests/evidence/signed_world.h"

namespace evidence::test {

/// What libunbound says of an answer, served to it by a resolver that knows nothing but
/// the world's answers: `indeterminate` where it says nothing of it.
[[nodiscard]] dns::Security libunbound_opinion(const World& world,
                                               const Answer& question);

}  // namespace evidence::test
