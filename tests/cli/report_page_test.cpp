#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/html.h"
#include "cli/dane/audit/json.h"
#include "cli/dane/audit/page_line.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using cli::testing::audited;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// A page that has these lines.
std::string page(const std::vector<std::string>& lines) {
  HtmlPage out;
  for (const std::string& line : lines) out.add(line);
  return out.text(Tally(), cli::testing::kDone, 0ms);
}

/// An enforced domain with a mail host of three addresses that each show a chain.
std::string long_line(const std::string& name) {
  auto domain = audited(name, Grade::enforced, {Code::no_spare, Code::sts_absent});
  const verify::Chain chain = support::GoodChain().sent();
  auto host = audit::testing::host_with({audit::testing::stranger()});
  for (int i = 0; i < 3; ++i) {
    host.addresses.push_back(
        audit::testing::answers({audit::testing::shown(audit::How::usual, chain)}));
  }
  cli::testing::add_host(domain, std::move(host));
  return json_line(domain);
}

TEST(IsToFix, NotWhatIsFineHasNoDaneOrIsNoDomain) {
  const auto is_to_fix_with = [](Grade grade, std::vector<Code> codes = {}) {
    return is_to_fix(json_line(audited("a.example", grade, std::move(codes))));
  };
  EXPECT_TRUE(is_to_fix_with(Grade::broken));
  EXPECT_TRUE(is_to_fix_with(Grade::partial));
  EXPECT_TRUE(is_to_fix_with(Grade::undecided));
  EXPECT_TRUE(is_to_fix_with(Grade::enforced, {Code::expires_soon}));
  EXPECT_FALSE(is_to_fix_with(Grade::enforced, {Code::no_spare}));
  EXPECT_FALSE(is_to_fix_with(Grade::not_deployed, {Code::mx_insecure}));
  EXPECT_FALSE(is_to_fix_with(Grade::bad_input, {Code::bad_input}));
}

TEST(IsToFix, AWordOfAStrangerIsNoGrade) {
  auto domain = audited("a.example", Grade::enforced, {Code::no_spare});
  domain.judgement.findings[0].detail = R"("grade":"broken","severity":"error")";
  EXPECT_FALSE(is_to_fix(json_line(domain)));
}

TEST(Compact, KeepsWhatTheTableShows) {
  EXPECT_EQ(compact(json_line(audited("a.example", Grade::enforced,
                                      {Code::no_spare, Code::sts_absent}))),
            R"({"grade":"enforced","input":"a.example",)"
            R"("codes":["no-spare","mta-sts-absent"]})");
  EXPECT_EQ(compact(json_line(audited("a.example", Grade::enforced))),
            R"({"grade":"enforced","input":"a.example","codes":[]})");
}

TEST(Compact, HasEachCodeOnce) {
  EXPECT_EQ(compact(json_line(
                audited("a.example", Grade::enforced, {Code::no_spare, Code::no_spare}))),
            R"({"grade":"enforced","input":"a.example","codes":["no-spare"]})");
}

TEST(Compact, KeepsTheCauseAndOtherSpellings) {
  EXPECT_EQ(compact(R"({"version":1,"number":7,"grade":"not-deployed",)"
                    R"("cause":"tlsa-absent","input":"A.example","domain":"a.example",)"
                    R"("unicode":"\u00e4.example","time":"2026-06-01T12:00:00Z",)"
                    R"("findings":[{"code":"tlsa-absent"}],"hosts":[]})"),
            R"({"grade":"not-deployed","cause":"tlsa-absent","input":"A.example",)"
            R"("domain":"a.example","unicode":"\u00e4.example",)"
            R"("codes":["tlsa-absent"]})");
}

TEST(Compact, AWordOfAStrangerStaysAText) {
  const std::string line = compact(
      json_line(audited(R"(","grade":"x"\)", Grade::bad_input, {Code::bad_input})));
  EXPECT_EQ(line, R"({"grade":"bad-input","input":"\",\"grade\":\"x\"\\",)"
                  R"("domain":"","codes":["bad-input"]})");
}

TEST(HtmlPage, ADomainCannotEndTheScriptThatHoldsIt) {
  const std::string text =
      page({json_line(audited("</script><b>{{summary}}", Grade::bad_input))});
  EXPECT_THAT(text, HasSubstr("\\u003c/script>\\u003cb>{{summary}}"));
  EXPECT_THAT(text, Not(HasSubstr("</script><b>")));
  EXPECT_THAT(text, Not(HasSubstr("{{domains}}")));
}

TEST(HtmlPage, WhatIsToFixStandsFirst) {
  const std::string text =
      page({json_line(audited("fine.example", Grade::enforced)),
            json_line(audited("none.example", Grade::not_deployed, {Code::mx_insecure})),
            json_line(audited("bad.example", Grade::broken)),
            json_line(audited("old.example", Grade::enforced, {Code::expires_soon}))});
  const auto at = [&](const char* word) { return text.find(word); };
  EXPECT_LT(at("bad.example"), at("old.example"));
  EXPECT_LT(at("old.example"), at("fine.example"));
  EXPECT_LT(at("fine.example"), at("none.example"));
  EXPECT_NE(at("none.example"), std::string::npos);
}

TEST(HtmlPage, OfVeryManyDomainsItSaysHowManyAreLeftOut) {
  HtmlPage out;
  for (int i = 0; i < 20'003; ++i) out.add("{\"grade\":\"enforced\"}");
  out.add("{\"grade\":\"broken\"}");
  const std::string text = out.text(Tally(), cli::testing::kDone, 0ms);
  EXPECT_THAT(text, HasSubstr("\"left_out\":3"));
  EXPECT_THAT(text, HasSubstr("{\"grade\":\"broken\"}"));
}

TEST(HtmlPage, FewDomainsAreKeptWhole) {
  EXPECT_THAT(page({long_line("a.example")}), HasSubstr("\"spki_sha256\""));
}

TEST(HtmlPage, OfManyFineDomainsTheTableAloneIsKept) {
  const std::string line = long_line("a.example");
  const std::size_t many = 1024 * 1024 / line.size() + 1;
  std::vector<std::string> lines(many - 1, line);
  EXPECT_THAT(page(lines), Not(HasSubstr("\"codes\":")));
  lines.push_back(line);
  const std::string text = page(lines);
  EXPECT_THAT(text, Not(HasSubstr("\"spki_sha256\"")));
  EXPECT_THAT(text, HasSubstr(R"({"grade":"enforced","input":"a.example",)"
                              R"("codes":["no-spare","mta-sts-absent"]})"));
}

TEST(HtmlPage, AmongManyFineDomainsWhatIsToFixIsWhole) {
  const std::string line = long_line("a.example");
  std::vector<std::string> lines(1024 * 1024 / line.size() + 1, line);
  lines.push_back(json_line(audited("bad.example", Grade::broken, {Code::mismatch})));
  EXPECT_THAT(page(lines), HasSubstr("\"detail\":\"so it is\""));
}

TEST(HtmlPage, KeepsFewOthersWholeAndAllThatIsToFix) {
  HtmlPage page;
  const std::string fine = long_line("a.example");
  const std::string broken = json_line(audited("b.example", Grade::broken));
  EXPECT_TRUE(page.keeps_whole(fine));
  for (std::size_t octets = 0; octets < 2U << 20U; octets += fine.size()) page.add(fine);
  EXPECT_FALSE(page.keeps_whole(fine));
  EXPECT_TRUE(page.keeps_whole(broken));
}

}  // namespace
}  // namespace cli::report
