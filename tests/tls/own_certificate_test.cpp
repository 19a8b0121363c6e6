#include "src/tls/own_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "src/tls/client.h"
#include "tests/support/certificates.h"

namespace tls {
namespace {

using testing::HasSubstr;

std::string written(const std::string& name, const std::string& text) {
  std::string out = testing::TempDir() + "own_certificate_" + name;
  std::ofstream(out) << text;
  return out;
}

std::string certificate() {
  return support::pem(support::make(support::leaf("Middle", {"client.example.org"})));
}

TEST(OwnCertificate, NoneIsFine) { EXPECT_TRUE(check_own_certificate({})); }

TEST(OwnCertificate, MayHaveItsKeyInTheSameFile) {
  const auto file = written("both", certificate() + support::key_pem({"leaf"}));
  EXPECT_TRUE(check_own_certificate({file, "", ""}));
}

TEST(OwnCertificate, MayHaveItsKeyInAnotherFile) {
  const auto file = written("chain", certificate());
  const auto key = written("key", support::key_pem({"leaf"}));
  EXPECT_TRUE(check_own_certificate({file, key, ""}));
  EXPECT_FALSE(check_own_certificate({file, "", ""})) << "there is no key in it";
}

TEST(OwnCertificate, WithoutItsKeyIsAnErrorOfUsageThatNamesTheFiles) {
  const auto file = written("chain", certificate());
  const auto other = written("other", support::key_pem({"another"}));
  for (const std::string& key : {std::string("/no/such/key"), other}) {
    const auto checked = check_own_certificate({file, key, ""});
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, base::Code::bad_certificate_file);
    EXPECT_EQ(checked.error().kind, base::ErrorKind::usage);
    EXPECT_THAT(checked.error().detail, HasSubstr(file));
    EXPECT_THAT(checked.error().detail, HasSubstr(key));
  }
}

TEST(OwnCertificate, OneThatCannotBeUsedMakesNoSession) {
  Options options;
  options.certificate.file = "/no/such/file";
  const auto made = make_client(options, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::Code::bad_certificate_file);
}

}  // namespace
}  // namespace tls
