#include "src/qmail/capability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qmail {
namespace {

using testing::HasSubstr;

Mail mail_of(std::uint64_t octets) {
  Mail out;
  out.facts.size = octets;
  return out;
}

smtp::Offers taking(std::uint64_t octets) {
  smtp::Offers out;
  out.size = true;
  out.most_octets = octets;
  return out;
}

TEST(Capability, AMessageOfExactlyTheSizeFits_Rfc1870s6_1) {
  EXPECT_FALSE(missing_capability(taking(1000), mail_of(999), "192.0.2.1"));
  EXPECT_FALSE(missing_capability(taking(1000), mail_of(1000), "192.0.2.1"));
  const auto report = missing_capability(taking(1000), mail_of(1001), "192.0.2.1");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->state, MessageState::permanent);
  EXPECT_EQ(report->text,
            "192.0.2.1 takes messages of 1000 octets, this has 1001. (#5.3.4)\n");
}

TEST(Capability, WithoutASizeAllIsTaken_Rfc1870s4) {
  EXPECT_FALSE(missing_capability(taking(0), mail_of(1'000'000), "x"));
  EXPECT_FALSE(missing_capability({}, mail_of(1'000'000), "x"));
}

TEST(Capability, Utf8OnlyWhereItIsOffered_Rfc6531s3_2) {
  Mail mail = mail_of(1);
  smtp::Offers offers;
  EXPECT_FALSE(missing_capability(offers, mail, "x"));
  mail.envelope.utf8 = true;
  const auto report = missing_capability(offers, mail, "192.0.2.1");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->state, MessageState::permanent);
  EXPECT_THAT(report->text, HasSubstr("(#5.6.7)"));
  offers.utf8 = true;
  EXPECT_FALSE(missing_capability(offers, mail, "x"));
}

}  // namespace
}  // namespace qmail
