#include "src/tlsrpt/tls_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tlsrpt {
namespace {

using testing::ElementsAre;

TlsEvent event() {
  TlsEvent out;
  out.domain = "there.example";
  out.policy = "tlsa";
  out.records = {"3 1 1 00ff", "2 1 1 ff00"};
  out.host = "mx.there.example";
  out.base = "base.example";
  out.sessions = 7;
  return out;
}

TEST(TlsEvents, ALineIsReadAsItWasWritten) {
  TlsEvents found;
  read_counted_lines(counted_line(event()) + "\n", found);
  ASSERT_EQ(found.events.size(), 1U);
  EXPECT_EQ(found.events[0].domain, "there.example");
  EXPECT_EQ(found.events[0].base, "base.example");
  EXPECT_EQ(found.events[0].host, "mx.there.example");
  EXPECT_EQ(found.events[0].sessions, 7U);
  EXPECT_THAT(found.events[0].records, ElementsAre("3 1 1 00ff", "2 1 1 ff00"));
}

TEST(TlsEvents, NoFieldMakesASecondLineOrField) {
  auto odd = event();
  odd.host = "a\tb\nc\x1b[2J";
  TlsEvents found;
  read_counted_lines(counted_line(odd) + "\n", found);
  ASSERT_EQ(found.events.size(), 1U);
  EXPECT_EQ(found.events[0].host, "a?b?c?[2J");
}

TEST(TlsEvents, BrokenLinesAreLeftOutAndCounted) {
  const std::string good = counted_line(event()) + "\n";
  TlsEvents found;
  read_counted_lines("nonsense\n\n\t\t\t\t\t\t\t\t\n" + good + "0000000000\tx\n" +
                         good.substr(0, good.size() - 1),
                     found);
  EXPECT_EQ(found.events.size(), 1U);
  EXPECT_EQ(found.left_out, 4U) << "among them one without an end";
}

TEST(TlsEvents, OnlyWhatIsReportedOnIsRead_Rfc8460s4_4) {
  for (const auto* line :
       {"a/b.example\ttlsa\t\tmx.example\t\t\t", "../x\ttlsa\t\tmx.example\t\t\t",
        "x.example\todd\t\tmx.example\t\t\t", "x.example\ttlsa\todd\tmx.example\t\t\t",
        "\ttlsa\t\tmx.example\t\t\t", "x.example\ttlsa", ""}) {
    TlsEvent out;
    EXPECT_FALSE(read_plain_line(line, out)) << line;
  }
  TlsEvent out;
  ASSERT_TRUE(
      read_plain_line("x.example\ttlsa\t\tmx.example\t192.0.2.1\t\t\t3 1 1 00", out));
  EXPECT_EQ(policy_domain(out), "mx.example");
  EXPECT_EQ(out.sessions, 1U);
}

TEST(TlsEvents, NamesThatAReportCanCarry_Rfc8460s5_3) {
  EXPECT_TRUE(is_report_domain("xn--bcher-kva.example"));
  EXPECT_TRUE(is_report_domain("a_b.example"));
  for (const auto* bad : {"", ".", "..", ".x", "x.", "a..b", "a/b", "A.example", "a b",
                          "a\x1b.example", "a\"b", "a\\b", "\xc3\xbc.example"}) {
    EXPECT_FALSE(is_report_domain(bad)) << bad;
  }
  EXPECT_FALSE(is_report_domain(std::string(254, 'a')));
}

TEST(TlsEvents, TheOrderOfRecordsMakesNoOtherPolicy_Rfc8460s4_4) {
  std::vector<dns::Tlsa> records;
  for (int i = 0; i < 90; ++i) {
    records.push_back({3, 1, 1, base::Bytes(32, static_cast<std::byte>(i))});
  }
  const auto first = policy_strings(records);
  std::ranges::rotate(records, records.begin() + 40);
  EXPECT_EQ(policy_strings(records), first);
}

TEST(TlsEvents, RecordsAreBounded) {
  const dns::Tlsa small{3, 1, 1, base::Bytes(32)};
  EXPECT_EQ(policy_strings({small, small}).size(), 2U);
  const dns::Tlsa large{3, 0, 0, base::Bytes(60'000)};
  for (const auto& records :
       {std::vector<dns::Tlsa>(1, large), std::vector<dns::Tlsa>(900, small),
        std::vector<dns::Tlsa>(50, large)}) {
    auto out = event();
    out.records = policy_strings(records);
    out.host = std::string(100'000, 'a');
    EXPECT_LE(counted_line(out).size(), 4096U);
  }
  EXPECT_EQ(policy_strings(std::vector<dns::Tlsa>(900, small)).back(), "and 864 more");
}

}  // namespace
}  // namespace tlsrpt
