#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "cli/dane/check_text.h"
#include "cli/layout.h"
#include "tests/cli/check_jobs.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/peers.h"

namespace cli::dane {
namespace {

using cli::testing::check_job_of;
using cli::testing::check_refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow{1'780'315'200s};

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

/// The endpoints that `dane check` with these words wants.
base::Result<std::vector<net::Endpoint>> endpoints_of(
    const std::vector<std::string>& words, std::vector<net::Endpoint> all) {
  return client::wanted_endpoints(wanted_of(*check_job_of(words)), std::move(all));
}

Outcome outcome(base::ErrorKind kind, base::Code code) {
  return outcome_of(checked({peer(error(kind, code))}));
}

TEST(CheckJob, ThePortIsThatOfTheProtocol) {
  EXPECT_EQ(check_job_of({"a.example"})->target.port, 443);
  for (const auto& [word, port] :
       {std::pair("smtp", 25), std::pair("lmtp", 24), std::pair("imap", 143),
        std::pair("pop3", 110), std::pair("nntp", 119), std::pair("ftp", 21),
        std::pair("sieve", 4190), std::pair("xmpp", 5222), std::pair("xmpp-server", 5269),
        std::pair("ldap", 389), std::pair("postgres", 5432)}) {
    const auto out = check_job_of({"a.example", "--starttls", word});
    ASSERT_TRUE(out) << word;
    EXPECT_EQ(out->target.port, port) << word;
  }
  EXPECT_EQ(check_job_of({"a.example", "587", "--starttls", "smtp"})->target.port, 587);
}

TEST(CheckJob, TheProtocolIsThatOfThePort) {
  for (const auto& [port, protocol] : {std::pair("25", starttls::Protocol::smtp),
                                       std::pair("submission", starttls::Protocol::smtp),
                                       std::pair("143", starttls::Protocol::imap),
                                       std::pair("5432", starttls::Protocol::postgres)}) {
    const auto out = check_job_of({"a.example", port});
    ASSERT_TRUE(out) << port;
    EXPECT_EQ(out->starttls, protocol) << port;
  }
  EXPECT_FALSE(check_job_of({"a.example", "993"})->starttls);
  EXPECT_FALSE(check_job_of({"a.example", "25", "--starttls", "none"})->starttls);
  EXPECT_EQ(check_job_of({"a.example", "2525", "--starttls", "lmtp"})->starttls,
            starttls::Protocol::lmtp);
}

TEST(CheckJob, HostAndPortMayBeOneWord) {
  for (const auto& [word, host, port] :
       {std::tuple("a.example:25", "a.example", 25),
        std::tuple("https://a.example/x?y", "a.example", 443),
        std::tuple("https://a.example:8443", "a.example", 8443),
        std::tuple("imaps://a.example", "a.example", 993),
        std::tuple("[2001:db8::1]:25", "2001:db8::1", 25),
        std::tuple("2001:db8::1", "2001:db8::1", 443)}) {
    const auto out = check_job_of({word});
    ASSERT_TRUE(out) << word;
    EXPECT_EQ(client::to_text(out->target.host), host) << word;
    EXPECT_EQ(out->target.port, port) << word;
  }
  EXPECT_EQ(check_job_of({"a.example:25", "26"})->target.port, 26);
  EXPECT_THAT(check_refusal({"me@a.example"}), HasSubstr("dane audit a.example"));
}

TEST(CheckJob, MailBetweenServersHasItsOwnProfile_Rfc7672s3) {
  EXPECT_EQ(check_job_of({"a.example", "--starttls", "smtp"})->demand.service,
            policy::Service::smtp);
  EXPECT_EQ(check_job_of({"a.example", "--starttls", "lmtp"})->demand.service,
            policy::Service::other);
  EXPECT_EQ(check_job_of({"a.example", "25"})->demand.service, policy::Service::smtp);
  EXPECT_EQ(check_job_of({"a.example", "587"})->demand.service, policy::Service::other);
  EXPECT_EQ(check_job_of({"a.example", "25", "--starttls", "none"})->demand.service,
            policy::Service::other);
}

TEST(CheckJob, DemandsDaneAndNoLess) {
  const auto out = check_job_of({"a.example"});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->demand.level, policy::Level::dane);
  EXPECT_EQ(out->demand.without_tlsa, policy::WithoutTlsa::refuse);
  EXPECT_EQ(out->demand.name_check, policy::NameCheck::compare);
  EXPECT_EQ(out->store(), nullptr);
  EXPECT_FALSE(out->first_alone);
  EXPECT_EQ(out->options.handshake_limit, 10s);
}

TEST(CheckJob, OptionsDemandMore) {
  const auto out = check_job_of({"a.example", "--policy", "dane-only", "--name",
                                 "b.example", "--name", "192.0.2.1", "--dane-ee-names",
                                 "--first", "-6", "-v", "--timeout", "7"});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->demand.level, policy::Level::dane_only);
  ASSERT_THAT(out->demand.names, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<dns::Name>(out->demand.names[0]));
  EXPECT_TRUE(std::holds_alternative<net::Address>(out->demand.names[1]));
  EXPECT_EQ(out->demand.name_check, policy::NameCheck::dane_ee);
  EXPECT_TRUE(out->first_alone);
  EXPECT_TRUE(out->verbose);
  EXPECT_EQ(out->addresses, client::Addresses::ipv6);
  EXPECT_EQ(out->options.handshake_limit, 7s);
}

TEST(CheckJob, ATrustStoreLetsPkixProveAPeerWithoutRecords) {
  const cli::testing::Folder folder;
  const std::string file =
      folder.write("roots.pem", support::pem(support::GoodChain().root));
  const auto out = check_job_of({"a.example", "--roots", file});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->demand.without_tlsa, policy::WithoutTlsa::pkix);
  EXPECT_NE(out->store(), nullptr);
  EXPECT_TRUE(check_job_of({"a.example", "--ca", file, "--policy", "pkix"}));
}

