#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/tally.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using cli::testing::add_host;
using cli::testing::audited;
using std::chrono::hours;
using ::testing::ElementsAre;

constexpr auto kEnd = cli::testing::kDone;

/// A host whose records are signed until then, and whose certificates are good until
/// these moments.
void add_ends(audit::DomainAudit& out, std::chrono::sys_seconds signature,
              const std::vector<std::chrono::sys_seconds>& certificates) {
  auto host = audit::testing::host_with({});
  host.tlsa.signed_until = signature;
  audit::HostJudged judged;
  for (const auto end : certificates) {
    host.addresses.emplace_back();
    judged.addresses.emplace_back().good_until = end;
  }
  add_host(out, std::move(host), std::move(judged));
}

Tally of(const std::vector<Grade>& grades) {
  Tally out;
  for (const Grade grade : grades) out.add(audited("a.example", grade));
  return out;
}

TEST(Tally, CountsDomainsByGrade) {
  const Tally tally = of({Grade::enforced, Grade::broken, Grade::enforced});
  EXPECT_EQ(tally.domains(), 3U);
  EXPECT_EQ(tally.of(Grade::enforced), 2U);
  EXPECT_EQ(tally.of(Grade::broken), 1U);
  EXPECT_EQ(tally.of(Grade::partial), 0U);
  EXPECT_EQ(in_words(tally), "2 protected, 1 broken");
  EXPECT_EQ(in_words(Tally()), "nothing");
}

TEST(Tally, CountsADomainOnceForAFindingThatItHasTwice) {
  Tally tally;
  tally.add(audited("a.example", Grade::broken,
                    {Code::mismatch, Code::mismatch, Code::tlsrpt_absent}));
  tally.add(audited("b.example", Grade::broken, {Code::mismatch}));
  EXPECT_THAT(tally.findings, ElementsAre(std::pair(Code::mismatch, 2U),
                                          std::pair(Code::tlsrpt_absent, 1U)));
}

TEST(Tally, NotesAreNoWarnings) {
  const auto severity = [](Code code) { return audit::kind_of(code).severity; };
  ASSERT_EQ(severity(Code::tlsrpt_absent), audit::Severity::note);
  ASSERT_EQ(severity(Code::expires_soon), audit::Severity::warning);
  ASSERT_EQ(severity(Code::mismatch), audit::Severity::error);
  Tally tally;
  tally.add(audited("a.example", Grade::enforced));
  tally.add(audited("b.example", Grade::enforced, {Code::tlsrpt_absent}));
  EXPECT_EQ(tally.warnings, 0U);
  tally.add(audited("c.example", Grade::enforced, {Code::expires_soon, Code::no_spare}));
  EXPECT_EQ(tally.warnings, 1U);
  tally.add(audited("d.example", Grade::broken, {Code::mismatch, Code::tlsrpt_absent}));
  EXPECT_EQ(tally.warnings, 2U);
}

TEST(Tally, KeepsTheFirstEndOfSignaturesAndCertificates) {
  Tally tally;
  EXPECT_FALSE(tally.first_signature_end);
  EXPECT_FALSE(tally.first_certificate_end);
  auto one = audited("a.example", Grade::enforced);
  add_ends(one, kEnd + hours(5), {kEnd + hours(9), kEnd + hours(7), kEnd + hours(8)});
  tally.add(one);
  EXPECT_EQ(tally.first_signature_end, kEnd + hours(5));
  EXPECT_EQ(tally.first_certificate_end, kEnd + hours(7));
  auto later = audited("b.example", Grade::enforced);
  add_ends(later, kEnd + hours(6), {kEnd + hours(10)});
  tally.add(later);
  EXPECT_EQ(tally.first_signature_of, "a.example");
  EXPECT_EQ(tally.first_signature_end, kEnd + hours(5));
  EXPECT_EQ(tally.first_certificate_end, kEnd + hours(7));
  auto sooner = audited("c.example", Grade::enforced);
  add_ends(sooner, kEnd + hours(4), {kEnd + hours(3)});
  tally.add(sooner);
  EXPECT_EQ(tally.first_signature_end, kEnd + hours(4));
  EXPECT_EQ(tally.first_certificate_end, kEnd + hours(3));
  EXPECT_EQ(tally.first_signature_of, "c.example");
  EXPECT_EQ(tally.first_certificate_of, "c.example");
}

TEST(Tally, TheSignatureOverMxRecordsCountsWhereItIsSecure) {
  auto one = audited("a.example", Grade::enforced);
  one.seen.mx.signature.emplace();
  one.seen.mx.signature->until = kEnd;
  one.seen.mx.security = dns::Security::insecure;
  Tally tally;
  tally.add(one);
  EXPECT_FALSE(tally.first_signature_end);
  one.seen.mx.security = dns::Security::secure;
  tally.add(one);
  EXPECT_EQ(tally.first_signature_end, kEnd);
}

TEST(Tally, TheWorstGradeIsThatOfADomain) {
  EXPECT_EQ(Tally().worst(), Grade::enforced);
  EXPECT_EQ(of({Grade::enforced}).worst(), Grade::enforced);
  EXPECT_EQ(of({Grade::not_deployed, Grade::enforced}).worst(), Grade::not_deployed);
  EXPECT_EQ(of({Grade::partial, Grade::not_deployed}).worst(), Grade::partial);
  EXPECT_EQ(of({Grade::undecided, Grade::partial}).worst(), Grade::undecided);
  EXPECT_EQ(of({Grade::broken, Grade::undecided}).worst(), Grade::broken);
}

TEST(Tally, BadInputIsTheWorstOnlyWhereNothingElseIsThere) {
  EXPECT_EQ(of({Grade::bad_input}).worst(), Grade::bad_input);
  EXPECT_EQ(of({Grade::bad_input, Grade::enforced}).worst(), Grade::enforced);
  EXPECT_EQ(of({Grade::bad_input, Grade::broken}).worst(), Grade::broken);
}

TEST(Tally, SomeDomainsOfEachGradeAreNamedWithTheirWorstFinding) {
  Tally tally;
  tally.add(audited("a.example", Grade::broken, {Code::mismatch, Code::tlsrpt_absent}));
  tally.add(audited("b.example", Grade::broken));
  tally.add(audited("c.example", Grade::broken));
  tally.add(audited("d.example", Grade::broken));
  EXPECT_THAT(tally.examples.at(static_cast<std::size_t>(Grade::broken)),
              ElementsAre("a.example (mismatch)", "b.example", "c.example"));
  EXPECT_TRUE(tally.examples.at(0).empty());
}

TEST(Tally, RemembersOneNameMoreThanItTells) {
  Tally tally;
  for (std::size_t i = 0; i < Tally::kMostNamed + 5; ++i) {
    tally.add_name(std::to_string(i), Grade::enforced, "");
  }
  EXPECT_EQ(tally.named.size(), Tally::kMostNamed + 1);
}

TEST(Tally, ADomainThatIsGivenTwiceHasTheLastGrade) {
  Tally tally;
  tally.add_name("a.example", Grade::undecided, "");
  tally.add_name("a.example", Grade::broken, "");
  EXPECT_THAT(tally.named, ElementsAre(std::pair("a.example", Grade::broken)));
}

}  // namespace
}  // namespace cli::report
