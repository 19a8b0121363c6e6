#pragma once

#include <string>

#include "src/evidence/bundle.h"
#include "src/evidence/trail.h"

namespace evidence {

/// Makes randoms for hellos out of what was known before them. What it makes cannot be
/// made earlier, and by nobody who does not know the blind.
class Challenger {
 public:
  /// `dns` is the hash of the answers that were known (`hash_of_answers`), `previous`
  /// that of the checkpoint of the run before.
  Challenger(Octets32 dns, Octets32 previous) : dns_(dns), previous_(previous) {}

  /// A handshake that begins now, with a blind of its own: address, port and server name
  /// are set, messages and indices of answers are not.
  [[nodiscard]] Handshake begin(std::string address, std::uint16_t port,
                                std::string server_name) const;
  /// The random of its hello.
  [[nodiscard]] Octets32 random_of(const Handshake& handshake) const;

 private:
  Octets32 dns_;
  Octets32 previous_;
};

/// The challenger that knows all answers of a trail.
[[nodiscard]] Challenger challenger_for(const Trail& known, const Octets32& previous);

}  // namespace evidence
