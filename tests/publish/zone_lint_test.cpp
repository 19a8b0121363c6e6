#include "src/publish/zone_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "src/publish/record.h"
#include "tests/support/peers.h"

namespace publish {
namespace {

using support::kDay;
using support::kNow;
using support::make;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kHead =
    "$ORIGIN example.org.\n"                         // line 1
    "$TTL 1800\n"                                    // 2
    "@ IN SOA ns hostmaster 1 3600 900 86400 300\n"  // 3
    "mx IN A 192.0.2.2\n";                           // 4; records from 5 on

base::Result<Zone> zone_of(const std::string& text) {
  std::string path = testing::TempDir() + "zone.XXXXXX";
  const int fd = mkstemp(path.data());
  EXPECT_GE(fd, 0);
  close(fd);
  std::ofstream(path) << text;
  auto out = read_zone(path, std::nullopt);
  unlink(path.c_str());
  return out;
}

const verify::Certificates& chain() {
  static const verify::Certificates kChain{make(support::leaf("CA", {"mx.example.org"})),
                                           make(support::ca("CA"))};
  return kChain;
}

std::string line(const dns::Tlsa& record, const std::string& owner = "_25._tcp.mx") {
  return owner + " IN TLSA " + dns::to_text(record) + "\n";
}

/// `LINE CODE` of each finding.
std::vector<std::string> findings(const std::string& records,
                                  std::vector<ChainFile> chains = {{"mx.pem", chain()}}) {
  const auto zone = zone_of(std::string(kHead) + records);
  if (!zone) return {zone.error().detail};
  std::vector<std::string> out;
  for (const auto& finding : lint_zone(*zone, chains, kNow)) {
    out.push_back(std::to_string(finding.line) + " " + finding.code);
  }
  return out;
}

TEST(ZoneLint, GoodRecordsHaveNoFinding) {
  EXPECT_THAT(findings(line(support::record(3, 1, 1, chain()[0])) +
                       line(support::record(2, 1, 1, chain()[1]))),
              IsEmpty());
}

TEST(ZoneLint, TheNextKeyBesideThePresentIsANote_Rfc7671s8_1) {
  const auto next = make(support::leaf("Other", {"x.example.org"}));
  auto spare = support::record(3, 1, 1, next);
  spare.data[0] ^= std::byte{1};
  EXPECT_THAT(findings(line(support::record(3, 1, 1, chain()[0])) + line(spare)),
              ElementsAre("6 spare"));
}

TEST(ZoneLint, ACombinationWithoutAMatchIsAnError_Rfc7671s8) {
  auto stale = support::record(2, 1, 1, chain()[1]);
  stale.data[0] ^= std::byte{1};
  EXPECT_THAT(findings(line(support::record(3, 1, 1, chain()[0])) + line(stale)),
              ElementsAre("6 combination"));
}

TEST(ZoneLint, NothingMatches) {
  auto stale = support::record(3, 1, 1, chain()[0]);
  stale.data[0] ^= std::byte{1};
  EXPECT_THAT(findings(line(stale)), ElementsAre("5 no-match"));
}

TEST(ZoneLint, UnusableRecordsAreToldByLine_Rfc6698s4_1) {
  EXPECT_THAT(findings("_25._tcp.mx IN TLSA 3 1 1 0011\n_25._tcp.mx IN TLSA 7 1 1 00\n" +
                       line(support::record(3, 1, 1, chain()[0])) +
                       line(support::record(1, 1, 1, chain()[0]))),
              ElementsAre("5 unusable", "6 unusable", "8 unusable"));
}

TEST(ZoneLint, PkixUsagesAreFineWhereThereIsNoMail_Rfc7671s4) {
  EXPECT_THAT(findings(line(support::record(1, 1, 1, chain()[0]), "_443._tcp.mx")),
              IsEmpty());
}

TEST(ZoneLint, TheJudgementOfAPeerCounts_Rfc7672s3_1) {
  const auto record = support::record(2, 1, 1, chain()[1]);
  auto leaf = support::leaf("CA", {"other.example.org"});
  EXPECT_THAT(findings(line(record), {{"mx.pem", {make(leaf), chain()[1]}}}),
              ElementsAre("5 name-mismatch"));
  leaf = support::leaf("CA", {"mx.example.org"});
  leaf.until = kNow - kDay;
  EXPECT_THAT(findings(line(record), {{"mx.pem", {make(leaf), chain()[1]}}}),
              ElementsAre("5 expired"));
  EXPECT_THAT(findings(line(support::record(3, 1, 1, chain()[0])),
                       {{"mx.pem", {make(leaf), chain()[1]}}}),
              IsEmpty());
}

TEST(ZoneLint, AnAnchorThatIsNotSent_Rfc7671s5_2_2) {
  EXPECT_THAT(findings(line(support::record(2, 1, 1, chain()[1])),
                       {{"mx.pem", {chain()[0]}}, {"ca.pem", {chain()[1]}}}),
              ElementsAre("5 anchor-is-leaf"));
}

TEST(ZoneLint, AnotherHostsChainIsNotHeldAgainstIt) {
  const auto other = make(support::leaf("CA", {"other.example.org"}));
  EXPECT_THAT(
      findings(line(support::record(2, 1, 1, chain()[1])),
               {{"a.pem", {other, chain()[1]}}, {"mx.pem", chain()}, {"z.pem", {other}}}),
      IsEmpty());
}

TEST(ZoneLint, OddOwnersAndHosts_Rfc6698s3) {
  const auto good = support::record(3, 1, 1, chain()[0]);
  EXPECT_THAT(
      findings(line(good, "mx") + line(good, "25._tcp.mx") + line(good, "_25._quic.mx") +
               line(good, "_25._tcp.gone") + line(good, "_99999._tcp.mx")),
      ElementsAre("5 odd-owner", "6 odd-owner", "7 odd-owner", "8 no-host",
                  "9 odd-owner"));
  EXPECT_THAT(findings(line(good, "*._tcp.mx")), IsEmpty());
  EXPECT_THAT(findings(line(good, "_25._tcp.mx.elsewhere.example.")), IsEmpty());
}

TEST(ZoneLint, ShapesThatBringTrouble_Rfc7671s10_1) {
  const auto leaf = chain()[0];
  EXPECT_THAT(findings(line(support::record(3, 1, 2, leaf))),
              ElementsAre("5 sha512-alone"));
  EXPECT_THAT(findings(line(support::record(3, 1, 2, leaf)) +
                       line(support::record(3, 1, 1, leaf))),
              IsEmpty());
  EXPECT_THAT(findings(line(support::record(3, 0, 1, leaf))),
              ElementsAre("5 certificate-digest"));
  EXPECT_THAT(findings(line(support::record(3, 1, 0, leaf))), ElementsAre("5 full-data"));
  EXPECT_THAT(findings(line(support::record(3, 1, 1, leaf)) +
                       line(support::record(3, 1, 1, leaf))),
              ElementsAre("6 duplicate"));
}

TEST(ZoneLint, Ttls) {
  const auto text = dns::to_text(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(findings("_25._tcp.mx 86400 IN TLSA " + text + "\n"),
              ElementsAre("5 long-ttl"));
  EXPECT_THAT(findings("_25._tcp.mx 60 IN TLSA " + text + "\n_25._tcp.mx 61 IN TLSA " +
                       dns::to_text(support::record(2, 1, 1, chain()[1])) + "\n"),
              ElementsAre("6 ttl-differs"));
}

TEST(ZoneFile, LinesAreWhereRecordsBegin) {
  const auto digest = std::string(32, '0');
  const auto zone =
      zone_of(std::string(kHead) + "\n; a comment\n_25._tcp.mx TLSA 3 1 1 (\n " + digest +
              "\n " + digest + " )\n_26._tcp.mx TLSA 3 1 1 00\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->tlsa.size(), 2U);
  EXPECT_EQ(zone->tlsa[0].line, 7U);
  EXPECT_EQ(zone->tlsa[0].record.data.size(), 32U);
  EXPECT_EQ(zone->tlsa[1].line, 10U);
  EXPECT_EQ(zone->origin.text(), "example.org");
}

TEST(ZoneFile, TheGenericFormIsRead_Rfc3597s5) {
  const auto zone = zone_of(std::string(kHead) + "_25._tcp.mx TYPE52 \\# 5 030101ab01\n");
  ASSERT_TRUE(zone) << zone.error().detail;
  ASSERT_EQ(zone->tlsa.size(), 1U);
  EXPECT_EQ(dns::to_text(zone->tlsa[0].record), "3 1 1 ab01");
}

TEST(ZoneFile, ErrorsNameTheLine) {
  for (const auto* text : {"_25._tcp.mx IN TLSA 3 1 1 zz\n", "_25._tcp.mx IN TLSA 3 1\n",
                           "$INCLUDE other.zone\n", "mx IN A 192.0.2.256\n"}) {
    const auto zone = zone_of(std::string(kHead) + text);
    ASSERT_FALSE(zone) << text;
    EXPECT_EQ(zone.error().code, "bad_zone");
    EXPECT_THAT(zone.error().detail, testing::HasSubstr(":5: ")) << text;
  }
  EXPECT_FALSE(read_zone("/nonexistent", std::nullopt));
}

}  // namespace
}  // namespace publish
