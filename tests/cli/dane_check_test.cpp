#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/check_result.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/peers.h"

namespace cli::dane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow{1'780'315'200s};

base::Result<CheckJob> job(const std::vector<std::string>& words) {
  return check_job(cli::testing::arguments(kCheck, words));
}

std::string refusal(const std::vector<std::string>& words) {
  const auto out = job(words);
  if (out) return "";
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
  return out.error().detail;
}

base::Error error(base::ErrorKind kind, base::Code code) {
  return {kind, code, "so it is"};
}

/// A peer with this end.
client::Report peer(std::optional<base::Error> end = std::nullopt) {
  client::Report out;
  out.host = "mx.example.org";
  out.port = 25;
  out.error = std::move(end);
  if (!out.error) {
    out.verdict.emplace().outcome = verify::Outcome::dane;
    out.verdict->reason = verify::Reason::none;
    out.verdict->detail = "by record 1";
  }
  return out;
}

const base::Error kRefused = error(base::ErrorKind::permanent, base::Code::refused);
const base::Error kNotReached = error(base::ErrorKind::temporary, base::Code::connect);

Checked checked(std::vector<client::Report> peers) {
  Checked out;
  out.peers = std::move(peers);
  return out;
}

Outcome outcome(base::ErrorKind kind, base::Code code) {
  return outcome_of(checked({peer(error(kind, code))}));
}

TEST(CheckJob, ThePortIsThatOfTheProtocol) {
  EXPECT_EQ(job({"a.example"})->target.port, 443);
  for (const auto& [word, port] :
       {std::pair("smtp", 25), std::pair("lmtp", 24), std::pair("imap", 143),
        std::pair("pop3", 110), std::pair("nntp", 119), std::pair("ftp", 21),
        std::pair("sieve", 4190), std::pair("xmpp", 5222), std::pair("xmpp-server", 5269),
        std::pair("ldap", 389), std::pair("postgres", 5432)}) {
    const auto out = job({"a.example", "--starttls", word});
    ASSERT_TRUE(out) << word;
    EXPECT_EQ(out->target.port, port) << word;
  }
  EXPECT_EQ(job({"a.example", "587", "--starttls", "smtp"})->target.port, 587);
}

TEST(CheckJob, MailBetweenServersHasItsOwnProfile_Rfc7672s3) {
  EXPECT_EQ(job({"a.example", "--starttls", "smtp"})->demand.service,
            policy::Service::smtp);
  EXPECT_EQ(job({"a.example", "--starttls", "lmtp"})->demand.service,
            policy::Service::other);
  EXPECT_EQ(job({"a.example", "25"})->demand.service, policy::Service::other);
}

TEST(CheckJob, DemandsDaneAndNoLess) {
  const auto out = job({"a.example"});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->demand.level, policy::Level::dane);
  EXPECT_EQ(out->demand.without_tlsa, policy::WithoutTlsa::refuse);
  EXPECT_EQ(out->demand.name_check, policy::NameCheck::compare);
  EXPECT_EQ(out->store(), nullptr);
  EXPECT_FALSE(out->all_addresses);
  EXPECT_EQ(out->options.handshake_limit, 10s);
}

TEST(CheckJob, OptionsDemandMore) {
  const auto out =
      job({"a.example", "--policy", "dane-only", "--name", "b.example", "--name",
           "192.0.2.1", "--dane-ee-names", "--all-addresses", "--timeout", "7"});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->demand.level, policy::Level::dane_only);
  ASSERT_THAT(out->demand.names, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<dns::Name>(out->demand.names[0]));
  EXPECT_TRUE(std::holds_alternative<net::Address>(out->demand.names[1]));
  EXPECT_EQ(out->demand.name_check, policy::NameCheck::dane_ee);
  EXPECT_TRUE(out->all_addresses);
  EXPECT_EQ(out->options.handshake_limit, 7s);
}

TEST(CheckJob, ATrustStoreLetsPkixProveAPeerWithoutRecords) {
  const cli::testing::Folder folder;
  const std::string file =
      folder.write("roots.pem", support::pem(support::GoodChain().root));
  const auto out = job({"a.example", "--roots", file});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->demand.without_tlsa, policy::WithoutTlsa::pkix);
  EXPECT_NE(out->store(), nullptr);
  EXPECT_TRUE(job({"a.example", "--roots", file, "--policy", "pkix"}));
}

TEST(CheckJob, WhatCannotBeDoneIsRefused) {
  EXPECT_EQ(refusal({"a.example", "--policy", "pkix"}), "this policy needs --roots");
  EXPECT_EQ(refusal({"a.example", "--policy", "dane+pkix"}), "this policy needs --roots");
  EXPECT_THAT(refusal({"a.example", "--policy", "best"}), HasSubstr("best is unknown"));
  EXPECT_THAT(refusal({"a.example", "--starttls", "http"}),
              HasSubstr("http is none of "));
  EXPECT_EQ(refusal({}), kCheckUsage);
  EXPECT_EQ(refusal({"a.example", "25", "x"}), kCheckUsage);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"a.example", "0"},
        {"a..b"},
        {"a.example", "--name", "a..b"},
        {"a.example", "--timeout", "0"},
        {"a.example", "--timeout", "3601"},
        {"a.example", "--roots", "/none/such"}}) {
    EXPECT_NE(refusal(words), "") << words.back();
  }
}

