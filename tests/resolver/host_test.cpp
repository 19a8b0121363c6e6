#include "resolver/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/map_source.h"

namespace resolver {
namespace {

using support::DnsWorld;
using support::name;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

base::Result<Host> host(DnsWorld& world, std::string_view which = "mail.example",
                        Families families = Families::both) {
  return world.run(find_host(world.resolver, name(which), families));
}

std::string error_of(DnsWorld& world, std::string_view which = "mail.example") {
  const auto found = host(world, which);
  return found ? "none" : std::string(base::to_text(found.error().code));
}

/// The base domains of a host in a world of these lines.
std::vector<dns::Name> bases(std::string_view lines,
                             std::string_view which = "mail.example") {
  DnsWorld world(lines);
  const auto found = host(world, which);
  EXPECT_TRUE(found) << found.error().detail;
  return found ? found->base_domains : std::vector<dns::Name>();
}

std::vector<std::string> texts(const std::vector<net::Address>& addresses) {
  std::vector<std::string> out;
  for (const auto& address : addresses) out.push_back(net::to_text(address));
  return out;
}

// --- addresses (RFC 7672 2.2.2)

TEST(FindHost, BothFamiliesAreAskedForAtOnce) {
  DnsWorld world(R"(
    mail.example A    192.0.2.1
    mail.example A    192.0.2.2
    mail.example AAAA 2001:db8::2
    mail.example AAAA 2001:db8::1
  )");
  world.source.hold("A mail.example");
  world.source.hold("AAAA mail.example");
  asio::post(world.loop, [&] {
    asio::post(world.loop, [&] {
      EXPECT_THAT(world.source.waiting(),
                  ElementsAre("A mail.example", "AAAA mail.example"));
      world.source.release("A mail.example");
      world.source.release("AAAA mail.example");
    });
  });
  const auto found = host(world).value();
  EXPECT_THAT(texts(found.addresses),
              ElementsAre("2001:db8::2", "2001:db8::1", "192.0.2.1", "192.0.2.2"))
      << "IPv6 first, each in the order of its answer";
  EXPECT_EQ(found.original, name("mail.example"));
  EXPECT_EQ(found.canonical, name("mail.example"));
  EXPECT_THAT(found.aliases, IsEmpty());
  EXPECT_EQ(found.security, dns::Security::secure);
}

TEST(FindHost, OneFamilyAloneIsAskedForOnDemand) {
  DnsWorld world(R"(
    mail.example A    192.0.2.1
    mail.example AAAA 2001:db8::1
  )");
  EXPECT_THAT(texts(host(world, "mail.example", Families::v4_only).value().addresses),
              ElementsAre("192.0.2.1"));
  EXPECT_THAT(world.source.asked(), ElementsAre("A mail.example"));
}

TEST(FindHost, AFamilyThatFailsIsLeftOutBesideOneWithAddresses) {
  for (const std::string failure : {"servfail", "timeout", "refused", "bogus nodata"}) {
    DnsWorld four("mail.example A 192.0.2.1 \n mail.example AAAA " + failure);
    EXPECT_THAT(texts(host(four).value().addresses), ElementsAre("192.0.2.1")) << failure;
    EXPECT_THAT(host(four).value().base_domains, ElementsAre(name("mail.example")));
    DnsWorld six("mail.example AAAA 2001:db8::1 \n mail.example A " + failure);
    EXPECT_THAT(texts(host(six).value().addresses), ElementsAre("2001:db8::1"))
        << failure;
    EXPECT_THAT(host(six).value().base_domains, ElementsAre(name("mail.example")));
  }
}

TEST(FindHost, AFamilyThatFailsIsNoAbsenceWhereTheOtherIsEmpty_Rfc7672s2_1_2) {
  DnsWorld four("mail.example A nodata \n mail.example AAAA servfail");
  EXPECT_EQ(error_of(four), "servfail");
  DnsWorld six("mail.example A timeout \n mail.example AAAA nodata");
  EXPECT_EQ(error_of(six), "timeout");
}

TEST(FindHost, WhereBothFailThatIsTheError) {
  DnsWorld world("mail.example * bogus nodata");
  const auto found = host(world);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, base::Code::bogus);
  EXPECT_EQ(found.error().kind, base::ErrorKind::temporary);
}

TEST(FindHost, AHostWithoutAddressesIsNone_Rfc7672s2_2_2) {
  for (const char* lines : {"", "mail.example MX 10 a.example", "zone example insecure",
                            "mail.example CNAME gone.example"}) {
    DnsWorld world(lines);
    const auto found = host(world);
    ASSERT_FALSE(found) << lines;
    EXPECT_EQ(found.error().code, base::Code::no_address);
    EXPECT_EQ(found.error().kind, base::ErrorKind::temporary);
  }
}

TEST(FindHost, AnEmptyFamilySaysNothingAboutTheHost) {
  // The denial of one family is insecure, or stands behind another alias.
  DnsWorld world(R"(
    mail.example A    192.0.2.1
    mail.example AAAA nodata insecure
  )");
  const auto found = host(world).value();
  EXPECT_EQ(found.security, dns::Security::secure);
  EXPECT_THAT(found.base_domains, ElementsAre(name("mail.example")));
  DnsWorld back(R"(
    mail.example A    nodata
    mail.example AAAA 2001:db8::1 insecure
  )");
  EXPECT_EQ(host(back).value().security, dns::Security::insecure);
  EXPECT_THAT(host(back).value().base_domains, IsEmpty());
}

TEST(FindHost, OneSecureFamilyIsEnoughForTlsa) {
  // Whoever strips the signatures of one family must not switch DANE off.
  for (const char* lines : {"mail.example A 192.0.2.1 insecure \n"
                            "mail.example AAAA 2001:db8::1",
                            "mail.example A 192.0.2.1 \n"
                            "mail.example AAAA 2001:db8::1 insecure"}) {
    DnsWorld world(lines);
    const auto found = host(world).value();
    EXPECT_EQ(found.security, dns::Security::secure);
    EXPECT_THAT(found.base_domains, ElementsAre(name("mail.example")));
    EXPECT_EQ(found.addresses.size(), 2U);
  }
}

// --- base domains (RFC 7672 2.2.2, RFC 7671 7)

TEST(BaseDomains, APlainSecureHostIsItsOwn_Rfc7672s2_2_2) {
  EXPECT_THAT(bases("mail.example A 192.0.2.1"), ElementsAre(name("mail.example")));
}

TEST(BaseDomains, APlainInsecureHostHasNone_Rfc7672s2_2_2) {
  DnsWorld world("mail.example A 192.0.2.1 insecure");
  EXPECT_THAT(host(world).value().base_domains, IsEmpty());
  EXPECT_THAT(world.source.asked(),
              UnorderedElementsAre("A mail.example", "AAAA mail.example"))
      << "there is no alias to ask for";
}

TEST(BaseDomains, ASecureAliasHasTwoTheCanonicalOneFirst_Rfc7672s2_2_2) {
  DnsWorld world(R"(
    mail.example CNAME a.example
    a.example    CNAME b.example
    b.example    A     192.0.2.1
  )");
  const auto found = host(world).value();
  EXPECT_EQ(found.canonical, name("b.example"));
  EXPECT_EQ(found.original, name("mail.example"));
  EXPECT_THAT(found.aliases, ElementsAre(name("mail.example"), name("a.example")));
  EXPECT_THAT(found.base_domains, ElementsAre(name("b.example"), name("mail.example")))
      << "and no name between them";
  EXPECT_EQ(world.source.times_asked("CNAME mail.example"), 0U);
}

TEST(BaseDomains, ASecureAliasIntoAnInsecureZoneHasTheOriginal_Rfc7672s2_2_2) {
  DnsWorld world(R"(
    mail.example CNAME mail.host
    mail.host    A     192.0.2.1 insecure
  )");
  const auto found = host(world).value();
  EXPECT_EQ(found.security, dns::Security::insecure);
  EXPECT_EQ(found.canonical, name("mail.host"));
  EXPECT_THAT(found.base_domains, ElementsAre(name("mail.example")));
  EXPECT_EQ(world.source.times_asked("CNAME mail.example"), 1U);
}

TEST(BaseDomains, AnInsecureHopInTheMiddleIsAsGoodAsAnInsecureEnd_Rfc7672s2_1_3) {
  EXPECT_THAT(bases(R"(
    mail.example CNAME a.example
    a.example    CNAME b.example insecure
    b.example    A     192.0.2.1
  )"),
              ElementsAre(name("mail.example")));
}

TEST(BaseDomains, AnInsecureAliasHasNoneWhateverItLeadsTo_Rfc7672s2_2_2) {
  EXPECT_THAT(bases(R"(
    mail.example CNAME mail.host insecure
    mail.host    A     192.0.2.1
  )"),
              IsEmpty());
}

TEST(BaseDomains, AnAliasThatCannotBeAskedForIsAnErrorAndNoDowngrade_Rfc7672s2_1_2) {
  for (const std::string failure : {"servfail", "timeout", "refused", "bogus nodata"}) {
    DnsWorld world(R"(
      mail.example CNAME mail.host
      mail.host    A     192.0.2.1 insecure
      mail.example CNAME? )" +
                   failure);
    const auto found = host(world);
    ASSERT_FALSE(found) << failure;
    EXPECT_EQ(found.error().kind, base::ErrorKind::temporary);
    EXPECT_THAT(found.error().detail, testing::StartsWith("CNAME mail.example: "));
  }
}

