#include "src/base/counted.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Counted, OneIsOneAndOthersAreMany) {
  EXPECT_EQ(counted(0, "note"), "0 notes");
  EXPECT_EQ(counted(1, "note"), "1 note");
  EXPECT_EQ(counted(2, "note"), "2 notes");
  EXPECT_EQ(counted(1, "server is", "servers are"), "1 server is");
  EXPECT_EQ(counted(2, "server is", "servers are"), "2 servers are");
  EXPECT_EQ(counted(UINT64_MAX, "session"), "18446744073709551615 sessions");
}

}  // namespace
}  // namespace base
