// Ed448, which one libunbound knows and another does not.
#include <gtest/gtest.h>

#include "tests/evidence/curve_zone.h"

namespace evidence {
namespace {

class Ed448Zone : public testing::Test {
 protected:
  explicit Ed448Zone(const char* address = "192.0.2.1") {
    world_.answer("curve.", "DS", 0, {world_.zone(".").sign(test::curve_ds())});
    world_.answer("curve.", "DNSKEY", 0, {test::curve_keys()});
    world_.answer("www.curve.", "A", 0, {test::curve_address(address)});
  }

  /// The state of www.curve. where a bundle says that the zone's answers have this one.
  [[nodiscard]] dns::Security where_told(dns::Security told) const {
    DnsEvidence dns;
    dns.sets = world_.sets;
    dns.answers = world_.answers;
    for (Answer& answer : dns.answers) {
      const bool is_above = answer.name.text().empty() || answer.type == 43;
      answer.security = is_above ? dns::Security::secure : told;
    }
    return second_opinion(dns, world_.basis).answers.back().security;
  }

  test::World world_;
};

TEST_F(Ed448Zone, IsInsecureToWhoDoesNotKnowIt) {
  EXPECT_EQ(world_.judge("www.curve.", "A").security, dns::Security::insecure);
  EXPECT_TRUE(world_.judge().lacked_ed448);
}

TEST_F(Ed448Zone, IsSecureToWhoKnowsIt_Rfc8080) {
  world_.basis.ed448 = Ed448::known;
  EXPECT_EQ(world_.told("www.curve.", "A"), "secure");
  EXPECT_FALSE(world_.judge().lacked_ed448);
}

TEST_F(Ed448Zone, IsWhatTheMakerOfABundleKnew) {
  EXPECT_EQ(where_told(dns::Security::secure), dns::Security::secure);
  EXPECT_EQ(where_told(dns::Security::insecure), dns::Security::insecure);
  EXPECT_EQ(where_told(dns::Security::bogus), dns::Security::insecure);
}

class ForgedEd448 : public Ed448Zone {
 protected:
  ForgedEd448() : Ed448Zone("192.0.2.2") {}
};

TEST_F(ForgedEd448, IsNeverSecure) {
  world_.basis.ed448 = Ed448::known;
  EXPECT_EQ(world_.told("www.curve.", "A"), "bogus: www.curve A: its signature is wrong");
  EXPECT_NE(where_told(dns::Security::secure), dns::Security::secure);
}

}  // namespace
}  // namespace evidence
