#include "src/publish/zone_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace publish {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

using Files = std::map<std::string, std::string>;

/// Reads `zone` among these files.
base::Result<Zone> read(const Files& files,
                        const std::optional<dns::Name>& origin = std::nullopt) {
  return read_zone(
      "zone", origin, [&](const std::string& path) -> base::Result<std::string> {
        const auto found = files.find(path);
        if (found != files.end()) return found->second;
        return base::fail(base::ErrorKind::usage, base::Code::bad_file, path + ": no");
      });
}

constexpr std::string_view kHead =
    "$ORIGIN example.org.\n"                          // line 1
    "$TTL 1800\n"                                     // 2
    "@ IN SOA ns hostmaster 1 3600 900 86400 300\n";  // 3; records from 4 on

base::Result<Zone> read_behind_head(const std::string& text) {
  return read({{"zone", std::string(kHead) + text}});
}

/// The last record of what follows the head.
ZoneRecord last(const std::string& text) {
  const auto zone = read_behind_head(text);
  EXPECT_TRUE(zone) << zone.error().detail;
  return zone ? zone->records.back() : ZoneRecord{};
}

TEST(ZoneFile, LinesAreWhereRecordsBegin) {
  const auto digest = std::string(32, '0');
  const auto zone =
      read_behind_head("\n; a comment\n_25._tcp.mx TLSA 3 1 1 (\n " + digest +
                       " ; half\n " + digest + " )\n_26._tcp.mx TLSA 3 1 1 00\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->tlsa, 2U);
  EXPECT_EQ(zone->records[1].at.line, 6U);
  EXPECT_EQ(zone->records[1].tlsa.data.size(), 32U);
  EXPECT_EQ(zone->records[2].at.line, 9U);
  EXPECT_EQ(zone->origin.text(), "example.org");
}

TEST(ZoneFile, TtlAndClassInBothOrders_Rfc1035s5_1) {
  for (const auto* head : {"300 IN", "IN 300", "in 5m", "5M", "CLASS1 300"}) {
    const auto record = last("_25._tcp.mx " + std::string(head) + " TLSA 3 1 1 ab01\n");
    EXPECT_EQ(record.ttl, seconds(300)) << head;
    EXPECT_EQ(dns::to_text(record.tlsa), "3 1 1 ab01") << head;
  }
  EXPECT_EQ(last("mx IN A 192.0.2.1\n").ttl, seconds(1800));
  EXPECT_EQ(last("mx 1h30m A 192.0.2.1\n").ttl, seconds(5400));
}

TEST(ZoneFile, TtlsWithoutATtlDirective_Rfc2308s4) {
  const auto zone = read({{"zone",
                           "a.example. SOA n. h. 1 2 3 4 77\nb.a.example. A 192.0.2.1\n"
                           "c.a.example. 60 A 192.0.2.1\nd.a.example. A 192.0.2.1\n"}});
  ASSERT_TRUE(zone) << zone.error().detail;
  EXPECT_EQ(zone->records[1].ttl, seconds(77));
  EXPECT_EQ(zone->records[3].ttl, seconds(60));
}

TEST(ZoneFile, OwnersAreKeptAndEscaped_Rfc1035s5_1) {
  const auto zone = read_behind_head(
      "mx A 192.0.2.1\n   AAAA 2001:db8::1\n"
      "\\109X A 192.0.2.1\na\\.b A 192.0.2.1\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  for (const std::size_t i : {1U, 2U, 3U}) {
    EXPECT_EQ(zone->records[i].owner.text(), "mx.example.org");
  }
  EXPECT_EQ(zone->records[4].owner.text(), "a\\046b.example.org");
}

TEST(ZoneFile, TheGenericFormIsRead_Rfc3597s5) {
  for (const auto* type : {"TYPE52", "TLSA", "type52"}) {
    const auto record = last("_25._tcp.mx " + std::string(type) + " \\# 5 030101 ab01\n");
    EXPECT_EQ(dns::to_text(record.tlsa), "3 1 1 ab01");
  }
  EXPECT_EQ(last("a TYPE5 \\# 12 026d78 076578616d706c65 00\n").target.text(),
            "mx.example");
  EXPECT_EQ(last("a MX \\# 6 000a 026d7800\n").target.text(), "mx");
  EXPECT_FALSE(read_behind_head("a TYPE5 \\# 3 026d78\n"));
  EXPECT_FALSE(read_behind_head("a TLSA \\# 5 030101\n"));
}

TEST(ZoneFile, OtherTypesStopNothing) {
  const auto zone = read_behind_head(
      "a TXT \"; no ( comment\" \"two\nlines\"\nb CAA 0 issue nobody (\n )\n"
      "c LOC what ever\nd TYPE65534 \\# zz\ne HTTPS 1 . alpn=\"h2\" )\n");
  ASSERT_FALSE(zone) << "a parenthesis without its pair";
  const auto good = read_behind_head(
      "a TXT \"; no ( comment\" \"two\nlines\"\nb CAA 0 issue nobody (\n )\n"
      "c LOC what ever\nd TYPE65534 \\# zz\ne DSYNC x\nf NAPTR \"\"\ng WHATEVER x\n"
      "_25._tcp.mx TSLA 3 1 1 00\n");
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->records.size(), 9U);
  ASSERT_EQ(good->problems.size(), 2U);
  EXPECT_EQ(good->problems[0].code, "unknown-type");
  EXPECT_EQ(good->problems[0].severity, Severity::note);
  EXPECT_EQ(good->problems[1].severity, Severity::warning) << "meant to be TLSA";
}

