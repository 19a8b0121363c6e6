#include "src/qmail/unhonoured.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"

namespace qmail {
namespace {

TEST(Unhonoured, AFileThatSaysWhereMailGoesIsNotPassedOver) {
  for (const char* name : {"authsenders", "qmtproutes", "moresmtproutes.cdb",
                           "outgoingip6", "outgoingips", "bindroutes", "remotecert"}) {
    Home home;
    home.file(name, "\nsomething:else|user|secret\n");
    const auto result = nothing_is_unhonoured(home.control());
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().kind, base::ErrorKind::temporary);
    EXPECT_EQ(result.error().code, base::Code::control);
    EXPECT_THAT(result.error().detail, testing::HasSubstr(home.path(name).string()));
    EXPECT_THAT(result.error().detail, testing::Not(testing::HasSubstr("secret")));
  }
}

TEST(Unhonoured, AFileThatSaysNothingIsNone) {
  Home home;
  EXPECT_TRUE(nothing_is_unhonoured(home.control()));
  home.file("authsenders", "").file("qmtproutes", "# none\n \t\n");
  home.file("smtproutes", ":relay.example\n").file("outgoingip", "192.0.2.1\n");
  EXPECT_TRUE(nothing_is_unhonoured(home.control()));
}

TEST(Unhonoured, ADatabaseWithoutRecordsOrAnEmptyFolderSaysNothing) {
  std::string table;
  for (int i = 0; i < 256; ++i) table += std::string("\0\x08\0\0\0\0\0\0", 8);
  Home home;
  for (const char* name :
       {"smtproutes.cdb", "moresmtproutes.cdb", "moreqmtproutes.cdb"}) {
    home.file(name, table);
  }
  std::filesystem::create_directory(home.path("smtproutes.dir"));
  std::filesystem::create_directory(home.path("authsenders"));
  EXPECT_TRUE(nothing_is_unhonoured(home.control()));
  home.file("smtproutes.dir/x", "");
  EXPECT_FALSE(nothing_is_unhonoured(home.control()));
}

TEST(Unhonoured, ADatabaseWithARecordIsNoComment) {
  std::string table = std::string("#\x08\0\0\x02\0\0\0", 8);
  table.resize(2048 + 40, '\0');
  Home home;
  home.file("smtproutes.cdb", table);
  const auto result = nothing_is_unhonoured(home.control());
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().detail, testing::HasSubstr("smtproutes.cdb (more relays)"));
}

TEST(Unhonoured, AFileThatCannotBeReadMaySayAnything) {
  Home home;
  home.file("authsenders/x", "");
  EXPECT_FALSE(nothing_is_unhonoured(home.control()));
}

}  // namespace
}  // namespace qmail
