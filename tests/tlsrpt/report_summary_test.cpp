#include "src/tlsrpt/report_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tlsrpt {
namespace {

using testing::ElementsAre;

ReportedFailure failure(const std::string& result, const std::string& host,
                        std::uint64_t sessions, const std::string& reason = "") {
  return {result, "198.51.100.1", host, "", "192.0.2.1", reason, "", sessions};
}

ReportSummary summary_of(const std::vector<ReceivedReport>& reports) {
  ReportTotals totals;
  for (const ReceivedReport& report : reports) totals.add(report);
  return totals.summary();
}

/// A report whose JSON is like that of no other.
ReceivedReport report(const std::string& organization, const std::string& id,
                      std::vector<ReportedPolicy> policies) {
  static unsigned char number = 0;
  return {organization,
          "",
          id,
          "2026-06-01T00:00:00Z",
          "2026-06-01T23:59:59Z",
          std::move(policies),
          {std::byte(++number)}};
}

TEST(ReportSummary, AddsPoliciesOfAllReportsUp) {
  const auto out =
      summary_of({report("B", "1",
                         {{"tlsa",
                           "mx.example",
                           {},
                           10,
                           3,
                           {failure("x", "mx", 1), failure("y", "mx", 2)}}}),
                  report("A", "1",
                         {{"tlsa", "mx.example", {}, 5, 4, {failure("x", "mx", 4)}},
                          {"sts", "a.example", {}, 7, 0, {}}})});
  EXPECT_EQ(out.reports, 2U);
  EXPECT_THAT(out.organizations, ElementsAre("A", "B"));
  EXPECT_EQ(out.succeeded, 22U);
  EXPECT_EQ(out.failed, 7U);
  ASSERT_EQ(out.policies.size(), 2U);
  EXPECT_EQ(out.policies[0].domain, "mx.example");
  EXPECT_EQ(out.policies[0].succeeded, 15U);
  ASSERT_EQ(out.policies[0].kinds.size(), 2U);
  EXPECT_EQ(out.policies[0].kinds[0].result, "x");
  EXPECT_EQ(out.policies[0].kinds[0].sessions, 5U);
  EXPECT_EQ(out.policies[1].domain, "a.example");
  EXPECT_EQ(out.policies[1].failed, 0U);
  EXPECT_EQ(out.left_out, 0U);
}

TEST(ReportSummary, PoliciesOfMostFailuresComeFirst) {
  const auto out = summary_of({report("A", "1",
                                      {{"tlsa", "a", {}, 9, 0, {}},
                                       {"tlsa", "b", {}, 0, 1, {}},
                                       {"tlsa", "c", {}, 0, 2, {}}})});
  ASSERT_EQ(out.policies.size(), 3U);
  EXPECT_EQ(out.policies[0].domain, "c");
  EXPECT_EQ(out.policies[1].domain, "b");
  EXPECT_EQ(out.policies[2].domain, "a");
}

TEST(ReportSummary, PlacesOfMostSessionsComeFirst) {
  const auto out = summary_of({report(
      "A", "1",
      {{"tlsa",
        "d",
        {},
        0,
        9,
        {failure("x", "few", 1), failure("x", "many", 3), failure("x", "many", 5)}}})});
  const FailureKind& kind = out.policies.at(0).kinds.at(0);
  ASSERT_EQ(kind.places.size(), 2U);
  EXPECT_EQ(kind.places[0].host, "many");
  EXPECT_EQ(kind.places[0].sessions, 8U);
  EXPECT_EQ(kind.places[0].address, "192.0.2.1");
  EXPECT_EQ(kind.places[0].source, "198.51.100.1");
}

TEST(ReportSummary, AReasonIsKeptOnce) {
  const auto out = summary_of(
      {report("A", "1",
              {{"tlsa",
                "d",
                {},
                0,
                2,
                {failure("x", "a", 1, "why"), failure("x", "b", 1, "why")}}})});
  EXPECT_THAT(out.policies.at(0).kinds.at(0).reasons, ElementsAre("why"));
}

TEST(ReportSummary, ReasonsOfMostSessionsComeFirst) {
  const auto out = summary_of(
      {report("A", "1",
              {{"tlsa",
                "d",
                {},
                0,
                4,
                {failure("x", "a", 1, "few"), failure("x", "b", 3, "many"),
                 failure("x", "c", 3, "more"), failure("x", "d", 1, "more")}}})});
  EXPECT_THAT(out.policies.at(0).kinds.at(0).reasons, ElementsAre("more", "many", "few"));
}

TEST(ReportSummary, DetailsCountWhereTheTotalIsLess) {
  const auto out =
      summary_of({report("A", "1", {{"tlsa", "d", {}, 0, 1, {failure("x", "a", 4)}}})});
  EXPECT_EQ(out.failed, 4U);
}

/// How many sessions failed, by these reports together.
std::uint64_t failed(const std::vector<ReceivedReport>& reports) {
  return summary_of(reports).failed;
}

TEST(ReportSummary, AReportThatCameTwiceCountsOnce) {
  const ReportedPolicy policy{"tlsa", "d", {}, 1, 1, {}};
  const auto one = report("A", "1", {policy}), other = report("B", "1", {policy});
  EXPECT_EQ(failed({one, one, other, one}), 2U);
  const auto without_id = report("A", "", {policy});
  EXPECT_EQ(failed({without_id, without_id}), 2U);
}

TEST(ReportSummary, AForgedReportWithTheIdOfAnotherHidesItNot) {
  const auto forged = report("A", "1", {{"tlsa", "d", {}, 1, 0, {}}});
  const auto genuine = report("A", "1", {{"tlsa", "d", {}, 0, 5, {}}});
  EXPECT_EQ(failed({forged, genuine}), 5U);
}

TEST(ReportSummary, SumsStayAtTheLargestNumber) {
  const ReportedPolicy most{"tlsa",     "d",        {},
                            UINT64_MAX, UINT64_MAX, {failure("x", "mx", UINT64_MAX)}};
  const ReportedPolicy one{"tlsa", "d", {}, 1, 1, {failure("x", "mx", 1)}};
  const ReportedPolicy details{
      "sts", "d", {}, 1, 1, {failure("x", "a", UINT64_MAX), failure("x", "b", 1)}};
  const auto out = summary_of({report("A", "1", {most, one, details})});
  EXPECT_EQ(out.succeeded, UINT64_MAX);
  EXPECT_EQ(out.failed, UINT64_MAX);
  for (const PolicySummary& policy : out.policies) {
    EXPECT_EQ(policy.failed, UINT64_MAX) << policy.type;
    EXPECT_EQ(policy.kinds.at(0).sessions, UINT64_MAX) << policy.type;
    EXPECT_EQ(policy.kinds[0].places.at(0).sessions, UINT64_MAX) << policy.type;
  }
}

/// A policy with so many failures of one session, each at a host of its own.
ReportedPolicy policy_of(const std::string& domain, std::size_t failures,
                         const std::string& host) {
  ReportedPolicy out{"tlsa", domain, {}, 0, failures, {}};
  for (std::size_t i = 0; i < failures; ++i) {
    out.failures.push_back(failure("x", host + std::to_string(i), 1));
  }
  return out;
}

TEST(ReportSummary, OneReportTakesAPartOfTheRoom) {
  // An organization, a policy, a result; the rest is for places.
  constexpr std::size_t kPlaces = ReportTotals::kMostOfOne - 3;
  const auto forged = report("A", "1", {policy_of("d", kPlaces + 7, "forged")});
  const auto genuine = report("B", "1", {policy_of("d", 1, "mx")});
  const auto out = summary_of({forged, genuine});
  EXPECT_EQ(out.left_out, 7U);
  const FailureKind& kind = out.policies.at(0).kinds.at(0);
  EXPECT_EQ(kind.places.size(), kPlaces + 1);
  EXPECT_THAT(kind.places, testing::Contains(testing::Field(&FailurePlace::host, "mx0")));
  EXPECT_EQ(kind.sessions, kPlaces + 8);
}

TEST(ReportSummary, WhatIsKeptIsBounded) {
  ReportTotals totals;
  constexpr std::size_t kReports = ReportTotals::kMostKept / ReportTotals::kMostOfOne + 2;
  for (std::size_t i = 0; i < kReports; ++i) {
    totals.add(report("A", "", {policy_of("d", 20'000, std::to_string(i) + "-")}));
  }
  // What is kept goes on being counted; this organization, policy and result are new.
  totals.add(report("B", "",
                    {{"tlsa", "new", {}, 5, 3, {}},
                     {"tlsa", "d", {}, 0, 2, {failure("new", "mx", 2)}}}));
  const auto out = totals.summary();
  ASSERT_EQ(out.policies.size(), 1U);
  ASSERT_EQ(out.policies[0].kinds.size(), 1U);
  EXPECT_EQ(out.policies[0].kinds[0].places.size(), ReportTotals::kMostKept - 3);
  EXPECT_EQ(out.policies[0].kinds[0].sessions, kReports * 20'000);
  EXPECT_EQ(out.policies[0].failed, kReports * 20'000 + 2);
  EXPECT_EQ(out.failed, kReports * 20'000 + 5);
  EXPECT_EQ(out.succeeded, 5U);
  EXPECT_THAT(out.organizations, ElementsAre("A"));
  EXPECT_EQ(out.left_out, kReports * 20'000 - (ReportTotals::kMostKept - 3) + 3);
}

TEST(ReportSummary, TextsAreCut) {
  const std::string text(1000, 't');
  ReportedFailure whole{text, text, text, text, text, text, text, 1};
  auto all = report(text, text, {{text, text, {text}, 0, 1, {whole}}});
  all.begin = all.end = text;
  const auto out = summary_of({all});
  const PolicySummary& policy = out.policies.at(0);
  const FailureKind& kind = policy.kinds.at(0);
  const FailurePlace& place = kind.places.at(0);
  for (const std::string& kept :
       {out.organizations.at(0), out.first, out.last, policy.type, policy.domain,
        kind.result, kind.reasons.at(0), place.host, place.address, place.source}) {
    EXPECT_EQ(kept.size(), ReportTotals::kMostText);
  }
}

TEST(ReportSummary, TheDaysAreThoseOfAllReports) {
  auto early = report("A", "1", {}), late = report("A", "2", {}),
       without = report("A", "3", {});
  early.begin = "2026-05-30T00:00:00Z";
  late.end = "2026-06-03T23:59:59Z";
  without.begin = without.end = "";
  const auto out = summary_of({without, late, early});
  EXPECT_EQ(out.first, early.begin);
  EXPECT_EQ(out.last, late.end);
}

}  // namespace
}  // namespace tlsrpt
