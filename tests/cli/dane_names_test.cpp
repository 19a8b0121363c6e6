#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/owner.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/peers.h"

namespace cli::dane {
namespace {

using cli::testing::run;
using ::testing::HasSubstr;

TEST(ToAscii, WritesEachNameInALabels) {
  const auto ran = run(kToAscii, {"B\u00fccher.Example.", "a.example"});
  ASSERT_TRUE(ran.outcome);
  EXPECT_EQ(*ran.outcome, Outcome::fine);
  EXPECT_EQ(ran.text, "xn--bcher-kva.example\na.example\n");
}

TEST(ToUnicode, WritesEachNameInULabels) {
  EXPECT_EQ(run(kToUnicode, {"xn--bcher-kva.example"}).text, "b\u00fccher.example\n");
  EXPECT_EQ(run(kToUnicode, {"--json", "xn--bcher-kva.example"}).text,
            "{\"version\":1,\"names\":[{\"name\":\"xn--bcher-kva.example\",\"ascii\":"
            "\"xn--bcher-kva.example\",\"unicode\":\"b\u00fccher.example\"}]}\n");
}

TEST(ToAscii, OfWhatIsNoNamePrintsNothing) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"a.example", "a..b"}}) {
    const auto ran = run(kToAscii, words);
    ASSERT_FALSE(ran.outcome);
    EXPECT_EQ(outcome_of(ran.outcome.error().kind), Outcome::bad_input);
    EXPECT_EQ(ran.text, "");
  }
}

std::string owner(const std::string& host, const std::string& port = "25") {
  const auto out = owner_of(host, port, "tcp");
  if (out) return out->name.text();
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage) << host;
  return "! " + out.error().detail;
}

TEST(Owner, IsPortAndTransportBeforeTheHost_Rfc6698s3) {
  EXPECT_EQ(owner("mx.example.org"), "_25._tcp.mx.example.org");
  EXPECT_EQ(owner("MX.example.org.", "smtp"), "_25._tcp.mx.example.org");
  EXPECT_EQ(owner("a1.2b.example"), "_25._tcp.a1.2b.example");
  const auto out = owner_of("mx.example.org", "853", "udp");
  ASSERT_TRUE(out);
  EXPECT_EQ(out->name.text(), "_853._udp.mx.example.org");
  EXPECT_EQ(out->host.text(), "mx.example.org");
  EXPECT_EQ(out->port, 853);
}

TEST(Owner, AnAddressHasNone) {
  for (const char* host : {"192.0.2.1", "2001:db8::1", "[2001:db8::1]", "[192.0.2.1]",
                           "fe80::1%eth0", "192.0.2.1%x", "1::2::3"}) {
    EXPECT_THAT(owner(host), HasSubstr(" is an address, and TLSA records belong"))
        << host;
  }
}

TEST(Owner, ANameThatEndsInANumberIsNoHost_Rfc3696s2) {
  EXPECT_THAT(owner("192.0.2.300"), HasSubstr("names do not end in a number"));
  EXPECT_THAT(owner("mx.25"), HasSubstr("names do not end in a number"));
}

TEST(Owner, AnOwnerInPlaceOfAHostIsTakenApart) {
  EXPECT_THAT(owner("_465._tcp.mx.example.org"), HasSubstr("mx.example.org 465"));
  EXPECT_THAT(owner("_tcp.mx.example.org"), HasSubstr("mx.example.org PORT"));
  EXPECT_THAT(owner("_465._tcp"), HasSubstr("HOST 465"));
  EXPECT_THAT(owner("_._tcp.mx.example.org"), HasSubstr("mx.example.org PORT"));
}

TEST(Owner, APortIsANumberOrAService) {
  for (const char* port : {"0", "65536", "none-such", "", "-1", "25x"}) {
    EXPECT_EQ(owner("mx.example.org", port).front(), '!') << port;
  }
  EXPECT_EQ(owner("mx.example.org", "65535"), "_65535._tcp.mx.example.org");
  EXPECT_EQ(owner("mx.example.org", "1"), "_1._tcp.mx.example.org");
}

TEST(MatchName, EndsByWhetherTheCertificateIsForAName) {
  const cli::testing::Folder folder;
  const std::string file =
      folder.write("leaf.pem", support::pem(support::GoodChain().leaf));
  const auto matched = run(kMatchName, {"--cert", file, "--name", "mail.example.org"});
  ASSERT_TRUE(matched.outcome);
  EXPECT_EQ(*matched.outcome, Outcome::fine);
  EXPECT_THAT(matched.text, HasSubstr("matched: by mail.example.org"));
  const auto other = run(kMatchName, {"--cert", file, "--name", "www.example.org"});
  ASSERT_TRUE(other.outcome);
  EXPECT_EQ(*other.outcome, Outcome::findings);
  EXPECT_THAT(other.text, HasSubstr("unmatched: the certificate names mail.example.org"));
  const auto json = run(kMatchName, {"--json", "--cert", file, "--name", "192.0.2.1"});
  ASSERT_TRUE(json.outcome);
  EXPECT_EQ(*json.outcome, Outcome::findings);
  EXPECT_THAT(json.text, HasSubstr("\"status\":\"unmatched\",\"name\":\"\""));
}

TEST(MatchName, NeedsACertificateAndAName) {
  const cli::testing::Folder folder;
  const std::string file =
      folder.write("leaf.pem", support::pem(support::GoodChain().leaf));
  const std::string odd = folder.write("odd.pem", "nothing");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--name", "a.example"},
        {"--cert", file},
        {"--cert", file, "--name", "a..b"},
        {"--cert", odd, "--name", "a.example"},
        {"--cert", folder.path("none"), "--name", "a.example"},
        {"--cert", file, "--name", "a.example", "word"}}) {
    const auto ran = run(kMatchName, words);
    ASSERT_FALSE(ran.outcome);
    EXPECT_EQ(outcome_of(ran.outcome.error().kind), Outcome::bad_input);
  }
}

}  // namespace
}  // namespace cli::dane
