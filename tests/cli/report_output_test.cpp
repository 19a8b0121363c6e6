#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/dane/audit/output.h"
#include "src/io/replace_file.h"
#include "tests/cli/report_folder.h"

namespace cli::report {
namespace {

namespace fs = std::filesystem;
using cli::testing::Folder;
using ::testing::HasSubstr;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

ino_t inode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0);
  return status.st_ino;
}

/// A umask for the time of a test.
class Umask {
 public:
  explicit Umask(mode_t mask) : old_(umask(mask)) {}
  ~Umask() { umask(old_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t old_;
};

TEST(ReplaceFile, WritesANewFileForAllToRead) {
  const Umask mask(022);
  const Folder folder;
  ASSERT_TRUE(replace_file(folder.path("page"), "text"));
  EXPECT_EQ(folder.read("page"), "text");
  EXPECT_EQ(mode_of(folder.path("page")), 0644U);
  EXPECT_EQ(folder.count(), 1);
}

TEST(ReplaceFile, TheUmaskCountsForANewFile) {
  const Umask mask(077);
  const Folder folder;
  ASSERT_TRUE(replace_file(folder.path("page"), "text"));
  EXPECT_EQ(mode_of(folder.path("page")), 0600U);
}

TEST(ReplaceFile, KeepsWhoMayReadTheOldOne) {
  const Umask mask(022);
  const Folder folder;
  for (const unsigned mode : {0600U, 0640U, 0664U}) {
    const std::string path = folder.write("page", "old and longer");
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    const ino_t inode = inode_of(path);
    ASSERT_TRUE(replace_file(path, "new"));
    EXPECT_EQ(folder.read("page"), "new");
    EXPECT_EQ(mode_of(path), mode);
    EXPECT_NE(inode_of(path), inode) << "a reader of the old one must keep it whole";
    EXPECT_EQ(folder.count(), 1);
  }
}

TEST(ReplaceFile, KeepsTheOwnerWhereItMay) {
  // chown(2) is refused to anybody else, so that there is no foreign owner to keep.
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file to somebody else";
  const Folder folder;
  const std::string path = folder.write("page", "old");
  ASSERT_EQ(chown(path.c_str(), 1234, 2345), 0);
  ASSERT_TRUE(replace_file(path, "new"));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 1234U);
  EXPECT_EQ(status.st_gid, 2345U);
}

TEST(ReplaceFile, GivesNoSetUserBitAway) {
  const Folder folder;
  const std::string path = folder.write("page", "old");
  ASSERT_EQ(chmod(path.c_str(), 04755), 0);
  ASSERT_TRUE(replace_file(path, "new"));
  EXPECT_EQ(mode_of(path), 0755U);
}

TEST(ReplaceFile, ASymbolicLinkStaysOne) {
  const Folder folder;
  const std::string path = folder.write("page", "old");
  fs::create_symlink("page", folder.path("link"));
  ASSERT_TRUE(replace_file(folder.path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(folder.path("link")));
  EXPECT_EQ(folder.read("page"), "new");
}

TEST(ReplaceFile, ALinkThatLeadsNowhereYetIsFollowed) {
  const Folder folder;
  fs::create_directory(folder.path("below"));
  fs::create_symlink("below/page", folder.path("link"));
  ASSERT_TRUE(replace_file(folder.path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(folder.path("link")));
  EXPECT_EQ(folder.read("below/page"), "new");
}

TEST(ReplaceFile, AFileThatCannotBeWrittenIsAnErrorForLater) {
  const Folder folder;
  const auto done = replace_file(folder.path("none/page"), "text");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(done.error().code, base::Code::bad_file);
  EXPECT_THAT(done.error().detail, HasSubstr("none/page: No such file"));
}

TEST(ReplaceFile, AFullDeviceIsAnError) {
  const auto done = replace_file("/dev/full", "text");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, base::ErrorKind::temporary);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST(ReplaceFile, ADeviceIsWrittenTo) {
  EXPECT_TRUE(replace_file("/dev/null", "text"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(CheckReplaceable, LeavesEverythingAsItIs) {
  const Folder folder;
  const std::string path = folder.write("page", "old");
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE(check_replaceable(path));
  EXPECT_TRUE(check_replaceable(folder.path("new")));
  EXPECT_TRUE(check_replaceable("-"));
  EXPECT_TRUE(check_replaceable("/dev/full"));
  EXPECT_EQ(folder.read("page"), "old");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(folder.count(), 1);
}

TEST(CheckReplaceable, RefusesWhatHasNoPlace) {
  const Folder folder;
  for (const std::string& path : {folder.path(""), folder.path("none/page")}) {
    const auto good = check_replaceable(path);
    ASSERT_FALSE(good) << path;
    EXPECT_EQ(good.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(good.error().code, base::Code::bad_file);
  }
  EXPECT_THAT(check_replaceable(folder.path("")).error().detail,
              HasSubstr("Is a directory"));
}

TEST(TargetOf, IsBehindAllLinks) {
  const Folder folder;
  fs::create_symlink("second", folder.path("first"));
  fs::create_symlink("page", folder.path("second"));
  const std::string target = io::target_of(folder.path("page"));
  EXPECT_EQ(io::target_of(folder.path("first")), target);
  EXPECT_EQ(io::target_of(folder.path("below/../page")), target);
}

TEST(LineFile, AddsLinesBehindWhatIsKept) {
  const Folder folder;
  const std::string path = folder.write("lines", "one\ntwo\ncut o");
  {
    auto file = LineFile::open(path);
    ASSERT_TRUE(file);
    EXPECT_EQ(folder.read("lines"), "one\ntwo\ncut o") << "opened is not begun";
    file->keep(8);
    file->write("three\n");
    EXPECT_EQ(folder.read("lines"), "one\ntwo\nthree\n");
    file->write("four\n");
    file->begin();
  }
  EXPECT_EQ(folder.read("lines"), "one\ntwo\nthree\nfour\n");
}

TEST(LineFile, BeginsAnewWhereNothingIsKept) {
  const Folder folder;
  const std::string path = folder.write("lines", "old\n");
  auto file = LineFile::open(path);
  ASSERT_TRUE(file);
  file->begin();
  EXPECT_EQ(folder.read("lines"), "");
  file->write("new\n");
  EXPECT_EQ(folder.read("lines"), "new\n");
}

TEST(LineFile, OneProcessWritesThere) {
  const Folder folder;
  const std::string path = folder.path("lines");
  const auto first = LineFile::open(path);
  ASSERT_TRUE(first);
  const auto second = LineFile::open(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::usage);
  EXPECT_THAT(second.error().detail, HasSubstr("another process writes there"));
}

TEST(LineFile, IsNoFolder) {
  const Folder folder;
  const auto file = LineFile::open(folder.path(""));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(file.error().code, base::Code::bad_file);
}

TEST(LineFile, ADeviceIsNotCutOrLocked) {
  auto first = LineFile::open("/dev/null");
  auto second = LineFile::open("/dev/null");
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  first->write("line\n");
  second->write("line\n");
}

TEST(LineFileDeathTest, AResultThatCannotBeKeptEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto file = LineFile::open("/dev/full");
        file->write("line\n");
      },
      "unable to write /dev/full: No space left");
}

}  // namespace
}  // namespace cli::report
