// How a check comes out of a bundle again.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/dane/check_bundle.h"
#include "cli/dane/files.h"
#include "src/base/pem.h"
#include "tests/cli/check_jobs.h"
#include "tests/cli/report_folder.h"
#include "tests/support/peers.h"

namespace cli::dane {
namespace {

/// The bundle of a check with a trust store that connected to nobody.
evidence::Bundle bundle_with(const verify::Roots& roots) {
  evidence::Bundle out;
  out.about =
      R"({"command":"check","host":"a.example","options":["--policy=pkix"],"port":443,)"
      R"("trustStore":")" +
      base::to_base64(witness::hash_of(roots)) + "\"}";
  out.facts = R"({"connections":[]})";
  return out;
}

class TrustStoreOfACheck : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto roots = load_roots(file_);
    ASSERT_TRUE(roots) << roots.error().detail;
    bundle_ = bundle_with(*roots);
    stores_.add(file_, *roots);
  }

  const cli::testing::Folder folder_;
  const std::string file_ =
      folder_.write("roots.pem", support::pem(support::GoodChain().root));
  witness::TrustShelf stores_;
  evidence::Bundle bundle_;
};

TEST_F(TrustStoreOfACheck, IsReadOnceForAllBundles) {
  std::filesystem::remove(file_);
  for (int i = 0; i < 2; ++i) {
    const auto check = recorded_check(bundle_, {}, stores_);
    ASSERT_TRUE(check) << check.error().detail;
    ASSERT_NE(check->job.store(), nullptr);
    EXPECT_EQ(check->job.store()->size(), 1U);
    EXPECT_EQ(check->job.demand.without_tlsa, policy::WithoutTlsa::pkix);
  }
}

TEST_F(TrustStoreOfACheck, IsWhatItWasWhenItWasRead) {
  std::ofstream(file_) << support::pem(support::GoodChain().root);  // another authority
  const auto check = recorded_check(bundle_, {}, stores_);
  ASSERT_TRUE(check) << check.error().detail;
  EXPECT_EQ(base::to_base64(witness::hash_of(*check->job.store())),
            evidence::Json::parse(bundle_.about)["trustStore"]);
}

TEST_F(TrustStoreOfACheck, IsNoneWhereTheBundleHasNone) {
  bundle_.about = R"({"command":"check","host":"a.example","options":[],"port":443})";
  const auto check = recorded_check(bundle_, {}, stores_);
  ASSERT_TRUE(check) << check.error().detail;
  EXPECT_EQ(check->job.store(), nullptr);
}

}  // namespace
}  // namespace cli::dane
