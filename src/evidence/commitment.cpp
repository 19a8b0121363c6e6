#include "src/evidence/commitment.h"

#include "verify/hash.h"

namespace evidence {
namespace {

// No protocol signs a text that begins so: who signs our random signs nothing else.
constexpr std::string_view kTag = "ucspi-dane evidence v1 hello";

void add(base::Bytes& out, base::ByteView octets) {
  out.insert(out.end(), octets.begin(), octets.end());
}

void add_number(base::Bytes& out, std::uint64_t number, int octets) {
  for (int i = octets - 1; i >= 0; --i) {
    out.push_back(static_cast<std::byte>(number >> (8 * i) & 0xff));
  }
}

}  // namespace

Octets32 client_random(const Commitment& commitment) {
  base::Bytes octets;
  add(octets, base::as_bytes(kTag));
  octets.push_back(std::byte{0});
  add(octets, commitment.blind);
  add(octets, commitment.dns);
  add(octets, commitment.previous);
  add_number(octets, commitment.port, 2);
  add_number(octets,
             static_cast<std::uint64_t>(commitment.moment.time_since_epoch().count()), 8);
  add_number(octets, commitment.server_name.size(), 2);
  add(octets, base::as_bytes(commitment.server_name));
  return verify::sha256(octets);
}

}  // namespace evidence
