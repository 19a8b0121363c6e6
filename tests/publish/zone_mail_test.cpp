#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/publish/zone_lint.h"

namespace publish {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1780315200)};

constexpr std::string_view kHead =
    "$ORIGIN example.org.\n"                         // line 1
    "$TTL 1800\n"                                    // 2
    "@ IN SOA ns hostmaster 1 3600 900 86400 300\n"  // 3
    "mx A 192.0.2.2\n"                               // 4
    "mx2 AAAA 2001:db8::2\n";                        // 5; records from 6 on

/// A record of this owner that can be used.
std::string tlsa(const std::string& owner) {
  return owner + " TLSA 3 1 1 " + std::string(64, 'a') + "\n";
}

/// What is found without certificates in a zone of these lines.
std::vector<ZoneFinding> found(const std::string& text) {
  const auto zone = read_zone(
      "zone", {}, [&](const std::string&) -> base::Result<std::string> { return text; });
  return lint_zone(zone.value(), {}, kNow);
}

/// `LINE CODE` of each of them, behind the head.
std::vector<std::string> findings(const std::string& records) {
  std::vector<std::string> out;
  for (const auto& finding : found(std::string(kHead) + records)) {
    out.push_back(std::to_string(finding.at.line) + " " + finding.code);
  }
  return out;
}

TEST(ZoneMail, OneHostWithoutRecordsBesideOthersIsAWarning_Rfc7672s2_2_1) {
  const std::string records = "@ MX 10 mx\n@ MX 20 mx2\n" + tlsa("_25._tcp.mx");
  EXPECT_THAT(findings(records), ElementsAre("7 mx-without-tlsa"));
  const auto all = found(std::string(kHead) + records);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].severity, Severity::warning);
  EXPECT_EQ(all[0].owner.text(), "example.org");
  EXPECT_THAT(all[0].detail, HasSubstr("_25._tcp.mx2.example.org"));
  EXPECT_THAT(findings(records + tlsa("_25._tcp.mx2")), IsEmpty());
}

TEST(ZoneMail, AHostOfManyDomainsIsToldOnce) {
  EXPECT_THAT(findings("a MX 10 mx\na MX 20 mx2\nb MX 10 mx\nb MX 20 mx2\n" +
                       tlsa("_25._tcp.mx")),
              ElementsAre("7 mx-without-tlsa"));
}

// Nobody is led from the hosts of one domain to those of another.
TEST(ZoneMail, HostsOfDifferentDomainsAreNotBesideEachOther_Rfc7672s2_2_1) {
  const std::string apart = "a MX 10 mx2\n@ MX 10 mx\nb MX 10 mx2\n";
  EXPECT_THAT(findings(apart + tlsa("_25._tcp.mx")),
              ElementsAre("6 mail-without-dane", "8 mail-without-dane"))
      << "each is told that it has none, and no more";
  EXPECT_THAT(findings(apart + "b MX 20 mx\n" + tlsa("_25._tcp.mx")),
              ElementsAre("6 mail-without-dane", "8 mx-without-tlsa"));
  EXPECT_THAT(findings(apart), ElementsAre("6 mail-without-dane"));
}

TEST(ZoneMail, AZoneWithoutDaneForMailIsToldSoInOneNote) {
  const std::string records = "@ MX 10 mx\n@ MX 20 mx2\n";
  EXPECT_THAT(findings(records), ElementsAre("6 mail-without-dane"));
  EXPECT_EQ(found(std::string(kHead) + records).front().severity, Severity::note);
  // Records of other services are none of mail.
  EXPECT_THAT(findings(records + tlsa("_443._tcp.mx")),
              ElementsAre("6 mail-without-dane"));
}

TEST(ZoneMail, ADomainThatTakesNoMailLacksNothing_Rfc7505s3) {
  EXPECT_THAT(findings("@ MX 0 .\n"), IsEmpty());
  EXPECT_THAT(findings("@ MX 10 mx\nnone MX 0 .\n" + tlsa("_25._tcp.mx")), IsEmpty());
}

