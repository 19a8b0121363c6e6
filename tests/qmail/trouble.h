#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "src/base/error.h"

namespace qmail {

/// A control file that cannot be honoured: mail waits, and the line says why.
template <typename T>
void expect_trouble(const base::Result<T>& result, const std::string& why) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(result.error().code, base::Code::control);
  EXPECT_THAT(result.error().detail, testing::HasSubstr(why));
}

}  // namespace qmail
