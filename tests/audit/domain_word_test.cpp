#include "src/audit/domain_word.h"

#include <gtest/gtest.h>

#include <string>

namespace audit {
namespace {

class NoDomain : public ::testing::TestWithParam<const char*> {};

TEST_P(NoDomain, IsBadInput_Rfc1035s2_3_1) {
  const auto name = domain_in_word(GetParam());
  ASSERT_FALSE(name) << GetParam();
  EXPECT_EQ(name.error().code, base::Code::bad_name);
  EXPECT_EQ(name.error().kind, base::ErrorKind::usage);
}

INSTANTIATE_TEST_SUITE_P(
    Word, NoDomain,
    ::testing::Values("1,example.org", "\"1\",\"example.org\"", "1;example.org",
                      "1\texample.org", "https://example.org", "https://example.org/",
                      "http://example.org:80/x", "example.org/", "//example.org",
                      "mailto:you@example.org", "you@example.org", "example.org:25",
                      "localhost:25", "192.0.2.1", "[192.0.2.1]", "192.0.2.1:25",
                      "192.0.2.1.", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:25",
                      "[IPv6:2001:db8::1]", "::ffff:192.0.2.1", "192.0.2", "1",
                      "1.2.3.4.5", "256.1.1.1", "192.0.2.0/24", "*.example.org", "a..b",
                      ".", "", "example .org", "<example.org>", "\"example.org\"",
                      "example.org,", "\xEF\xBC\x91.1.1.\xEF\xBC\x91"));

TEST(NoDomain, OfAMailAddressNamesItsDomain) {
  EXPECT_EQ(domain_in_word("you@example.org").error().detail,
            "you@example.org is a mail address, not a domain name; its domain is "
            "example.org");
  EXPECT_EQ(domain_in_word("you@-").error().detail,
            "you@- is a mail address, not a domain name");
}

class Domain : public ::testing::TestWithParam<const char*> {};

TEST_P(Domain, IsTaken) { EXPECT_TRUE(domain_in_word(GetParam())) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(Word, Domain,
                         ::testing::Values("example.org", "EXAMPLE.org.", "org",
                                           "1.example.org", "163.com", "xn--53h.example",
                                           "xn--n3h.example", "a.xn--p1ai", "1und1.de",
                                           "_dmarc.example.org", "b\xC3\xBC.example"));

}  // namespace
}  // namespace audit
