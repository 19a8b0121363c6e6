#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/lookup_answer.h"
#include "cli/dane/resolving.h"
#include "tests/cli/dane_run.h"
#include "tests/support/names.h"

namespace cli::dane {
namespace {

using policy::TlsaState;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow{1'780'315'200s};

using support::name;

LookupAnswer answered(TlsaState state) {
  LookupAnswer out;
  out.name = name("mx.example.org");
  out.port = 25;
  out.host.emplace();
  out.host->original = out.name;
  out.host->canonical = out.name;
  out.host->security = dns::Security::secure;
  out.host->addresses = {net::parse_address("192.0.2.1").value()};
  out.facts.state = state;
  out.facts.owner = name("_25._tcp.mx.example.org");
  out.facts.ttl = 3600s;
  return out;
}

LookupAnswer failed(base::ErrorKind kind) {
  LookupAnswer out;
  out.name = name("mx.example.org");
  out.port = 25;
  out.error = base::Error{kind, base::Code::bogus, "so it is"};
  return out;
}

TEST(Lookup, IsFineWithSecureRecordsAlone) {
  EXPECT_EQ(outcome_of(answered(TlsaState::present)), Outcome::fine);
  for (const TlsaState state : {TlsaState::absent, TlsaState::insecure,
                                TlsaState::insecure_address, TlsaState::not_asked}) {
    EXPECT_EQ(outcome_of(answered(state)), Outcome::findings);
  }
}

TEST(Lookup, ThatFailsIsNoFinding) {
  EXPECT_EQ(outcome_of(failed(base::ErrorKind::temporary)), Outcome::undecided);
  EXPECT_EQ(outcome_of(failed(base::ErrorKind::permanent)), Outcome::bad_input);
  LookupAnswer half = answered(TlsaState::present);
  half.error = base::Error{base::ErrorKind::temporary, base::Code::timeout, ""};
  EXPECT_EQ(outcome_of(half), Outcome::undecided);
}

TEST(Lookup, AsJsonSaysWhatStandsThereAndForHowLong) {
  LookupAnswer found = answered(TlsaState::present);
  found.facts.records = {{3, 1, 1, base::Bytes(2, std::byte{0xab})}};
  found.facts.signed_until = kNow + 100s;
  EXPECT_EQ(
      json_of(found, kNow),
      "{\"version\":1,\"host\":\"mx.example.org\",\"port\":25,\"status\":\"present\","
      "\"canonical\":\"mx.example.org\",\"aliases\":[],\"dnssec\":\"secure\","
      "\"addresses\":[\"192.0.2.1\"],\"base_domains\":[],"
      "\"owner\":\"_25._tcp.mx.example.org\",\"ttl\":3600,"
      "\"signed_until\":\"2026-06-01T12:01:40Z\",\"signed_for\":100,"
      "\"records\":[{\"usage\":3,\"selector\":1,\"matching\":1,\"data\":\"abab\"}],"
      "\"findings\":[{\"severity\":\"warning\",\"code\":\"record-bad-data\",\"record\":0,"
      "\"detail\":\"the data of a record do not fit its numbers: digest of 2 octets, not "
      "32 (RFC 6698 4.1)\"},{\"severity\":\"error\",\"code\":\"none-usable\","
      "\"detail\":\"no TLSA record can be used: 1 record, none of use for mail (RFC 7672 "
      "2.2)\"}]}\n");
}

TEST(Lookup, AsJsonSaysWhyItFailed) {
  LookupAnswer found = failed(base::ErrorKind::temporary);
  EXPECT_EQ(json_of(found, kNow),
            "{\"version\":1,\"host\":\"mx.example.org\",\"port\":25,"
            "\"status\":\"undecided\",\"reason\":\"bogus\",\"detail\":\"so it is\"}\n");
  found.advice = "ask another";
  EXPECT_THAT(json_of(found, kNow), HasSubstr(",\"advice\":\"ask another\"}\n"));
}

TEST(Lookup, InWordsSaysHowSureItIs) {
  LookupAnswer found = answered(TlsaState::present);
  found.facts.records = {{3, 1, 1, base::Bytes(32, std::byte{0xab})},
                         {4, 1, 1, base::Bytes(32, std::byte{0xab})}};
  found.facts.signed_until = kNow + 48h;
  const std::string text = text_of(found, Paint(false), kNow);
  EXPECT_THAT(text, StartsWith("_25._tcp.mx.example.org: 2 TLSA records, signed with "
                               "DNSSEC\n\n"
                               "  host       mx.example.org  signed\n"
                               "  addresses  192.0.2.1\n"
                               "  valid      TTL 1 hour, signature good for 2 days, "
                               "until 2026-06-03T12:00:00Z\n"
                               "  record     3 1 1  DANE-EE SPKI SHA2-256\n"
                               "             abababab"));
  EXPECT_THAT(text, HasSubstr("  record     4 1 1  unassigned\n"));
  EXPECT_THAT(text, Not(HasSubstr("aliases")));
}

TEST(Lookup, InWordsSaysWhatIsWrongWithTheRecords) {
  LookupAnswer found = answered(TlsaState::present);
  const dns::Tlsa good{3, 1, 1, base::Bytes(32, std::byte{0xab})};
  found.facts.records = {good};
  EXPECT_THAT(text_of(found, Paint(false), kNow), Not(HasSubstr("warning")));
  found.facts.records = {good, {1, 1, 1, base::Bytes(32)}, good};
  found.facts.ttl = 24h + 1s;
  const std::string text = text_of(found, Paint(false), kNow);
  EXPECT_THAT(text,
              HasSubstr("  warning    the TTL of the TLSA records is more than a day: "
                        "TTL of 24 hours\n             (RFC 7671 8.1) "
                        "(tlsa-ttl-long)\n"));
  EXPECT_THAT(text, HasSubstr("warning    1 1 1: a record has usage PKIX-TA(0)"));
  EXPECT_THAT(text, HasSubstr("note       3 1 1: a record is published twice"));
  found.port = 443;
  EXPECT_THAT(text_of(found, Paint(false), kNow), Not(HasSubstr("PKIX-TA(0)")));
}

TEST(Lookup, InWordsNeverCallsOtherAnswersSecure) {
  EXPECT_THAT(text_of(answered(TlsaState::absent), Paint(false), kNow),
              StartsWith("_25._tcp.mx.example.org: no TLSA records; DNSSEC proves "
                         "that\n"));
  for (const TlsaState state :
       {TlsaState::insecure, TlsaState::insecure_address, TlsaState::not_asked}) {
    const std::string text = text_of(answered(state), Paint(false), kNow);
    EXPECT_THAT(text, ContainsRegex(" not[ \n]"));
    EXPECT_THAT(text, Not(HasSubstr(", signed with DNSSEC")));
    EXPECT_THAT(text, Not(HasSubstr("valid")));
  }
}

TEST(Lookup, InWordsShowsTheWayThroughAliases) {
  LookupAnswer found = answered(TlsaState::absent);
  found.host->aliases = {name("mx.example.org"), name("b.example.org")};
  found.host->canonical = name("c.example.org");
  EXPECT_THAT(text_of(found, Paint(false), kNow),
              HasSubstr("aliases    mx.example.org -> b.example.org -> c.example.org\n"));
}

class Resolving : public cli::testing::CleanEnvironment {
 protected:
  static base::Result<resolver::Config> of(const std::vector<std::string>& words) {
    return resolver_of(cli::testing::arguments(kLookup, words));
  }
};

TEST_F(Resolving, OptionsSayHow) {
  const auto config =
      of({"--trust-anchor", "F", "--auto-trust-anchor", "G", "--unbound-conf", "H",
          "--forward", "192.0.2.1", "--dns-timeout", "7"});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->trust_anchor, "F");
  EXPECT_EQ(config->auto_trust_anchor, "G");
  EXPECT_EQ(config->unbound_conf, "H");
  EXPECT_EQ(config->upstream, resolver::Upstream::forward);
  EXPECT_THAT(config->forwarders, ElementsAre("192.0.2.1"));
  EXPECT_EQ(config->deadline, 7s);
  EXPECT_EQ(config->validation, resolver::Validation::here);
}

TEST_F(Resolving, OptionsOutweighTheEnvironment) {
  setenv("DANE_TRUST_ANCHOR", "E", 1);
  setenv("DANE_FORWARD", "192.0.2.2", 1);
  setenv("DNSCACHEIP", "192.0.2.3", 1);
  setenv("DANE_DNS_TIMEOUT", "8", 1);
  const auto environment = of({});
  ASSERT_TRUE(environment);
  EXPECT_EQ(environment->trust_anchor, "E");
  EXPECT_THAT(environment->forwarders, ElementsAre("192.0.2.2"));
  EXPECT_EQ(environment->deadline, 8s);
  const auto options = of({"--trust-anchor", "F", "--forward", "192.0.2.1"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->trust_anchor, "F");
  EXPECT_THAT(options->forwarders, ElementsAre("192.0.2.1"));
  unsetenv("DANE_FORWARD");
  EXPECT_THAT(of({})->forwarders, ElementsAre("192.0.2.3"));
}

TEST_F(Resolving, WhatIsWrongIsAnErrorOfTheCommandLine) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--dns-timeout", "0"},
        {"--dns-timeout", "3601"},
        {"--dns-timeout", "1s"},
        {"--forward", "nobody"}}) {
    const auto config = of(words);
    ASSERT_FALSE(config) << words.back();
    EXPECT_EQ(config.error().kind, base::ErrorKind::usage);
  }
  setenv("DANE_DNS_TIMEOUT", "0", 1);
  EXPECT_FALSE(of({}));
}

TEST_F(Resolving, ALookupNeedsAHostAndAPort) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"a.example"},
                                                {"a.example", "25", "x"},
                                                {"a..b", "25"},
                                                {"a.example", "0"}}) {
    const auto ran = cli::testing::run(kLookup, words);
    ASSERT_FALSE(ran.outcome);
    EXPECT_EQ(outcome_of(ran.outcome.error().kind), Outcome::bad_input);
  }
}

}  // namespace
}  // namespace cli::dane
