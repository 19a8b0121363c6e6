// Sets of records as they stand in a bundle, and whole bundles spoilt as the input says:
// no change makes an answer more trusted than it was. The first octet chooses.
#include <cstdint>
#include <cstdlib>

#include "src/evidence/signed_set.h"
#include "src/evidence/strength.h"
#include "tests/evidence/mutations.h"

namespace {

void read_set(base::ByteView input) {
  const auto set = evidence::read_signed_set(input);
  if (set && set->records.empty()) std::abort();
}

void spoil(base::ByteView input) {
  static const evidence::test::World kHonest = evidence::test::honest_world();
  static const evidence::test::States kBefore = evidence::test::states_of(kHonest);
  evidence::test::World spoilt = kHonest;
  evidence::test::spoil(spoilt, input);
  if (evidence::test::betterment(kBefore, evidence::test::states_of(spoilt))) {
    std::abort();
  }
  (void)evidence::words_of({evidence::signed_window(spoilt.judge()), {}, {}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto* octets = reinterpret_cast<const std::byte*>(data);
  const base::ByteView input(octets + 1, size - 1);
  if (data[0] % 2 == 0) {
    read_set(input);
  } else {
    spoil(input);
  }
  return 0;
}