const std::string kPin = "3 1 1 " + std::string(64, 'a');

TEST(CheckJob, RecordsOfTheCommandLineAreDemanded) {
  const auto out =
      check_job_of({"a.example", "--record", kPin, "--record",
                    "_443._tcp.a.example. IN TLSA 2 1 1 " + std::string(64, 'b')});
  ASSERT_TRUE(out);
  ASSERT_THAT(out->demand.pins, SizeIs(2));
  EXPECT_EQ(out->demand.pins[1].usage, dns::kDaneTa);
  EXPECT_THAT(check_job_of({"a.example"})->demand.pins, SizeIs(0));
}

TEST(CheckJob, RecordsThatCouldProveNobodyAreRefused) {
  EXPECT_THAT(check_refusal({"a.example", "--record", kPin, "--policy", "encrypt"}),
              HasSubstr("--record is not looked at"));
  EXPECT_THAT(check_refusal({"a.example", "--record", "1 1 1 " + std::string(64, 'a')}),
              HasSubstr("needs a trust store"));
  EXPECT_THAT(check_refusal({"a.example", "--record", "3", "1", "1", "aa"}),
              HasSubstr("in quotes"));
}

TEST(CheckJob, ASourceIsAnAddress) {
  EXPECT_EQ(check_job_of({"a.example", "--source", "192.0.2.9"})->options.source.address,
            net::parse_address("192.0.2.9"));
  EXPECT_EQ(check_refusal({"a.example", "--source", "eth0"}),
            "--source eth0 is not an IP address");
}

TEST(CheckJob, ATimeoutMayHaveAFraction) {
  const auto out = check_job_of({"a.example", "--timeout", "1.5"});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->options.handshake_limit, 1500ms);
  EXPECT_EQ(out->options.connect.first, 1500ms);
}

TEST(CheckJob, OnlyAddressesOfTheFamilyAreWanted) {
  const std::vector<net::Endpoint> both = {{*net::parse_address("192.0.2.1"), 25},
                                           {*net::parse_address("2001:db8::1"), 25}};
  EXPECT_THAT(endpoints_of({"a.example"}, both).value(), SizeIs(2));
  EXPECT_THAT(endpoints_of({"a.example", "-4"}, both).value(), ElementsAre(both[0]));
  EXPECT_THAT(endpoints_of({"a.example", "-6"}, both).value(), ElementsAre(both[1]));
  const auto none = endpoints_of({"a.example", "-6"}, {both[0]});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, base::Code::no_address);
}

