#include "src/mail/report_uri.h"

#include <gtest/gtest.h>

namespace mail {
namespace {

/// The address of a URI; `https` for one of these, the fault otherwise.
std::string read(std::string_view uri) {
  const auto found = read_report_uri(uri);
  if (!found) {
    EXPECT_EQ(found.error().code, base::Code::bad_rua);
    return found.error().detail;
  }
  return found->address.empty() ? "https" : found->address;
}

bool is_refused(std::string_view uri) { return !read_report_uri(uri).has_value(); }

TEST(ReportUri, MailAndHttps_Rfc8460s3) {
  EXPECT_EQ(read("mailto:tls@example.org"), "tls@example.org");
  EXPECT_EQ(read("MAILTO:tls-rpt+a@Example.ORG"), "tls-rpt+a@example.org");
  EXPECT_EQ(read("mailto:a.b@x.example?subject=report"), "a.b@x.example");
  EXPECT_EQ(read("mailto:a@xn--bcher-kva.example"), "a@xn--bcher-kva.example");
  EXPECT_EQ(read("https://reports.example/v1/tls?x=1"), "https");
  EXPECT_EQ(read("HTTPS://u@reports.example:8443/"), "https");
}

TEST(ReportUri, AnAddressIsDecoded_Rfc6068s2) {
  EXPECT_EQ(read("mailto:a%2Bb@x.example"), "a+b@x.example");
  EXPECT_EQ(read("mailto:a%21b@x.example"), "a!b@x.example");
  EXPECT_EQ(read("mailto:a%40x.example"), "a@x.example");
  EXPECT_EQ(read("mailto:a@b%C3%BCcher.example"), "a@xn--bcher-kva.example");
}

TEST(ReportUri, OtherSchemesAndNone_Rfc8460s3) {
  for (const auto* bad :
       {"postmaster@x.example", "http://x.example/", "ftp://x.example/", "mailto",
        "https", "tel:1", ":a@x.example", "//x.example", "mail to:a@x.example"}) {
    EXPECT_TRUE(is_refused(bad)) << bad;
  }
  EXPECT_EQ(read("postmaster@x.example"), "neither mailto: nor https:");
}

TEST(ReportUri, CharactersThatMustBeEncoded_Rfc8460s3) {
  EXPECT_NE(read("mailto:a@x.example!10m").find("%21"), std::string::npos);
  for (const std::string_view bad :
       {"mailto: a@x.example", "mailto:a @x.example", "mailto:a@x.example\t",
        "mailto:a@x.example\x1b[2J", "mailto:a@x.example\n", "mailto:a@x.example\x7f",
        "mailto:a@x.example;b", "mailto:<a@x.example>", "mailto:a@x.example\\",
        "mailto:\"a\"@x.example", "mailto:\xc3\xbc@x.example", "https://x.example/a b",
        "https://x.example/!10m", "mailto:a|b@x.example", "mailto:a^b@x.example"}) {
    EXPECT_TRUE(is_refused(bad)) << bad;
  }
  EXPECT_TRUE(is_refused(std::string_view("mailto:a@x.example\0", 19)));
}

TEST(ReportUri, AnEscapeMakesNoOtherAddress_Rfc6068s2) {
  for (const auto* bad :
       {"mailto:a%0a@x.example", "mailto:a@x.example%0d%0aBcc:b@x.example",
        "mailto:a%2Cb@x.example", "mailto:a%20b@x.example", "mailto:%22a%22@x.example",
        "mailto:a%00@x.example", "mailto:a%1b@x.example", "mailto:a%@x.example",
        "mailto:a%2@x.example", "mailto:a%zz@x.example", "mailto:a% 1@x.example",
        "mailto:a%C3%BC@x.example", "https://x.example/%zz"}) {
    EXPECT_TRUE(is_refused(bad)) << bad;
  }
}

TEST(ReportUri, OnlyACompleteNameIsWrittenTo_Rfc5321s2_3_5) {
  for (const auto* bad : {"mailto:",
                          "mailto:a",
                          "mailto:@x.example",
                          "mailto:a@",
                          "mailto:root@localhost",
                          "mailto:a@x.example.",
                          "mailto:a@127.0.0.1",
                          "mailto:a@%5B127.0.0.1%5D",
                          "mailto:a@[127.0.0.1]",
                          "mailto:a@b@x.example",
                          "mailto:.a@x.example",
                          "mailto:a.@x.example",
                          "mailto:a..b@x.example",
                          "mailto:a@-x.example",
                          "mailto:a@_x.example",
                          "mailto:a@x..example",
                          "https:",
                          "https:/x",
                          "https://",
                          "https:///path"}) {
    EXPECT_TRUE(is_refused(bad)) << bad;
  }
  EXPECT_TRUE(is_refused("mailto:" + std::string(65, 'a') + "@x.example"));
  EXPECT_TRUE(is_refused(""));
}

TEST(ReportUri, AddressesOfACommandLine) {
  EXPECT_EQ(report_address("tls#1@Example.org"), "tls#1@example.org");
  EXPECT_FALSE(report_address("a@example.org\n"));
  EXPECT_FALSE(report_address("a\x1b@example.org"));
}

}  // namespace
}  // namespace mail
