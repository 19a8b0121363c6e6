#include "src/tlsrpt/report_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "src/base/pem.h"
#include "src/tlsrpt/tls_report.h"

namespace tlsrpt {
namespace {

using testing::HasSubstr;

constexpr const char* kJson = "{\"policies\":[]}";

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string base64(const std::string& octets) {
  return base::to_base64_lines(base::as_bytes(octets));
}

/// A message of one part.
std::string part(const std::string& type, const std::string& encoding,
                 const std::string& body) {
  return "Content-Type: " + type + "\nContent-Transfer-Encoding: " + encoding + "\n\n" +
         body;
}

/// A multipart of these parts.
std::string multipart(const std::vector<std::string>& parts,
                      const std::string& boundary = "b") {
  std::string out =
      "From: a@b.example\nContent-Type: multipart/report;\n"
      " report-type=\"tlsrpt\"; boundary=\"" +
      boundary + "\"\n\npreamble\n";
  for (const std::string& one : parts) out += "--" + boundary + "\n" + one + "\n";
  return out + "--" + boundary + "--\nepilogue\n";
}

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

std::string why_not(const std::string& octets) {
  const auto json = report_in(octets);
  return json ? "" : json.error().detail;
}

TEST(ReportEnvelope, JsonIsTakenAsItIs) {
  EXPECT_EQ(report_in(kJson), kJson);
  EXPECT_EQ(report_in("\xEF\xBB\xBF \r\n" + std::string(kJson)), kJson);
}

TEST(ReportEnvelope, GzipIsUnpacked_Rfc8460s5_2) {
  EXPECT_EQ(report_in(gzip(kJson)), kJson);
  EXPECT_EQ(report_in(gzip("\xEF\xBB\xBF\r\n" + std::string(kJson))), kJson);
}

TEST(ReportEnvelope, BrokenGzipIsToldInOneLine) {
  const std::string packed = gzip(kJson);
  for (std::size_t size = 2; size < packed.size(); ++size) {
    EXPECT_THAT(why_not(packed.substr(0, size)), HasSubstr("gzip")) << size;
  }
  std::string wrong = packed;
  char& middle = wrong[packed.size() / 2];
  middle = static_cast<char>(middle ^ 1);
  EXPECT_THAT(why_not(wrong), HasSubstr("gzip"));
}

TEST(ReportEnvelope, WhatGrowsOutOfGzipIsBounded) {
  EXPECT_TRUE(report_in(gzip(std::string(kMostReport, ' '))));
  const std::string bomb = gzip(std::string(kMostReport * 8, ' '));
  EXPECT_LT(bomb.size(), kMostReport / 100);
  EXPECT_THAT(why_not(bomb), HasSubstr("10 MiB"));
  EXPECT_THAT(why_not("{" + std::string(kMostReport, ' ')), HasSubstr("10 MiB"));
}

TEST(ReportEnvelope, TheMailThatWeWriteIsRead_Rfc8460s5_3) {
  const TlsReportHeader header{"Us", "postmaster@us.example", "us.example",
                               "there.example",
                               std::chrono::sys_days{std::chrono::days(20605)}};
  const auto mail = tls_report_mail(header, kJson, {"tls@there.example"},
                                    std::chrono::sys_seconds(std::chrono::days(20606)));
  EXPECT_EQ(report_in(mail), kJson);
  EXPECT_EQ(report_in(with_crlf(mail)), kJson);
  EXPECT_EQ(report_in("From bounces Mon Jun  1 00:00:00 2026\n" + mail), kJson);
}

TEST(ReportEnvelope, APartIsKnownByWhatItHolds) {
  const std::string text = part("text/plain", "7bit", "{hello}");
  for (const char* type : {"application/tlsrpt+gzip", "application/gzip",
                           "application/octet-stream; name=\"x.json.gz\""}) {
    EXPECT_EQ(report_in(multipart({text, part(type, "Base64", base64(gzip(kJson)))})),
              kJson)
        << type;
  }
  EXPECT_EQ(report_in(multipart({text, part("application/tlsrpt+json", "7bit", kJson)})),
            std::string(kJson));
  EXPECT_EQ(report_in(multipart({text, part("application/json", "quoted-printable",
                                            "{=22policies=22:=\n[]}")})),
            kJson);
}

TEST(ReportEnvelope, AMessageOfOnePart) {
  EXPECT_EQ(report_in(part("application/tlsrpt+gzip", "base64", base64(gzip(kJson)))),
            kJson);
}

TEST(ReportEnvelope, AForwardedMessageIsLookedInto) {
  const std::string inner =
      multipart({part("application/gzip", "base64", base64(gzip(kJson)))}, "inner");
  EXPECT_EQ(report_in(multipart({part("text/plain", "7bit", "see below"),
                                 part("message/rfc822", "7bit", inner)})),
            kJson);
}

TEST(ReportEnvelope, ABoundaryIsAWholeLine_Rfc2046s5_1_1) {
  const std::string inner = multipart({part("text/plain", "7bit", "x --b y\n--bb\n"),
                                       part("application/json", "7bit", kJson)},
                                      "bc");
  const auto json = report_in(multipart({inner}));
  ASSERT_TRUE(json) << json.error().detail;
  EXPECT_EQ(*json, kJson);
}

TEST(ReportEnvelope, AMessageThatWasCutOffBehindItsReport) {
  const std::string mail =
      multipart({part("application/gzip", "base64", base64(gzip(kJson)))});
  EXPECT_EQ(report_in(mail.substr(0, mail.rfind("--b--"))), kJson);
}

TEST(ReportEnvelope, WhatHasNoReportIsToldInOneLine) {
  for (const std::string& octets :
       {std::string(), std::string("hello"), std::string("[1]"), std::string(1000, '\n'),
        std::string("Content-Type: multipart/mixed\n\n--\n"), multipart({}),
        multipart({part("text/plain", "7bit", kJson)}),
        multipart({part("application/gzip", "base64", "!!!")}),
        multipart({part("application/gzip", "base64", base64("PK\3\4"))})}) {
    EXPECT_THAT(why_not(octets), HasSubstr("neither JSON, gzip nor")) << octets;
  }
}

TEST(ReportEnvelope, DepthAndNumberOfPartsAreBounded) {
  std::string nested = part("application/json", "7bit", kJson);
  for (int i = 0; i < 8; ++i) nested = "Content-Type: message/rfc822\n\n" + nested;
  EXPECT_EQ(report_in(nested), kJson);
  EXPECT_FALSE(report_in("Content-Type: message/rfc822\n\n" + nested));
  std::vector<std::string> parts(2000, part("text/plain", "7bit", "x"));
  parts.push_back(part("application/json", "7bit", kJson));
  EXPECT_FALSE(report_in(multipart(parts)));
}

TEST(ReportEnvelope, AMessageOfManyHalfBoundariesTakesNoLongTime) {
  const std::string boundary(70, '-');
  EXPECT_FALSE(report_in(multipart({std::string(std::size_t{16} << 20, '-')}, boundary)));
}

}  // namespace
}  // namespace tlsrpt
