#include "src/qmail/trust_stores.h"

#include <gtest/gtest.h>

#include "tests/qmail/home.h"
#include "tests/support/certificates.h"

namespace qmail {
namespace {

std::string authority() { return support::pem(support::make(support::ca("Root"))); }

TEST(TrustStores, NoPathIsNoStore) {
  TrustStores stores;
  const auto none = stores.at("");
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
}

TEST(TrustStores, AFileIsReadOnce) {
  Home home;
  home.file("ca.pem", authority());
  TrustStores stores;
  const auto first = stores.at(home.path("ca.pem"));
  ASSERT_TRUE(first);
  ASSERT_NE(*first, nullptr);
  EXPECT_EQ((*first)->size(), 1U);
  std::filesystem::remove(home.path("ca.pem"));
  EXPECT_EQ(*stores.at(home.path("ca.pem")), *first);
}

TEST(TrustStores, ASlashAtItsEndMakesADirectory) {
  Home home;
  home.file("ca/one.pem", authority());
  TrustStores stores;
  const auto all = stores.at(home.path("ca/"));
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)->size(), 1U);
  EXPECT_FALSE(stores.at(home.path("ca")));
  EXPECT_FALSE(stores.at(home.path("ca/one.pem").string() + "/"));
}

TEST(TrustStores, WhatCannotBeReadIsAnError) {
  Home home;
  home.file("empty.pem", "");
  TrustStores stores;
  for (const char* name : {"nowhere.pem", "empty.pem"}) {
    const auto roots = stores.at(home.path(name));
    ASSERT_FALSE(roots);
    EXPECT_EQ(roots.error().code, base::Code::bad_trust_store);
  }
}

}  // namespace
}  // namespace qmail
