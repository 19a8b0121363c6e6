#include "src/publish/zone_lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

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

/// Reads `text` as the file `zone`, beside which are these others.
base::Result<Zone> zone_of(const std::string& text,
                           const std::map<std::string, std::string>& others = {},
                           const std::optional<dns::Name>& origin = std::nullopt) {
  return read_zone(
      "zone", origin, [&](const std::string& path) -> base::Result<std::string> {
        if (path == "zone") return text;
        const auto found = others.find(path);
        if (found != others.end()) return found->second;
        return base::fail(base::ErrorKind::usage, base::Code::bad_file, path + ": no");
      });
}

const verify::Certificates& chain() {
  static const verify::Certificates kChain{make(support::leaf("CA", {"mx.example.org"})),
                                           make(support::ca("CA"))};
  return kChain;
}

std::string line(const dns::Tlsa& record, const std::string& owner = "_25._tcp.mx") {
  return owner + " IN TLSA " + dns::to_text(record) + "\n";
}

/// `LINE CODE` of each finding, but for one that is everywhere where nothing is wrong:
/// most sets here are of the present key alone.
std::vector<std::string> findings(const std::string& records,
                                  std::vector<ChainFile> chains = {{"mx.pem", chain()}}) {
  const auto zone = zone_of(std::string(kHead) + records);
  if (!zone) return {zone.error().detail};
  std::vector<std::string> out;
  for (const auto& finding : lint_zone(*zone, chains, kNow)) {
    if (finding.code == "no-spare") continue;
    out.push_back(std::to_string(finding.at.line) + " " + finding.code);
  }
  return out;
}

/// The finding with this code, which must be there once.
ZoneFinding finding_of(const std::string& records, std::string_view code) {
  const auto zone = zone_of(std::string(kHead) + records);
  ZoneFinding out;
  int times = 0;
  for (const auto& finding : lint_zone(zone.value(), {{"mx.pem", chain()}}, kNow)) {
    if (finding.code != code) continue;
    out = finding;
    ++times;
  }
  EXPECT_EQ(times, 1) << code;
  return out;
}

dns::Tlsa stale(dns::Tlsa record) {
  record.data[0] ^= std::byte{1};
  return record;
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
              ElementsAre("6 record-unmatched"));
}

