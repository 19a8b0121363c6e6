#include "src/audit/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/audit/access.h"
#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::answers;
using audit::testing::domain_of;
using audit::testing::error;
using audit::testing::failed;
using audit::testing::fails;
using audit::testing::host_with;
using audit::testing::host_without;
using audit::testing::kHost;
using audit::testing::kNow;
using audit::testing::left_alone;
using audit::testing::name;
using audit::testing::shown;
using audit::testing::shows;
using audit::testing::stranger;
using audit::testing::with;
using audit::testing::Words;
using audit::testing::words;
using support::GoodChain;
using support::record;
using ::testing::Contains;
using ::testing::Not;
using verify::Certificates;

class Judge : public ::testing::Test {
 protected:
  HostSeen proved(std::string_view host = kHost) {
    return with(host_with({record(3, 1, 1, good_.leaf), stranger(2)}, host),
                {shows(good_.sent())});
  }
  static Words found(const DomainSeen& domain) {
    return words(judge(domain, kNow).findings);
  }

  GoodChain good_;
  verify::Roots roots_ = support::roots({good_.root});
};

TEST_F(Judge, AltersNothingAndSaysTheSameEveryTime) {
  const HostSeen host = proved();
  const HostJudged once = judge(host, kNow, &roots_);
  EXPECT_EQ(once.findings, judge(host, kNow, &roots_).findings);
  EXPECT_EQ(once.addresses.size(), host.addresses.size());
}

TEST_F(Judge, DependsOnTheMomentThatItIsGiven) {
  const HostSeen host =
      with(host_with({record(2, 1, 1, good_.root)}), {shows(good_.sent())});
  EXPECT_TRUE(verify::accepted(judge(host, kNow, nullptr).addresses[0].verdict->outcome));
  const auto later = kNow + 20 * support::kDay;
  EXPECT_FALSE(
      verify::accepted(judge(host, later, nullptr).addresses[0].verdict->outcome));
  EXPECT_EQ(judge(host, kNow, nullptr).addresses[0].good_until,
            kNow + 10 * support::kDay);
}

TEST_F(Judge, TellsWhenAChainEndsUnderAnAnchorAlone) {
  EXPECT_FALSE(judge(proved(), kNow, nullptr).addresses[0].good_until);
  const HostSeen mismatched = with(host_with({stranger(2)}), {shows(good_.sent())});
  EXPECT_FALSE(judge(mismatched, kNow, nullptr).addresses[0].good_until);
}

TEST_F(Judge, GivesNoVerdictOnAHostThatNeedProveNothing_Rfc7672s2_2) {
  const HostSeen open =
      with(host_without(policy::TlsaState::insecure), {shows(good_.sent())});
  const HostJudged judged = judge(open, kNow, &roots_);
  EXPECT_FALSE(judged.addresses[0].verdict);
  ASSERT_TRUE(judged.addresses[0].pkix) << "a trust store has its own opinion";
  EXPECT_TRUE(verify::accepted(judged.addresses[0].pkix->outcome));
  EXPECT_FALSE(judge(open, kNow, nullptr).addresses[0].pkix);
}

TEST_F(Judge, HoldsAHandshakeWithoutKeyUsageToDaneEe_Rfc7671s5_1) {
  Shown second = shown(How::usual, good_.sent());
  second.despite_key_usage = true;
  const auto access = [&](std::vector<dns::Tlsa> records) {
    const HostSeen host = with(host_with(std::move(records)), {answers({second})});
    return judge(domain_of({host}), kNow).hosts.at(0).access;
  };
  EXPECT_EQ(access({record(3, 1, 1, good_.leaf)}), Access::proved);
  EXPECT_EQ(access({record(2, 1, 1, good_.root), stranger(3)}), Access::refused);
}

TEST_F(Judge, GivesNoVerdictBeyondAHostsShareOfWork) {
  // Each chain has thirty issuers of the right name and the wrong key, below an anchor
  // that the DNS holds whole, so that it need not be sent.
  const auto root = support::make(support::ca("Root"));
  Certificates chain = {support::make(support::leaf("Middle", {kHost}))};
  for (int i = 0; i < 30; ++i) {
    support::Recipe recipe = support::ca("Middle", "Root");
    recipe.key.name = "wrong " + std::to_string(i);
    chain.push_back(support::make(recipe));
  }
  HostSeen host = host_with({record(2, 0, 0, root)});
  for (unsigned i = 0; i < 64; ++i) host.addresses.push_back(shows(chain, i));
  const HostJudged judged = judge(host, kNow, nullptr);
  std::size_t verdicts = 0, signatures = 0;
  for (const AddressJudged& address : judged.addresses) {
    if (!address.verdict) continue;
    ++verdicts;
    signatures += address.verdict->signatures;
    EXPECT_FALSE(verify::accepted(address.verdict->outcome));
  }
  EXPECT_GT(verdicts, 3U);
  EXPECT_LT(verdicts, 64U);
  EXPECT_LE(signatures, 1024U);
  EXPECT_EQ(words(judged.findings).count("bad-path"), 64U);
  const HostAccess access = judge(domain_of({host}), kNow).hosts.at(0);
  EXPECT_EQ(access.addresses.back().access, Access::unknown) << "no verdict, no proof";
}

