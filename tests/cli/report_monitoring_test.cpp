#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/monitoring.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using cli::testing::audited;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

constexpr auto kNow = cli::testing::kDone;

Tally of(const std::vector<std::pair<Grade, std::vector<Code>>>& domains) {
  Tally out;
  int number = 0;
  for (const auto& [grade, codes] : domains) {
    out.add(audited("d" + std::to_string(++number) + ".example", grade, codes));
  }
  return out;
}

constexpr NagiosLimits kLimits{kNow + 7 * 24h, kNow + 2 * 24h};

std::string line(const Tally& tally, const NagiosLimits& limits = kLimits) {
  return nagios_line(tally, limits, kNow, 1234ms);
}

Nagios status(const Tally& tally, const NagiosLimits& limits = kLimits) {
  return nagios_of(tally, limits);
}

/// An enforced domain whose first certificate ends then.
Tally ending(std::chrono::sys_seconds moment, std::vector<Code> codes = {}) {
  Tally out = of({{Grade::enforced, std::move(codes)}});
  out.first_certificate_end = moment;
  return out;
}

TEST(Nagios, TheStatusesAreThoseOfThePlugins) {
  EXPECT_EQ(static_cast<int>(Nagios::ok), 0);
  EXPECT_EQ(static_cast<int>(Nagios::warning), 1);
  EXPECT_EQ(static_cast<int>(Nagios::critical), 2);
  EXPECT_EQ(static_cast<int>(Nagios::unknown), 3);
}

TEST(Nagios, AGradeAloneMakesAStatus) {
  EXPECT_EQ(status(of({{Grade::enforced, {}}})), Nagios::ok);
  EXPECT_EQ(status(of({{Grade::not_deployed, {}}})), Nagios::warning);
  EXPECT_EQ(status(of({{Grade::partial, {}}})), Nagios::warning);
  EXPECT_EQ(status(of({{Grade::undecided, {}}})), Nagios::unknown);
  EXPECT_EQ(status(of({{Grade::bad_input, {}}})), Nagios::unknown);
  EXPECT_EQ(status(of({{Grade::broken, {}}})), Nagios::critical);
}

TEST(Nagios, NothingAuditedIsNotWell) { EXPECT_EQ(status(Tally()), Nagios::unknown); }

TEST(Nagios, AWarningAboutAnEnforcedDomainIsAWarningAndANoteIsNone) {
  EXPECT_EQ(status(of({{Grade::enforced, {Code::expires_soon}}})), Nagios::warning);
  EXPECT_EQ(status(of({{Grade::enforced, {Code::tlsrpt_absent}}})), Nagios::ok);
}

TEST(Nagios, ACertificateThatEndsWithinTheDaysIsAWarningOrCritical) {
  EXPECT_EQ(status(ending(kLimits.warning)), Nagios::ok);
  EXPECT_EQ(status(ending(kLimits.warning - 1s)), Nagios::warning);
  EXPECT_EQ(status(ending(kLimits.critical)), Nagios::warning);
  EXPECT_EQ(status(ending(kLimits.critical - 1s)), Nagios::critical);
  EXPECT_EQ(status(ending(kNow - 1s)), Nagios::critical);
  EXPECT_THAT(line(ending(kLimits.critical - 1s)),
              HasSubstr("DANE CRITICAL - 1 protected; expires-soon |"));
}

TEST(Nagios, ACertificateThatEndsSoonIsToldBesideDomainsThatAreNotEnforced) {
  Tally tally = of({{Grade::partial, {Code::unreachable}}, {Grade::enforced, {}}});
  tally.first_certificate_end = kLimits.warning;
  EXPECT_THAT(line(tally), Not(HasSubstr("expires-soon")));
  tally.first_certificate_end = kLimits.warning - 1s;
  EXPECT_THAT(line(tally), HasSubstr("DANE WARNING - 1 protected, 1 partly protected; "
                                     "partly protected: d1.example (unreachable); "
                                     "expires-soon |"));
  tally.first_certificate_end = kLimits.critical - 1s;
  EXPECT_THAT(line(tally), HasSubstr("DANE CRITICAL - 1 protected, 1 partly protected; "
                                     "partly protected: d1.example (unreachable); "
                                     "expires-soon |"));
}

