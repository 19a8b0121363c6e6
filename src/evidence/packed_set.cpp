#include "src/evidence/packed_set.h"

#include <algorithm>

#include "src/evidence/packing.h"

namespace evidence {
namespace {

/// The name that a set begins with, in wire form; empty if there is none.
base::ByteView owner_in(base::ByteView set) {
  constexpr std::size_t kMostLabel = 63;
  std::size_t at = 0;
  while (at < set.size() && set[at] != std::byte{0}) {
    const auto length = std::to_integer<std::size_t>(set[at]);
    if (length > kMostLabel) return {};
    at += 1 + length;
  }
  return at < set.size() ? set.first(at + 1) : base::ByteView();
}

}  // namespace

base::Bytes pack_set(base::ByteView set) {
  Packer out;
  const base::ByteView owner = owner_in(set);
  out.octets(owner);
  while (!owner.empty()) {
    const auto found = std::search(set.begin(), set.end(), owner.begin(), owner.end());
    if (found == set.end()) break;
    const auto before = static_cast<std::size_t>(found - set.begin());
    out.octets(set.first(before));
    set = set.subspan(before + owner.size());
  }
  out.octets(set);
  return out.packed();
}

std::optional<base::Bytes> unpack_set(base::ByteView packed, std::size_t most) {
  Unpacker in(packed);
  const base::ByteView owner = in.octets();
  base::Bytes out;
  for (bool is_first = true; is_first || !in.whole(); is_first = false) {
    if (!is_first) out.insert(out.end(), owner.begin(), owner.end());
    const base::ByteView part = in.octets();
    out.insert(out.end(), part.begin(), part.end());
    if (in.failed() || out.size() > most) return std::nullopt;
  }
  return out;
}

}  // namespace evidence