TEST(CheckJob, WhatCannotBeDoneIsRefused) {
  EXPECT_EQ(check_refusal({"a.example", "--policy", "pkix"}),
            "this policy needs a trust store: --ca FILE or DIRECTORY");
  EXPECT_EQ(check_refusal({"a.example", "--policy", "dane+pkix"}),
            "this policy needs a trust store: --ca FILE or DIRECTORY");
  EXPECT_THAT(check_refusal({"a.example", "--policy", "best"}),
              HasSubstr("best is unknown; known are none, may, encrypt, dane"));
  EXPECT_THAT(check_refusal({"a.example", "--starttls", "http"}),
              HasSubstr("http is none of "));
  EXPECT_EQ(check_refusal({}),
            "too few words: dane check [OPTIONS] HOST [PORT] | --srv SERVICE DOMAIN");
  EXPECT_THAT(check_refusal({"a.example", "25", "x"}),
              StartsWith("too many words: dane check"));
  EXPECT_THAT(check_refusal({"a.example", "--starttls", "imaps"}),
              HasSubstr("imaps has TLS from the first octet: leave --starttls out"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"a.example", "0"},
        {"a..b"},
        {"a.example", "--name", "a..b"},
        {"a.example", "--timeout", "0"},
        {"a.example", "--key", "/none/such"},
        {"a.example", "--cert", "/none/such"},
        {"a.example", "--timeout", "3601"},
        {"a.example", "--roots", "/none/such"}}) {
    EXPECT_NE(check_refusal(words), "") << words.back();
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

TEST(Check, APeerThatIsNotReachedCountsBesideProvedOnesWhereEveryOneDoes) {
  Checked one = checked({peer(), peer(kNotReached)});
  Checked other = checked({peer(kNotReached), peer()});
  EXPECT_EQ(outcome_of(one), Outcome::fine);
  EXPECT_EQ(outcome_of(other), Outcome::fine);
  one.every = other.every = true;
  EXPECT_EQ(outcome_of(one), Outcome::undecided);
  EXPECT_EQ(outcome_of(other), Outcome::undecided);
  EXPECT_EQ(outcome_of(checked({peer(kNotReached), peer(kNotReached)})),
            Outcome::undecided);
}

TEST(Check, AnErrorBeforeAnyPeerIsTheOutcome) {
  Checked out;
  out.error = error(base::ErrorKind::temporary, base::Code::servfail);
  EXPECT_EQ(outcome_of(out), Outcome::undecided);
  out.error = kRefused;
  EXPECT_EQ(outcome_of(out), Outcome::findings);
}

TEST(Check, AsJsonHasAReportForEachPeer) {
  const auto wanted = check_job_of({"MX.example.org", "25"});
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
  const auto wanted = check_job_of({"mx.example.org", "25"});
  Checked out;
  out.error = error(base::ErrorKind::temporary, base::Code::servfail);
  const std::string text = json_of(*wanted, out);
  EXPECT_THAT(text, HasSubstr("\"status\":\"undecided\",\"peers\":[{"));
  EXPECT_THAT(text, HasSubstr("\"reason\":\"servfail\",\"detail\":\"so it is\""));
  EXPECT_THAT(text, Not(HasSubstr("\"peers\":[]")));
}

/// A check of a server with a good chain and these records.
struct Told {
  explicit Told(std::vector<dns::Tlsa> records) {
    job = *cli::dane::check_job_of({"mail.example.org", "25"});
    out.facts.state = policy::TlsaState::present;
    out.facts.owner = dns::Name::parse("_25._tcp.mail.example.org").value();
    out.facts.names = {support::name("mail.example.org")};
    out.facts.ttl = 300s;
    out.facts.signed_until = kNow + 48h;
    out.facts.records = std::move(records);
  }
  /// One more address, judged by the records.
  Told& at(const char* address, const verify::Chain& chain) {
    client::Report peer;
    peer.peer = {net::parse_address(address).value(), 25};
    peer.facts = out.facts;
    peer.chain = chain;
    peer.session.emplace().protocol = "TLSv1.3";
    const auto requirement = policy::decide(out.facts, job.demand);
    peer.verdict = verify::check(chain, *requirement, {kNow, nullptr, {}});
    if (!verify::accepted(peer.verdict->outcome)) peer.error = kRefused;
    out.peers.push_back(std::move(peer));
    return *this;
  }
  [[nodiscard]] std::string text(std::size_t columns = 80) const {
    return text_of(job, out, {Paint(false), columns, false}, kNow);
  }
  CheckJob job;
  Checked out;
};

verify::Certificates good_chain() {
  const support::GoodChain good;
  return {good.leaf, good.middle, good.root};
}

std::size_t longest_line(const std::string& text) {
  std::size_t out = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    out = std::max(out, width_of(line));
  }
  return out;
}

