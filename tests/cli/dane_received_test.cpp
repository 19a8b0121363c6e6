#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/dane/reasons.h"
#include "cli/dane/received_text.h"
#include "cli/layout.h"
#include "src/audit/finding.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"

namespace cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kBad =
    R"({"organization-name":"Company-X","report-id":"1","date-range":)"
    R"({"start-datetime":"2026-06-01T00:00:00Z","end-datetime":"2026-06-01T23:59:59Z"},)"
    R"("policies":[{"policy":{"policy-type":"tlsa","policy-domain":"mx.example.org"},)"
    R"("summary":{"total-successful-session-count":5326,"total-failure-session-count":3},)"
    R"("failure-details":[{"result-type":"certificate-expired","sending-mta-ip":)"
    R"("198.51.100.62","receiving-ip":"192.0.2.1","receiving-mx-hostname":"mx.example.org",)"
    R"("failed-session-count":3}]}]})";
constexpr std::string_view kGood =
    R"({"policies":[{"policy":{"policy-type":"sts","policy-domain":"example.org"},)"
    R"("summary":{"total-successful-session-count":1}}]})";

class ReceivedReports : public ::testing::Test {
 protected:
  testing::Ran read(std::vector<std::string> words) {
    words.insert(words.begin(), "--read");
    return testing::run(dane::kTlsrpt, words);
  }
  testing::Folder folder_;
  std::string bad_ = folder_.write("bad.json", kBad);
  std::string good_ = folder_.write("good.json", kGood);
};

TEST_F(ReceivedReports, AFailureIsToldWithItsPlaceAndInPlainWords) {
  const auto ran = read({bad_});
  EXPECT_EQ(ran.outcome, dane::Outcome::findings);
  EXPECT_EQ(ran.text,
            "1 TLS report of Company-X, 2026-06-01\n"
            "5326 sessions succeeded, 3 failed\n"
            "\n"
            "DANE, mx.example.org: 5326 sessions succeeded, 3 failed\n"
            "  certificate-expired: 3 sessions\n"
            "    3 at mx.example.org [192.0.2.1], sent from 198.51.100.62\n"
            "    A certificate of the mail server had ended, or not yet begun.\n"
            "    More: dane explain expired\n");
}

TEST_F(ReceivedReports, TheOutcomeIsOfAllFiles) {
  EXPECT_EQ(read({good_}).outcome, dane::Outcome::fine);
  EXPECT_THAT(read({good_}).text,
              HasSubstr("MTA-STS, example.org: 1 session succeeded, none failed\n"));
  EXPECT_EQ(read({good_, bad_}).outcome, dane::Outcome::findings);
  EXPECT_THAT(read({good_, bad_}).text, StartsWith("2 TLS reports of Company-X"));
}

TEST_F(ReceivedReports, AFileThatIsNoReportStandsInNobodysWay) {
  const std::string text = folder_.write("text", "hello");
  ::testing::internal::CaptureStderr();
  const auto ran = read({text, folder_.path("nothing"), bad_});
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(ran.outcome, dane::Outcome::undecided);
  EXPECT_THAT(ran.text, HasSubstr("3 failed"));
  EXPECT_EQ(std::ranges::count(told, '\n'), 2);
  EXPECT_THAT(told, HasSubstr(text + ": neither JSON, gzip nor"));
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(read({text}).text, "");
  ::testing::internal::GetCapturedStderr();
}

TEST_F(ReceivedReports, JsonHasAnObjectForEach) {
  const auto ran = read({"--json", good_, bad_});
  EXPECT_EQ(ran.outcome, dane::Outcome::findings);
  EXPECT_EQ(std::ranges::count(ran.text, '\n'), 2);
  EXPECT_THAT(
      ran.text,
      HasSubstr(R"("policies":[{"type":"tlsa","domain":"mx.example.org","policy":[],)"
                R"("succeeded":5326,"failed":3,"failures":[{"result":)"
                R"("certificate-expired","sessions":3,"host":"mx.example.org",)"
                R"("address":"192.0.2.1","source":"198.51.100.62"}]}])"));
}

TEST_F(ReceivedReports, OtherOptionsDoNotGoWithIt) {
  EXPECT_FALSE(read({}).outcome);
  EXPECT_FALSE(read({"--domain", "example.org", bad_}).outcome);
  EXPECT_FALSE(testing::run(dane::kTlsrpt, {bad_}).outcome);
}