TEST(Nagios, OtherDaysThanUsualStandInThePlaceOfTheFinding) {
  const NagiosLimits late{kNow + 24h, kNow}, early{kNow + 30 * 24h, kNow + 20 * 24h};
  const Tally soon = ending(kNow + 3 * 24h, {Code::expires_soon});
  EXPECT_EQ(status(soon), Nagios::warning);
  EXPECT_EQ(status(soon, late), Nagios::ok);
  EXPECT_THAT(line(soon, late), Not(HasSubstr("expires-soon")));
  EXPECT_EQ(status(ending(kNow + 25 * 24h), early), Nagios::warning);
  EXPECT_EQ(status(ending(kNow + 15 * 24h), early), Nagios::critical);
}

TEST(Nagios, SignaturesHaveTheLimitOfTheirFindingAlone) {
  Tally tally = of({{Grade::enforced, {}}});
  tally.first_signature_end = kNow + 1h;
  EXPECT_EQ(status(tally), Nagios::ok);
  EXPECT_EQ(status(of({{Grade::enforced, {Code::signature_expires_soon}}})),
            Nagios::warning);
}

TEST(Nagios, TheLineNamesTheDomainWhoseCertificateEndsFirst) {
  Tally tally = ending(kLimits.critical - 1s);
  tally.first_certificate_of = "d0.example";
  EXPECT_THAT(line(tally), HasSubstr("1 protected; expires-soon: d0.example |"));
}

TEST(Nagios, ANameThatDoesNotExistIsUnknown) {
  const auto mistyped = of({{Grade::not_deployed, {Code::no_domain}}});
  EXPECT_EQ(status(mistyped), Nagios::unknown);
  EXPECT_THAT(line(mistyped), HasSubstr("no DANE: d1.example (no-domain) |"));
  EXPECT_EQ(status(of({{Grade::not_deployed, {Code::no_domain}}, {Grade::broken, {}}})),
            Nagios::critical);
  EXPECT_EQ(status(of({{Grade::not_deployed, {Code::no_domain}}, {Grade::partial, {}}})),
            Nagios::unknown);
}

TEST(Nagios, BrokenOutweighsUnknownAndThatAWarning) {
  EXPECT_EQ(status(of({{Grade::undecided, {}}, {Grade::broken, {}}})), Nagios::critical);
  EXPECT_EQ(status(of({{Grade::bad_input, {}}, {Grade::broken, {}}})), Nagios::critical);
  EXPECT_EQ(status(of({{Grade::partial, {}}, {Grade::undecided, {}}})), Nagios::unknown);
  EXPECT_EQ(status(of({{Grade::enforced, {}}, {Grade::bad_input, {}}})), Nagios::unknown);
}

TEST(Nagios, TheLineHasWhoIsWrongWorstFirstAndPerformanceData) {
  EXPECT_EQ(
      line(of({{Grade::partial, {Code::unreachable}},
               {Grade::broken, {Code::mismatch}},
               {Grade::enforced, {}}})),
      "DANE CRITICAL - 1 protected, 1 partly protected, 1 broken; broken: d2.example "
      "(mismatch); partly protected: d1.example (unreachable) | time=1.234s;;;0 "
      "enforced=1;;;0 not-deployed=0;;;0 partial=1;;;0 undecided=0;;;0 "
      "broken=1;;;0 bad-input=0;;;0\n");
}

TEST(Nagios, TheLineOfEnforcedDomainsHasTheirWarnings) {
  const std::string text =
      line(of({{Grade::enforced, {Code::no_spare, Code::tlsrpt_absent}},
               {Grade::enforced, {Code::expires_soon}}}));
  EXPECT_THAT(text, HasSubstr("DANE WARNING - 2 protected; "));
  EXPECT_THAT(text, HasSubstr("expires-soon"));
  EXPECT_THAT(text, Not(HasSubstr("tlsrpt-absent")));
  EXPECT_THAT(line(of({{Grade::enforced, {}}})),
              HasSubstr("DANE OK - 1 protected | time="));
}