TEST(BaseDomains, AnAliasThatADnameMakesIsAsSecureAsThat_Rfc6672s5_3_1) {
  for (const bool secure : {true, false}) {
    DnsWorld world(R"(
      mail.d.example CNAME  mail.host
      mail.host      A      192.0.2.1 insecure
      mail.d.example CNAME? bogus nodata
      d.example      DNAME  host )" +
                   std::string(secure ? "secure" : "insecure"));
    const auto bases = host(world, "mail.d.example").value().base_domains;
    EXPECT_EQ(bases.size(), secure ? 1U : 0U);
    EXPECT_EQ(world.source.times_asked("DNAME d.example"), 1U);
    EXPECT_EQ(world.source.times_asked("CNAME mail.d.example"), 0U);
  }
}

TEST(BaseDomains, ADnameThatSomebodyNamesTakesNoTrustFromASignedAlias_Rfc7672s2_2_2) {
  for (const char* denial : {"nodata", "nxdomain", "insecure nodata", "servfail"}) {
    DnsWorld world(R"(
      mail.d.example CNAME  mail.host
      mail.host      A      192.0.2.1 insecure
      d.example      DNAME  host
      d.example      DNAME? )" +
                   std::string(denial));
    EXPECT_EQ(host(world, "mail.d.example").value().base_domains.size(), 1U) << denial;
    EXPECT_EQ(world.source.times_asked("DNAME d.example"), 1U);
  }
}

