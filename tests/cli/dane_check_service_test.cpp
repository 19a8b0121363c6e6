// dane check --srv: what the command line asks for, and what is said of many servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/check_service_text.h"
#include "tests/cli/check_jobs.h"
#include "tests/cli/dane_run.h"
#include "tests/support/names.h"

namespace cli::dane {
namespace {

using cli::testing::check_job_of;
using cli::testing::check_refusal;
using policy::TlsaState;
using support::name;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'780'315'200)};

TEST(CheckServiceJob, TheHostIsADomainAndTheServiceSaysWhatIsSpoken) {
  const auto imap = check_job_of({"--srv", "imap", "bücher.example"});
  ASSERT_TRUE(imap) << imap.error().detail;
  EXPECT_EQ(imap->service->prefix, "_imap._tcp");
  EXPECT_EQ(imap->starttls, starttls::Protocol::imap);
  EXPECT_EQ(client::to_text(imap->target.host), "xn--bcher-kva.example");
  EXPECT_FALSE(check_job_of({"--srv", "imaps", "a.example"})->starttls);
  EXPECT_FALSE(check_job_of({"a.example"})->service);
}

TEST(CheckServiceJob, StarttlsOfTheCommandLineGoesFirst) {
  EXPECT_EQ(
      check_job_of({"--srv", "_x._tcp", "--starttls", "smtp", "a.example"})->starttls,
      starttls::Protocol::smtp);
  EXPECT_FALSE(
      check_job_of({"--srv", "imap", "--starttls", "none", "a.example"})->starttls);
}

TEST(CheckServiceJob, SubmissionIsNoMailBetweenServers_Rfc7672s3) {
  EXPECT_EQ(check_job_of({"--srv", "submission", "a.example"})->demand.service,
            policy::Service::other);
}

TEST(CheckServiceJob, WhatCannotBeDoneIsRefused) {
  EXPECT_THAT(check_refusal({"--srv", "imaps", "a.example", "993"}),
              HasSubstr("takes a domain alone"));
  EXPECT_THAT(check_refusal({"--srv", "imaps", "192.0.2.1"}),
              HasSubstr("an address has no"));
  EXPECT_THAT(check_refusal({"--srv", "imap4", "a.example"}),
              HasSubstr("imap4 is none of "));
  EXPECT_THAT(check_refusal({"--srv", "imaps", "me@a.example"}),
              HasSubstr("mail address"));
}

TEST(CheckServiceJob, OneTargetIsAHostAndItsPort) {
  const auto service =
      check_job_of({"--srv", "imap", "--policy", "dane-only", "a.example"});
  const client::Referral referral{name("a.example"), name("_imap.a.example"),
                                  dns::Security::secure};
  const CheckJob one = target_job(*service, referral, {10, 5, 1143, name("b.example")});
  EXPECT_EQ(one.word, "b.example");
  EXPECT_EQ(client::to_text(one.target.host), "b.example");
  EXPECT_EQ(one.target.port, 1143);
  EXPECT_EQ(one.starttls, starttls::Protocol::imap);
  EXPECT_EQ(one.demand.level, policy::Level::dane_only);
  EXPECT_FALSE(one.service);
  EXPECT_EQ(one.referral->domain, name("a.example"));
}

/// A service and what came of its servers.
struct Told {
  Told() {
    job = *cli::dane::check_job_of({"--srv", "imaps", "a.example"});
    service.found.referral = {name("a.example"), name("_imaps.a.example"),
                              dns::Security::secure};
  }
  Told& server(std::string_view host, TlsaState state,
               verify::Outcome outcome = verify::Outcome::dane) {
    const dns::Srv record{10, 0, 993, name(host)};
    CheckedTarget target{record, target_job(job, service.found.referral, record), {}};
    target.checked.facts.state = state;
    client::Report peer;
    peer.verdict.emplace().outcome = outcome;
    target.checked.peers.push_back(std::move(peer));
    service.targets.push_back(std::move(target));
    return *this;
  }
  Told& failed(base::Code code) {
    server("x.example", TlsaState::not_asked);
    Checked& checked = service.targets.back().checked;
    checked.peers.clear();
    checked.error = base::Error{base::ErrorKind::temporary, code, "so it is"};
    return *this;
  }
  [[nodiscard]] std::string text() const {
    return text_of(job, service, {Paint(false), 80, false}, kNow);
  }
  CheckJob job;
  CheckedService service;
};

TEST(CheckService, TheWorstServerDecides) {
  const auto outcome = [](const Told& told) { return outcome_of(told.service); };
  Told told;
  told.server("b.example", TlsaState::present);
  EXPECT_EQ(outcome(told), Outcome::fine);
  told.failed(base::Code::connect);
  EXPECT_EQ(outcome(told), Outcome::undecided) << "nothing is known of the other";
  told.failed(base::Code::no_tlsa);
  EXPECT_EQ(outcome(told), Outcome::findings);
  EXPECT_EQ(outcome(Told().failed(base::Code::bogus)), Outcome::undecided);
  told.service.error = base::Error{base::ErrorKind::temporary, base::Code::bogus, ""};
  EXPECT_EQ(outcome(told), Outcome::undecided);
}

TEST(CheckService, IsMixedWhereSomeServersHaveRecords_Rfc7673s10_1) {
  Told told;
  told.server("b.example", TlsaState::present);
  EXPECT_FALSE(is_mixed(told.service));
  told.failed(base::Code::bogus);
  EXPECT_FALSE(is_mixed(told.service)) << "nothing is known of the other";
  told.server("c.example", TlsaState::insecure_address);
  EXPECT_TRUE(is_mixed(told.service));
  EXPECT_FALSE(is_mixed(Told().server("c.example", TlsaState::absent).service));
}

TEST(CheckService, TheVerdictIsTheFirstLineThenTheServers) {
  Told told;
  told.server("b.example", TlsaState::present).server("cc.example", TlsaState::present);
  told.service.targets.back().record.priority = 20;
  EXPECT_THAT(told.text(), StartsWith("_imaps._tcp.a.example: VERIFIED by DANE\n\n"
                                      "  SRV      ✓ 10    b.example  993\n"
                                      "           ✓ 20    cc.example 993\n\n"
                                      "b.example port 993 (TLS): VERIFIED by DANE\n"));
  told.service.found.left_out = 2;
  EXPECT_THAT(told.text(), HasSubstr("\nIt has 2 servers more, which were not looked"));
}

TEST(CheckService, ServersThatAreVerifiedInTwoWaysAreNotAllVerifiedByDane) {
  Told told;
  told.server("b.example", TlsaState::present);
  told.server("c.example", TlsaState::absent, verify::Outcome::pkix);
  EXPECT_THAT(told.text(), HasSubstr(": VERIFIED, not every server by DANE\n"));
  EXPECT_THAT(told.text(), HasSubstr("\nNot all of its servers have TLSA records"));
}

TEST(CheckService, ServersThatAreNotReachedAreCounted) {
  Told told;
  told.server("b.example", TlsaState::present).failed(base::Code::connect);
  EXPECT_THAT(told.text(), StartsWith("_imaps._tcp.a.example: COULD NOT TELL\n"
                                      "1 of 2 servers not reached.\n"));
  told.failed(base::Code::no_tlsa);
  EXPECT_THAT(told.text(), StartsWith("_imaps._tcp.a.example: NOT VERIFIED\n"
                                      "1 of 3 servers not verified, 1 not reached.\n"));
}

TEST(CheckService, InsecureSrvRecordsAreTold_Rfc7673s3_1) {
  Told told;
  told.service.found.referral.security = dns::Security::insecure;
  told.server("b.example", TlsaState::insecure_service, verify::Outcome::pkix);
  EXPECT_THAT(told.text(), HasSubstr("DANE does not apply to the service"));
  EXPECT_THAT(told.text(), HasSubstr("✗ SRV records not signed with DNSSEC\n"));
  EXPECT_THAT(told.text(), Not(HasSubstr("Not all of its servers")));
}

TEST(CheckService, AsJsonHasAnObjectForEachServer) {
  Told told;
  told.server("b.example", TlsaState::present);
  const std::string text = json_of(told.job, told.service);
  EXPECT_THAT(text,
              StartsWith("{\"version\":1,\"service\":\"_imaps._tcp\",\"domain\":"
                         "\"a.example\",\"status\":\"proved\",\"dnssec\":\"secure\","
                         "\"left_out\":0,\"targets\":[{\"version\":1,\"host\":"
                         "\"b.example\",\"port\":993,\"status\":\"proved\","));
  EXPECT_THAT(text, HasSubstr("\"priority\":10,\"weight\":0}]}\n"));
}

TEST(CheckService, AsJsonTellsWhyThereIsNoServer) {
  Told told;
  told.service.error =
      base::Error{base::ErrorKind::temporary, base::Code::no_service, "none"};
  EXPECT_EQ(json_of(told.job, told.service),
            "{\"version\":1,\"service\":\"_imaps._tcp\",\"domain\":\"a.example\","
            "\"status\":\"undecided\",\"reason\":\"no-service\",\"detail\":\"none\","
            "\"targets\":[]}\n");
}

}  // namespace
}  // namespace cli::dane
