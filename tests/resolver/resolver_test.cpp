#include "resolver/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/map_source.h"

namespace resolver {
namespace {

using support::DnsWorld;
using support::name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// What a question for the A records of a.example comes to in a world of one line.
std::string outcome(std::string_view line) {
  DnsWorld world("a.example " + std::string(line));
  const auto answer = world.run(world.resolver.look_up<record::A>(name("a.example")));
  if (!answer) {
    EXPECT_EQ(answer.error().kind, base::ErrorKind::temporary);
    EXPECT_THAT(answer.error().detail, StartsWith("A a.example: "));
    return std::string(base::to_text(answer.error().code));
  }
  return std::string(to_text(answer->security)) + " " +
         std::to_string(answer->records.size());
}

TEST(Resolver, AnAnswerIsSecureOrInsecure_Rfc7672s2_1_1) {
  EXPECT_EQ(outcome("A 192.0.2.1"), "secure 1");
  EXPECT_EQ(outcome("A 192.0.2.1 insecure"), "insecure 1");
  EXPECT_EQ(outcome("MX 10 a.example"), "secure 0");
  EXPECT_EQ(outcome("A nodata insecure"), "insecure 0");
  EXPECT_EQ(outcome("A nxdomain insecure"), "insecure 0");
}

TEST(Resolver, WhatIsNotTrustworthyIsAnError_Rfc7672s2_1_1) {
  EXPECT_EQ(outcome("A 192.0.2.1 bogus"), "bogus");
  EXPECT_EQ(outcome("A 192.0.2.1 indeterminate"), "bogus");
  EXPECT_EQ(outcome("A nodata bogus"), "bogus");
  EXPECT_EQ(outcome("A nxdomain bogus"), "bogus");
  EXPECT_EQ(outcome("A timeout"), "timeout");
  EXPECT_EQ(outcome("A malformed"), "malformed");
}

TEST(Resolver, AnErrorCodeIsNoAbsence_Rfc7672s2_1_2) {
  for (const std::string state : {"secure", "insecure"}) {
    EXPECT_EQ(outcome("A servfail " + state), "servfail");
    EXPECT_EQ(outcome("A refused " + state), "dns-refused");
    for (const int rcode : {1, 4, 6, 9, 15}) {
      EXPECT_EQ(outcome("A nodata rcode=" + std::to_string(rcode) + " " + state), "rcode")
          << rcode;
      EXPECT_EQ(outcome("A 192.0.2.1 rcode=" + std::to_string(rcode) + " " + state),
                "rcode")
          << "though there are records";
    }
  }
}

TEST(Resolver, WhyAnAnswerIsBogusIsTold) {
  DnsWorld world("a.example A 192.0.2.1 bogus");
  EXPECT_EQ(
      world.run(world.resolver.look_up<record::A>(name("a.example"))).error().detail,
      "A a.example: bogus (DNSSEC): a signature has expired");
  EXPECT_EQ(trusted({kNoError, dns::Security::bogus, "", {}}).error().detail,
            "bogus (DNSSEC): validation failed");
  EXPECT_EQ(trusted({kServfail, dns::Security::insecure, "lame", {}}).error().detail,
            "the name servers fail (SERVFAIL): lame");
  EXPECT_EQ(trusted({kNotimp, dns::Security::insecure, "", {}}).error().detail,
            "the name servers answer with error 4");
}

TEST(Resolver, NothingIsBelievedUntilItIsFilledIn) {
  EXPECT_EQ(trusted(RawAnswer()).error().code, base::Code::bogus);
}

TEST(Resolver, TheStateOfAChainIsThatOfItsWorstHop_Rfc7672s2_1_3) {
  const auto through = [](std::string_view hop, std::string_view end) {
    DnsWorld world("a.example CNAME b.example " + std::string(hop) +
                   "\n b.example A 192.0.2.1 " + std::string(end));
    const auto answer = world.run(world.resolver.look_up<record::A>(name("a.example")));
    return answer ? std::string(to_text(answer->security))
                  : std::string(base::to_text(answer.error().code));
  };
  EXPECT_EQ(through("", ""), "secure");
  EXPECT_EQ(through("insecure", ""), "insecure");
  EXPECT_EQ(through("", "insecure"), "insecure");
  EXPECT_EQ(through("bogus", ""), "bogus");
  EXPECT_EQ(through("", "bogus"), "bogus");
  EXPECT_EQ(through("insecure", "bogus"), "bogus");
  EXPECT_EQ(through("insecure", "servfail"), "servfail");
}

TEST(Resolver, AliasesInACircleAreAnError_Rfc7672s2_1_3) {
  DnsWorld world(R"(
    a.example CNAME b.example
    b.example CNAME a.example
  )");
  EXPECT_EQ(world.run(world.resolver.look_up<record::A>(name("a.example"))).error().code,
            base::Code::alias_loop);
}

TEST(Resolver, ExistenceIsTold_Rfc2308s2) {
  DnsWorld world(R"(
    a.b.example MX 10 mail.example
    gone.example CNAME nowhere.example
    empty.example CNAME b.example
  )");
  const auto existence = [&](std::string_view which) {
    return world.run(world.resolver.look_up<record::Mx>(name(which))).value().existence;
  };
  EXPECT_EQ(existence("a.b.example"), dns::Existence::found);
  EXPECT_EQ(existence("b.example"), dns::Existence::no_data) << "an empty non-terminal";
  EXPECT_EQ(existence("c.example"), dns::Existence::no_name);
  EXPECT_EQ(existence("gone.example"), dns::Existence::no_name);
  EXPECT_EQ(existence("empty.example"), dns::Existence::no_data);
}

TEST(Resolver, TheLeastTtlAndTheFirstSignatureToEndCount_Rfc4034s3_1_5) {
  DnsWorld world(R"(
    a.example CNAME b.example   ttl=60  until=1900000000
    b.example A     192.0.2.1   ttl=120 until=1800000000 signer=example
    c.example CNAME d.example   ttl=600 until=1700000001
    d.example A     192.0.2.1   ttl=30  until=1800000000
    e.example CNAME g.example   ttl=10  until=1600000000
    f.example A     192.0.2.1
  )");
  const auto a = world.run(world.resolver.look_up<record::A>(name("a.example"))).value();
  EXPECT_EQ(a.ttl, std::chrono::seconds(60));
  EXPECT_EQ(a.signed_until->time_since_epoch().count(), 1'800'000'000);
  ASSERT_TRUE(a.signature);
  EXPECT_EQ(a.signature->signer, name("example"));
  const auto c = world.run(world.resolver.look_up<record::A>(name("c.example"))).value();
  EXPECT_EQ(c.ttl, std::chrono::seconds(30));
  EXPECT_EQ(c.signed_until->time_since_epoch().count(), 1'700'000'001);
  EXPECT_EQ(c.signature->until.time_since_epoch().count(), 1'800'000'000);
  const auto e = world.run(world.resolver.look_up<record::A>(name("e.example"))).value();
  EXPECT_EQ(e.ttl, std::chrono::seconds(10)) << "of a denial the alias alone counts";
  EXPECT_FALSE(e.signature) << "there are no records that it could sign";
  const auto f = world.run(world.resolver.look_up<record::A>(name("f.example"))).value();
  EXPECT_FALSE(f.signed_until);
}

TEST(Resolver, EachTypeIsAskedForAndRead) {
  DnsWorld world(R"(
    a.example  A 192.0.2.1
    a.example  AAAA 2001:db8::1
    a.example  MX 10 mail.example
    a.example  TXT "v=STSv1; id=1"
    a.example  NS ns.example
    a.example  DNSKEY 257 13 64
    a.example  DS 4711 13 2
    a.example  NSEC3PARAM 5 8
    a.example  SRV 1 2 443 host.example
    a.example  TLSA 3 1 1 AB*32
    b.example  CNAME a.example
    1.2.0.192.in-addr.arpa PTR host.example
  )");
  auto& dns = world.resolver;
  const auto a = name("a.example");
  const auto v4 = *net::parse_address("192.0.2.1");
  const auto v6 = *net::parse_address("2001:db8::1");
  EXPECT_THAT(world.run(dns.addresses(a, net::Family::v4))->records, ElementsAre(v4));
  EXPECT_THAT(world.run(dns.addresses(a, net::Family::v6))->records, ElementsAre(v6));
  EXPECT_THAT(world.run(dns.look_up<record::Mx>(a))->records,
              ElementsAre(dns::Mx{10, name("mail.example")}));
  EXPECT_THAT(world.run(dns.look_up<record::Txt>(a))->records,
              ElementsAre("v=STSv1; id=1"));
  EXPECT_THAT(world.run(dns.look_up<record::Ns>(a))->records,
              ElementsAre(name("ns.example")));
  EXPECT_THAT(world.run(dns.look_up<record::Dnskey>(a))->records,
              ElementsAre(dns::Dnskey{257, 13, 512}));
  EXPECT_THAT(world.run(dns.look_up<record::Ds>(a))->records,
              ElementsAre(dns::Ds{4711, 13, 2}));
  EXPECT_THAT(world.run(dns.look_up<record::Nsec3Param>(a))->records,
              ElementsAre(dns::Nsec3Param{5, 8}));
  EXPECT_THAT(world.run(dns.look_up<record::Srv>(a))->records,
              ElementsAre(dns::Srv{1, 2, 443, name("host.example")}));
  EXPECT_THAT(world.run(dns.look_up<record::Tlsa>(a))->records,
              ElementsAre(dns::Tlsa{3, 1, 1, base::Bytes(32, std::byte{0xAB})}));
  EXPECT_THAT(world.run(dns.look_up<record::Cname>(name("b.example")))->records,
              ElementsAre(a));
  EXPECT_THAT(world.run(dns.host_names(v4))->records, ElementsAre(name("host.example")));
  EXPECT_THAT(world.source.asked().back(), "PTR 1.2.0.192.in-addr.arpa");
}

TEST(Resolver, OctetsThatAreNoAnswerNameTheirQuestion) {
  DnsWorld world("a.example TLSA malformed");
  const auto answer = world.run(world.resolver.look_up<record::Tlsa>(name("a.example")));
  EXPECT_EQ(answer.error().detail, "TLSA a.example: malformed answer: not a DNS message");
}

TEST(Resolver, ACheckIsTheSourcesWord) {
  DnsWorld world("");
  EXPECT_TRUE(world.run(world.resolver.check()));
  world.source.fail_check({base::ErrorKind::temporary, base::Code::not_validating, ""});
  EXPECT_EQ(world.run(world.resolver.check()).error().code, base::Code::not_validating);
  EXPECT_EQ(world.source.checks(), 2);
  EXPECT_EQ(world.resolver.advice("--forward"), "");
  EXPECT_THAT(world.resolver.written_directories(), IsEmpty());
}

}  // namespace
}  // namespace resolver
