// What an SRV answer leads to: which hosts, in which order, and what may be believed of
// them. Each world is the SRV record, the target's address and its TLSA record.
#include "src/client/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/client/hello.h"
#include "tests/support/map_source.h"

namespace client {
namespace {

using policy::TlsaState;
using support::DnsWorld;
using support::name;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

base::Result<ServiceTargets> targets(DnsWorld& world,
                                     std::string_view domain = "a.example") {
  return world.run(
      find_service(world.resolver, parse_service("imaps").value(), name(domain)));
}

/// `priority host port` of each target.
std::vector<std::string> targets_of(std::string_view lines) {
  DnsWorld world(lines);
  std::vector<std::string> out;
  const auto found = targets(world);
  EXPECT_TRUE(found) << found.error().detail;
  if (!found) return out;
  for (const dns::Srv& one : found->targets) {
    out.push_back(std::to_string(one.priority) + " " + one.target.text() + " " +
                  std::to_string(one.port));
  }
  return out;
}

base::Error error_of(std::string_view lines) {
  DnsWorld world(lines);
  const auto found = targets(world);
  EXPECT_FALSE(found);
  return found ? base::Error{} : found.error();
}

io::Task<Lookup> look(resolver::Resolver& resolver, ServiceTargets found,
                      policy::Demand demand) {
  const dns::Srv first = found.targets.front();
  const Target target{first.target, first.port};
  auto location = co_await locate(resolver, target, demand);
  location->referral = found.referral;
  co_return co_await look_up(resolver, std::move(*location), first.port, demand);
}

/// What is known of the first target.
struct Judged {
  TlsaState state = TlsaState::not_asked;
  std::vector<std::string> names;
  std::string server_name;
  std::string error;
  std::vector<std::string> asked;
};
Judged judged(std::string_view lines, policy::Demand demand = {}) {
  DnsWorld world(lines);
  const auto found = targets(world);
  EXPECT_TRUE(found) << found.error().detail;
  const Lookup out = world.run(look(world.resolver, *found, std::move(demand)));
  Judged told;
  told.state = out.facts.state;
  told.asked = world.source.asked();
  if (!out.requirement) {
    told.error = base::to_text(out.requirement.error().code);
    return told;
  }
  for (const auto& one : out.requirement->names) {
    told.names.push_back(policy::to_text(one));
  }
  told.server_name = server_name(out.facts, *out.requirement);
  return told;
}

policy::Demand with_trust_store() {
  policy::Demand out;
  out.without_tlsa = policy::WithoutTlsa::pkix;
  return out;
}

TEST(ServiceType, TheWordSaysWhatIsSpokenFirst) {
  using starttls::Protocol;
  for (const auto& [word, prefix, protocol] :
       {std::tuple("imap", "_imap._tcp", std::optional(Protocol::imap)),
        std::tuple("IMAP", "_imap._tcp", std::optional(Protocol::imap)),
        std::tuple("_imap._tcp", "_imap._tcp", std::optional(Protocol::imap)),
        std::tuple("pop3", "_pop3._tcp", std::optional(Protocol::pop3)),
        std::tuple("submission", "_submission._tcp", std::optional(Protocol::smtp)),
        std::tuple("sieve", "_sieve._tcp", std::optional(Protocol::sieve)),
        std::tuple("ldap", "_ldap._tcp", std::optional(Protocol::ldap)),
        std::tuple("nntp", "_nntp._tcp", std::optional(Protocol::nntp)),
        std::tuple("xmpp-client", "_xmpp-client._tcp", std::optional(Protocol::xmpp)),
        std::tuple("xmpp-server", "_xmpp-server._tcp",
                   std::optional(Protocol::xmpp_server))}) {
    const auto service = parse_service(word);
    ASSERT_TRUE(service) << word;
    EXPECT_EQ(service->prefix, prefix);
    EXPECT_EQ(service->starttls, protocol) << word;
  }
}

TEST(ServiceType, OthersBeginWithTls) {
  for (const char* word : {"imaps", "pop3s", "submissions", "ldaps", "nntps",
                           "xmpps-client", "xmpps-server", "_turns._tcp"}) {
    const auto service = parse_service(word);
    ASSERT_TRUE(service) << word;
    EXPECT_FALSE(service->starttls) << word;
  }
  for (const char* word : {"", "turns", "_turns", "_turns._udp", "_._tcp", "_a.b._tcp",
                           "imap._tcp", "_imap._tcp.a.example"}) {
    const auto service = parse_service(word);
    ASSERT_FALSE(service) << word;
    EXPECT_EQ(service.error().kind, base::ErrorKind::usage) << word;
  }
}

TEST(Service, TargetsAreInTheOrderOfPriorityThenWeight_Rfc2782) {
  EXPECT_THAT(targets_of(R"(
    _imaps._tcp.a.example SRV 20 0 993 c.example
    _imaps._tcp.a.example SRV 10 1 993 b.example
    _imaps._tcp.a.example SRV 10 9 994 a.example
  )"),
              ElementsAre("10 a.example 994", "10 b.example 993", "20 c.example 993"));
}

TEST(Service, SixteenTargetsAtMost) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += "_imaps._tcp.a.example SRV " + std::to_string(20 - i) + " 0 993 h" +
             std::to_string(i) + ".example\n";
  }
  DnsWorld world(lines);
  const auto found = targets(world).value();
  EXPECT_THAT(found.targets, SizeIs(kMostTargets));
  EXPECT_EQ(found.left_out, 4U);
  EXPECT_EQ(found.targets.front().target, name("h19.example")) << "the best ones stay";
}

