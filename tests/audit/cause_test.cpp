#include "src/audit/cause.h"

#include <gtest/gtest.h>

#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::Certificates;
using audit::testing::domain_of;
using audit::testing::error;
using audit::testing::fails;
using audit::testing::host_with;
using audit::testing::host_without;
using audit::testing::kNow;
using audit::testing::left_alone;
using audit::testing::shows;
using audit::testing::stranger;
using audit::testing::with;
using support::GoodChain;
using support::record;

class Cause : public ::testing::Test {
 protected:
  HostSeen proved(std::string_view host) {
    return with(host_with({record(3, 1, 1, good_.leaf)}, host), {shows(good_.sent())});
  }
  HostSeen mismatched(std::string_view host) {
    return with(host_with({stranger()}, host), {shows(good_.sent())});
  }
  static HostSeen lookup_fails(std::string_view host) {
    HostSeen out = host_with({}, host);
    out.tlsa_error = error(base::Code::servfail);
    return out;
  }
  /// The word of the cause; it is that of the first finding too.
  static std::string of(const DomainSeen& domain) {
    const Judgement judgement = judge(domain, kNow);
    if (!judgement.cause) return "";
    EXPECT_EQ(judgement.findings.front().code, *judgement.cause);
    return std::string(kind_of(*judgement.cause).word);
  }

  GoodChain good_;
};

TEST_F(Cause, IsNoneWhereAllIsWell) {
  EXPECT_EQ(of(domain_of({proved("a.example.org")})), "");
}

TEST_F(Cause, OfABrokenDomainIsWhatTurnsSendersAway) {
  // Silent at one address, another key at the other: the silence breaks nothing.
  HostSeen host = mismatched("a.example.org");
  host.addresses.insert(host.addresses.begin(), fails(base::Code::connect));
  const DomainSeen domain = domain_of({host});
  EXPECT_EQ(judge(domain, kNow).grade, Grade::broken);
  EXPECT_EQ(of(domain), "mismatch");
}

TEST_F(Cause, OfSeveralBrokenHostsIsThatOfTheOneThatIsPreferred) {
  const HostSeen first = mismatched("a.example.org"),
                 second = lookup_fails("b.example.org");
  EXPECT_EQ(of(domain_of({first, second})), "mismatch");
  EXPECT_EQ(of(domain_of({second, first})), "tlsa-lookup-fails");
}

TEST_F(Cause, OfAPartlyProtectedDomainIsTheHostThatFails) {
  const HostSeen good = proved("a.example.org");
  EXPECT_EQ(of(domain_of({good, mismatched("b.example.org")})), "mismatch");
  EXPECT_EQ(of(domain_of({good, with(host_with({stranger()}, "b.example.org"),
                                     {fails(base::Code::connect)})})),
            "unreachable");
  HostSeen open = host_without(policy::TlsaState::absent);
  EXPECT_EQ(of(domain_of({good, open})), "tlsa-absent");
}

TEST_F(Cause, IsNoAddressWithoutAWayAtAHostThatIsProved) {
  // What a machine of one address family alone finds of every host that has both.
  HostSeen host = proved("a.example.org");
  host.no_route = {net::parse_address("2001:db8::1").value()};
  DomainSeen domain = domain_of({host});
  ASSERT_EQ(judge(domain, kNow).grade, Grade::enforced);
  EXPECT_EQ(of(domain), "");
  domain.mx.security = dns::Security::insecure;
  EXPECT_EQ(of(domain), "mx-insecure");
  EXPECT_EQ(of(domain_of({host, host_without(policy::TlsaState::absent)})),
            "tlsa-absent");
}

TEST_F(Cause, IsTheSecondKeyThatNoRecordMatches) {
  HostSeen host = proved("a.example.org");
  host.no_route = {net::parse_address("2001:db8::1").value()};
  support::Recipe other = support::leaf("", {"a.example.org"});
  other.key.name = other.signer.name = "other";
  add_shown(host.addresses[0],
            audit::testing::shown(How::other_key, Certificates{support::make(other)}));
  EXPECT_EQ(of(domain_of({host})), "other-key-unmatched");
}

TEST_F(Cause, OfEachHostIsItsOwn) {
  const DomainSeen domain =
      domain_of({mismatched("a.example.org"), lookup_fails("b.example.org"),
                 proved("c.example.org")});
  const Judgement judgement = judge(domain, kNow);
  EXPECT_EQ(turned_away_at(domain, judgement, 0), Code::mismatch);
  EXPECT_EQ(turned_away_at(domain, judgement, 1), Code::tlsa_lookup_fails);
  EXPECT_EQ(turned_away_at(domain, judgement, 2), std::nullopt);
}

TEST_F(Cause, MayBeANote) {
  // A host that this machine has no way to says nothing against the domain, and yet the
  // domain is not known to be protected.
  HostSeen far = host_with({stranger()}, "b.example.org");
  far.no_route = {net::parse_address("2001:db8::1").value()};
  EXPECT_EQ(of(domain_of({proved("a.example.org"), far})), "no-route");
}

TEST_F(Cause, OfAnUnsignedDomainIsItsOwnLackBeforeThatOfItsHosts) {
  DomainSeen domain = domain_of({host_without(policy::TlsaState::insecure_address)});
  EXPECT_EQ(of(domain), "host-insecure");
  domain.mx.security = dns::Security::insecure;
  EXPECT_EQ(of(domain), "mx-insecure");
}

TEST_F(Cause, OfWhatCouldNotBeToldIsWhatWasNotSeen) {
  EXPECT_EQ(of(domain_of({with(host_with({stranger()}), {fails(base::Code::connect)})})),
            "unreachable");
  EXPECT_EQ(of(domain_of({with(host_with({stranger()}), {left_alone()})})), "host-slow");
}

TEST_F(Cause, OfADomainWithoutAnyHostIsWhyThereIsNone) {
  DomainSeen domain;
  domain.domain = audit::testing::name("example.org");
  domain.error = error(base::Code::bogus);
  EXPECT_EQ(of(domain), "mx-bogus");
}

TEST_F(Cause, OfADomainWithNeitherMxNorAddressIsThatItTakesNoMail_Rfc5321s5_1) {
  HostSeen host = host_without(policy::TlsaState::not_asked);
  host.error = error(base::Code::no_address);
  DomainSeen domain = domain_of({host});
  EXPECT_EQ(judge(domain, kNow).grade, Grade::broken) << "an MX record promises a host";
  domain.mx.from_mx = false;
  for (const auto security : {dns::Security::secure, dns::Security::insecure}) {
    domain.mx.security = security;
    const Judgement judgement = judge(domain, kNow);
    EXPECT_EQ(judgement.grade, Grade::not_deployed);
    EXPECT_EQ(of(domain), "no-mail-host");
    EXPECT_EQ(judgement.findings.size(), 1U);
    EXPECT_EQ(judgement.hosts.size(), domain.hosts.size());
  }
  host.error = error(base::Code::bogus);
  domain = domain_of({host});
  domain.mx.from_mx = false;
  EXPECT_EQ(judge(domain, kNow).grade, Grade::broken) << "it may have an address";
}

}  // namespace
}  // namespace audit