TEST(ZoneMail, WhatOtherZonesHaveIsNotKnown) {
  const std::string good = "@ MX 10 mx\n" + tlsa("_25._tcp.mx");
  EXPECT_THAT(findings(good + "@ MX 20 mx.example.net.\n"), IsEmpty());
  EXPECT_THAT(findings(good + "@ MX 20 mx.sub\nsub NS ns.example.net.\n"), IsEmpty());
  EXPECT_THAT(findings(good + "@ MX 20 far\nfar CNAME mx.example.net.\n"), IsEmpty());
  EXPECT_THAT(findings(good + "@ MX 20 mx2\n_25._tcp.mx2 CNAME le.example.net.\n"),
              ElementsAre("9 elsewhere"));
  // An MX record that a child zone answers for is not this zone's.
  EXPECT_THAT(findings(good + "sub NS ns.example.net.\nsub MX 10 mx2\n"), IsEmpty());
}

TEST(ZoneMail, AHostWithoutAnAddressIsNobodysWay) {
  EXPECT_THAT(findings("@ MX 10 mx\n@ MX 20 gone\n" + tlsa("_25._tcp.mx")), IsEmpty());
}

TEST(ZoneMail, AliasesAndWildcardsGiveRecordsToo_Rfc7672s2_2_2) {
  const std::string mx = "@ MX 10 mx\n@ MX 20 mx2\n";
  EXPECT_THAT(findings(mx + tlsa("_25._tcp.mx") + tlsa("*.mx2")), IsEmpty());
  EXPECT_THAT(findings("@ MX 10 mx\n@ MX 20 www\nwww CNAME mx\n" + tlsa("_25._tcp.mx")),
              IsEmpty());
  EXPECT_THAT(findings("@ MX 10 mx\n@ MX 20 www\nwww CNAME mx2\n" + tlsa("_25._tcp.mx")),
              ElementsAre("7 mx-without-tlsa"));
  EXPECT_THAT(findings(mx + tlsa("_25._tcp.mx") + "_25._tcp.mx2 CNAME gone\n"),
              ElementsAre("9 dangling-alias"));
}

TEST(ZoneMail, AFragmentMayHaveItsRecordsElsewhere) {
  EXPECT_THAT(found("$ORIGIN example.org.\nmx 60 A 192.0.2.2\n@ 60 MX 10 mx\n"),
              IsEmpty());
}

TEST(ZoneMail, ManyMailHosts) {
  const auto all = findings(
      "$GENERATE 1-65535 h$ A 192.0.2.1\n"
      "$GENERATE 1-65535 @ MX 10 h$\n" +
      tlsa("_25._tcp.h1"));
  EXPECT_EQ(all.size(), 65534U);
}

TEST(ZoneMail, ManyDomainsWithTheSameHosts) {
  EXPECT_THAT(findings("$GENERATE 1-65535 d$ MX 10 mx\n"
                       "$GENERATE 1-65535 d$ MX 20 mx2\n" +
                       tlsa("_25._tcp.mx")),
              ElementsAre("7 mx-without-tlsa"));
}

TEST(ZoneLintAlone, WithoutCertificatesNoRecordIsSaidToMatchNothing) {
  const std::string other = "_25._tcp.mx TLSA 2 1 1 " + std::string(64, 'b') + "\n";
  EXPECT_THAT(findings(tlsa("_25._tcp.mx") + other), IsEmpty());
  // What the lines say by themselves is told all the same.
  EXPECT_THAT(findings("_25._tcp.mx TLSA 3 1 1 0011\n"),
              ElementsAre("6 record-bad-data", "6 none-usable"));
  EXPECT_THAT(findings(tlsa("_25._tcp.mx") + tlsa("_25._tcp.mx") + tlsa("_25._tcp.no")),
              ElementsAre("7 record-duplicate", "8 no-host"));
  EXPECT_THAT(findings("_25._tcp.mx TLSA 3 1 0 30\n"),
              ElementsAre("6 record-bad-data", "6 none-usable"));
}

}  // namespace
}  // namespace publish
