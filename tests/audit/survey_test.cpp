#include "src/audit/survey.h"

#include <gtest/gtest.h>

#include "src/audit/judge.h"
#include "src/audit/live_contact.h"
#include "tests/support/map_source.h"

namespace audit {
namespace {

using support::name;

constexpr const char* kGood = R"(
  example.org                 MX    10 mail.example.org
  mail.example.org            A     192.0.2.1
  _25._tcp.mail.example.org   TLSA  3 1 1 AB*32
)";

/// A survey of one domain that connects to nobody.
class OfDomain : public ::testing::Test {
 protected:
  OfDomain() {
    settings_.probe = Probe::none;
    settings_.thorough = false;
    settings_.retry_wait = std::chrono::seconds(0);
  }

  DomainSeen seen(const std::string& lines, std::string_view domain = "example.org") {
    world_.emplace(lines);
    common_.emplace(settings_, LimitSettings{});
    Survey survey(
        world_->loop, world_->resolver, *common_,
        std::make_shared<LiveContact>(world_->loop, world_->resolver, *common_));
    return world_->run(survey.domain(name(domain)));
  }
  HostSeen host(const std::string& lines) {
    const auto domain = seen(lines);
    EXPECT_EQ(domain.hosts.size(), 1U);
    return domain.hosts.empty() ? HostSeen{} : domain.hosts.front()->seen;
  }

  SurveySettings settings_;
  std::optional<support::DnsWorld> world_;
  std::optional<Common> common_;
};

TEST_F(OfDomain, SeesMxRecordsAddressesAndTlsaRecords_Rfc7672s2_2) {
  const DomainSeen domain = seen(kGood);
  EXPECT_FALSE(domain.error);
  EXPECT_EQ(domain.mx.security, dns::Security::secure);
  ASSERT_EQ(domain.hosts.size(), 1U);
  const HostSeen& host = domain.hosts.front()->seen;
  EXPECT_EQ(host.tlsa.state, policy::TlsaState::present);
  EXPECT_EQ(host.tlsa.records.size(), 1U);
  EXPECT_GT(host.octets, 0U);
  EXPECT_EQ(host.host.addresses.size(), 1U);
  EXPECT_TRUE(host.addresses.empty()) << "nobody connects";
  EXPECT_FALSE(domain.sts) << "nobody asked";
  EXPECT_EQ(judge(domain, {}).grade, Grade::undecided);
}

TEST_F(OfDomain, EndsWhereThereIsNowhereToGo_Rfc7505s3) {
  const DomainSeen domain = seen("example.org MX 0 .");
  ASSERT_TRUE(domain.error);
  EXPECT_EQ(domain.error->code, base::Code::null_mx);
  EXPECT_TRUE(domain.hosts.empty());
}

TEST_F(OfDomain, LooksRecordsUpAgainThatFail_Rfc7672s2_1_2) {
  const std::string question = "TLSA _25._tcp.mail.example.org";
  const std::string lines = R"(
    example.org                 MX    10 mail.example.org
    mail.example.org            A     192.0.2.1
    _25._tcp.mail.example.org   TLSA  )";
  settings_.retries = 2;
  EXPECT_EQ(host(lines + "servfail").tlsa_error->code, base::Code::servfail);
  EXPECT_EQ(world_->source.times_asked(question), 3U);
  EXPECT_EQ(host(lines + "3 1 1 AB*32 bogus").tlsa_error->code, base::Code::bogus);
  EXPECT_EQ(world_->source.times_asked(question), 1U) << "validation is for good";
  settings_.retries = 0;
  EXPECT_EQ(host(lines + "servfail").tlsa_error->code, base::Code::servfail);
  EXPECT_EQ(world_->source.times_asked(question), 1U);
}

TEST_F(OfDomain, TellsTheFamilyThatCannotBeLookedUp) {
  const HostSeen one = host(std::string(kGood) + "mail.example.org AAAA servfail");
  ASSERT_TRUE(one.family_error);
  EXPECT_EQ(one.family_error->code, base::Code::servfail);
  EXPECT_FALSE(one.error);
  EXPECT_FALSE(host(kGood).family_error);
}

TEST_F(OfDomain, TellsTheHostThatCannotBeLookedUp) {
  const HostSeen none = host("example.org MX 10 mail.example.org");
  ASSERT_TRUE(none.error);
  EXPECT_EQ(none.error->code, base::Code::no_address);
}

TEST_F(OfDomain, FollowsAnAliasThatLeadsToNoRecords_Rfc7671s7) {
  const HostSeen dangling = host(R"(
    example.org                 MX    10 mail.example.org
    mail.example.org            A     192.0.2.1
    _25._tcp.mail.example.org   CNAME gone.example.net
  )");
  ASSERT_TRUE(dangling.dangling);
  EXPECT_EQ(dangling.dangling->text(), "gone.example.net");
  EXPECT_EQ(dangling.tlsa.owner.text(), "_25._tcp.mail.example.org");
  const HostSeen absent = host(R"(
    example.org                 MX    10 mail.example.org
    mail.example.org            A     192.0.2.1
  )");
  EXPECT_FALSE(absent.dangling);
  EXPECT_EQ(absent.tlsa.state, policy::TlsaState::absent);
}

TEST_F(OfDomain, SeesADenialAboveTheRecords_Rfc8020s2) {
  EXPECT_TRUE(
      host(std::string(kGood) + "_tcp.mail.example.org TXT nxdomain").parent_denied);
  EXPECT_FALSE(host(kGood).parent_denied);
}

TEST_F(OfDomain, TellsAnInsecureDenialFromInsecureRecords) {
  const std::string hosts = R"(
    example.org                 MX    10 mail.example.org
    mail.example.org            A     192.0.2.1
  )";
  const HostSeen records =
      host(hosts + "_25._tcp.mail.example.org TLSA 3 1 1 AB*32 insecure");
  EXPECT_EQ(records.tlsa.state, policy::TlsaState::insecure);
  EXPECT_FALSE(records.denied);
  const HostSeen denied = host(hosts + "_25._tcp.mail.example.org TLSA nodata insecure");
  EXPECT_TRUE(denied.denied);
}

TEST_F(OfDomain, AsksWhatIsAnnouncedBesideWhereItIsThorough_Rfc8461s3_1) {
  settings_.thorough = true;
  const std::string lines = std::string(kGood) + R"(
    _mta-sts.example.org        TXT   v=STSv1;
    _smtp._tls.example.org      TXT   servfail
  )";
  const DomainSeen domain = seen(lines);
  ASSERT_TRUE(domain.sts);
  EXPECT_EQ(domain.sts->size(), 1U);
  EXPECT_FALSE(domain.tlsrpt) << "it could not be looked up";
  EXPECT_FALSE(domain.sts_policy) << "there is no trust store";
}

TEST_F(OfDomain, LooksAtAHostOnceForAllDomains) {
  world_.emplace(std::string(kGood) + "other.example MX 10 mail.example.org");
  common_.emplace(settings_, LimitSettings{});
  Survey survey(world_->loop, world_->resolver, *common_,
                std::make_shared<LiveContact>(world_->loop, world_->resolver, *common_));
  const auto one = world_->run(survey.domain(name("example.org")));
  const auto asked = world_->source.asked().size();
  const auto other = world_->run(survey.domain(name("other.example")));
  EXPECT_EQ(one.hosts.front(), other.hosts.front());
  EXPECT_EQ(world_->source.asked().size(), asked + 1) << "the MX records alone";
}

}  // namespace
}  // namespace audit