TEST(BaseDomains, TheSecureFamilySaysWhichTheyAre) {
  // The families stand behind different aliases, as a load balancer may have them.
  DnsWorld world(R"(
    mail.example A    nodata
    mail.example AAAA 2001:db8::1
  )");
  EXPECT_THAT(host(world).value().base_domains, ElementsAre(name("mail.example")));
}

// --- TLSA records (RFC 7672 2.2.3, RFC 7671 7)

base::Result<policy::DnsFacts> tlsa(DnsWorld& world, std::uint16_t port = 25) {
  const auto found = host(world);
  if (!found) return tl::unexpected(found.error());
  return world.run(find_tlsa(world.resolver, *found, port));
}

std::vector<std::string> names(const policy::DnsFacts& facts) {
  std::vector<std::string> out;
  for (const auto& reference : facts.names) out.push_back(policy::to_text(reference));
  return out;
}

/// The questions for TLSA records so far.
std::vector<std::string> tlsa_asked(const DnsWorld& world) {
  std::vector<std::string> out;
  for (const std::string& question : world.source.asked()) {
    if (question.starts_with("TLSA ")) out.push_back(question);
  }
  return out;
}

TEST(FindTlsa, ASecureRrset_Rfc7672s2_2_3) {
  DnsWorld world(R"(
    mail.example A 192.0.2.1
    _25._tcp.mail.example TLSA 3 1 1 AB*32  ttl=1200  until=1800000000
    _25._tcp.mail.example TLSA 2 0 1 CD*32
  )");
  const auto facts = tlsa(world).value();
  EXPECT_EQ(facts.state, policy::TlsaState::present);
  EXPECT_EQ(facts.owner, name("_25._tcp.mail.example"));
  EXPECT_THAT(facts.records,
              UnorderedElementsAre(dns::Tlsa{3, 1, 1, base::Bytes(32, std::byte{0xAB})},
                                   dns::Tlsa{2, 0, 1, base::Bytes(32, std::byte{0xCD})}));
  EXPECT_THAT(names(facts), ElementsAre("mail.example"));
  EXPECT_EQ(facts.ttl, std::chrono::seconds(1200));
  ASSERT_TRUE(facts.signed_until);
  EXPECT_EQ(facts.signed_until->time_since_epoch().count(), 1'800'000'000);
}

TEST(FindTlsa, TheOwnerHasThePortOfTheConnection_Rfc6698s3) {
  DnsWorld world("mail.example A 192.0.2.1 \n _587._tcp.mail.example TLSA 3 1 1 AB*32");
  EXPECT_EQ(tlsa(world, 587).value().state, policy::TlsaState::present);
  EXPECT_EQ(tlsa(world, 25).value().state, policy::TlsaState::absent);
  EXPECT_THAT(tlsa_asked(world),
              ElementsAre("TLSA _587._tcp.mail.example", "TLSA _25._tcp.mail.example"));
}

TEST(FindTlsa, DeniedSecurelyIsAbsent_Rfc7672s2_2) {
  for (const char* denial : {"nodata", "nxdomain"}) {
    DnsWorld world("mail.example A 192.0.2.1 \n _25._tcp.mail.example TLSA " +
                   std::string(denial));
    const auto facts = tlsa(world).value();
    EXPECT_EQ(facts.state, policy::TlsaState::absent) << denial;
    EXPECT_THAT(facts.records, IsEmpty());
    EXPECT_EQ(facts.owner, name("_25._tcp.mail.example"));
    EXPECT_THAT(names(facts), ElementsAre("mail.example"));
  }
}

TEST(FindTlsa, InsecureRecordsAreNone_Rfc7672s2_2_3) {
  DnsWorld world(R"(
    mail.example A 192.0.2.1
    _25._tcp.mail.example TLSA 3 1 1 AB*32 insecure
  )");
  const auto facts = tlsa(world).value();
  EXPECT_EQ(facts.state, policy::TlsaState::insecure);
  EXPECT_THAT(facts.records, IsEmpty());
}

TEST(FindTlsa, AnInsecureDenialIsNoSecureOne_Rfc7672s2_2) {
  DnsWorld world(R"(
    mail.example A 192.0.2.1
    _25._tcp.mail.example TLSA nodata insecure
  )");
  EXPECT_EQ(tlsa(world).value().state, policy::TlsaState::insecure);
}

TEST(FindTlsa, AFailureIsNoAbsence_Rfc7672s2_1_2) {
  for (const auto& [failure, code] :
       std::vector<std::pair<std::string, std::string>>{{"servfail", "servfail"},
                                                        {"refused", "dns-refused"},
                                                        {"timeout", "timeout"},
                                                        {"malformed", "malformed"},
                                                        {"bogus nodata", "bogus"},
                                                        {"3 1 1 AB*32 bogus", "bogus"},
                                                        {"nodata rcode=4", "rcode"}}) {
    DnsWorld world("mail.example A 192.0.2.1 \n _25._tcp.mail.example TLSA " + failure);
    const auto facts = tlsa(world);
    ASSERT_FALSE(facts) << failure;
    EXPECT_EQ(base::to_text(facts.error().code), code) << failure;
    EXPECT_EQ(facts.error().kind, base::ErrorKind::temporary);
  }
}

TEST(FindTlsa, WithoutABaseDomainNothingIsAsked_Rfc7672s2_2_2) {
  // Name servers of unsigned zones fail questions for TLSA now and then.
  DnsWorld world(R"(
    mail.example A 192.0.2.1 insecure
    _25._tcp.mail.example TLSA servfail
  )");
  const auto facts = tlsa(world).value();
  EXPECT_EQ(facts.state, policy::TlsaState::insecure_address);
  EXPECT_THAT(tlsa_asked(world), IsEmpty());
  EXPECT_THAT(names(facts), ElementsAre("mail.example"));
}

constexpr std::string_view kAlias = R"(
  mail.example CNAME mail.host
  mail.host    A     192.0.2.1
)";

