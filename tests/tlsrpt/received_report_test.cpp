#include "src/tlsrpt/received_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/tlsrpt/tls_report.h"

namespace tlsrpt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The example of RFC 8460, appendix B.
constexpr std::string_view kExample = R"({
  "organization-name": "Company-X",
  "date-range": {"start-datetime": "2016-04-01T00:00:00Z",
                 "end-datetime": "2016-04-01T23:59:59Z"},
  "contact-info": "sts-reporting@company-x.example",
  "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
  "policies": [{
    "policy": {"policy-type": "sts",
               "policy-string": ["version: STSv1", "mode: testing", "mx: *.mail.company-y.example", "max_age: 86400"],
               "policy-domain": "company-y.example", "mx-host": "*.mail.company-y.example"},
    "summary": {"total-successful-session-count": 5326,
                "total-failure-session-count": 303},
    "failure-details": [
      {"result-type": "certificate-expired", "sending-mta-ip": "2001:db8:abcd:0012::1",
       "receiving-mx-hostname": "mx1.mail.company-y.example", "failed-session-count": 100},
      {"result-type": "starttls-not-supported", "sending-mta-ip": "2001:db8:abcd:0013::1",
       "receiving-mx-hostname": "mx2.mail.company-y.example", "receiving-ip": "203.0.113.56",
       "failed-session-count": 200,
       "additional-information": "https://reports.company-x.example/report_info?id=5065427c"},
      {"result-type": "validation-failure", "sending-mta-ip": "198.51.100.62",
       "receiving-ip": "203.0.113.58", "receiving-mx-hostname": "mx-backup.mail.company-y.example",
       "failed-session-count": 3, "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"}]}]})";

/// A report with these policies.
base::Result<ReceivedReport> with(const std::string& policies) {
  return read_report("{\"policies\":" + policies + "}");
}

/// A report of one policy with these failures.
base::Result<ReceivedReport> failing(const std::string& details) {
  return with("[{\"failure-details\":" + details + "}]");
}

TEST(ReceivedReport, TheExampleOfTheRfcIsRead_Rfc8460AppendixB) {
  const auto report = read_report(kExample);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->organization, "Company-X");
  EXPECT_EQ(report->contact, "sts-reporting@company-x.example");
  EXPECT_EQ(report->id, "5065427c-23d3-47ca-b6e0-946ea0e8c4be");
  EXPECT_EQ(report->begin, "2016-04-01T00:00:00Z");
  EXPECT_EQ(report->end, "2016-04-01T23:59:59Z");
  ASSERT_EQ(report->policies.size(), 1U);
  const ReportedPolicy& policy = report->policies[0];
  EXPECT_EQ(policy.type, "sts");
  EXPECT_EQ(policy.domain, "company-y.example");
  EXPECT_THAT(policy.strings,
              ElementsAre("version: STSv1", "mode: testing",
                          "mx: *.mail.company-y.example", "max_age: 86400"));
  EXPECT_EQ(policy.succeeded, 5326U);
  EXPECT_EQ(policy.failed, 303U);
  ASSERT_EQ(policy.failures.size(), 3U);
  EXPECT_EQ(policy.failures[1].result, "starttls-not-supported");
  EXPECT_EQ(policy.failures[1].source, "2001:db8:abcd:0013::1");
  EXPECT_EQ(policy.failures[1].host, "mx2.mail.company-y.example");
  EXPECT_EQ(policy.failures[1].address, "203.0.113.56");
  EXPECT_EQ(policy.failures[1].sessions, 200U);
  EXPECT_THAT(policy.failures[1].information, HasSubstr("report_info"));
  EXPECT_EQ(policy.failures[2].reason, "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED");
}

TEST(ReceivedReport, WhatWeWriteIsRead) {
  const TlsReportHeader header{"Us", "postmaster@us.example", "us.example",
                               "there.example",
                               std::chrono::sys_days{std::chrono::days(20605)}};
  const TlsEvent event{"there.example",
                       "tlsa",
                       {"3 1 1 00ff"},
                       "certificate-not-trusted",
                       "mx.there.example",
                       "192.0.2.1",
                       "192.0.2.9",
                       "mismatch",
                       "",
                       7};
  const auto report = read_report(tls_report_json(header, {event}));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->policies.size(), 1U);
  EXPECT_EQ(report->policies[0].failed, 7U);
  EXPECT_THAT(report->policies[0].strings, ElementsAre("3 1 1 00ff"));
  ASSERT_EQ(report->policies[0].failures.size(), 1U);
  EXPECT_EQ(report->policies[0].failures[0].reason, "mismatch");
}