TEST(ZoneFile, GenerateIsCarriedOut) {
  const auto zone = read_behind_head(
      "$GENERATE 1-3 mx$ A 192.0.2.$\n$GENERATE 8-10/2 n${1,3,x} 60 CNAME mx$$\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->records.size(), 6U);
  EXPECT_EQ(zone->records[3].owner.text(), "mx3.example.org");
  EXPECT_EQ(zone->records[5].owner.text(), "n00b.example.org");
}

TEST(ZoneFile, GenerateBeyondTheBoundsIsPassedOver) {
  const auto zone = read_behind_head("$GENERATE 1-4000000000 a$ A 192.0.2.1\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->problems.size(), 1U);
  EXPECT_EQ(zone->problems[0].code, "generate");
  EXPECT_EQ(zone->problems[0].severity, Severity::warning);
}

TEST(ZoneFile, WhatGenerateMakesOfNoRecordEndsTheRun_Rfc6698s2_2) {
  for (const auto* text :
       {"0-9 _25._tcp.mx$ TLSA 3 1 1 ${0,63,x}", "1-3 _25._tcp.mx$ TLSA 3 1 1 abc",
        "1-3 _25._tcp.mx$ TLSA 3 1", "250-300 _25._tcp.mx TLSA $ 1 1 ab",
        "1-2 _25._tcp.mx TYPE52 \\# 5 030101", "1-2 a A 192.0.2.256", "1-2 a CNAME a..b",
        "1-2 _25._tcp..mx TLSA 3 1 1 ab", "1-2 a TLZA 1 1 1 ${", "1-2 _25._tcp.mx$ 3600",
        "", "5-1 a A 192.0.2.1", "1-2"}) {
    const auto zone = read_behind_head("; good\n$GENERATE " + std::string(text) + "\n");
    ASSERT_FALSE(zone) << text;
    EXPECT_THAT(zone.error().detail, testing::StartsWith("zone:5: ")) << text;
  }
  EXPECT_THAT(read_behind_head("$GENERATE 250-300 a TLSA $ 1 1 ab\n").error().detail,
              HasSubstr("at 256"));
}

TEST(ZoneFile, AByteOrderMarkIsNamedAndNotRead_Rfc1035s5_1) {
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::string& first :
       {std::string(kHead), "; a comment\n" + std::string(kHead),
        "\n" + std::string(kHead)}) {
    const auto zone = read({{"zone", mark + first}});
    ASSERT_TRUE(zone) << zone.error().detail;
    EXPECT_EQ(zone->origin.text(), "example.org");
    ASSERT_EQ(zone->problems.size(), 1U);
    EXPECT_EQ(zone->problems[0].code, "byte-order-mark");
    EXPECT_EQ(zone->problems[0].severity, Severity::error);
    EXPECT_EQ(zone->problems[0].at.line, 1U);
  }
  const auto both = read({{"zone", std::string(kHead) + "$INCLUDE more\n"},
                          {"more", mark + "mx A 192.0.2.1\n"}});
  ASSERT_TRUE(both) << both.error().detail;
  EXPECT_EQ(both->records.back().owner.text(), "mx.example.org");
  ASSERT_EQ(both->problems.size(), 1U);
  EXPECT_EQ(both->files.at(both->problems[0].at.file), "more");
}

TEST(ZoneFile, IncludedFilesAreRead_Rfc1035s5_1) {
  const auto zone = read(
      {{"zone", std::string(kHead) + "mx A 192.0.2.1\n$INCLUDE more sub\n A 192.0.2.2\n"},
       {"more", "x A 192.0.2.3\n$ORIGIN deep\ny A 192.0.2.4\n"}});
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->records.size(), 5U);
  EXPECT_EQ(zone->records[2].owner.text(), "x.sub.example.org");
  EXPECT_EQ(zone->records[3].owner.text(), "y.deep.sub.example.org");
  EXPECT_EQ(zone->files.at(zone->records[3].at.file), "more");
  EXPECT_EQ(zone->records[4].owner.text(), "mx.example.org");
}

