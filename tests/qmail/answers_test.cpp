#include "src/qmail/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qmail {
namespace {

using testing::HasSubstr;
using testing::Not;

smtp::Reply reply(int code) { return {code, {"words of " + std::to_string(code)}}; }

smtp::Transaction transaction(int mail, const std::vector<int>& recipients, int data,
                              int end) {
  smtp::Transaction out;
  out.mail = reply(mail);
  for (const int code : recipients) out.recipients.push_back(reply(code));
  out.data = reply(data);
  out.end = reply(end);
  return out;
}

Report report(const smtp::Transaction& answers) {
  return report_of_answers("192.0.2.1", "Proof", answers);
}

std::string letters(const Report& report) {
  std::string out;
  for (const auto& recipient : report.recipients)
    out += static_cast<char>(recipient.state);
  return out + static_cast<char>(report.state);
}

TEST(Answers, Accepted) {
  const Report out = report(transaction(250, {250, 251}, 354, 250));
  EXPECT_EQ(letters(out), "rrK");
  EXPECT_EQ(out.text,
            "192.0.2.1 accepted message.\nProof\nRemote host said: 250 words of 250\n");
}

TEST(Answers, SenderRefused) {
  EXPECT_EQ(letters(report(transaction(550, {}, 0, 0))), "D");
  EXPECT_EQ(letters(report(transaction(451, {0}, 0, 0))), "Z");
  EXPECT_THAT(report(transaction(550, {250}, 354, 250)).text,
              HasSubstr("sender was rejected"));
}

TEST(Answers, Recipients) {
  EXPECT_EQ(letters(report(transaction(250, {250, 550, 450}, 354, 250))), "rhsK");
  EXPECT_EQ(letters(report(transaction(250, {550, 450}, 503, 0))), "hsD");
  EXPECT_EQ(letters(report(transaction(250, {450}, 503, 0))), "sD");
  const Report out = report(transaction(250, {250, 550}, 354, 250));
  EXPECT_EQ(out.recipients[1].text,
            "192.0.2.1 does not like recipient.\nRemote host said: 550 words of 550\n");
}

TEST(Answers, DataAndEnd) {
  EXPECT_EQ(letters(report(transaction(250, {250}, 554, 0))), "rD");
  EXPECT_EQ(letters(report(transaction(250, {250}, 451, 0))), "rZ");
  EXPECT_EQ(letters(report(transaction(250, {250}, 250, 250))), "rZ");
  EXPECT_EQ(letters(report(transaction(250, {250}, 354, 554))), "rD");
  EXPECT_EQ(letters(report(transaction(250, {250}, 354, 451))), "rZ");
}

TEST(Answers, OnlyTwoAccepts_Rfc5321s4_2_1) {
  for (const int code : {0, 100, 199, 300, 354, 399, 400, 500, 600, 999}) {
    EXPECT_THAT(letters(report(transaction(250, {250}, 354, code))), Not(HasSubstr("K")))
        << code;
    EXPECT_THAT(letters(report(transaction(code, {250}, 354, 250))), Not(HasSubstr("K")))
        << code;
    EXPECT_THAT(letters(report(transaction(250, {code}, 354, 250))), Not(HasSubstr("r")))
        << code;
  }
  EXPECT_EQ(letters(report(smtp::Transaction())), "Z");
}

TEST(Answers, AllLinesOfAReply) {
  auto answers = transaction(250, {250}, 354, 554);
  answers.end.lines = {"one", "", "three"};
  EXPECT_THAT(report(answers).text, HasSubstr("554-one\n554-\n554 three\n"));
}

TEST(Answers, Loss) {
  const base::Error error{base::ErrorKind::temporary, base::Code::closed,
                          "the server hung up"};
  auto answers = transaction(250, {250, 550, 0}, 0, 0);
  answers.recipients[2].code = 0;
  Report out = report_of_loss("192.0.2.1", "Proof", answers, error, false);
  EXPECT_EQ(letters(out), "rhZ");
  EXPECT_THAT(out.text, HasSubstr("connection died. (#4.4.2)\nthe server hung up"));
  EXPECT_THAT(out.text, Not(HasSubstr("duplicate")));
  out = report_of_loss("192.0.2.1", "Proof", answers, error, true);
  EXPECT_EQ(letters(out), "rhZ");
  EXPECT_THAT(out.text, HasSubstr("connection died. Possible duplicate! (#4.4.2)"));
}

TEST(Answers, ASenderPutOffIsNotARecipientRefused_Rfc2920s3_1) {
  const base::Error error{base::ErrorKind::temporary, base::Code::closed,
                          "the server hung up"};
  Report out = report_of_loss("192.0.2.1", "Proof", transaction(451, {503, 503}, 0, 0),
                              error, false);
  EXPECT_EQ(letters(out), "Z");
  EXPECT_THAT(out.text, HasSubstr("451 words of 451"));
  out = report_of_loss("192.0.2.1", "Proof", transaction(550, {503}, 0, 0), error, false);
  EXPECT_EQ(letters(out), "D");
}

TEST(Answers, ACodeBeyondSmtpIsNoRefusalForGood) {
  EXPECT_EQ(letters(report(transaction(250, {250, 999}, 354, 699))), "rsZ");
}

}  // namespace
}  // namespace qmail
