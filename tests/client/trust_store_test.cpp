#include "src/client/trust_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/certificates.h"

namespace client {
namespace {

namespace fs = std::filesystem;

/// A directory of CAs.
class TrustStore : public testing::Test {
 protected:
  TrustStore() {
    std::string name = testing::TempDir() + "trust_store.XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TrustStore() override { fs::remove_all(path_); }

  void file(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
  }
  static std::string ca(const std::string& name) {
    return support::pem(support::make(support::ca(name)));
  }
  /// The number of certificates, or the code of an error.
  static std::string loaded(const base::Result<verify::Roots>& roots) {
    return roots ? std::to_string(roots->size())
                 : std::string(base::to_text(roots.error().code));
  }

  std::string path_;
};

TEST_F(TrustStore, IsAFileOrADirectoryOrBoth) {
  file("one.pem", ca("One") + ca("Two"));
  EXPECT_EQ(loaded(load_trust_store(path_ + "/one.pem")), "2");
  EXPECT_EQ(loaded(load_trust_store(path_ + "/one.pem", "")), "2");
  file("three.pem", ca("Three"));
  fs::create_directory(path_ + "/folder");
  fs::create_symlink("one.pem", path_ + "/link");
  EXPECT_EQ(loaded(load_trust_store(path_ + "/")), "3") << "a link adds nothing new";
  EXPECT_EQ(loaded(load_trust_store(path_ + "/three.pem", path_)), "3");
}

// Whoever put a file there wants it read; one CA less is a peer that is refused.
TEST_F(TrustStore, AFileThatCannotBeReadIsNotPassedOver) {
  file("one.pem", ca("One"));
  file("two.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
  const auto roots = load_trust_store("", path_);
  EXPECT_EQ(loaded(roots), "bad-trust-store");
  EXPECT_NE(roots.error().detail.find("two.pem"), std::string::npos);
  EXPECT_EQ(roots.error().kind, base::ErrorKind::usage);
}

TEST_F(TrustStore, ThatHoldsNothingOrIsNotThereIsAnError) {
  file("none.txt", "no certificate");
  EXPECT_EQ(loaded(load_trust_store(path_ + "/none.txt")), "bad-trust-store");
  EXPECT_EQ(loaded(load_trust_store("", path_)), "bad-trust-store");
  EXPECT_EQ(loaded(load_trust_store(path_ + "/missing")), "bad-trust-store");
  EXPECT_EQ(loaded(load_trust_store("", path_ + "/missing")), "bad-trust-store");
}

}  // namespace
}  // namespace client
