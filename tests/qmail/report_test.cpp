#include "src/qmail/report.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace qmail {
namespace {

using namespace std::string_literals;

TEST(Report, OctetsOfTheWhole) {
  Report report = report_of(MessageState::accepted, "1.2.3.4 accepted message.\n");
  report.recipients = {{RecipientState::accepted, ""},
                       {RecipientState::permanent, "no\nno\n"},
                       {RecipientState::temporary, "later\n"}};
  EXPECT_EQ(to_octets(report), "r\0hno\nno\n\0slater\n\0K1.2.3.4 accepted message.\n\0"s);
}

TEST(Report, LettersOfTheMessage) {
  EXPECT_EQ(to_octets(report_of(MessageState::temporary, "")), "Z\0"s);
  EXPECT_EQ(to_octets(report_of(MessageState::permanent, "x")), "Dx\0"s);
}

TEST(Report, NothingIsAcceptedByDefault) {
  EXPECT_EQ(to_octets(Report()), "Z\0"s);
  EXPECT_EQ(static_cast<char>(Report::Recipient().state), 's');
}

TEST(Report, WhatIsNotFitToPrintIsNotPrinted) {
  EXPECT_EQ(
      to_octets(report_of(MessageState::permanent, "a\0K\x1b[2J\r\xff b\xc3\xbc\n"s)),
      "Da?K?[2J?? b\xc3\xbc\n\0"s);
}

TEST(Report, LongTextsAreCut) {
  const std::string out =
      to_octets(report_of(MessageState::permanent, std::string(1'000'000, 'x')));
  EXPECT_LT(out.size(), 9000U);
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "line\n";
  EXPECT_LT(to_octets(report_of(MessageState::permanent, lines)).size(), 9000U);
}

RC_GTEST_PROP(ReportLaws, AStringForEachAndNoMore,
              (const std::vector<std::string>& texts, const std::string& last)) {
  Report report = report_of(MessageState::temporary, last);
  for (const std::string& text : texts) {
    report.recipients.push_back({RecipientState::permanent, text});
  }
  const std::string out = to_octets(report);
  RC_ASSERT(out.ends_with('\0'));
  RC_ASSERT(std::ranges::count(out, '\0') == static_cast<long>(texts.size()) + 1);
  std::size_t at = 0;
  for (std::size_t i = 0; i <= texts.size(); ++i) {
    RC_ASSERT(out[at] == (i < texts.size() ? 'h' : 'Z'));
    at = out.find('\0', at) + 1;
  }
}

}  // namespace
}  // namespace qmail
