#include "src/evidence/evidence_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

namespace evidence {
namespace {

class EvidenceFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "evidence.XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name + "/";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// The name of the file of a word.
  std::string file_of(const std::string& word) {
    const auto files = EvidenceFiles::open(folder_, /*one_domain=*/false);
    return std::filesystem::path(files->path_of(word)).filename();
  }

  std::string folder_;
};

TEST_F(EvidenceFilesTest, ADomainNamesItsFile) {
  EXPECT_EQ(file_of("mail.example"), "mail.example.json");
  EXPECT_EQ(file_of("_25._tcp.xn--bcher-kva.example"),
            "_25._tcp.xn--bcher-kva.example.json");
}

TEST_F(EvidenceFilesTest, NoTwoWordsHaveOneFile) {
  const std::string long_word(300, 'a');
  const std::vector<std::string> words = {"a_b",
                                          "a b",
                                          "a/b",
                                          "a\nb",
                                          "a.b",
                                          ".a",
                                          "..",
                                          ".",
                                          "",
                                          "_",
                                          "a~b",
                                          long_word,
                                          "B\xc3\xbc",
                                          "B\xc3\xb6",
                                          long_word + "b",
                                          std::string("a\0b", 3)};
  std::set<std::string> names;
  for (const std::string& word : words) {
    const std::string name = file_of(word);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_LE(name.size(), 255);
    EXPECT_NE(name.front(), '.') << name;
  }
  // Nor does a word that is written as the file of another one.
  const std::string stem = file_of("a b").substr(0, file_of("a b").size() - 5);
  EXPECT_NE(file_of(stem), stem + ".json");
}

TEST_F(EvidenceFilesTest, StandardOutputIsNoFile) {
  const auto files = EvidenceFiles::open("-", /*one_domain=*/true);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().kind, base::ErrorKind::usage);
  EXPECT_FALSE(std::filesystem::exists("-"));
}

}  // namespace
}  // namespace evidence
