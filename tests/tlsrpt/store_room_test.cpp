#include "src/tlsrpt/store_room.h"

#include <gtest/gtest.h>

namespace tlsrpt {
namespace {

/// A file system of blocks of 4 KiB.
struct statvfs disk(fsblkcnt_t blocks, fsblkcnt_t left) {
  struct statvfs out {};
  out.f_frsize = 4096;
  out.f_blocks = blocks;
  out.f_bfree = blocks;  // what root alone may use does not count
  out.f_bavail = left;
  return out;
}

TEST(StoreRoom, ATenthOfTheFileSystemIsLeftAlone) {
  EXPECT_TRUE(is_scarce(disk(1000, 0)));
  EXPECT_TRUE(is_scarce(disk(1000, 99)));
  EXPECT_FALSE(is_scarce(disk(1000, 100)));
  constexpr fsblkcnt_t kGibibyte = 1U << 18U;
  EXPECT_FALSE(is_scarce(disk(1000 * kGibibyte, kGibibyte))) << "enough for a queue";
  EXPECT_TRUE(is_scarce(disk(1000 * kGibibyte, kGibibyte - 1)));
}

TEST(StoreRoom, FilesMayRunOutBeforeOctets) {
  struct statvfs facts = disk(1000, 900);
  facts.f_files = 5000;
  facts.f_favail = 499;
  EXPECT_TRUE(is_scarce(facts));
  facts.f_favail = 500;
  EXPECT_FALSE(is_scarce(facts));
}

TEST(StoreRoom, AFileSystemThatDoesNotSayHasEnough) {
  EXPECT_FALSE(is_scarce(disk(0, 0)));
}

}  // namespace
}  // namespace tlsrpt
