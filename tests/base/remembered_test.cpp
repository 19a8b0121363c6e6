#include "src/base/remembered.h"

#include <gtest/gtest.h>

namespace base {
namespace {

Remembered::Hash hash_of(unsigned number) {
  Remembered::Hash out{};
  std::memcpy(out.data() + 28, &number, sizeof number);  // the first octets are all alike
  return out;
}

TEST(Remembered, HasWhatWasAdded) {
  Remembered one(10);
  EXPECT_FALSE(one.has(hash_of(1)));
  one.add(hash_of(1));
  EXPECT_TRUE(one.has(hash_of(1)));
  EXPECT_FALSE(one.has(hash_of(2)));
}

TEST(Remembered, BeginsAnewWhenItIsFull) {
  Remembered one(3);
  for (unsigned i = 0; i < 3; ++i) one.add(hash_of(i));
  EXPECT_TRUE(one.has(hash_of(0)));
  one.add(hash_of(3));
  EXPECT_FALSE(one.has(hash_of(0)));
  EXPECT_TRUE(one.has(hash_of(3)));
}

}  // namespace
}  // namespace base