TEST_F(Judge, KnowsNoAccessWhereAnAddressWasNotTried) {
  const auto access = [](const HostSeen& host) {
    return judge(domain_of({host}), kNow).hosts.at(0).access;
  };
  HostSeen refused = with(host_with({stranger()}), {shows(good_.sent())});
  EXPECT_EQ(access(refused), Access::refused);
  refused.untried = 1;
  EXPECT_EQ(access(refused), Access::unknown);
  refused.untried = 0;
  refused.out_of_reach = {audit::testing::address(7)};
  EXPECT_EQ(access(refused), Access::unknown);
  refused.out_of_reach.clear();
  refused.addresses.push_back(left_alone());
  EXPECT_EQ(access(refused), Access::unknown);
  HostSeen fine = proved();
  fine.untried = 1;
  EXPECT_EQ(access(fine), Access::proved);
}

TEST_F(Judge, TakesTheBestOfTheAddresses) {
  const auto access = [](std::vector<AddressSeen> addresses) {
    const HostSeen host = with(host_with({stranger()}), std::move(addresses));
    return judge(domain_of({host}), kNow).hosts.at(0).access;
  };
  const AddressSeen refused = shows(good_.sent(), 1);
  EXPECT_EQ(access({refused, fails(base::Code::connect)}), Access::refused);
  EXPECT_EQ(access({fails(base::Code::connect), refused}), Access::refused);
  EXPECT_EQ(access({fails(base::Code::connect)}), Access::unknown);
  EXPECT_EQ(access({}), Access::unknown);
}

TEST_F(Judge, TakesNoFaultOfThisMachineForOneOfTheHost) {
  HostSeen host = host_with({stranger()});
  host.tlsa_error = error(base::Code::local);
  EXPECT_EQ(judge(domain_of({host}), kNow).hosts.at(0).access, Access::unknown);
}

TEST_F(Judge, IsNotEnforcedBesideAnError) {
  HostSeen host = proved();
  EXPECT_EQ(judge(domain_of({host}), kNow).grade, Grade::enforced);
  add_shown(host.addresses[0], failed(How::other_key, base::Code::starttls_not_offered));
  const Judgement judgement = judge(domain_of({host}), kNow);
  EXPECT_THAT(words(judgement.findings), Contains("starttls-not-offered"));
  EXPECT_EQ(judgement.grade, Grade::partial);
}

TEST_F(Judge, IsEnforcedAlthoughTheDnsNamesAddressesWithoutAWay) {
  HostSeen host = proved();
  host.no_route = {net::parse_address("2001:db8::1").value()};
  EXPECT_EQ(judge(domain_of({host}), kNow).grade, Grade::enforced);
  const HostSeen unseen = [] {
    HostSeen out = host_with({stranger()}, "other.example.org");
    out.no_route = {net::parse_address("2001:db8::1").value()};
    return out;
  }();
  const HostSeen refused = with(host_with({stranger()}), {shows(good_.sent())});
  EXPECT_EQ(judge(domain_of({refused, unseen}), kNow).grade, Grade::broken);
}

TEST_F(Judge, TellsOfMxRecordsThatAreNoWayIn_Rfc5321s5_1) {
  DomainSeen domain = domain_of({proved()});
  EXPECT_EQ(found(domain), (Words{"parameters-unmatched", "record-anchor-spare"}));
  domain.mx.published.push_back({20, dns::Name::from_dns("192.0.2.1").value()});
  EXPECT_THAT(found(domain), Contains("mx-odd-target"));
  domain.mx.published.back().host = name("under_score.example.org");
  EXPECT_THAT(found(domain), Contains("mx-odd-target"));
  domain = domain_of({proved()});
  domain.mx.from_mx = false;
  EXPECT_THAT(found(domain), Contains("mx-implicit"));
}

TEST_F(Judge, TellsOfTheEndOfSecureMxSignaturesAlone) {
  DomainSeen domain = domain_of({proved()});
  domain.mx.signature.emplace();
  domain.mx.signature->until = kNow + std::chrono::hours(48);
  EXPECT_THAT(found(domain), Not(Contains("signature-expires-soon")));
  domain.mx.signature->until -= std::chrono::seconds(1);
  EXPECT_THAT(found(domain), Contains("signature-expires-soon"));
  domain.mx.security = dns::Security::insecure;
  EXPECT_THAT(found(domain), Not(Contains("signature-expires-soon")));
}