TEST(CheckText, TheVerdictIsTheFirstLine) {
  const auto chain = good_chain();
  const std::string good =
      Told({support::record(3, 1, 1, chain[0]), support::record(2, 1, 1, chain[1])})
          .at("192.0.2.25", chain)
          .at("2001:db8::25", chain)
          .text();
  EXPECT_THAT(good, ::testing::StartsWith(
                        "mail.example.org port 25 (SMTP, STARTTLS): VERIFIED by DANE\n\n"
                        "  DNS      \u2713 signed with DNSSEC; TTL 5 minutes, "
                        "signature good for 2 days\n"));
  EXPECT_THAT(good, HasSubstr("matches the server's key\n"));
  EXPECT_THAT(good, HasSubstr("matches too: a good spare\n"));
  EXPECT_THAT(good, HasSubstr("\u2713 192.0.2.25    TLSv1.3\n"));
  EXPECT_THAT(good, HasSubstr("\u2713 2001:db8::25  the same\n"));
  EXPECT_THAT(good, HasSubstr("ECDSA P-256"));
  EXPECT_LE(longest_line(good), 80U);
  EXPECT_THAT(good, Not(HasSubstr("IN TLSA"))) << "there is nothing to publish";
}

TEST(CheckText, AnotherKeyIsToldWithBothDigestsAndTheRecordToPublish) {
  const auto chain = good_chain();
  const auto shown = support::record(3, 1, 1, chain[0]);
  const std::string text =
      Told({{3, 1, 1, base::Bytes(32, std::byte{0x55})}}).at("192.0.2.25", chain).text();
  EXPECT_THAT(text, ::testing::StartsWith(
                        "mail.example.org port 25 (SMTP, STARTTLS): NOT VERIFIED\n"
                        "The server's key is not the one published in DNS. Mail servers "
                        "that use DANE do\nnot deliver here.\n"));
  EXPECT_THAT(text, HasSubstr("  In DNS   3 1 1 " + std::string(32, '5') + "\u2026\n"));
  EXPECT_THAT(text, HasSubstr("  Server   3 1 1 " +
                              base::to_hex(shown.data).substr(0, 32) + "\u2026"));
  EXPECT_THAT(text, HasSubstr("_25._tcp.mail.example.org. 300 IN TLSA ( 3 1 1\n        " +
                              base::to_hex(shown.data) + " )\n"));
  EXPECT_LE(longest_line(text), 80U);
}

TEST(CheckText, AnotherKeyIsToldOnceAndShownOnce) {
  const auto chain = good_chain();
  Told told({{3, 1, 1, base::Bytes(32, std::byte{0x55})}, {3, 1, 9, base::Bytes(4)}});
  const std::string text = told.at("192.0.2.25", chain).text();
  EXPECT_THAT(text, Not(HasSubstr("matches nothing here")));
  EXPECT_THAT(text, Not(HasSubstr("another key")));
  EXPECT_THAT(text, HasSubstr("cannot be used: ")) << "that is told nowhere else";
  // Beside a server that is right it has to be said which one is not.
  told.out.peers.push_back(peer());
  EXPECT_THAT(told.text(), HasSubstr("another key"));
}

TEST(CheckText, WithoutRecordsItSaysWhatToPublish) {
  const auto chain = good_chain();
  Told told({});
  told.out.facts.state = policy::TlsaState::absent;
  told.out.error = base::Error{base::ErrorKind::temporary, base::Code::no_tlsa, "none"};
  client::Report peer;
  peer.peer = {net::parse_address("192.0.2.25").value(), 25};
  peer.chain = chain;
  peer.session.emplace().protocol = "TLSv1.3";
  peer.error = told.out.error;
  told.out.peers = {peer};
  EXPECT_EQ(outcome_of(told.out), Outcome::findings);
  const std::string text = told.text();
  EXPECT_THAT(text, HasSubstr(": NO DANE: no TLSA records\nDNSSEC proves that there"));
  EXPECT_THAT(text, HasSubstr(base::to_hex(support::record(3, 1, 1, chain[0]).data)));
  told.out.facts.state = policy::TlsaState::insecure_address;
  EXPECT_THAT(told.text(),
              HasSubstr(": NO DANE: not signed with DNSSEC\nDANE needs that first."));
}

TEST(CheckText, NoLineIsLongerThanTheScreen) {
  const auto chain = good_chain();
  for (const std::size_t columns : {60U, 80U, 100U}) {
    Told told({support::record(3, 1, 1, chain[0])});
    told.at("2001:db8:1111:2222:3333:4444:5555:6666", chain);
    EXPECT_LE(longest_line(told.text(columns)), columns) << columns;
  }
}

}  // namespace
}  // namespace cli::dane