TEST(Service, ALookupThatFailsIsNoAbsence_Rfc7673s3_1) {
  EXPECT_EQ(error_of("_imaps._tcp.a.example SRV servfail").code, base::Code::servfail);
  EXPECT_EQ(error_of("_imaps._tcp.a.example SRV timeout").code, base::Code::timeout);
  EXPECT_EQ(error_of("_imaps._tcp.a.example SRV 0 0 993 b.example bogus").code,
            base::Code::bogus);
  EXPECT_EQ(error_of("_imaps._tcp.a.example SRV malformed").code, base::Code::malformed);
}

TEST(Service, ADotAsTargetIsNoServer_Rfc2782) {
  const auto error = error_of("_imaps._tcp.a.example SRV 0 0 0 .");
  EXPECT_EQ(error.code, base::Code::no_service);
  EXPECT_THAT(error.detail, HasSubstr("does not offer this service"));
  EXPECT_THAT(targets_of(R"(
    _imaps._tcp.a.example SRV 0 0 0 .
    _imaps._tcp.a.example SRV 5 0 993 b.example
  )"),
              ElementsAre("5 b.example 993"));
}

TEST(Service, WithoutRecordsTheNextCommandIsNamed) {
  for (const char* lines :
       {"a.example A 192.0.2.1", "_imaps._tcp.a.example SRV nodata"}) {
    const auto error = error_of(lines);
    EXPECT_EQ(error.code, base::Code::no_service);
    EXPECT_EQ(error.kind, base::ErrorKind::temporary);
    EXPECT_THAT(error.detail, HasSubstr("no SRV record _imaps._tcp.a.example"));
    EXPECT_THAT(error.detail, HasSubstr("dane check HOST PORT"));
  }
}

TEST(Service, ANameThatCannotBeHasNoService) {
  DnsWorld world("");
  const std::string label(60, 'a');
  const std::string domain = label + "." + label + "." + label + "." + label + ".aaaa";
  const auto found = targets(world, domain);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, base::Code::bad_name);
}

TEST(Service, DomainsAreAskedForInALabels_Rfc7673s8) {
  DnsWorld world("_imaps._tcp.xn--bcher-kva.example SRV 0 0 993 b.example");
  const auto found = targets(world, "bücher.example");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->referral.domain, name("xn--bcher-kva.example"));
}

TEST(Service, AnAliasCountsWithItsSecurity_Rfc7673s3_1) {
  DnsWorld world(R"(
    _imaps._tcp.a.example CNAME _imaps._tcp.b.example insecure
    _imaps._tcp.b.example SRV 0 0 993 b.example
  )");
  const auto found = targets(world).value();
  EXPECT_EQ(found.referral.security, dns::Security::insecure);
  EXPECT_EQ(found.referral.service_name, name("_imaps.a.example"));
}

TEST(Service, InsecureSrvMeansNoDane_Rfc7673s3_1) {
  constexpr std::string_view kLines = R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example insecure
    b.example A 192.0.2.1
    _993._tcp.b.example TLSA 3 1 1 AB*32
  )";
  const Judged alone = judged(kLines);
  EXPECT_EQ(alone.state, TlsaState::insecure_service);
  EXPECT_EQ(alone.error, "no-tlsa");
  EXPECT_THAT(alone.asked, Not(Contains(StartsWith("TLSA "))));
  // PKIX may prove it, by the domain alone: the host's name may be a stranger's.
  const Judged by_pkix = judged(kLines, with_trust_store());
  EXPECT_THAT(by_pkix.names, ElementsAre("a.example", "_imaps.a.example"));
  EXPECT_EQ(by_pkix.server_name, "a.example");
  EXPECT_THAT(by_pkix.asked, Not(Contains(StartsWith("TLSA "))));
}