TEST_F(ReceivedReports, WhatAReportSaysReachesNoTerminalAsItIs) {
  const std::string odd = folder_.write(
      "odd",
      R"({"organization-name":"\u001b[31m","policies":[{"policy":{"policy-domain":)"
      R"("a\nb\u202e"},"failure-details":[{"result-type":"\u0007"}]}]})");
  const std::string text = read({odd}).text;
  for (const char* octets : {"\x1b", "\x07", "a\nb", "\u202e"}) {
    EXPECT_THAT(text, Not(HasSubstr(octets)));
  }
}

TEST(ReceivedText, EveryResultTypeHasASentenceAndAWordThatIsExplained_Rfc8460s4_3) {
  const auto is_known = [](std::string_view word) {
    return std::ranges::find(dane::reasons(), word, &dane::ReasonText::word) !=
               dane::reasons().end() ||
           std::ranges::find(audit::catalogue(), word, &audit::Kind::word) !=
               audit::catalogue().end();
  };
  for (const char* result :
       {"starttls-not-supported", "certificate-host-mismatch", "certificate-expired",
        "certificate-not-trusted", "validation-failure", "tlsa-invalid", "dnssec-invalid",
        "dane-required", "sts-policy-fetch-error", "sts-policy-invalid",
        "sts-webpki-invalid"}) {
    for (const char* type : {"tlsa", "sts"}) {
      const auto text = dane::text_of({result, 1, {}, {}}, type);
      EXPECT_FALSE(text.meaning.empty()) << result;
      EXPECT_TRUE(is_known(text.word)) << result;
    }
  }
  EXPECT_EQ(dane::text_of({"new-type", 1, {}, {}}, "tlsa").word, "");
}

TEST(ReceivedText, AReasonOfOursIsTheNearerWord) {
  EXPECT_EQ(dane::text_of({"certificate-not-trusted", 1, {}, {}}, "tlsa").word,
            "mismatch");
  EXPECT_EQ(dane::text_of({"certificate-not-trusted", 1, {}, {}}, "sts").word,
            "untrusted");
  EXPECT_EQ(dane::text_of({"certificate-not-trusted", 1, {}, {"no-path"}}, "tlsa").word,
            "no-path");
  EXPECT_EQ(dane::text_of({"certificate-expired", 1, {}, {"X509_V_ERR"}}, "tlsa").word,
            "expired");
}

TEST(ReceivedText, TheFirstReasonThatIsKnownIsTheNearerWord) {
  EXPECT_EQ(
      dane::text_of({"x", 1, {}, {"X509_V_ERR", "no-path", "mismatch"}}, "tlsa").word,
      "no-path");
}

TEST(ReceivedText, ManyPoliciesResultsAndOrganizationsAreSomeAndANumber) {
  tlsrpt::ReportSummary summary{1, {}, "", "", 0, 0, {}};
  for (int i = 0; i < 27; ++i) {
    summary.policies.push_back({"tlsa", "d" + std::to_string(i) + ".example", 0, 1, {}});
  }
  for (int i = 0; i < 14; ++i) {
    summary.policies[0].kinds.push_back({"result" + std::to_string(i), 1, {}, {}});
  }
  for (int i = 0; i < 7; ++i) summary.organizations.push_back("o" + std::to_string(i));
  const std::string text = dane::received_text(summary, 80);
  EXPECT_THAT(text, StartsWith("1 TLS report of o0, o1, o2, o3, o4 and 2 more\n"));
  EXPECT_THAT(text, HasSubstr("\n  result11: 1 session\n"));
  EXPECT_THAT(text, Not(HasSubstr("result12")));
  EXPECT_THAT(text, HasSubstr("\n  2 more results (--json)\n"));
  EXPECT_THAT(text, HasSubstr("d24.example"));
  EXPECT_THAT(text, Not(HasSubstr("d25.example")));
  EXPECT_THAT(text, ::testing::EndsWith("\n\n2 more policies (--json)\n"));
}

TEST(ReceivedText, WhatWasLeftOutOfTheSumsIsTold) {
  tlsrpt::ReportSummary summary{1, {}, "", "", 0, 0, {}};
  EXPECT_THAT(dane::received_text(summary, 80), Not(HasSubstr("--json")));
  summary.left_out = 1;
  EXPECT_THAT(dane::received_text(summary, 80),
              ::testing::EndsWith("The reports name more than is added up here; all "
                                  "sessions are in the sums\n(--json).\n"));
}

TEST(ReceivedText, ManyPlacesAreSomeAndANumber) {
  tlsrpt::FailureKind kind{"validation-failure", 50, {}, {std::string(300, 'r')}};
  for (int i = 0; i < 5; ++i) {
    kind.places.push_back({"mx" + std::to_string(i) + ".example.org", "2001:db8::1",
                           "2001:db8:abcd:12::1", 10});
  }
  tlsrpt::ReportSummary summary{1, {}, "", "", 0, 50, {{"tlsa", "d", 0, 50, {kind}}}};
  const std::string text = dane::received_text(summary, 80);
  EXPECT_THAT(text, HasSubstr("mx2.example.org"));
  EXPECT_THAT(text, Not(HasSubstr("mx3.example.org")));
  EXPECT_THAT(text, HasSubstr("2 more places (--json)\n"));
  summary.policies[0].kinds.clear();
  EXPECT_THAT(dane::received_text(summary, 80),
              HasSubstr("The sender does not say how."));
}

}  // namespace
}  // namespace cli
