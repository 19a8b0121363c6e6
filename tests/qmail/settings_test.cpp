#include "src/qmail/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"

namespace qmail {
namespace {

/// The priorities that a list comes to; empty: the default.
std::string priorities(const std::string& list) {
  Home home;
  home.file("me", "me.example\n").file("tlsclientciphers", list);
  const auto ways = ways_of(home.control(), "here.example");
  return ways ? ways->tls.priorities : ways.error().detail;
}

TEST(Settings, AGnutlsStringIsTakenAsItIs) {
  EXPECT_EQ(priorities("SECURE256:-VERS-TLS1.2\n"), "SECURE256:-VERS-TLS1.2");
  EXPECT_EQ(priorities("NORMAL\n-VERS-TLS1.3\n"), "NORMAL:-VERS-TLS1.3");
}

TEST(Settings, SuitesOfTls13AreTaken) {
  const std::string one = priorities("TLS_AES_256_GCM_SHA384\n");
  EXPECT_THAT(one, testing::HasSubstr(":-CIPHER-ALL:+AES-256-GCM:"));
  const std::string two = priorities("TLS_AES_256_GCM_SHA384\nTLS_AES_128_GCM_SHA256\n");
  EXPECT_THAT(two, testing::HasSubstr(":-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:"));
}

TEST(Settings, AListThatOnlyOpensslUnderstandsLeavesTheDefault) {
  for (const char* list :
       {"", "DEFAULT", "HIGH", "HIGH:!aNULL:!MD5", "ECDHE-RSA-AES256-GCM-SHA384",
        "kEECDH+AESGCM", "AES256+EECDH:AES256+EDH", "HIGH:!AES128",
        "ECDHE-RSA-AES256-SHA", "HIGH:@SECLEVEL=2",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384,TLS_AES_256_GCM_SHA384",
        "TLS_AES_256_GCM_SHA384:@SECLEVEL=2", "TLS_NONSENSE", "nonsense", "AES128-SHA"}) {
    EXPECT_EQ(priorities(list), "") << list;
  }
}

}  // namespace
}  // namespace qmail
