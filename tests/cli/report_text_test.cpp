// What dane audit prints of domains for people, and as comma-separated values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/csv.h"
#include "cli/dane/audit/grade_words.h"
#include "cli/dane/audit/one_line.h"
#include "cli/dane/audit/printer.h"
#include "cli/dane/audit/summary.h"
#include "cli/layout.h"
#include "src/audit/domain_word.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using audit::Access;
using audit::Code;
using audit::DomainAudit;
using audit::Grade;
using cli::testing::add_host;
using cli::testing::audited;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Look kPlain{Paint(false), 80, false};

DomainAudit graded(std::string word, Grade grade, std::vector<Code> codes,
                   std::uint64_t number = 1) {
  DomainAudit out = audited(std::move(word), grade, std::move(codes));
  if (grade != Grade::enforced && !out.judgement.findings.empty()) {
    out.judgement.cause = out.judgement.findings.front().code;
  }
  out.item.number = number;
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

TEST(AuditText, BeginsWithTheVerdict) {
  const auto text = [](const DomainAudit& audited) { return text_of(audited, kPlain); };
  DomainAudit good = graded("a.example", Grade::enforced, {});
  add_host(good, audit::testing::host_with({}, "mx.a.example"));
  good.seen.mx.from_mx = true;
  good.seen.mx.security = dns::Security::secure;
  EXPECT_EQ(text(good),
            "a.example: PROTECTED (enforced)\n"
            "Its mail server is verified.\n"
            "\n"
            "  DNSSEC    ✓ domain and mail servers are signed\n"
            "  MX 10     ✓ mx.a.example  verified\n");
  EXPECT_THAT(text(graded("b.example", Grade::broken, {Code::mismatch})),
              StartsWith("b.example: BROKEN\nSenders that use DANE do not"));
  EXPECT_EQ(text(graded("c.example", Grade::not_deployed, {Code::mx_null})),
            "c.example: TAKES NO MAIL (not-deployed)\n"
            "It says so with a null MX record. Nothing needs to be done.\n");
}

TEST(AuditText, HasRecordsAddressesAndCertificatesWhereAllIsWanted) {
  const support::GoodChain good;
  DomainAudit domain = graded("a.example", Grade::enforced, {});
  auto host = audit::testing::host_with({audit::testing::stranger()});
  host.addresses = {
      audit::testing::answers({audit::testing::shown(audit::How::usual, good.sent())})};
  audit::HostJudged judged;
  verify::Verdict& verdict = judged.addresses.emplace_back().verdict.emplace();
  verdict.outcome = verify::Outcome::dane;
  verdict.detail = "by record 1";
  verdict.notes.resize(1);
  verdict.notes[0].state = verify::RecordState::matched;
  add_host(domain, std::move(host), std::move(judged));
  EXPECT_THAT(text_of(domain, kPlain), Not(HasSubstr("TLSA 3 1 1")));
  const std::string text = text_of(domain, Look{Paint(false), 100, true});
  EXPECT_THAT(text, HasSubstr("TLSA 3 1 1 " + std::string(64, '5') + "  matched\n"));
  EXPECT_THAT(text, HasSubstr("✓ 192.0.2.1  verified  TLSv1.3"));
  EXPECT_THAT(text, HasSubstr("by record 1"));
  EXPECT_THAT(text, HasSubstr("SPKI SHA2-256"));
}

TEST(AuditText, ARefusedPeerIsNotToldAsVerified) {
  DomainAudit domain = graded("a.example", Grade::broken, {});
  auto host = audit::testing::host_with({audit::testing::stranger()});
  host.addresses = {
      audit::testing::answers({audit::testing::shown(audit::How::usual, {})})};
  audit::HostJudged judged;
  verify::Verdict& verdict = judged.addresses.emplace_back().verdict.emplace();
  verdict.outcome = verify::Outcome::rejected;
  verdict.reason = verify::Reason::mismatch;
  add_host(domain, std::move(host), std::move(judged), Access::refused);
  for (const bool verbose : {false, true}) {
    const std::string text = text_of(domain, Look{Paint(false), 80, verbose});
    EXPECT_THAT(text, HasSubstr("not used by senders with DANE: another key"));
    EXPECT_THAT(text, Not(HasSubstr("verified")));
  }
}

TEST(AuditText, AHostThatIsVerifiedAtOneAddressAloneHasNoTick) {
  DomainAudit domain = graded("a.example", Grade::partial, {});
  auto host = audit::testing::host_with({audit::testing::stranger()});
  host.addresses = {
      audit::testing::answers({audit::testing::shown(audit::How::usual, {})}, 1),
      audit::testing::answers(
          {audit::testing::failed(audit::How::usual, base::Code::starttls_not_offered)},
          2)};
  add_host(domain, std::move(host));
  domain.judgement.hosts.back().addresses[1].access = Access::refused;
  const std::string text = text_of(domain, kPlain);
  EXPECT_THAT(text, HasSubstr("! "));
  EXPECT_THAT(text, HasSubstr("not verified at every address"));
  EXPECT_THAT(text, Not(HasSubstr("✓ mx")));
  domain.judgement.hosts.back().addresses[1].access = Access::proved;
  EXPECT_THAT(text_of(domain, kPlain), Not(HasSubstr("not verified at every")));
}

TEST(AuditText, EachGradeHasAWordASignAndAMeaning) {
  std::set<std::string_view> words, meanings;
  for (std::size_t i = 0; i < audit::kGrades; ++i) {
    const auto grade = static_cast<Grade>(i);
    words.insert(word_for(grade));
    meanings.insert(meaning_of(grade));
    EXPECT_EQ(width_of(sign_for(grade)), 1U);
    EXPECT_LE(width_of(word_for(grade)), kGradeColumns);
  }
  EXPECT_EQ(words.size(), audit::kGrades);
  EXPECT_EQ(meanings.size(), audit::kGrades);
  const Paint paint(true);
  EXPECT_EQ(painted(Grade::enforced, "x", paint), paint.good("x"));
  EXPECT_EQ(painted(Grade::broken, "x", paint), paint.bad("x"));
  EXPECT_EQ(painted(Grade::undecided, "x", paint), paint.doubtful("x"));
}

TEST(AuditText, SaysOfAnUnsignedDomainOnceThatItIs) {
  const std::string text = text_of(
      graded("a.example", Grade::not_deployed, {Code::mx_insecure, Code::host_insecure}),
      kPlain);
  EXPECT_THAT(text, HasSubstr("not signed with DNSSEC"));
  EXPECT_THAT(text, Not(HasSubstr("To fix")));
  EXPECT_THAT(text_of(graded("a.example", Grade::partial, {Code::mx_insecure}), kPlain),
              HasSubstr("To fix"))
      << "where mail servers have records, the domain's lack is what undoes them";
}

TEST(AuditText, PutsFindingsOfOneKindTogether) {
  DomainAudit two = graded("a.example", Grade::broken, {Code::mismatch, Code::mismatch});
  two.judgement.findings[0].subject = "mx1.a.example";
  two.judgement.findings[1].subject = "mx2.a.example";
  const std::string text = text_of(two, kPlain);
  EXPECT_THAT(text, HasSubstr("To fix (1)\n"));
  EXPECT_THAT(text, HasSubstr("mx1.a.example: so it is\n"));
  EXPECT_THAT(text, HasSubstr("mx2.a.example: so it is\n"));
  const std::string advice(audit::kind_of(Code::mismatch).advice.substr(0, 20));
  EXPECT_EQ(text.find(advice), text.rfind(advice));
  EXPECT_THAT(text, HasSubstr("dane explain mismatch"));
}

TEST(AuditText, NamesWhatShowsTheRecordToPublish) {
  DomainAudit one = graded("a.example", Grade::broken, {Code::mismatch});
  one.judgement.findings[0].subject = "mx1.a.example [192.0.2.25]";
  EXPECT_THAT(text_of(one, kPlain),
              HasSubstr("  The record: dane check mx1.a.example 25\n"));
  EXPECT_THAT(text_of(graded("a.example", Grade::broken, {Code::mx_insecure}), kPlain),
              Not(HasSubstr("dane check")));
}

TEST(AuditText, SaysWhichOfSeveralFaultsIsTheCause) {
  DomainAudit two =
      graded("a.example", Grade::broken, {Code::mismatch, Code::mx_insecure});
  two.judgement.cause = Code::mismatch;
  EXPECT_THAT(text_of(two, kPlain), HasSubstr("To fix (2), most urgent first\n"));
  two.judgement.cause.reset();
  EXPECT_THAT(text_of(two, kPlain), HasSubstr("To fix (2)\n"));
}

TEST(AuditText, WishesTakeALineAndTheirWordsMore) {
  const DomainAudit domain =
      graded("a.example", Grade::enforced,
             {Code::no_spare, Code::sts_absent, Code::tlsrpt_absent, Code::shared_key});
  const std::string text = text_of(domain, kPlain);
  EXPECT_THAT(text, HasSubstr("– Could be better: a spare TLSA record, MTA-STS, TLS "
                              "reports; 1 note (-v)\n"));
  EXPECT_THAT(text, Not(HasSubstr("mta-sts-absent")));
  Look verbose = kPlain;
  verbose.verbose = true;
  EXPECT_THAT(text_of(domain, verbose), HasSubstr("mta-sts-absent"));
}

TEST(AuditText, HasNoLineLongerThanTheScreen) {
  for (const audit::Kind& kind : audit::catalogue()) {
    for (const std::size_t columns : {std::size_t{40}, std::size_t{80}}) {
      const Look look{Paint(false), columns, true};
      const DomainAudit domain = graded("a.example", Grade::partial, {kind.code});
      for (const std::string& line : lines_of(text_of(domain, look))) {
        // A word is never broken: one that is longer stands alone.
        const bool is_word = line.find(' ', line.find_first_not_of(' ')) == line.npos;
        EXPECT_TRUE(width_of(line) <= columns || is_word) << line;
      }
    }
  }
}

TEST(AuditText, ShowsNoControlCharactersOfStrangers) {
  DomainAudit domain = graded("a.example", Grade::broken, {Code::mismatch});
  domain.judgement.findings[0].detail = "a\x1b[31mb\nc";
  domain.judgement.findings[0].subject = "x\x1b]0;y";
  for (const Look& look : {kPlain, Look{Paint(false), 80, true}}) {
    EXPECT_EQ(text_of(domain, look).find('\x1b'), std::string::npos);
  }
  EXPECT_EQ(one_line(domain, Paint(false), 80).find('\x1b'), std::string::npos);
}

TEST(AuditOneLine, IsOneAndSaysWhy) {
  DomainAudit domain = graded("a.example", Grade::broken, {Code::mismatch});
  domain.judgement.findings[0].subject = "mx.b.example [192.0.2.1]";
  const std::string line = one_line(domain, Paint(false), 200);
  EXPECT_THAT(line, StartsWith("✗ broken            a.example                 "
                               "mismatch at mx.b.example\n"));
  domain.judgement.findings[0].subject = std::string(60, '1');
  const std::string cut = one_line(domain, Paint(false), 80);
  EXPECT_EQ(lines_of(cut).size(), 1U);
  EXPECT_EQ(width_of(lines_of(cut)[0]), 80U);
  EXPECT_TRUE(cut.ends_with("…\n")) << cut;
}

TEST(AuditOneLine, StandsUnderLongerNames) {
  EXPECT_THAT(one_line(graded("a.example", Grade::broken, {Code::mismatch}), Paint(false),
                       80, 30),
              StartsWith("✗ broken            a.example                       "));
}

TEST(AuditOneLine, SaysOfADomainWithoutMailThatItTakesNone) {
  EXPECT_EQ(
      one_line(graded("a.example", Grade::not_deployed, {Code::no_mail_host}),
               Paint(false), 80),
      "– takes no mail     a.example                 no MX record and no address\n");
  EXPECT_EQ(one_line(graded("a.example", Grade::not_deployed, {Code::mx_null}),
                     Paint(false), 80),
            "– takes no mail     a.example                 null MX record\n");
  EXPECT_THAT(one_line(graded("a.example", Grade::not_deployed, {Code::tlsa_absent}),
                       Paint(false), 80),
              StartsWith("– no DANE           a.example "));
}

TEST(AuditOneLine, SaysWhatAWordIsThatIsNoDomain) {
  DomainAudit input = graded("a.example", Grade::bad_input, {Code::bad_input});
  input.item.word = "you is@a.example";
  input.seen.domain = dns::Name();
  input.seen.error = audit::domain_in_word("you is@a.example").error();
  EXPECT_THAT(
      one_line(input, Paint(false), 120),
      HasSubstr("  a mail address, not a domain name; its domain is a.example\n"));
}

TEST(AuditOneLine, NeverCutsAName) {
  const std::string name = std::string(60, 'a') + ".example";
  EXPECT_THAT(one_line(graded(name, Grade::broken, {Code::mismatch}), Paint(false), 80),
              HasSubstr(name));
}

TEST(AuditCsv, QuotesWhatNeedsIt_Rfc4180s2) {
  DomainAudit domain = graded("a.example", Grade::broken, {Code::mismatch});
  domain.judgement.findings[0].detail = "one, \"two\"\nthree";
  domain.item.word = "=cmd()";
  const std::string line = csv_line(domain);
  EXPECT_THAT(line, StartsWith("1,'=cmd(),a.example,broken,mismatch,a.example,\"one, "
                               "\"\"two\"\""));
  EXPECT_EQ(lines_of(line).size(), 1U);
  const auto commas = std::ranges::count(csv_head(), ',');
  domain.judgement.findings[0].detail = "none";
  EXPECT_EQ(std::ranges::count(csv_line(domain), ','), commas);
}

class PrinterOf : public ::testing::Test {
 protected:
  std::string take(std::uint64_t number, Grade grade = Grade::enforced) {
    const std::string word = std::string(1, static_cast<char>('a' + number - 1));
    return printer_.take(graded(word + ".example", grade, {Code::mismatch}, number), "");
  }

  Wanted wanted_;
  Printer printer_{wanted_};
};

TEST_F(PrinterOf, KeepsTheOrderOfTheInput) {
  wanted_.each = Each::csv;
  wanted_.in_order = true;
  EXPECT_EQ(take(3), "");
  EXPECT_EQ(take(2), "");
  const auto lines = lines_of(take(1));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0] + "\n", csv_head());
  EXPECT_THAT(lines[1], StartsWith("1,a."));
  EXPECT_THAT(lines[2], StartsWith("2,b."));
  EXPECT_THAT(lines[3], StartsWith("3,c."));
  EXPECT_EQ(take(5), "") << "a signal may come before the fourth";
  EXPECT_THAT(printer_.finish(), StartsWith("5,e."));
}

