#include "src/qmail/own_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/qmail/home.h"

namespace qmail {
namespace {

TEST(Certificates, OfTheSendersDomain) {
  Home home;
  EXPECT_FALSE(certificate_of(home.control(), "here.example").value());
  home.file("clientcert.pem", "");
  auto own = certificate_of(home.control(), "here.example").value();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->certificate_file, home.path("clientcert.pem"));
  EXPECT_EQ(own->key_file, "");
  home.file("domaincerts", "here.example:/c|/k|secret\n*:/all\n");
  own = certificate_of(home.control(), "HERE.example").value();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->certificate_file, "/c");
  EXPECT_EQ(own->key_file, "/k");
  EXPECT_EQ(own->password, "secret");
  own = certificate_of(home.control(), "there.example").value();
  ASSERT_TRUE(own);
  EXPECT_EQ(own->certificate_file, "/all");
  EXPECT_EQ(own->password, "");
}

TEST(Certificates, OfTwoLinesForADomainTheLastHolds) {
  Home home;
  home.file("domaincerts", "here.example:/old|/k\nhere.example:/new|/k\n");
  EXPECT_EQ(certificate_of(home.control(), "here.example").value()->certificate_file,
            "/new");
}

}  // namespace
}  // namespace qmail