TEST(Service, TheAddressComesBeforeTlsa_Rfc7673s3_2) {
  const Judged told = judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example A 192.0.2.1 insecure
    _993._tcp.b.example TLSA 3 1 1 AB*32
  )");
  EXPECT_EQ(told.state, TlsaState::insecure_address);
  EXPECT_EQ(told.error, "no-tlsa");
  EXPECT_THAT(told.asked, Not(Contains(StartsWith("TLSA "))));
}

TEST(Service, TlsaIsThatOfTheTargetAndItsPort_Rfc7673s3_3) {
  const Judged told = judged(R"(
    _imaps._tcp.a.example SRV 0 0 9993 b.example
    b.example A 192.0.2.1
    _9993._tcp.b.example TLSA 3 1 1 AB*32
  )");
  EXPECT_EQ(told.state, TlsaState::present);
  EXPECT_THAT(told.asked, Contains("TLSA _9993._tcp.b.example"));
}

TEST(Service, AnAliasIsAskedForAtItsEndFirst_Rfc7673s3_3) {
  const Judged told = judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example CNAME c.example
    c.example A 192.0.2.1
  )",
                             with_trust_store());
  EXPECT_THAT(told.asked, testing::IsSupersetOf(
                              {"TLSA _993._tcp.c.example", "TLSA _993._tcp.b.example"}));
  EXPECT_EQ(told.state, TlsaState::absent);
}

TEST(Service, NamesAreThoseOfTargetAndDomain_Rfc7673s4) {
  const Judged by_dane = judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example A 192.0.2.1
    _993._tcp.b.example TLSA 2 1 1 AB*32
  )");
  EXPECT_THAT(by_dane.names, ElementsAre("b.example", "a.example", "_imaps.a.example"));
  EXPECT_EQ(by_dane.server_name, "b.example");
  const Judged by_pkix = judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example A 192.0.2.1
  )",
                                with_trust_store());
  EXPECT_EQ(by_pkix.state, TlsaState::absent);
  EXPECT_THAT(by_pkix.names, ElementsAre("b.example", "a.example", "_imaps.a.example"));
  EXPECT_EQ(by_pkix.server_name, "b.example");
}

TEST(Service, NamesOfAnAliasBeginWithTheTlsaBase_Rfc7671s7) {
  const Judged told = judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example CNAME c.example
    c.example A 192.0.2.1
    _993._tcp.c.example TLSA 2 1 1 AB*32
  )");
  EXPECT_THAT(told.names,
              ElementsAre("c.example", "b.example", "a.example", "_imaps.a.example"));
  EXPECT_EQ(told.server_name, "c.example");
}

TEST(Service, NamesOfTheUserStandInPlaceOfAll) {
  policy::Demand demand;
  demand.names = {name("mine.example")};
  const Judged told = judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example A 192.0.2.1
    _993._tcp.b.example TLSA 2 1 1 AB*32
  )",
                             demand);
  EXPECT_THAT(told.names, ElementsAre("mine.example"));
}

TEST(Service, ATlsaLookupThatFailsIsNoAbsence_Rfc7673s3_3) {
  EXPECT_EQ(judged(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example A 192.0.2.1
    _993._tcp.b.example TLSA servfail
  )",
                   with_trust_store())
                .error,
            "servfail");
}

TEST(Service, SecureTlsaMakesTlsADuty_Rfc7673s3_4) {
  DnsWorld world(R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example
    b.example A 192.0.2.1
    _993._tcp.b.example TLSA 3 1 1 AB*32
  )");
  policy::Demand demand;
  demand.without_tlsa = policy::WithoutTlsa::plain;
  const auto out = world.run(look(world.resolver, targets(world).value(), demand));
  ASSERT_TRUE(out.requirement);
  EXPECT_EQ(out.requirement->tls, policy::Tls::required);
  EXPECT_EQ(out.requirement->proof, policy::Proof::dane);
}

TEST(Service, PinsOfTheUserNeedNoSecureSrv) {
  policy::Demand demand;
  demand.pins = {dns::Tlsa{2, 1, 1, base::Bytes(32)}};
  constexpr std::string_view kLines = R"(
    _imaps._tcp.a.example SRV 0 0 993 b.example insecure
    b.example A 192.0.2.1
  )";
  EXPECT_EQ(judged(kLines, demand).state, TlsaState::present);
  EXPECT_THAT(judged(kLines, demand).names, ElementsAre("a.example", "_imaps.a.example"))
      << "a stranger's host is no name";
}

}  // namespace
}  // namespace client