TEST(Nagios, ManyDomainsOfAGradeAreSomeAndANumber) {
  const std::string text = line(of({{Grade::broken, {}},
                                    {Grade::broken, {}},
                                    {Grade::broken, {}},
                                    {Grade::broken, {}},
                                    {Grade::broken, {}}}));
  EXPECT_THAT(text, HasSubstr("broken: d1.example, d2.example, d3.example and 2 more |"));
  EXPECT_THAT(line(of({{Grade::broken, {}}})), Not(HasSubstr("more")));
}

TEST(Nagios, WhatEndsFirstIsInThePerformanceDataAsSecondsFromNow) {
  Tally tally = of({{Grade::enforced, {}}});
  EXPECT_THAT(line(tally), Not(HasSubstr("signature=")));
  EXPECT_THAT(line(tally), Not(HasSubstr("certificate=")));
  tally.first_signature_end = kNow + 3h;
  tally.first_certificate_end = kNow - 60s;
  EXPECT_THAT(line(tally), HasSubstr(" signature=10800s certificate=-60s\n"));
}

TEST(Nagios, ADomainCannotBeginPerformanceDataOrALine) {
  Tally tally;
  tally.add(audited("a|b\nc.example", Grade::broken));
  const std::string text = line(tally);
  EXPECT_EQ(std::ranges::count(text, '|'), 1);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_EQ(nagios_unknown("no|thing\n"),
            "DANE UNKNOWN - no/thing" + base::printable("\n") + "\n");
}

TEST(Prometheus, HasAGaugeForEachGradeDomainAndFinding) {
  Tally tally = of({{Grade::broken, {Code::mismatch}}, {Grade::enforced, {}}});
  const std::string text = prometheus_text(tally, kNow, 2500ms);
  for (const char* wanted :
       {"# TYPE dane_audit_domains gauge\n", "dane_audit_domains{grade=\"enforced\"} 1\n",
        "dane_audit_domains{grade=\"broken\"} 1\n",
        "dane_audit_domains{grade=\"partial\"} 0\n",
        "dane_audit_domain{domain=\"d1.example\",grade=\"broken\"} 1\n",
        "dane_audit_domain{domain=\"d2.example\",grade=\"enforced\"} 1\n",
        "dane_audit_findings{code=\"mismatch\",severity=\"error\"} 1\n",
        "dane_audit_timestamp_seconds 1780315200\n",
        "dane_audit_duration_seconds 2.500\n"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
  EXPECT_THAT(text, Not(HasSubstr("first_signature_end")));
  EXPECT_THAT(text, Not(HasSubstr("first_certificate_end")));
}

TEST(Prometheus, HasTheFirstEnds) {
  Tally tally;
  tally.first_signature_end = kNow + 1s;
  tally.first_certificate_end = kNow + 2s;
  const std::string text = prometheus_text(tally, kNow, 0ms);
  EXPECT_THAT(text, HasSubstr("dane_audit_first_signature_end_seconds 1780315201\n"));
  EXPECT_THAT(text, HasSubstr("dane_audit_first_certificate_end_seconds 1780315202\n"));
}

TEST(Prometheus, NamesDomainsUpToAThousandAndNoneOfMore) {
  Tally tally;
  for (std::size_t i = 0; i < Tally::kMostNamed; ++i) {
    tally.add_name(std::to_string(i), Grade::enforced, "");
  }
  EXPECT_THAT(prometheus_text(tally, kNow, 0ms), HasSubstr("dane_audit_domain{"));
  tally.add_name("one more", Grade::enforced, "");
  EXPECT_THAT(prometheus_text(tally, kNow, 0ms), Not(HasSubstr("dane_audit_domain{")));
}

TEST(Prometheus, ADomainCannotEndItsLabel) {
  Tally tally;
  tally.add_name("a\"b\\c\nd", Grade::bad_input, "");
  EXPECT_THAT(prometheus_text(tally, kNow, 0ms),
              HasSubstr("{domain=\"a\\\"b\\\\c d\",grade=\"bad-input\"} 1\n"));
}

}  // namespace
}  // namespace cli::report