TEST(ReceivedReport, EverythingButThePoliciesMayBeMissing) {
  const auto report = with("[{}, {\"policy\": {\"policy-string\": \"one\"}}]");
  ASSERT_TRUE(report);
  ASSERT_EQ(report->policies.size(), 2U);
  EXPECT_EQ(report->policies[0].failed, 0U);
  EXPECT_THAT(report->policies[1].strings, ElementsAre("one"));
  EXPECT_THAT(with("[]")->policies, IsEmpty());
}

TEST(ReceivedReport, TheDigestIsOfTheWholeJson) {
  const auto one = with("[]"), same = with("[]"), other = with("[{}]");
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ(one->digest, same->digest);
  EXPECT_NE(one->digest, other->digest);
}

TEST(ReceivedReport, NumbersMayBeTexts) {
  const auto report = with(R"([{"summary":{"total-failure-session-count":"12"}}])");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->policies[0].failed, 12U);
}

TEST(ReceivedReport, WhatIsMissingOrNullIsNone) {
  for (const std::string summary : {"", "\"total-failure-session-count\":null",
                                    "\"total-failure-session-count\":0"}) {
    const auto report = with("[{\"summary\":{" + summary + "}}]");
    ASSERT_TRUE(report) << summary;
    EXPECT_EQ(report->policies[0].failed, 0U);
  }
}

TEST(ReceivedReport, WhatIsNoNumberIsNeitherNoneNorOne) {
  for (const std::string number :
       {"\"abc\"", "{}", "[]", "true", "\"1,234\"", "\"\"", "\" 1\"", "\"+1\"",
        "\"0x10\"", "\"-1\"", "-1", "1.5", "1e3", "1e300", "1000000000001",
        "\"1000000000001\"", "99999999999999999999", "\"99999999999999999999\""}) {
    for (const auto& report :
         {with("[{\"summary\":{\"total-failure-session-count\":" + number + "}}]"),
          with("[{\"summary\":{\"total-successful-session-count\":" + number + "}}]"),
          failing("[{\"failed-session-count\":" + number + "}]")}) {
      ASSERT_FALSE(report) << number;
      EXPECT_EQ(
          report.error().detail,
          "it is not a TLS report: a count of sessions in it is no whole number, or too "
          "large (RFC 8460 4.4)");
    }
  }
  const auto most = failing("[{\"failed-session-count\":1000000000000}]");
  ASSERT_TRUE(most);
  EXPECT_EQ(most->policies[0].failures[0].sessions, 1'000'000'000'000U);
}

// SQLite reads JSON5 from 3.42 on.
TEST(ReceivedReport, Json5IsNotJson_Rfc8259) {
  for (const std::string text :
       {"{policies:[]}", "{'policies':[]}", "{\"policies\":[],}", "{\"policies\":[{},]}",
        "{\"policies\":[]/**/}", "{\"policies\":[],\"n\":+1}"}) {
    const auto report = read_report(text);
    ASSERT_FALSE(report) << text;
    EXPECT_EQ(report.error().detail, "it is not JSON") << text;
  }
}

TEST(ReceivedReport, WhatIsNoReportIsToldInOneLine) {
  for (const std::string text : {"", "{", "[]x", "{\"policies\":[]}}", "null x"}) {
    const auto report = read_report(text);
    ASSERT_FALSE(report) << text;
    EXPECT_EQ(report.error().detail, "it is not JSON") << text;
    EXPECT_EQ(report.error().kind, base::ErrorKind::usage);
  }
  EXPECT_FALSE(read_report(std::string("{\"policies\":[]}\0", 16)));
  for (const std::string text : {"{}", "[]", "1", "null", "\"policies\"",
                                 "{\"policies\":{}}", "{\"policies\":null}"}) {
    const auto report = read_report(text);
    ASSERT_FALSE(report) << text;
    EXPECT_THAT(report.error().detail, HasSubstr("not a TLS report: it has no policies"))
        << text;
  }
  for (const auto& report : {with("[\"text\"]"), failing("[\"text\"]")}) {
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().detail, HasSubstr("not a TLS report: its policies"));
  }
}

std::string many(std::size_t number, const std::string& what) {
  std::string out = "[" + what;
  for (std::size_t i = 1; i < number; ++i) out += "," + what;
  return out + "]";
}

TEST(ReceivedReport, PoliciesAndFailuresAreBounded) {
  EXPECT_TRUE(with(many(10'000, "{}")));
  EXPECT_FALSE(with(many(10'001, "{}")));
  EXPECT_TRUE(failing(many(100'000, "{}")));
  EXPECT_FALSE(failing(many(100'001, "{}")));
}

TEST(ReceivedReport, DepthIsBounded) {
  EXPECT_FALSE(read_report(std::string(1'000'000, '[')));
  EXPECT_FALSE(read_report(std::string(100'000, '[') + std::string(100'000, ']')));
}

}  // namespace
}  // namespace tlsrpt
