#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "tests/evidence/signed_world.h"

namespace evidence::test {

/// A world with an honest answer of each kind, all secure or insecure.
[[nodiscard]] World honest_world();

/// Spoils a world as a script of octets says: changes octets of sets, moves sets between
/// answers and their sections, forgets answers.
void spoil(World& world, base::ByteView script);

/// The states of answers by their questions.
using States = std::map<std::pair<dns::Name, std::uint16_t>, dns::Security>;
[[nodiscard]] States states_of(const World& world);

/// What has become of a world that must not: nothing that was not secure becomes so, and
/// nothing that was becomes insecure.
[[nodiscard]] std::optional<std::string> betterment(const States& before,
                                                    const States& after);

}  // namespace evidence::test