TEST_F(PrinterOf, ShowsTheOnlyDomainInFull) {
  wanted_.each = Each::line;
  EXPECT_EQ(take(1, Grade::broken), "");
  EXPECT_THAT(printer_.finish(), StartsWith("a.example: BROKEN"));
}

TEST_F(PrinterOf, ShowsSeveralDomainsALineEach) {
  wanted_.each = Each::line;
  EXPECT_EQ(take(1), "");
  const auto lines = lines_of(take(2));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("a.example"));
  EXPECT_THAT(lines[1], HasSubstr("b.example"));
  EXPECT_EQ(lines_of(take(3)).size(), 1U);
  EXPECT_EQ(printer_.finish(), "");
}

TEST_F(PrinterOf, ShowsOnlyTheGradesThatAreWanted) {
  wanted_.each = Each::line;
  wanted_.only = {Grade::broken};
  std::string all = take(1) + take(2, Grade::broken) + take(3) + printer_.finish();
  EXPECT_THAT(all, HasSubstr("b.example"));
  EXPECT_EQ(lines_of(all).size(), 1U);
}

TEST_F(PrinterOf, OfCsvHasAHeadAlsoWithoutDomains) {
  wanted_.each = Each::csv;
  wanted_.only = {Grade::broken};
  EXPECT_EQ(take(1), "");
  EXPECT_EQ(printer_.finish(), csv_head());
}

