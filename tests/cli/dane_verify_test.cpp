#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/given_records.h"
#include "cli/dane/verify_answer.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/certificates.h"
#include "tests/support/names.h"
#include "verify/hash.h"

namespace cli::dane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

base::Result<std::vector<dns::Tlsa>> given(const std::vector<std::string>& words) {
  return given_records(cli::testing::arguments(kVerify, words));
}

std::string refusal(const std::vector<std::string>& words) {
  const auto out = given(words);
  if (out) return "";
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
  return out.error().detail;
}

const dns::Tlsa kOne{3, 1, 1, {std::byte{0xab}, std::byte{0xcd}}};
const dns::Tlsa kTwo{2, 0, 2, {std::byte{0x01}}};

TEST(GivenRecords, AreNumbersAndDigits_Rfc6698s2_2) {
  EXPECT_THAT(*given({}), IsEmpty());
  EXPECT_THAT(*given({"--record", "3 1 1 ABcd", "--record", "2 0 2 01"}),
              ElementsAre(kOne, kTwo));
  EXPECT_THAT(*given({"--record", "3 1 1 ab cd"}), ElementsAre(kOne));
}

TEST(GivenRecords, MayBeLinesOfAZoneFile) {
  for (const char* line :
       {"_25._tcp.mx.example.org. 3600 IN TLSA 3 1 1 abcd",
        "_25._tcp.mx.example.org. IN 1h TLSA 3 1 1 ab cd ; the present key",
        "_25._tcp.mx tlsa ( 3 1 1\n  abcd )", "IN TLSA 3 1 1 abcd", "TLSA 3 1 1 abcd",
        "*.example.org. TYPE52 \\# 5 030101abcd", "Type52 \\# 5 03 01 01 ab cd"}) {
    const auto out = given({"--record", line});
    ASSERT_TRUE(out) << line << ": " << out.error().detail;
    EXPECT_THAT(*out, ElementsAre(kOne)) << line;
  }
  EXPECT_THAT(*given({"--record", "; new\na. TLSA 3 1 1 abcd\nb. TLSA 2 0 2 01\n"}),
              ElementsAre(kOne, kTwo));
}

TEST(GivenRecords, ThatAreNoneAreRefused) {
  EXPECT_THAT(refusal({"--record", "3 1 1"}), HasSubstr("is not a TLSA record"));
  EXPECT_THAT(refusal({"--record", ""}), HasSubstr("is not a TLSA record"));
  EXPECT_THAT(refusal({"--record", "a. CH TLSA 3 1 1 abcd"}),
              HasSubstr("is not a TLSA record"));
  EXPECT_THAT(refusal({"--record", "a. TLSA 3 1 1 abc"}), HasSubstr("odd number"));
  EXPECT_THAT(refusal({"--record", "a. TLSA"}), StartsWith("--record:1: "));
}

TEST(GivenRecords, ReadNoFiles) {
  const cli::testing::Folder folder;
  const std::string file = folder.write("zone", "a. TLSA 3 1 1 abcd\n");
  EXPECT_THAT(refusal({"--record", "$INCLUDE " + file + "\nTLSA"}), Not(IsEmpty()));
  EXPECT_THAT(*given({"--record", "$INCLUDE " + file + "\nb. TLSA 2 0 2 01"}),
              ElementsAre(kTwo));
}

TEST(GivenRecords, WithoutQuotesAreShownWithThem) {
  EXPECT_THAT(refusal({"--record", "3", "1", "1", "abcd"}),
              HasSubstr("in quotes: --record '3 1 1 abcd'"));
  EXPECT_THAT(refusal({"--record", "a.", "IN", "TLSA", "3", "1", "1", "abcd"}),
              HasSubstr("--record 'a. IN TLSA 3 1 1 abcd'"));
  EXPECT_THAT(refusal({"--record", "3", "1", "1", "ab", "--record", "2", "1", "1", "ab"}),
              HasSubstr("--record 'U S M HEX'"));
  EXPECT_THAT(refusal({"--record", "3"}), HasSubstr("is not a TLSA record"));
}

/// Runs of dane verify on a chain for mx.example.org below a root.
class Verify : public ::testing::Test {
 protected:
  cli::testing::Ran verify(std::vector<std::string> words) {
    words.insert(words.begin(), {"--chain", chain_, "--at", "1780315200"});
    return cli::testing::run(kVerify, words);
  }

  static std::string record(int usage, const char* key) {
    return std::to_string(usage) + " 1 1 " +
           base::to_hex(verify::sha256(support::spki_of({key})));
  }

 private:
  cli::testing::Folder folder_;
  std::string chain_ = folder_.write(
      "chain.pem",
      support::pem(support::make(support::leaf("root", {"mx.example.org"}))) +
          support::pem(support::make(support::ca("root"))));
};

TEST_F(Verify, AMissingNameIsNotTheCertificatesFault) {
  const auto ran = verify({"--record", record(2, "root")});
  EXPECT_EQ(ran.outcome, Outcome::findings);
  EXPECT_THAT(
      ran.text,
      StartsWith("NOT VERIFIED: --name NAME is missing: usage 2 compares names, and the "
                 "certificate is for mx.example.org (name-mismatch)\n"));
  EXPECT_THAT(ran.text, Not(HasSubstr("certificate names")));
  EXPECT_THAT(
      verify({"--record", record(2, "root"), "--name", "x.example"}).text,
      StartsWith("NOT VERIFIED: certificate names mx.example.org; expected x.example"));
}