TEST(ZoneLint, OfEachCombinationARecordMatches_Rfc7671s8) {
  const auto good = line(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(findings(good + line(stale(support::record(2, 1, 1, chain()[1])))),
              ElementsAre("6 record-anchor-spare", "6 parameters-unmatched"));
  EXPECT_EQ(finding_of(good + line(stale(support::record(2, 1, 1, chain()[1]))),
                       "parameters-unmatched")
                .severity,
            Severity::warning);
}

TEST(ZoneLint, AStrongerDigestThatIsStaleIsAMismatch_Rfc7671s9) {
  const auto records = line(support::record(3, 1, 1, chain()[0])) +
                       line(stale(support::record(3, 1, 2, chain()[0])));
  EXPECT_THAT(findings(records),
              ElementsAre("5 mismatch", "6 record-unmatched", "6 parameters-unmatched"));
  EXPECT_EQ(finding_of(records, "mismatch").severity, Severity::error);
}

TEST(ZoneLint, NothingMatches) {
  EXPECT_THAT(findings(line(stale(support::record(3, 1, 1, chain()[0])))),
              ElementsAre("5 mismatch"));
  EXPECT_THAT(findings(line(stale(support::record(2, 1, 1, chain()[1])))),
              ElementsAre("5 mismatch", "5 record-anchor-not-sent"));
}

TEST(ZoneLint, UnusableRecordsAreToldByLine_Rfc6698s4_1) {
  EXPECT_THAT(
      findings("_25._tcp.mx IN TLSA 3 1 1 0011\n_25._tcp.mx IN TLSA 7 1 1 00\n" +
               line(support::record(3, 1, 1, chain()[0])) +
               line(support::record(1, 1, 1, chain()[0]))),
      ElementsAre("5 record-bad-data", "6 record-unknown-number", "8 record-pkix-usage"));
  const std::string alone = "_25._tcp.mx IN TLSA 3 1 1 0011\n";
  EXPECT_THAT(findings(alone), ElementsAre("5 record-bad-data", "5 none-usable"));
  EXPECT_EQ(finding_of(alone, "record-bad-data").severity, Severity::warning);
  EXPECT_EQ(finding_of(alone, "none-usable").severity, Severity::error);
}

TEST(ZoneLint, RecordsOfMailAndOfOtherServicesAreJudgedAsThoseOfMail_Rfc7672s3_1_3) {
  const auto pkix = line(support::record(1, 1, 1, chain()[0]), "le._dane");
  const auto good = line(support::record(2, 1, 1, chain()[1]), "le._dane");
  const std::string web = "_443._tcp.mx CNAME le._dane\n";
  const std::string mail = "_25._tcp.mx CNAME le._dane\n";
  EXPECT_THAT(findings(web + pkix + good), IsEmpty());
  EXPECT_THAT(findings(web + mail + pkix + good), ElementsAre("7 record-pkix-usage"));
  EXPECT_THAT(findings(mail + web + pkix + good), ElementsAre("7 record-pkix-usage"));
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

TEST(ZoneLint, ACommonNameIsEnoughForMailAlone_Rfc7672s3_2_3) {
  auto leaf = support::leaf("CA", {});
  leaf.subject = "mx.example.org";
  const std::vector<ChainFile> sent = {{"mx.pem", {make(leaf), chain()[1]}}};
  const auto record = support::record(2, 1, 1, chain()[1]);
  EXPECT_THAT(findings(line(record), sent), IsEmpty());
  EXPECT_THAT(findings(line(record, "_443._tcp.mx"), sent),
              ElementsAre("5 name-mismatch"));
}

TEST(ZoneLint, AnAnchorThatIsNotSent_Rfc7671s5_2_2) {
  EXPECT_THAT(findings(line(support::record(2, 1, 1, chain()[1])),
                       {{"mx.pem", {chain()[0]}}, {"ca.pem", {chain()[1]}}}),
              ElementsAre("5 mismatch", "5 record-anchor-not-sent"));
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
  EXPECT_THAT(findings(line(good, "_025._tcp.mx") + line(good, "_0._tcp.mx") +
                       line(good, "_smtp._tcp.mx") + line(good, "_tcp._25.mx")),
              ElementsAre("5 odd-owner", "6 odd-owner", "7 odd-owner", "8 odd-owner"));
  EXPECT_THAT(findings("_025._tcp.mx CNAME le._dane\n" + line(good, "le._dane")),
              ElementsAre("5 odd-owner", "6 odd-owner"));
}

TEST(ZoneLint, AnAsteriskInsideIsNoWildcard_Rfc4592s2_1_1) {
  const auto good = support::record(3, 1, 1, chain()[0]);
  for (const auto* owner : {"_25._tcp.*", "_25._tcp.*.mx", "_25._tcp.mx.*", "_25.*.mx",
                            "*._tcp.*", "*.*", "*._tcp.\\042"}) {
    const auto zone = zone_of(std::string(kHead) + line(good, owner));
    ASSERT_TRUE(zone) << owner;
    const auto found = lint_zone(*zone, {{"mx.pem", chain()}}, kNow);
    ASSERT_EQ(found.size(), 1U) << owner;
    EXPECT_EQ(found[0].code, "odd-owner") << owner;
    EXPECT_THAT(found[0].detail, testing::HasSubstr("RFC 4592 2.1.1")) << owner;
  }
  EXPECT_THAT(findings("_25._tcp.* CNAME le._dane\n" + line(good, "le._dane")),
              ElementsAre("5 odd-owner", "6 odd-owner"));
}

TEST(ZoneLint, ShapesThatBringTrouble_Rfc7671s10_1) {
  const auto leaf = chain()[0];
  EXPECT_THAT(findings(line(support::record(3, 1, 2, leaf))),
              ElementsAre("5 record-sha512-alone"));
  EXPECT_THAT(findings(line(support::record(3, 1, 2, leaf)) +
                       line(support::record(3, 1, 1, leaf))),
              IsEmpty());
  EXPECT_THAT(findings(line(support::record(3, 0, 1, leaf))),
              ElementsAre("5 record-certificate"));
  EXPECT_THAT(findings(line(support::record(3, 1, 0, leaf))),
              ElementsAre("5 record-full"));
  EXPECT_THAT(findings(line(support::record(3, 1, 1, leaf)) +
                       line(support::record(3, 1, 1, leaf))),
              ElementsAre("6 record-duplicate"));
  EXPECT_EQ(finding_of(line(support::record(3, 1, 1, leaf)) +
                           line(support::record(3, 1, 1, leaf)),
                       "record-duplicate")
                .detail,
            "a record is published twice: the same as line 5 (RFC 2181 5)");
}

TEST(ZoneLint, ThePresentKeyAloneIsANote_Rfc7672s3_1_1) {
  const auto found = finding_of(line(support::record(3, 1, 1, chain()[0])), "no-spare");
  EXPECT_EQ(found.severity, Severity::note);
  EXPECT_EQ(found.at.line, 5U);
}

TEST(ZoneLint, RecordsThatNoServiceLeadsToAreJudgedByThemselves) {
  EXPECT_THAT(findings(line(support::record(3, 0, 1, chain()[0]), "le._dane") +
                       line(stale(support::record(2, 1, 1, chain()[1])), "le._dane")),
              ElementsAre("5 record-certificate", "5 odd-owner", "6 odd-owner"));
}

TEST(ZoneLint, ALargeRrsetIsJudgedToItsEnd) {
  const std::string data(124, 'a');
  const auto all = findings("$GENERATE 0-65535 _25._tcp.mx TLSA 3 1 2 ${0,4,x}" + data +
                            "\n"
                            "_25._tcp.mx TLSA 3 1 2 0000" +
                            data + "\n");
  EXPECT_EQ(std::ranges::count(all, "5 record-sha512-alone"), 65536);
  EXPECT_EQ(std::ranges::count(all, "6 record-duplicate"), 1);
}

TEST(ZoneLint, ManyDomainsOfOneMailHost) {
  const auto record = line(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(findings("$GENERATE 0-65535 d$ MX 10 mx\n" + record), IsEmpty());
}

TEST(ZoneLint, ManyPortsOfAHostWithManyAddresses) {
  const auto record = dns::to_text(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(findings("$GENERATE 0-9999 mx AAAA 2001:db8::${0,4,x}\n"
                       "$GENERATE 1-9999 _$._tcp.mx TLSA " +
                       record + "\n"),
              IsEmpty());
}

TEST(ZoneLint, ManyRecordsWhereNobodyLooks) {
  const auto all = findings("$GENERATE 0-65535 25._tcp.mx TLSA 3 1 1 ${0,64,x}\n");
  EXPECT_EQ(std::ranges::count(all, "5 odd-owner"), 65536);
}

TEST(ZoneLint, Ttls) {
  const auto text = dns::to_text(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(findings("_25._tcp.mx 86400 IN TLSA " + text + "\n"), IsEmpty());
  EXPECT_THAT(findings("_25._tcp.mx 86401 IN TLSA " + text + "\n"),
              ElementsAre("5 tlsa-ttl-long"));
  EXPECT_THAT(findings("_25._tcp.mx 60 IN TLSA " + text + "\n_25._tcp.mx 61 IN TLSA " +
                       dns::to_text(support::record(2, 1, 1, chain()[1])) + "\n"),
              ElementsAre("6 ttl-differs"));
}

TEST(ZoneLint, AliasesAreFollowed_Rfc7672s2_2_3) {
  const auto good = line(support::record(2, 1, 1, chain()[1]), "le._dane");
  const auto bad = line(stale(support::record(2, 1, 1, chain()[1])), "le._dane");
  const std::string alias = "_25._tcp.mx CNAME le._dane\n";
  EXPECT_THAT(findings(alias + good), IsEmpty());
  EXPECT_THAT(findings(alias + bad),
              ElementsAre("6 mismatch", "6 record-anchor-not-sent"));
  EXPECT_THAT(findings(alias + bad + good), ElementsAre("6 record-anchor-spare"));
  EXPECT_THAT(findings("_25._tcp.mx CNAME a\na CNAME b\nb CNAME le._dane\n" + bad),
              ElementsAre("8 mismatch", "8 record-anchor-not-sent"));
  EXPECT_THAT(findings("_tcp.mx DNAME shared\n_25.shared CNAME le._dane\n" + bad),
              ElementsAre("7 mismatch", "7 record-anchor-not-sent"));
  EXPECT_THAT(findings("_tcp.mx DNAME shared\n@ MX 10 mx\n" +
                       line(stale(support::record(3, 1, 1, chain()[0])), "_25.shared")),
              ElementsAre("7 mismatch"));
}

TEST(ZoneLint, AliasesToNowhere_Rfc7672s2_1_3) {
  EXPECT_THAT(findings("_25._tcp.mx CNAME le._dane\n"), ElementsAre("5 dangling-alias"));
  EXPECT_THAT(findings("_25._tcp.mx CNAME a\na CNAME _25._tcp.mx\n"),
              ElementsAre("5 alias-loop"));
  EXPECT_THAT(findings("_25._tcp.mx CNAME tlsa.example.net.\n"),
              ElementsAre("5 elsewhere"));
  EXPECT_THAT(findings("sub NS ns.example.net.\n_25._tcp.mx CNAME tlsa.sub\n"),
              ElementsAre("6 elsewhere"));
}

TEST(ZoneLint, WildcardsAreCompared_Rfc4592s3_3_1) {
  const auto good = support::record(3, 1, 1, chain()[0]);
  for (const std::string owner : {"*._tcp.mx", "*.mx"}) {
    EXPECT_THAT(findings(line(good, owner)), IsEmpty()) << owner;
    EXPECT_THAT(findings(line(stale(good), owner)), ElementsAre("5 mismatch")) << owner;
  }
  EXPECT_THAT(findings("*.mx CNAME le._dane\n" + line(stale(good), "le._dane")),
              ElementsAre("6 mismatch"));
}

TEST(ZoneLint, WildcardsDoNotReachBelowNamesThatExist_Rfc4592s2_2) {
  const auto good = support::record(3, 1, 1, chain()[0]);
  EXPECT_THAT(findings(line(good, "*")), ElementsAre("5 odd-owner"));
  EXPECT_THAT(findings("_tcp.mx TXT x\n" + line(good, "*.mx")),
              ElementsAre("6 odd-owner"));
  // An empty non-terminal is a name too.
  EXPECT_THAT(findings("a._tcp.mx TXT x\n" + line(good, "*.mx")),
              ElementsAre("6 odd-owner"));
}

TEST(ZoneLint, AnAnchorInTheRecordAlone_Rfc7671s5_2_3) {
  const auto root = make(support::ca("Root"));
  const auto middle = make(support::ca("Middle", "Root"));
  const auto leaf = make(support::leaf("Middle", {"mx.example.org"}));
  const std::vector<ChainFile> sent = {{"mx.pem", {leaf, middle}}};
  EXPECT_THAT(findings(line(support::record(2, 0, 0, root)), sent),
              ElementsAre("5 record-anchor-full"));
  EXPECT_THAT(findings(line(support::record(2, 1, 0, root)), sent),
              ElementsAre("5 record-anchor-key-not-sent"));
  EXPECT_THAT(findings(line(support::record(2, 0, 0, middle)), sent),
              ElementsAre("5 record-full"));
  EXPECT_THAT(findings(line(support::record(2, 1, 1, root)), sent),
              ElementsAre("5 mismatch", "5 record-anchor-not-sent"));
}

TEST(ZoneLint, EveryChainOfAHostIsCovered_Rfc7671s8) {
  auto second = support::leaf("CA", {"mx.example.org"});
  second.key.name = "second";
  const std::vector<ChainFile> both = {{"ecdsa.pem", chain()},
                                       {"rsa.pem", {make(second), chain()[1]}}};
  const auto first = line(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(findings(first, both), ElementsAre("5 uncovered-chain"));
  EXPECT_THAT(findings(first + line(support::record(3, 1, 1, make(second))), both),
              IsEmpty());
  EXPECT_THAT(findings(line(support::record(2, 1, 1, chain()[1])), both), IsEmpty());
  // Another port of the host shows it.
  EXPECT_THAT(
      findings(first + line(support::record(3, 1, 1, make(second)), "_443._tcp.mx"),
               both),
      IsEmpty());
}

/// How severe the chains are that no record covers.
std::vector<Severity> uncovered(const std::string& records,
                                const std::vector<ChainFile>& chains) {
  std::vector<Severity> out;
  for (const auto& finding :
       lint_zone(zone_of(std::string(kHead) + records).value(), chains, kNow)) {
    if (finding.code == "uncovered-chain") out.push_back(finding.severity);
  }
  return out;
}

// A certificate for two hosts may be shown by one of them alone.
TEST(ZoneLint, AChainThatAnotherHostsRecordsCoverMayBeThatHosts) {
  auto second = support::leaf("CA", {"mx.example.org", "mx2.example.org"});
  second.key.name = "second";
  const std::vector<ChainFile> both = {{"mx.pem", chain()},
                                       {"mx2.pem", {make(second), chain()[1]}}};
  const auto first = line(support::record(3, 1, 1, chain()[0]));
  EXPECT_THAT(uncovered(first, both), ElementsAre(Severity::error));
  const auto elsewhere = "other A 192.0.2.3\n" +
                         line(support::record(3, 1, 1, make(second)), "_25._tcp.other");
  EXPECT_THAT(uncovered(first + elsewhere, both), ElementsAre(Severity::warning));
}

TEST(ZoneLint, RecordsOfEachOthersHosts) {
  auto key = support::leaf("CA", {"mx2.example.org"});
  key.key.name = "mx2";
  const auto its = make(key);
  const std::vector<ChainFile> two = {{"mx.pem", chain()},
                                      {"mx2.pem", {its, chain()[1]}}};
  EXPECT_THAT(findings("mx2 A 192.0.2.3\n" + line(support::record(3, 1, 1, its)) +
                           line(support::record(3, 1, 1, chain()[0]), "_25._tcp.mx2"),
                       two),
              ElementsAre("6 uncovered-chain", "7 uncovered-chain"));
}

TEST(ZoneLint, WhatLiesBesideChainsIsNone) {
  const auto root = make(support::ca("Root"));
  const auto middle = make(support::ca("Middle", "Root"));
  const auto leaf = make(support::leaf("Middle", {"mx.example.org"}));
  const std::vector<ChainFile> live = {{"cert.pem", {leaf}},
                                       {"chain.pem", {middle, root}},
                                       {"fullchain.pem", {leaf, middle}}};
  EXPECT_THAT(findings(line(support::record(3, 1, 1, middle)), live),
              ElementsAre("5 mismatch"));
  EXPECT_THAT(findings(line(support::record(2, 1, 1, middle)), live), IsEmpty());
  EXPECT_THAT(findings(line(support::record(2, 1, 1, root)), live),
              ElementsAre("5 mismatch", "5 record-anchor-not-sent"));
  EXPECT_THAT(findings(line(support::record(3, 1, 1, leaf)),
                       {{"mx.pem", {leaf, middle}}, {"reversed.pem", {middle, leaf}}}),
              ElementsAre("0 leaf-not-first"));
}

TEST(ZoneLint, WhatTheZoneDoesNotAnswer_Rfc1034s4_2_1) {
  const auto good = support::record(3, 1, 1, chain()[0]);
  EXPECT_THAT(findings(line(good, "_25._tcp.mx.elsewhere.example.")),
              ElementsAre("5 out-of-zone"));
  EXPECT_THAT(
      findings("sub NS ns.sub\nns.sub A 192.0.2.3\n" + line(good, "_25._tcp.mx.sub")),
      ElementsAre("7 below-delegation"));
  EXPECT_THAT(findings("sub DNAME example.net.\n" + line(good, "_25._tcp.mx.sub")),
              ElementsAre("6 below-alias"));
  EXPECT_THAT(findings("_25._tcp.mx CNAME x\n" + line(good)),
              ElementsAre("6 beside-alias"));
  EXPECT_THAT(findings(line(good) + "_25._tcp.mx CNAME x\n"),
              ElementsAre("5 beside-alias"));
}

TEST(ZoneLint, ADigestOfNothingIsNamed) {
  const auto records =
      "_25._tcp.mx TLSA 3 1 1 "
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n";
  EXPECT_THAT(findings(records), ElementsAre("5 mismatch", "5 record-digest-of-nothing"));
  EXPECT_THAT(finding_of(records, "record-digest-of-nothing").detail,
              testing::HasSubstr("SHA2-256 of nothing"));
}

TEST(ZoneLint, ACertificateThatNoServerSendsIsNamed_Rfc7671s5_2_2) {
  const auto root = make(support::ca("Root"));
  const auto middle = make(support::ca("Middle", "Root"));
  const auto leaf = make(support::leaf("Middle", {"mx.example.org"}));
  const auto zone = zone_of(std::string(kHead) + line(support::record(2, 1, 1, root)));
  ASSERT_TRUE(zone);
  const auto found =
      lint_zone(*zone, {{"mx.pem", {leaf, middle}}, {"root.pem", {root}}}, kNow);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].detail,
              testing::HasSubstr("line 5 is of a certificate in root.pem"));
  EXPECT_THAT(found[1].detail, testing::HasSubstr("of a certificate in root.pem"));
}

TEST(ZoneLint, TheDomainOfAMailHostIsAName_Rfc7672s3_2_2) {
  const auto leaf = make(support::leaf("CA", {"example.org"}));
  EXPECT_THAT(findings("@ MX 10 mx\n" + line(support::record(2, 1, 1, chain()[1])),
                       {{"mx.pem", {leaf, chain()[1]}}}),
              IsEmpty());
}

}  // namespace
}  // namespace publish
