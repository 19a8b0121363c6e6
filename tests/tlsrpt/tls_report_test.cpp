#include "src/tlsrpt/tls_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "src/base/pem.h"

namespace tlsrpt {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::sys_days kDay{std::chrono::days(20605)};  // 2026-06-01

TlsReportHeader header() {
  return {"Example", "postmaster@mx.example", "mx.example", "there.example", kDay};
}

TlsEvent event(std::string result, std::string domain = "there.example") {
  return {std::move(domain),
          "tlsa",
          {"3 1 1 00ff"},
          std::move(result),
          "mx.there.example",
          "192.0.2.1",
          "192.0.2.9",
          "mismatch",
          "",
          1};
}

TEST(TlsReport, CountsByPolicyAndFailure_Rfc8460s4_4) {
  const auto json = tls_report_json(
      header(),
      {event(""), event(""), event("certificate-expired"), event("certificate-expired"),
       event("starttls-not-supported"), event("", "elsewhere.example")});
  EXPECT_THAT(json, HasSubstr(R"("organization-name":"Example")"));
  EXPECT_THAT(json, HasSubstr(R"("start-datetime":"2026-06-01T00:00:00Z")"));
  EXPECT_THAT(json, HasSubstr(R"("end-datetime":"2026-06-01T23:59:59Z")"));
  EXPECT_THAT(json, HasSubstr(R"("policy-type":"tlsa","policy-string":["3 1 1 00ff"],)"
                              R"("policy-domain":"mx.there.example")"));
  EXPECT_THAT(json, HasSubstr(R"("total-successful-session-count":2,)"
                              R"("total-failure-session-count":3)"));
  EXPECT_THAT(json, HasSubstr(R"("result-type":"certificate-expired",)"
                              R"("sending-mta-ip":"192.0.2.9",)"
                              R"("receiving-mx-hostname":"mx.there.example",)"
                              R"("receiving-ip":"192.0.2.1","failed-session-count":2)"));
  EXPECT_THAT(json, Not(HasSubstr("elsewhere")));
}

TEST(TlsReport, ThePolicyDomainIsTheTlsaBaseDomain_Rfc8460s1_1) {
  auto aliased = event("");
  aliased.base = "base.example";
  auto other = event("");
  other.host = "mx2.there.example";
  auto without = event("");
  without.policy = "no-policy-found";
  without.records.clear();
  auto sts = without;
  sts.policy = "sts";
  const auto json = tls_report_json(header(), {event(""), aliased, other, without, sts});
  for (
      const auto* policy :
      {R"("policy-type":"tlsa","policy-string":["3 1 1 00ff"],"policy-domain":"mx.there.example")",
       R"("policy-type":"tlsa","policy-string":["3 1 1 00ff"],"policy-domain":"base.example")",
       R"("policy-type":"tlsa","policy-string":["3 1 1 00ff"],"policy-domain":"mx2.there.example")",
       R"("policy-type":"no-policy-found","policy-domain":"there.example")",
       R"("policy-type":"sts","policy-domain":"there.example")"}) {
    EXPECT_THAT(json, HasSubstr(policy));
  }
}

TEST(TlsReport, SessionsOfOneKindCountTogether_Rfc8460s4_4) {
  auto many = event("certificate-expired");
  many.sessions = 41;
  const auto json = tls_report_json(header(), {many, event("certificate-expired")});
  EXPECT_THAT(json, HasSubstr(R"("total-failure-session-count":42)"));
  EXPECT_THAT(json, HasSubstr(R"("failed-session-count":42)"));
}

std::string unzipped(const base::Bytes& packed) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(100'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(TlsReport, TheMailCarriesTheReport_Rfc8460s5_3) {
  const std::string json = tls_report_json(header(), {event("")});
  const auto mail =
      tls_report_mail(header(), json, {"a@there.example", "b@there.example"},
                      std::chrono::sys_seconds(kDay) + std::chrono::hours(30));
  EXPECT_THAT(mail, HasSubstr("To: a@there.example,\n b@there.example\n"));
  EXPECT_THAT(mail, HasSubstr("Date: Tue, 2 Jun 2026 06:00:00 +0000\n"));
  EXPECT_THAT(mail, HasSubstr("TLS-Report-Domain: there.example\n"));
  EXPECT_THAT(mail, HasSubstr("TLS-Report-Submitter: mx.example\n"));
  EXPECT_THAT(mail, HasSubstr("Content-Type: multipart/report; report-type=\"tlsrpt\""));
  EXPECT_THAT(mail, HasSubstr("mx.example!there.example!1780272000!1780358399.json.gz"));
  const auto begin = mail.find("\n\n", mail.find(".json.gz")) + 2;
  const auto packed =
      base::from_base64(mail.substr(begin, mail.find("\n--", begin) - begin));
  ASSERT_TRUE(packed.has_value());
  EXPECT_EQ(unzipped(*packed), json);
  EXPECT_EQ(mail.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace tlsrpt
