// Ed448, which one libunbound knows and another does not. The zone was signed by
// Python's cryptography, which stands on OpenSSL.
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;

constexpr const char* kKey =
    "257 3 16 "
    "GNCnDkKnQt+1YSeYkzhQYde02tj2/u1HkeqrZrL0pPAvwJRiqL+xhC0LrGDoobPlW6JAfzMibzgA";
constexpr const char* kDs =
    "2284 16 2 6fb5ffe73783ff3b8aee87b0e628f655d19b60b72804e2ff71548b3102239788";
constexpr const char* kKeySignature =
    "DNSKEY 16 1 3600 20270124080000 20270110080000 2284 curve. "
    "JPPk6yQuVMUUZNhwUGGaSWUFjfCX01JivtTZ/7iQyFI4K4/0ORN8cSD6F/MFhibBTQz6MRD4SFiARtDT6poz"
    "rjbXq681v+uZOba4JTo51LoZKhgMlHk8GeeyhZZgJ5sDigRkVEjZ1GbzyyvtxtmIviEA";
constexpr const char* kSignature =
    "A 16 2 3600 20270124080000 20270110080000 2284 curve. "
    "E30a4ZFxXnCzoZgbcgKiFmwosX0qUBdzzPCO08TddceM5zgvlZK4ILnNVaS2krm7vLzclNV3PlsA1MxCldCN"
    "EQsL9u6SByx0oIwOj89L0wsPsw8gy3WnDheV8JiyKLuiyazzU5oC63u43LoU73YfghYA";

Draft signed_by(Draft set, const char* signature) {
  set.signatures = draft(set.owner, "RRSIG", {signature}).records;
  return set;
}

class Ed448Zone : public testing::Test {
 protected:
  explicit Ed448Zone(const char* address = "192.0.2.1") {
    world_.answer("curve.", "DS", 0,
                  {world_.zone(".").sign(draft("curve.", "DS", {kDs}))});
    world_.answer("curve.", "DNSKEY", 0,
                  {signed_by(draft("curve.", "DNSKEY", {kKey}), kKeySignature)});
    world_.answer("www.curve.", "A", 0,
                  {signed_by(draft("www.curve.", "A", {address}), kSignature)});
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
