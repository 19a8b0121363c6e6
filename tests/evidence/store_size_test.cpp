// How many octets a domain takes in a store, on top of what domains share.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/evidence/some_bundles.h"
#include "tests/evidence/store_folder.h"

namespace evidence {
namespace {

using Keys = SomeInternet::Keys;
using Denial = SomeInternet::Denial;

class StoreSize : public StoreFolder {};

/// What another domain adds to a store, in octets. EVIDENCE_DOMAINS says how many are
/// measured.
double octets_a_domain(const std::string& path, const SomeInternet& internet,
                       unsigned days) {
  const char* asked = std::getenv("EVIDENCE_DOMAINS");
  const unsigned domains =
      asked != nullptr ? static_cast<unsigned>(std::atoi(asked)) : 300;
  double size[2] = {};
  for (int part = 0; part < 2; ++part) {
    const unsigned count = domains * static_cast<unsigned>(part + 1);
    std::filesystem::remove(path);
    auto store = Store::open(path);
    const auto begin = std::chrono::steady_clock::now();
    std::chrono::duration<double> making{};
    double before = 0;
    for (unsigned day = 0; day < days; ++day) {
      before = static_cast<double>(std::filesystem::file_size(path));
      (void)store->begin_run(kNow);
      for (unsigned i = 0; i < count; ++i) {
        const auto from = std::chrono::steady_clock::now();
        const Bundle bundle = internet.bundle(i, day);
        making += std::chrono::steady_clock::now() - from;
        (void)store->add(subject(i), bundle);
      }
      (void)store->finish_run(Store::Ending::whole);
    }
    size[part] = static_cast<double>(std::filesystem::file_size(path));
    if (days > 1) size[part] -= before;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (asked != nullptr) {
      std::printf("%u domains, %u runs: %.0f a second\n", count, days,
                  count * days / (took - making).count());
    }
  }
  return (size[1] - size[0]) / domains;
}

TEST_F(StoreSize, TakesLittleForADomain) {
  const double ecdsa = octets_a_domain(path(), {Keys::ecdsa, Denial::none}, 1);
  const double denied = octets_a_domain(path(), {Keys::ecdsa, Denial::nsec3}, 1);
  const double rsa = octets_a_domain(path(), {Keys::rsa, Denial::none}, 1);
  const double next_day = octets_a_domain(path(), {Keys::ecdsa, Denial::none}, 2);
  RecordProperty("ecdsa", static_cast<int>(ecdsa));
  std::printf(
      "octets a domain: ECDSA %.0f, with NSEC3 %.0f, RSA %.0f; a second run of "
      "ECDSA %.0f\n",
      ecdsa, denied, rsa, next_day);
  EXPECT_LT(ecdsa, 1024);
  EXPECT_LT(rsa, 2560);
  EXPECT_LT(next_day, 512);
}

}  // namespace
}  // namespace evidence
