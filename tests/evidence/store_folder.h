#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "src/evidence/store.h"

namespace evidence {

inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

/// A folder that ends with the test.
class StoreFolder : public testing::Test {
 protected:
  StoreFolder() {
    std::string name = std::filesystem::temp_directory_path() / "store-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~StoreFolder() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ / "store"; }
  [[nodiscard]] Store open() const {
    auto out = Store::open(path());
    EXPECT_TRUE(out) << out.error().detail;
    return std::move(*out);
  }

  std::filesystem::path folder_;
};

inline std::string subject(unsigned domain) { return "domain " + std::to_string(domain); }

}  // namespace evidence
