#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/json.h"
#include "cli/dane/audit/stored_runs.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_audits.h"
#include "tests/cli/report_folder.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using cli::testing::add_host;
using cli::testing::audited;
using cli::testing::Folder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace facts = audit::testing;

std::string line(std::string word, Grade grade, const std::vector<Code>& codes = {},
                 const std::vector<dns::Tlsa>& records = {}) {
  auto domain = audited(std::move(word), grade, codes);
  if (!codes.empty() && grade != Grade::enforced) domain.judgement.cause = codes.front();
  if (!records.empty()) add_host(domain, facts::host_with(records));
  return json_line(domain);
}

class Runs : public ::testing::Test {
 protected:
  std::vector<InBoth> of(const std::string& older, const std::string& newer) {
    for (const int which : {0, 1}) {
      const auto read = runs_.read(
          which, folder_.write(std::to_string(which), which == 0 ? older : newer));
      EXPECT_TRUE(read) << read.error().detail;
    }
    std::vector<InBoth> out;
    runs_.for_each_in_both([&](const InBoth& one) { out.push_back(one); });
    return out;
  }

  Folder folder_;
  StoredRuns runs_;
};

TEST_F(Runs, AreLaidSideBySideByTheirInput) {
  const auto both =
      of(line("b.example", Grade::enforced) + line("a.example", Grade::partial),
         line("a.example", Grade::broken, {Code::mismatch}) +
             line("c.example", Grade::enforced));
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].input, "a.example");
  EXPECT_EQ(both[0].was.grade, Grade::partial);
  EXPECT_EQ(both[0].is.grade, Grade::broken);
  EXPECT_EQ(both[0].cause, "mismatch");
  EXPECT_EQ(both[0].moment, "2026-06-01T12:00:00Z");
  EXPECT_THAT(both[0].is.findings, ElementsAre("mismatch a.example"));
  EXPECT_THAT(both[0].was.findings, IsEmpty());
  EXPECT_EQ(runs_.sizes().older, 2U);
  EXPECT_EQ(runs_.sizes().both, 1U);
}

TEST_F(Runs, CompareRecordsAndLeaveNotesOut) {
  const auto both =
      of(line("a.example", Grade::enforced, {Code::tlsrpt_absent}, {facts::stranger(3)}),
         line("a.example", Grade::enforced, {}, {facts::stranger(2)}));
  ASSERT_EQ(both.size(), 1U);
  EXPECT_THAT(both[0].was.findings, IsEmpty());
  const std::string data(64, '5');
  EXPECT_THAT(both[0].was.records.at(facts::kHost), ElementsAre("3 1 1 " + data));
  EXPECT_THAT(both[0].is.records.at(facts::kHost), ElementsAre("2 1 1 " + data));
}

TEST_F(Runs, WhatCouldNotBeLookedAtIsAsItWas) {
  auto lost = audited("a.example", Grade::undecided, {Code::mx_lookup_fails});
  lost.seen.error = facts::error(base::Code::servfail);
  const auto both =
      of(line("a.example", Grade::enforced, {}, {facts::stranger(3)}), json_line(lost));
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].was.records, both[0].is.records);
}

TEST_F(Runs, KeepWhatAHostHadWhereItsRecordsOrKeysCouldNotBeSeen) {
  const auto domain = [](bool found, bool answers) {
    auto out = audited("a.example", found && answers ? Grade::enforced : Grade::broken);
    out.seen.mx.security = dns::Security::secure;
    auto host = facts::host_with(found ? std::vector{facts::stranger()}
                                       : std::vector<dns::Tlsa>{});
    if (!found) host.tlsa_error = facts::error(base::Code::servfail);
    host.addresses = {
        answers
            ? facts::answers({facts::shown(
                  audit::How::usual, verify::RawPublicKey{base::Bytes(4, std::byte{1})})})
            : facts::answers({facts::failed(audit::How::usual, base::Code::connect)})};
    add_host(out, std::move(host));
    return json_line(out);
  };
  const auto difference = [&](const std::string& newer) {
    StoredRuns runs;
    std::optional<Difference> out;
    EXPECT_TRUE(runs.read(0, folder_.write("old", domain(true, true))));
    EXPECT_TRUE(runs.read(1, folder_.write("new", newer)));
    runs.for_each_in_both(
        [&](const InBoth& one) { out = difference_of(one.was, one.is); });
    return out.value();
  };
  for (const std::string& newer : {domain(false, true), domain(true, false)}) {
    const Difference change = difference(newer);
    EXPECT_TRUE(change.grade);
    EXPECT_THAT(change.records_gone, IsEmpty());
    EXPECT_THAT(change.keys_gone, IsEmpty());
  }
  EXPECT_FALSE(difference(domain(true, true)).any());
}

TEST_F(Runs, MayEndInATornLine) {
  const std::string whole = line("a.example", Grade::enforced);
  EXPECT_TRUE(runs_.read(0, folder_.write("F", whole + whole.substr(0, 40))));
  EXPECT_EQ(runs_.sizes().older, 1U);
}

TEST_F(Runs, AreThoseOfThisProgram) {
  const auto read = runs_.read(
      0, folder_.write("F", line("a.example", Grade::enforced) + "{\"version\":1}\n"));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().detail, HasSubstr("line 2"));
  EXPECT_FALSE(runs_.read(1, folder_.path("none")));
}

TEST(AuditDiff, TellsWhatHasChanged) {
  const Folder folder;
  const std::string older = folder.write("old", line("a.example", Grade::enforced) +
                                                    line("b.example", Grade::enforced) +
                                                    line("d.example", Grade::enforced));
  const std::string newer =
      folder.write("new", line("a.example", Grade::broken, {Code::mismatch}) +
                              line("b.example", Grade::enforced));
  const auto done = cli::testing::run(dane::kAudit, {"diff", older, newer});
  EXPECT_EQ(done.outcome, dane::Outcome::findings);
  EXPECT_THAT(done.text, HasSubstr("2 domains in both, 1 changed; 0 new, 1 gone\n"));
  EXPECT_THAT(done.text, HasSubstr("✗ a.example  protected → broken  mismatch\n"));
  EXPECT_THAT(done.text, Not(HasSubstr("b.example")));
  const auto json = cli::testing::run(dane::kAudit, {"diff", "--json", older, newer});
  EXPECT_EQ(json.text,
            R"({"version":1,"time":"2026-06-01T12:00:00Z","domain":"a.example",)"
            R"("grade":"broken","was":"enforced","findings_new":["mismatch a.example"]})"
            "\n");
  const auto same = cli::testing::run(dane::kAudit, {"diff", older, older});
  EXPECT_EQ(same.outcome, dane::Outcome::fine);
}

}  // namespace
}  // namespace cli::report
