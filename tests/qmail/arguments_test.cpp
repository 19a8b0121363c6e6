#include "src/qmail/arguments.h"

#include <gtest/gtest.h>

namespace qmail {
namespace {

TEST(Arguments, ThoseOfQmailAreRecipients) {
  EXPECT_FALSE(are_of_another_qmail({"you@there.example"}));
  EXPECT_FALSE(are_of_another_qmail({"you@there.example", "me@there.example"}));
  EXPECT_FALSE(are_of_another_qmail({"12345@there.example", "@x"}));
  EXPECT_FALSE(are_of_another_qmail({"postmaster"}));
}

TEST(Arguments, HeaderLinesAndASizeAreNone) {
  EXPECT_TRUE(are_of_another_qmail({"", "1234", "you@there.example"}));
  EXPECT_TRUE(are_of_another_qmail({"X-From: a@b\n", "1234", "you@there.example"}));
  EXPECT_TRUE(are_of_another_qmail({"1234", "you@there.example"}));
}

}  // namespace
}  // namespace qmail