TEST(Check, IsFineWhereEveryPeerIsProved) {
  EXPECT_EQ(outcome_of(checked({peer()})), Outcome::fine);
  EXPECT_EQ(outcome_of(checked({peer(), peer()})), Outcome::fine);
}

TEST(Check, WhatSpeaksAgainstThePeerIsAFinding) {
  using base::Code;
  using base::ErrorKind;
  EXPECT_EQ(outcome(ErrorKind::permanent, Code::refused), Outcome::findings);
  EXPECT_EQ(outcome(ErrorKind::temporary, Code::starttls_not_offered), Outcome::findings);
  EXPECT_EQ(outcome(ErrorKind::temporary, Code::starttls_injection), Outcome::findings);
  EXPECT_EQ(outcome(ErrorKind::temporary, Code::connect), Outcome::undecided);
  EXPECT_EQ(outcome(ErrorKind::temporary, Code::servfail), Outcome::undecided);
  EXPECT_EQ(outcome(ErrorKind::usage, Code::bad_number), Outcome::bad_input);
}

TEST(Check, APeerThatIsNotProvedOutweighsAllOthers) {
  EXPECT_EQ(outcome_of(checked({peer(), peer(kRefused)})), Outcome::findings);
  EXPECT_EQ(outcome_of(checked({peer(kRefused), peer()})), Outcome::findings);
  EXPECT_EQ(outcome_of(checked({peer(kRefused), peer(kNotReached)})), Outcome::findings);
  EXPECT_EQ(outcome_of(checked({peer(kNotReached), peer(kRefused)})), Outcome::findings);
}

TEST(Check, APeerThatIsNotReachedOutweighsProvedOnes) {
  EXPECT_EQ(outcome_of(checked({peer(), peer(kNotReached)})), Outcome::undecided);
  EXPECT_EQ(outcome_of(checked({peer(kNotReached), peer()})), Outcome::undecided);
}

TEST(Check, AnErrorBeforeAnyPeerIsTheOutcome) {
  Checked out;
  out.error = error(base::ErrorKind::temporary, base::Code::servfail);
  EXPECT_EQ(outcome_of(out), Outcome::undecided);
  out.error = kRefused;
  EXPECT_EQ(outcome_of(out), Outcome::findings);
}

TEST(Check, AsJsonHasAReportForEachPeer) {
  const auto wanted = job({"MX.example.org", "25"});
  ASSERT_TRUE(wanted);
  const std::string text = json_of(*wanted, checked({peer(), peer(kRefused)}));
  EXPECT_THAT(text, ::testing::StartsWith(
                        "{\"version\":1,\"host\":\"MX.example.org\",\"port\":25,"
                        "\"status\":\"not-proved\",\"peers\":[{"));
  EXPECT_THAT(text, HasSubstr("\"reason\":\"ok\""));
  EXPECT_THAT(text, HasSubstr("\"reason\":\"refused\""));
  EXPECT_THAT(json_of(*wanted, checked({peer()})), HasSubstr("\"status\":\"proved\""));
  EXPECT_THAT(json_of(*wanted, checked({peer(kNotReached)})),
              HasSubstr("\"status\":\"undecided\""));
}

TEST(Check, AsJsonTellsWhatKeptEveryPeerFromBeingTried) {
  const auto wanted = job({"mx.example.org", "25"});
  Checked out;
  out.error = error(base::ErrorKind::temporary, base::Code::servfail);
  const std::string text = json_of(*wanted, out);
  EXPECT_THAT(text, HasSubstr("\"status\":\"undecided\",\"peers\":[{"));
  EXPECT_THAT(text, HasSubstr("\"reason\":\"servfail\",\"detail\":\"so it is\""));
  EXPECT_THAT(text, Not(HasSubstr("\"peers\":[]")));
}

TEST(Check, InWordsSaysWhatEachPeerProves) {
  const auto wanted = job({"mx.example.org", "25"});
  auto out = checked({peer(), peer(kRefused), peer(kNotReached)});
  out.facts.state = policy::TlsaState::present;
  out.facts.owner = dns::Name::parse("_25._tcp.mx.example.org").value();
  out.facts.ttl = 3600s;
  out.facts.signed_until = kNow + 48h;
  const std::string text = text_of(*wanted, out, Paint(false), kNow);
  EXPECT_THAT(text, HasSubstr("mx.example.org:25  TLSA present at "
                              "_25._tcp.mx.example.org, TTL 60 min, signatures good for "
                              "2 d\n"));
  EXPECT_THAT(text, HasSubstr("  verdict  proved: by record 1 (ok)\n"));
  EXPECT_THAT(text, HasSubstr("  verdict  not proved: so it is (refused)\n"));
  EXPECT_THAT(text, HasSubstr("  verdict  undecided: so it is (connect)\n"));
}

}  // namespace
}  // namespace cli::dane