DnsWorld alias_with(const std::string& lines) {
  return DnsWorld(std::string(kAlias) + lines);
}

TEST(FindTlsa, TheCanonicalNamesRecordsComeFirst_Rfc7671s7) {
  auto world = alias_with(R"(
    _25._tcp.mail.host    TLSA 3 1 1 AB*32
    _25._tcp.mail.example TLSA 3 1 1 CD*32
  )");
  const auto facts = tlsa(world).value();
  EXPECT_EQ(facts.owner, name("_25._tcp.mail.host"));
  EXPECT_THAT(names(facts), ElementsAre("mail.host", "mail.example"))
      << "the base domain is the server name; the original one is a name too";
  EXPECT_THAT(tlsa_asked(world), ElementsAre("TLSA _25._tcp.mail.host"));
}

TEST(FindTlsa, TheOriginalNamesRecordsAreTheSecondChoice_Rfc7671s7) {
  for (const char* first :
       {"nodata", "nxdomain", "3 1 1 AB*32 insecure", "nodata insecure"}) {
    auto world = alias_with("_25._tcp.mail.host TLSA " + std::string(first) +
                            "\n _25._tcp.mail.example TLSA 3 1 1 CD*32");
    const auto facts = tlsa(world).value();
    EXPECT_EQ(facts.state, policy::TlsaState::present) << first;
    EXPECT_EQ(facts.owner, name("_25._tcp.mail.example"));
    EXPECT_THAT(names(facts), ElementsAre("mail.example"))
        << "its base domain is the original name, and there is no other";
    EXPECT_THAT(facts.records,
                ElementsAre(dns::Tlsa{3, 1, 1, base::Bytes(32, std::byte{0xCD})}));
  }
}

