// The audit of every deployment of the zoo, judged again from what was seen.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "src/audit/judge.h"
#include "src/audit/stored_facts.h"
#include "verify/roots.h"

namespace audit {
namespace {

namespace fs = std::filesystem;
using Codes = std::set<std::string>;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

fs::path source() { return DANE_SOURCE_DIR; }

/// A row of audit_zoo.tsv.
struct Row {
  std::string domain;
  std::string grade;
  Codes codes;
  std::string setting;
};

std::vector<std::string> cells_of(std::string line) {
  std::vector<std::string> out;
  constexpr std::string_view kBar = " | ";
  for (std::size_t at = 0; (at = line.find(kBar)) != std::string::npos;) {
    out.push_back(line.substr(0, at));
    line.erase(0, at + kBar.size());
  }
  out.push_back(line);
  return out;
}

/// The codes of a cell, whole: audit_zoo.py says what is left out there.
Codes codes_of(const std::string& cell) {
  const Codes beside = {"mta-sts-absent", "tlsrpt-absent"};
  const Codes ends = {"bad-input", "no-domain",    "mx-bogus",      "mx-lookup-fails",
                      "mx-null",   "no-mail-host", "mx-none-usable"};
  Codes out;
  std::istringstream words(cell);
  for (std::string word; words >> word;) out.insert(word);
  out.erase("-");
  const auto has_any_of = [&](const Codes& some) {
    return std::ranges::any_of(some, [&](const auto& one) { return out.contains(one); });
  };
  const bool is_whole = out.erase("+texts") > 0 || has_any_of(ends) || has_any_of(beside);
  if (!is_whole) out.insert(beside.begin(), beside.end());
  return out;
}

std::vector<Row> rows() {
  std::vector<Row> out;
  std::istringstream lines(text_of(source() / "tests/programs/audit_zoo.tsv"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto cells = cells_of(line);
    constexpr std::string_view kUnbound = "unbound: ";
    const std::string mark = cells.size() > 3 ? cells[3] : "";
    out.push_back({cells.at(0), cells.at(1), codes_of(cells.at(2)),
                   mark.starts_with(kUnbound) ? mark.substr(kUnbound.size()) : ""});
  }
  return out;
}

/// All that was recorded, by domain and setting of the resolver.
class Zoo : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    (void)roots().add_pem(text_of(source() / "tests/audit/zoo/ca.pem")).value();
    for (const auto& file : fs::directory_iterator(source() / "tests/audit/zoo")) {
      if (file.path().extension() != ".txt") continue;
      auto read = read_stored_facts(text_of(file.path()));
      ASSERT_TRUE(read) << file.path() << ": " << read.error().detail;
      for (StoredAudit& audit : *read) {
        auto key = std::pair(audit.word, audit.note);
        audits().emplace(std::move(key), std::move(audit));
      }
    }
  }
  static verify::Roots& roots() {
    static verify::Roots roots;
    return roots;
  }
  static std::map<std::pair<std::string, std::string>, StoredAudit>& audits() {
    static std::map<std::pair<std::string, std::string>, StoredAudit> all;
    return all;
  }
  static Judgement judgement(const StoredAudit& audit) {
    return judge(judged_again(audit, &roots()), audit.moment);
  }
};

TEST_F(Zoo, IsGradedAsItsRowsSay) {
  const auto all = rows();
  EXPECT_EQ(all.size(), audits().size());
  EXPECT_GT(all.size(), 300U);
  for (const Row& row : all) {
    const auto at = audits().find({row.domain, row.setting});
    ASSERT_NE(at, audits().end()) << row.domain << " was not recorded";
    const Judgement found = judgement(at->second);
    Codes codes;
    for (const Finding& one : found.findings) codes.emplace(kind_of(one.code).word);
    EXPECT_EQ(to_text(found.grade), row.grade) << row.domain;
    EXPECT_EQ(codes, row.codes) << row.domain;
  }
}

TEST_F(Zoo, HasACauseFirstWhereItIsNotEnforced) {
  for (const auto& [key, audit] : audits()) {
    const Judgement found = judgement(audit);
    EXPECT_EQ(found.cause.has_value(), found.grade != Grade::enforced) << key.first;
    if (!found.cause) continue;
    EXPECT_EQ(found.findings.front().code, *found.cause) << key.first;
    if (found.grade == Grade::broken) {
      EXPECT_EQ(kind_of(*found.cause).severity, Severity::error) << key.first;
    }
  }
}

TEST_F(Zoo, IsJudgedAlikeEveryTime) {
  for (const auto& [key, audit] : audits()) {
    EXPECT_EQ(judgement(audit).findings, judgement(audit).findings) << key.first;
  }
}

TEST_F(Zoo, IsWrittenAsItWasRead) {
  StoredFacts again;
  for (const auto& [key, audit] : audits()) {
    DomainAudit whole;
    whole.item.word = audit.word;
    whole.moment = audit.moment;
    whole.seen = judged_again(audit, nullptr);
    again.add(whole, audit.note);
  }
  const std::string text = again.text();
  const auto read = read_stored_facts(text);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->size(), audits().size());
  for (const StoredAudit& audit : *read) {
    EXPECT_EQ(judgement(audit).findings,
              judgement(audits().at({audit.word, audit.note})).findings)
        << audit.word;
  }
}

TEST_F(Zoo, IsJudgedWithoutItsOtherConversationsWhereThoseAreJudgedAlready) {
  for (const auto& [key, audit] : audits()) {
    DomainSeen seen = judged_again(audit, &roots());
    const auto whole = judge(seen, audit.moment);
    for (auto& host : seen.hosts) {
      host = std::make_shared<const HostAudit>(
          HostAudit{without_other_conversations(host->seen), host->judged});
    }
    const auto less = judge(seen, audit.moment);
    EXPECT_EQ(whole.findings, less.findings) << key.first;
    EXPECT_EQ(whole.grade, less.grade) << key.first;
  }
}

}  // namespace
}  // namespace audit