TEST_F(Verify, ANameThatNobodyComparesIsNotMissing) {
  const auto ran = verify({"--record", record(3, "leaf")});
  EXPECT_EQ(ran.outcome, Outcome::fine);
  EXPECT_THAT(ran.text, Not(HasSubstr("--name")));
  EXPECT_THAT(verify({"--record", record(2, "other")}).text, Not(HasSubstr("--name")));
}

TEST_F(Verify, WantsRecordsOrAHostAndOnePort) {
  const auto refused = [&](const std::vector<std::string>& words) {
    const auto ran = verify(words);
    if (ran.outcome) return std::string();
    EXPECT_EQ(ran.outcome.error().kind, base::ErrorKind::usage);
    return ran.outcome.error().detail;
  };
  const std::string given = record(3, "leaf");
  EXPECT_THAT(refused({}), HasSubstr("--record 'U S M HEX', or HOST and PORT"));
  EXPECT_EQ(refused({"mx.example.org"}),
            "PORT is missing: dane verify --chain F mx.example.org 25");
  EXPECT_THAT(refused({"mx.example.org", "25", "465"}), HasSubstr("one PORT"));
  EXPECT_THAT(refused({"--record", given, "mx.example.org", "25"}), HasSubstr("either"));
  EXPECT_THAT(refused({"192.0.2.1", "25"}), HasSubstr("is an address"));
  EXPECT_THAT(refused({"mx.example.org", "25", "--service", "http"}),
              HasSubstr("--service http"));
}

constexpr std::chrono::sys_seconds kNow = support::kNow;

/// What was looked up for a host: records, or an error.
VerifyAnswer looked_up(std::optional<base::Error> error) {
  VerifyAnswer out;
  auto& live = out.live.emplace();
  live.host = "mx.example.org";
  live.port = 25;
  live.facts.owner = support::name("_25._tcp.mx.example.org");
  live.error = std::move(error);
  if (live.error) return out;
  live.facts.state = policy::TlsaState::present;
  live.facts.ttl = std::chrono::hours(1);
  live.facts.signed_until = kNow + std::chrono::hours(48);
  live.facts.records = {kOne};
  out.records = {kOne};
  out.verdict.outcome = verify::Outcome::dane;
  out.verdict.reason = verify::Reason::none;
  out.verdict.detail = "it matches";
  out.verdict.record = 0;
  out.verdict.depth = 0;
  out.verdict.notes = {{verify::RecordState::matched, verify::Reason::none, "", 0}};
  return out;
}

base::Error failed(base::Code code) {
  return {base::ErrorKind::temporary, code, "so it is"};
}

TEST(VerifyAnswer, SaysWhereLiveRecordsAreFrom) {
  const VerifyAnswer answer = looked_up(std::nullopt);
  EXPECT_EQ(outcome_of(answer), Outcome::fine);
  EXPECT_EQ(text_of(answer, Paint(false), kNow),
            "VERIFIED: it matches\n"
            "  source   _25._tcp.mx.example.org in the DNS\n"
            "           signed, TTL 1 hour, signature good for 2 days\n"
            "  record   3 1 1 abcd  matched\n");
  const std::string json = json_of(answer);
  EXPECT_THAT(json, HasSubstr("\"host\":\"mx.example.org\",\"port\":25,\"dns\":{"
                              "\"dnssec\":\"secure\",\"tlsa\":\"present\","
                              "\"owner\":\"_25._tcp.mx.example.org\",\"ttl\":3600,"));
  EXPECT_THAT(json, HasSubstr("\"data\":\"abcd\",\"state\":\"matched\""));
}

TEST(VerifyAnswer, OfGivenRecordsHasNoSource) {
  VerifyAnswer answer = looked_up(std::nullopt);
  answer.live.reset();
  EXPECT_THAT(text_of(answer, Paint(false), kNow), Not(HasSubstr("source")));
  EXPECT_EQ(json_of(answer),
            "{\"version\":1,\"status\":\"verified\",\"outcome\":\"dane\","
            "\"reason\":\"ok\",\"detail\":\"it matches\",\"usage\":3,\"depth\":0,"
            "\"record\":0,\"presented\":[],\"warnings\":[],\"notes\":[{\"usage\":3,"
            "\"selector\":1,\"matching\":1,\"data\":\"abcd\",\"state\":\"matched\","
            "\"reason\":\"ok\",\"detail\":\"\",\"depth\":0}]}\n");
}

TEST(VerifyAnswer, WithoutRecordsIsAFinding) {
  const VerifyAnswer answer = looked_up(failed(base::Code::no_tlsa));
  EXPECT_EQ(outcome_of(answer), Outcome::findings);
  EXPECT_EQ(text_of(answer, Paint(false), kNow), "NOT VERIFIED: so it is (no-tlsa)\n");
  EXPECT_THAT(json_of(answer),
              StartsWith("{\"version\":1,\"status\":\"failed\",\"outcome\":\"rejected\","
                         "\"reason\":\"no-tlsa\",\"detail\":\"so it is\",\"usage\":null,"
                         "\"depth\":null,"));
}

TEST(VerifyAnswer, OfALookupThatFailedIsUndecided) {
  for (const base::Code code :
       {base::Code::bogus, base::Code::timeout, base::Code::no_address}) {
    const VerifyAnswer answer = looked_up(failed(code));
    EXPECT_EQ(outcome_of(answer), Outcome::undecided);
    EXPECT_THAT(json_of(answer), HasSubstr("\"status\":\"undecided\""));
  }
}

}  // namespace
}  // namespace cli::dane