TEST(ZoneFile, AFileThatCannotBeIncludedIsTold) {
  const auto gone = read_behind_head("$INCLUDE gone\nmx A 192.0.2.1\n");
  ASSERT_TRUE(gone) << gone.error().detail;
  EXPECT_EQ(gone->records.size(), 2U);
  ASSERT_EQ(gone->problems.size(), 1U);
  EXPECT_EQ(gone->problems[0].severity, Severity::error);
  const auto itself = read_behind_head("$INCLUDE zone\n");
  ASSERT_TRUE(itself) << itself.error().detail;
  EXPECT_FALSE(itself->problems.empty());
  const auto broken = read({{"zone", "$INCLUDE more\n"}, {"more", "\n)\n"}});
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().detail, HasSubstr("more:2: "));
}

TEST(ZoneFile, RelativeNamesWantAnOrigin_Rfc1035s5_1) {
  for (const auto* text : {"@ SOA n h 1 2 3 4 5\n", "mx A 192.0.2.1\n",
                           "mx.example. CNAME mx\n", "$ORIGIN example\n"}) {
    const auto zone = read({{"zone", text}});
    ASSERT_FALSE(zone) << text;
    EXPECT_THAT(zone.error().detail, HasSubstr("zone:1: ")) << text;
    EXPECT_THAT(zone.error().detail, HasSubstr("--origin")) << text;
    const auto named = read({{"zone", text}}, dns::Name::parse("example.org").value());
    EXPECT_TRUE(named) << text;
  }
  EXPECT_TRUE(read({{"zone", "_25._tcp.mx.example.org. TLSA 3 1 1 00\n"}}));
}

TEST(ZoneFile, ErrorsNameTheLine) {
  for (const auto* text : {"_25._tcp.mx IN TLSA 3 1 1 zz\n",
                           "_25._tcp.mx IN TLSA 3 1\n",
                           "_25._tcp.mx TLSA 3 1 1\n",
                           "_25._tcp.mx TLSA 3 1 1 abc\n",
                           "_25._tcp.mx TLSA 256 1 1 ab\n",
                           "_25._tcp.mx TLSA 3 1 300 ab\n",
                           "_25._tcp.mx TLSA -1 1 1 ab\n",
                           "mx IN A 192.0.2.256\n",
                           "mx AAAA 192.0.2.1\n",
                           "mx A ::1\n",
                           "mx MX x y\n",
                           "mx CNAME\n",
                           "mx CNAME a b\n",
                           "mx\n",
                           "mx IN\n",
                           "mx 192.0.2.1\n",
                           "a..b A 192.0.2.1\n",
                           "\\999 A 192.0.2.1\n",
                           "a SRV 1 2 x\n",
                           "$TTL soon\n",
                           "$ORIGIN\n",
                           "mx A (192.0.2.1\n",
                           ")\n",
                           "a TXT \"x\n"}) {
    const auto zone = read_behind_head(text);
    ASSERT_FALSE(zone) << text;
    EXPECT_EQ(zone.error().code, base::Code::bad_zone);
    EXPECT_EQ(zone.error().kind, base::ErrorKind::usage);
    EXPECT_THAT(zone.error().detail, HasSubstr("zone:4: ")) << text;
  }
  EXPECT_FALSE(read({}));
}

TEST(ZoneFile, OtherClassesAreTold) {
  const auto zone = read_behind_head("a CH TXT x\n_25._tcp.mx CH TLSA 3 1 1 00\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->problems.size(), 2U);
  EXPECT_EQ(zone->problems[0].severity, Severity::note);
  EXPECT_EQ(zone->problems[1].severity, Severity::error);
}

}  // namespace
}  // namespace publish