TEST_F(Judge, TellsOfMailHostsThatAreAliases_Rfc5321s5_1) {
  HostSeen alias = proved();
  alias.host.aliases = {alias.name};
  alias.host.canonical = name("canonical.example.org");
  DomainSeen domain = domain_of({alias});
  EXPECT_THAT(found(domain), Contains("host-alias"));
  domain.mx.from_mx = false;
  EXPECT_THAT(found(domain), Not(Contains("host-alias"))) << "it is the domain itself";
}

TEST_F(Judge, BlamesNoHostsOfOneOwnerForTheirCommonKey_Rfc7672s2_2_3) {
  const auto shared = [&](std::string_view a, std::string_view b) {
    return found(domain_of({proved(a), proved(b)})).count("shared-key");
  };
  EXPECT_EQ(shared("mx.example.org", "mx.sub.example.org"), 0U);
  EXPECT_EQ(shared("mx.sub.example.org", "mx.example.org"), 0U);
  EXPECT_EQ(shared("mx.example.org", "mx.another-example.org"), 1U);
}

/// A domain with an MTA-STS policy.
class Policy : public Judge {
 protected:
  DomainSeen domain(std::vector<AddressSeen> addresses, mail::StsMode mode) {
    HostSeen host = proved();
    host.addresses = std::move(addresses);
    DomainSeen out = domain_of({host}, &roots_);
    out.sts = {"v=STSv1; id=1"};
    out.sts_policy.emplace();
    out.sts_policy->policy.mode = mode;
    out.sts_policy->policy.hosts = {kHost};
    return out;
  }
  static Words about_sts(const DomainSeen& domain) {
    Words out;
    for (const auto& word : found(domain)) {
      if (word.starts_with("mta-sts")) out.insert(word);
    }
    return out;
  }
};

TEST_F(Policy, HasNothingToSayOfAHostThatTheStoreProves_Rfc8461s4_2) {
  EXPECT_EQ(about_sts(domain({shows(good_.sent())}, mail::StsMode::enforce)), Words{});
}

TEST_F(Policy, IsTestedOrNot_Rfc8461s5) {
  EXPECT_EQ(about_sts(domain({shows(good_.sent())}, mail::StsMode::testing)),
            Words{"mta-sts-not-enforced"});
  DomainSeen none = domain({shows(good_.sent())}, mail::StsMode::none);
  none.sts_policy->policy.hosts = {"another.example"};
  EXPECT_EQ(about_sts(none), Words{"mta-sts-not-enforced"});
}

TEST_F(Policy, ListsTheHosts_Rfc8461s4_1) {
  DomainSeen other = domain({shows(good_.sent())}, mail::StsMode::enforce);
  other.sts_policy->policy.hosts = {"another.example"};
  EXPECT_EQ(about_sts(other), Words{"mta-sts-disagrees"});
}

TEST_F(Policy, KeepsSendersFromHostsThatTheStoreDoesNotProve_Rfc8461s4_2) {
  const Words untrusted = {"mta-sts-host-untrusted"};
  const auto found = [&](const AddressSeen& address) {
    return about_sts(domain({address}, mail::StsMode::enforce));
  };
  const auto alone = support::make(support::leaf("Stranger", {kHost}));
  EXPECT_EQ(found(shows({alone})), untrusted);
  EXPECT_EQ(found(fails(base::Code::starttls_not_offered)), untrusted);
  EXPECT_EQ(found(answers({audit::testing::broken_off(How::usual, base::Code::closed)})),
            untrusted);
  Shown plain;
  plain.connected = true;
  EXPECT_EQ(found(answers({plain})), untrusted);
  EXPECT_EQ(found(fails(base::Code::connect)), Words{}) << "nobody saw its TLS";
}

TEST_F(Policy, MayNotBeThere_Rfc8461s3_3) {
  for (const auto& [code, word] : {std::pair{base::Code::untrusted, "mta-sts-untrusted"},
                                   {base::Code::bad_policy, "mta-sts-bad-policy"},
                                   {base::Code::private_address, "private-address"},
                                   {base::Code::http, "mta-sts-unreachable"}}) {
    DomainSeen none = domain({shows(good_.sent())}, mail::StsMode::enforce);
    none.sts_policy->error = error(code);
    EXPECT_THAT(found(none), Contains(word));
    EXPECT_THAT(found(none), Not(Contains("mta-sts-host-untrusted")));
  }
}

}  // namespace
}  // namespace audit
