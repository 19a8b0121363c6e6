#include "src/tls/suites.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/tls/offers.h"

namespace tls {
namespace {

std::map<Id, Offer> all_of_gnutls() {
  std::map<Id, Offer> out;
  for (std::size_t i = 0; const auto offer = offer_at(i); ++i) out[offer->id] = *offer;
  return out;
}

TEST(Suites, HaveTheNamesThatOpensslGivesThem) {
  const auto gnutls = all_of_gnutls();
  const auto openssl = openssl_suites("ALL:COMPLEMENTOFALL");
  ASSERT_TRUE(openssl);
  std::size_t both = 0;
  for (const Openssl& suite : *openssl) {
    if (!suite.by_certificate || !gnutls.contains(suite.id)) continue;
    ++both;
    EXPECT_EQ(openssl_suite_name(suite.iana), suite.name);
    const Offer& offer = gnutls.at(suite.id);
    const Suite* row = row_of(offer);
    ASSERT_NE(row, nullptr) << suite.name;
    EXPECT_EQ(row->iana, suite.iana) << offer.name;
    EXPECT_EQ(row->openssl, suite.name) << offer.name;
  }
  EXPECT_GT(both, 60U);
}

TEST(Suites, EachRowIsASuiteOfGnutls) {
  const auto gnutls = all_of_gnutls();
  std::set<std::string_view> seen;
  for (const Suite& suite : suites()) {
    EXPECT_TRUE(std::ranges::any_of(gnutls, [&](const auto& entry) {
      return row_of(entry.second) == &suite;
    })) << suite.iana;
    EXPECT_TRUE(seen.insert(suite.iana).second && seen.insert(suite.openssl).second);
  }
}

TEST(Suites, OthersKeepTheirNames) {
  EXPECT_EQ(openssl_suite_name("TLS_AES_128_GCM_SHA256"), "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(openssl_suite_name("TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256"),
            "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256");
  EXPECT_EQ(openssl_suite_name(""), "");
}

}  // namespace
}  // namespace tls
