#include "src/qmail/message.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/io/descriptor.h"
#include "tests/qmail/home.h"

namespace qmail {
namespace {

using smtp::BodyFault;

/// What is wrong with a message from a sender, by these words of control/barecr.
BodyFault fault(Home& home, const std::string& sender, const std::string& text) {
  home.file("message", text);
  const io::Descriptor file(open(home.path("message").c_str(), O_RDONLY | O_CLOEXEC));
  const auto rules = body_rules_of(home.control(), sender);
  EXPECT_TRUE(rules);
  return scan_message(file.get(), *rules)->fault;
}

TEST(BodyRules, ALoneReturnEndsALineUnlessTheUserRefusesIt_Rfc5321s2_3_8) {
  Home home;
  EXPECT_EQ(fault(home, "me@here.example", "a\rb\n"), BodyFault::none);
  home.file("barecr", "line-end\n");
  EXPECT_EQ(fault(home, "me@here.example", "a\rb\n"), BodyFault::none);
  home.file("barecr", "Refuse\n");
  EXPECT_EQ(fault(home, "me@here.example", "a\rb\n"), BodyFault::carriage_return);
  EXPECT_EQ(fault(home, "me@here.example", "a\r\nb\r\n"), BodyFault::none);
}

TEST(BodyRules, ABounceIsRefusedForNothing) {
  Home home;
  home.file("barecr", "refuse\n");
  for (const char* sender : {"", "#@[]"}) {
    EXPECT_EQ(fault(home, sender, "a\rb\n"), BodyFault::none);
    EXPECT_EQ(fault(home, sender, "a\nb"), BodyFault::none);
  }
  EXPECT_EQ(fault(home, "me@here.example", "a\nb"), BodyFault::no_line_end);
}

TEST(BodyRules, AnotherWordIsTrouble) {
  Home home;
  home.file("barecr", "maybe\n");
  const auto rules = body_rules_of(home.control(), "");
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, base::Code::control);
}

}  // namespace
}  // namespace qmail
