#include "src/qmail/outgoing_mail.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/io/descriptor.h"
#include "src/qmail/file_message.h"
#include "tests/qmail/home.h"

namespace qmail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A message in a file, and the job to send it.
class OutgoingMail : public testing::Test {
 protected:
  tl::expected<Mail, Report> read(const std::string& text) {
    home_.file("message", text);
    file_ = io::Descriptor(open(home_.path("message").c_str(), O_RDONLY | O_CLOEXEC));
    job_.message = file_.get();
    return read_mail(home_.control(), job_);
  }
  void expect_refusal(const std::string& text, MessageState state, const char* code) {
    const auto mail = read(text);
    ASSERT_FALSE(mail);
    EXPECT_EQ(mail.error().state, state);
    EXPECT_THAT(mail.error().text, HasSubstr(code));
  }

  Home home_;
  io::Descriptor file_;
  Job job_{"there.example", "me@here.example", {"you@there.example"}, -1};
};

TEST_F(OutgoingMail, EnvelopeAndSize) {
  job_.recipients = {"a b@there.example", "c@there.example"};
  const auto mail = read("Subject: x\n\nhello\n");
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->envelope.sender, "me@here.example");
  EXPECT_THAT(mail->envelope.recipients,
              ElementsAre("\"a b\"@there.example", "c@there.example"));
  EXPECT_FALSE(mail->envelope.utf8);
  EXPECT_EQ(mail->facts.size, 21U) << "each line end is two octets on the wire";
  EXPECT_EQ(mail->descriptor, file_.get());
}

TEST_F(OutgoingMail, AnyAddressMayNeedUtf8_Rfc6531s3_2) {
  job_.recipients = {"\xc3\xa4@there.example", "c@there.example"};
  EXPECT_TRUE(read("x\n")->envelope.utf8);
  job_.recipients = {"c@there.example"};
  job_.sender = "\xc3\xa4@here.example";
  EXPECT_TRUE(read("x\n")->envelope.utf8);
}

TEST_F(OutgoingMail, ALineEndInAnAddressNeverReachesACommand) {
  for (const std::string& end :
       {std::string("\n"), std::string("\r"), std::string(1, 0)}) {
    job_.recipients = {"c@there.example", "a" + end + "DATA@there.example"};
    expect_refusal("x\n", MessageState::permanent, "(#5.1.3)");
    job_.recipients = {"a" + end + "@there.example", "c@there.example"};
    expect_refusal("x\n", MessageState::permanent, "(#5.1.3)");
    job_.recipients = {"c@there.example"};
    job_.sender = "me" + end + "@here.example";
    expect_refusal("x\n", MessageState::permanent, "(#5.1.3)");
    job_.sender = "me@here.example";
  }
}

TEST_F(OutgoingMail, ALastLineWithoutAnEndIsRefused) {
  expect_refusal("x\ny", MessageState::permanent, "partial final lines");
  job_.sender = "";
  EXPECT_TRUE(read("x\ny")) << "a bounce is refused for nothing";
}

TEST_F(OutgoingMail, ALoneReturnIsRefusedWhereTheUserSaysSo_Rfc5321s2_3_8) {
  EXPECT_TRUE(read("a\rb\n"));
  home_.file("barecr", "refuse\n");
  expect_refusal("a\rb\n", MessageState::permanent, "control/barecr refuses it");
  EXPECT_TRUE(read("a\r\nb\n"));
  home_.file("barecr", "perhaps\n");
  expect_refusal("x\n", MessageState::temporary, "Unable to read control files");
}

TEST_F(OutgoingMail, WhatCannotBeReadWaits) {
  EXPECT_TRUE(read("x\n"));
  job_.message = -1;
  const auto mail = read_mail(home_.control(), job_);
  ASSERT_FALSE(mail);
  EXPECT_EQ(mail.error().state, MessageState::temporary);
  EXPECT_THAT(mail.error().text, HasSubstr("Unable to read message"));
}

// --- part by part

TEST_F(OutgoingMail, EachAttemptReadsItFromItsBeginning) {
  const std::string text = std::string(100'000, 'x') + "\n";
  ASSERT_TRUE(read(text));
  EXPECT_EQ(lseek(file_.get(), 7, SEEK_SET), 7);
  for (int attempt = 0; attempt < 2; ++attempt) {
    FileMessage message(file_.get());
    std::string all;
    for (;;) {
      const auto part = message.next();
      ASSERT_TRUE(part);
      if (part->empty()) break;
      all += *part;
    }
    EXPECT_EQ(all, text);
  }
}

TEST(FileMessage, WhatCannotBeReadIsAnErrorAndNoEnd) {
  FileMessage message(-1);
  const auto part = message.next();
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(part.error().code, base::Code::read);
}

}  // namespace
}  // namespace qmail