TEST(FindTlsa, AFailureAtTheFirstChoiceEndsIt_Rfc7672s2_2_3) {
  for (const char* failure : {"servfail", "timeout", "refused", "nodata bogus"}) {
    auto world = alias_with("_25._tcp.mail.host TLSA " + std::string(failure) +
                            "\n _25._tcp.mail.example TLSA 3 1 1 CD*32");
    EXPECT_FALSE(tlsa(world)) << failure;
    EXPECT_THAT(tlsa_asked(world), ElementsAre("TLSA _25._tcp.mail.host"));
  }
}

TEST(FindTlsa, AFailureAtTheSecondChoiceIsNoAbsence_Rfc7672s2_2_3) {
  auto world = alias_with("_25._tcp.mail.example TLSA servfail");
  const auto facts = tlsa(world);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, base::Code::servfail);
}

TEST(FindTlsa, TheLastChoiceSaysWhyThereAreNone) {
  auto absent = alias_with("_25._tcp.mail.host TLSA nodata insecure");
  EXPECT_EQ(tlsa(absent).value().state, policy::TlsaState::absent);
  auto insecure = alias_with("_25._tcp.mail.example TLSA nodata insecure");
  EXPECT_EQ(tlsa(insecure).value().state, policy::TlsaState::insecure);
  EXPECT_THAT(tlsa_asked(insecure),
              ElementsAre("TLSA _25._tcp.mail.host", "TLSA _25._tcp.mail.example"));
}

TEST(FindTlsa, TheOwnerMayBeAnAliasOfItsOwn_Rfc7672s2_2_3) {
  DnsWorld world(R"(
    mail.example A 192.0.2.1
    _25._tcp.mail.example CNAME tlsa.host  ttl=60
    tlsa.host TLSA 3 1 1 AB*32  ttl=3600
  )");
  const auto facts = tlsa(world).value();
  EXPECT_EQ(facts.state, policy::TlsaState::present);
  EXPECT_EQ(facts.owner, name("_25._tcp.mail.example"));
  EXPECT_THAT(names(facts), ElementsAre("mail.example")) << "the base domain stays";
  EXPECT_EQ(facts.ttl, std::chrono::seconds(60));
}

TEST(FindTlsa, AnAliasOfTheOwnerIsSecureInAllItsHops_Rfc7672s2_1_3) {
  for (const char* lines : {"_25._tcp.mail.example CNAME tlsa.host insecure \n"
                            "tlsa.host TLSA 3 1 1 AB*32",
                            "_25._tcp.mail.example CNAME tlsa.host \n"
                            "tlsa.host TLSA 3 1 1 AB*32 insecure"}) {
    DnsWorld world("mail.example A 192.0.2.1 \n" + std::string(lines));
    EXPECT_EQ(tlsa(world).value().state, policy::TlsaState::insecure);
  }
}

TEST(FindTlsa, AnOwnerThatCannotBeHasNoRecords_Rfc1035s2_3_4) {
  const std::string label(60, 'a');
  const std::string longest = label + "." + label + "." + label + "." + label + ".ex";
  DnsWorld world(longest + " A 192.0.2.1");
  const auto found = host(world, longest).value();
  const auto facts = world.run(find_tlsa(world.resolver, found, 25)).value();
  EXPECT_EQ(facts.state, policy::TlsaState::absent);
  EXPECT_THAT(tlsa_asked(world), IsEmpty());
}

}  // namespace
}  // namespace resolver