TEST(AuditSummary, CountsSharesAndNamesCauses) {
  Tally tally;
  for (int i = 0; i < 1234; ++i) tally.add(graded("a.example", Grade::enforced, {}));
  DomainAudit broken = graded("b.example", Grade::broken, {Code::mismatch});
  add_host(broken, audit::testing::host_with({}, "mx.b.example"), {}, Access::refused);
  tally.add(broken);
  tally.add(broken);
  tally.add(graded("1,c", Grade::bad_input, {Code::bad_input}));
  const std::string text =
      summary_of(tally, {cli::testing::kDone, std::chrono::minutes(13), false}, kPlain);
  EXPECT_THAT(text, StartsWith("1,237 domains in 13 minutes, 2026-06-01 12:00 UTC\n"));
  EXPECT_THAT(text, HasSubstr("  protected             1,234    99.84 %  "));
  EXPECT_THAT(text, HasSubstr("  broken                    2     0.16 %  ▏\n"));
  EXPECT_THAT(text, HasSubstr("  not counted               1"));
  EXPECT_THAT(text, HasSubstr("Why 2 are broken\n          2  "));
  EXPECT_THAT(text, HasSubstr("mx.b.example"));
  for (const std::string& line : lines_of(text)) EXPECT_LE(width_of(line), 80U) << line;
}

TEST(AuditSummary, SharesAreNoMoreExactThanDomainsAllow) {
  Tally few;
  few.grades[static_cast<std::size_t>(Grade::enforced)] = 2;
  few.grades[static_cast<std::size_t>(Grade::broken)] = 1;
  EXPECT_THAT(
      summary_of(few, {cli::testing::kDone, std::chrono::minutes(1), false}, kPlain),
      AllOf(HasSubstr("    67 %  "), HasSubstr("    33 %  ")));
}

TEST(AuditSummary, NamesNoMailServersOfAResumedRun) {
  Tally tally;
  DomainAudit broken = graded("b.example", Grade::broken, {Code::mismatch});
  add_host(broken, audit::testing::host_with({}, "mx.b.example"), {}, Access::refused);
  tally.add(broken);
  tally.add(broken);
  RunFacts facts{cli::testing::kDone, std::chrono::seconds(1), true};
  EXPECT_THAT(summary_of(tally, facts, kPlain), Not(HasSubstr("mx.b.example")));
  facts.resumed = false;
  EXPECT_THAT(summary_of(tally, facts, kPlain), HasSubstr("mx.b.example"));
}

TEST(AuditSummary, WritesLargeNumbersWithCommas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
}

}  // namespace
}  // namespace cli::report
