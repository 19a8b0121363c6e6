#include "src/base/smtp_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace smtp {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

constexpr std::string_view kEhlo =
    "250-mx.example greets you\r\n250-SIZE 10240000\r\n250-starttls\r\n250 HELP\r\n";

Reply whole(std::string text) {
  auto reply = take_reply(text);
  EXPECT_TRUE(reply && *reply);
  EXPECT_EQ(text, "");
  return reply && *reply ? **reply : Reply();
}

bool incomplete(std::string& buffer) {
  const auto reply = take_reply(buffer);
  return reply && !*reply;
}

void expect_refused(std::string text) {
  const std::string before = text.substr(0, 80);
  const auto reply = take_reply(text);
  ASSERT_FALSE(reply) << before;
  EXPECT_EQ(reply.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(reply.error().code, base::Code::protocol);
  EXPECT_LT(reply.error().detail.size(), 400U);
}

TEST(SmtpReply, OneLine) {
  const Reply reply = whole("220 mx.example ESMTP\r\n");
  EXPECT_EQ(reply.code, 220);
  EXPECT_EQ(reply.severity(), 2);
  EXPECT_THAT(reply.lines, ElementsAre("mx.example ESMTP"));
  EXPECT_EQ(reply.text(), "220 mx.example ESMTP");
}

TEST(SmtpReply, ManyLines_Rfc5321s4_2_1) {
  const Reply reply = whole(std::string(kEhlo));
  EXPECT_EQ(reply.code, 250);
  EXPECT_THAT(reply.lines,
              ElementsAre("mx.example greets you", "SIZE 10240000", "starttls", "HELP"));
}

TEST(SmtpReply, ACodeAloneIsAReply) {
  EXPECT_EQ(whole("250\r\n").code, 250);
  EXPECT_THAT(whole("250-\r\n250\r\n").lines, ElementsAre("", ""));
  EXPECT_THAT(whole("250 \r\n").lines, ElementsAre(""));
}

TEST(SmtpReply, AReaderSaysOfOctetsOneByOneWhatItSaysOfThemAtOnce) {
  const std::string sent = std::string(kEhlo) + "354 go on\r\n250-a\r\n250 b\r\n";
  ReplyReader reader;
  std::string buffer;
  std::vector<std::string> heard;
  for (const char c : sent) {
    buffer += c;
    const auto reply = reader.take(buffer);
    ASSERT_TRUE(reply);
    if (*reply) heard.push_back((*reply)->text());
  }
  EXPECT_EQ(buffer, "");
  EXPECT_THAT(heard, ElementsAre("250 mx.example greets you SIZE 10240000 starttls HELP",
                                 "354 go on", "250 a b"));
}

// A reader that began anew at each octet would look at two thousand million octets here.
TEST(SmtpReply, ALongReplyInSingleOctetsIsReadOnce) {
  ReplyReader reader;
  std::string buffer;
  std::size_t waits = 0;
  while (buffer.size() + 12 < kMaxReply) {
    for (const char c : std::string_view("250-a\n")) {
      buffer += c;
      const auto reply = reader.take(buffer);
      ASSERT_TRUE(reply);
      waits += *reply ? 0U : 1U;
    }
  }
  EXPECT_EQ(waits, buffer.size());
  buffer += "250 a";
  ASSERT_FALSE(reader.take(buffer)->has_value());
  buffer += "\n";
  const auto reply = reader.take(buffer);
  ASSERT_TRUE(reply && *reply);
  EXPECT_GT((*reply)->lines.size(), 10000U);
  EXPECT_EQ(buffer, "");
}

TEST(SmtpReply, AReaderRefusesAReplyThatGrowsTooLong) {
  ReplyReader reader;
  std::string buffer;
  while (buffer.size() <= kMaxReply) {
    const bool fits = reader.take(buffer).has_value();
    ASSERT_TRUE(fits);
    buffer += std::string(4096, 'x').replace(0, 4, "250-").replace(4095, 1, "\n");
  }
  EXPECT_FALSE(reader.take(buffer).has_value());
}

TEST(SmtpReply, ALineFeedAloneEndsALine) {
  EXPECT_THAT(whole("250-a\n250 b\n").lines, ElementsAre("a", "b"));
}

TEST(SmtpReply, WhatFollowsStaysInTheBuffer) {
  std::string buffer = "220 a\r\n250-b\r\n";
  const auto reply = take_reply(buffer);
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ((*reply)->code, 220);
  EXPECT_EQ(buffer, "250-b\r\n");
  EXPECT_TRUE(incomplete(buffer)) << "and waits for its end";
  EXPECT_EQ(buffer, "250-b\r\n");
}

TEST(SmtpReply, SplitAtEveryOctetItIsTheSame) {
  for (std::size_t cut = 0; cut <= kEhlo.size(); ++cut) {
    std::string buffer(kEhlo.substr(0, cut));
    auto first = take_reply(buffer);
    ASSERT_TRUE(first) << cut;
    if (cut < kEhlo.size()) {
      ASSERT_FALSE(*first) << cut;
      buffer += kEhlo.substr(cut);
      first = take_reply(buffer);
    }
    ASSERT_TRUE(first && *first) << cut;
    EXPECT_EQ((*first)->lines.size(), 4U);
  }
}

TEST(SmtpReply, BadCodesAreRefused) {
  for (const auto* text :
       {"22 a\r\n", "2200 a\r\n", "22x a\r\n", "abc\r\n", "\r\n", "\n", " 220 a\r\n",
        "099 a\r\n", "000 a\r\n", "220.a\r\n", "220_a\r\n", "-20 a\r\n",
        "HTTP/1.1 400 Bad Request\r\n", "\xFF\xFE\xFD\r\n"}) {
    expect_refused(text);
  }
  expect_refused("220\0 a\r\n"s);
}

TEST(SmtpReply, AllLinesHaveOneCode_Rfc5321s4_2_1) {
  expect_refused("250-a\r\n251 b\r\n");
  expect_refused("250-a\r\n25 b\r\n");
  expect_refused("250-a\r\nb\r\n");
}

TEST(SmtpReply, AReplyWithoutEndIsRefused) {
  std::string lines;
  while (lines.size() <= kMaxReply) lines += "250-more and more\r\n";
  expect_refused(lines);
  expect_refused(std::string(kMaxReply + 1, 'x'));
  expect_refused("220 " + std::string(kMaxReply, 'x') + "\r\n");
  std::string nearly(kMaxReply, '2');
  EXPECT_TRUE(incomplete(nearly));
}

TEST(SmtpReply, TheLongestReplyThatIsRead) {
  const std::string text = "220 " + std::string(kMaxReply - 6, 'x') + "\r\n";
  ASSERT_EQ(text.size(), kMaxReply);
  EXPECT_EQ(whole(text).code, 220);
  std::string with_more = text + "250 next\r\n";
  EXPECT_TRUE(take_reply(with_more).value());
}

TEST(SmtpReply, ExtensionsAreWholeWordsInAnyCase_Rfc5321s4_1_1_1) {
  const Reply reply = whole(std::string(kEhlo));
  EXPECT_TRUE(reply.offers("STARTTLS"));
  EXPECT_TRUE(reply.offers("SiZe"));
  EXPECT_FALSE(reply.offers("START"));
  EXPECT_FALSE(reply.offers("10240000"));
  EXPECT_FALSE(reply.offers(""));
}

TEST(SmtpReply, TheFirstLineOffersNothing) {
  EXPECT_FALSE(whole("250 STARTTLS\r\n").offers("STARTTLS"));
  EXPECT_FALSE(whole("250-STARTTLS here\r\n250 HELP\r\n").offers("STARTTLS"));
  EXPECT_FALSE(Reply().offers("STARTTLS"));
}

TEST(SmtpReply, TextIsFitToPrint) {
  EXPECT_EQ(whole("550 a\x1B[2J\x07\r\n").text(), "550 a?[2J?");
  EXPECT_LT(whole("550 " + std::string(9000, 'x') + "\r\n").text().size(), 400U);
}

TEST(SmtpLine, LinesWithAndWithoutCarriageReturn) {
  std::string buffer = "a\r\nb\n\r\nrest";
  EXPECT_EQ(take_line(buffer).value(), "a");
  EXPECT_EQ(take_line(buffer).value(), "b");
  EXPECT_EQ(take_line(buffer).value(), "");
  EXPECT_EQ(take_line(buffer).value(), std::nullopt);
  EXPECT_EQ(buffer, "rest");
}

TEST(SmtpLine, ALineWithoutEndIsRefused) {
  std::string buffer(kMaxReply + 1, 'x');
  ASSERT_FALSE(take_line(buffer));
  buffer += '\n';
  ASSERT_FALSE(take_line(buffer));
}

/// All replies of a stream that comes in the given pieces; an error as code -1.
std::vector<int> codes_of(const std::vector<std::string>& pieces) {
  std::vector<int> out;
  std::string buffer;
  for (const auto& piece : pieces) {
    buffer += piece;
    for (;;) {
      const auto reply = take_reply(buffer);
      if (!reply) {
        out.push_back(-1);
        return out;
      }
      if (!*reply) break;
      out.push_back((*reply)->code);
    }
  }
  return out;
}

RC_GTEST_PROP(SmtpReplyLaws, RepliesDoNotDependOnHowTheyArrive, ()) {
  const auto lines = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element("220 a\r\n"s, "250-b\r\n"s, "250 c\r\n"s, "250\n"s, "354-\n"s,
                       "354 d\r\n"s, "junk\r\n"s, "\r\n"s, "2"s));
  std::string all;
  for (const auto& line : lines) all += line;
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < all.size();) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 8);
    pieces.push_back(all.substr(at, size));
    at += size;
  }
  RC_ASSERT(codes_of(pieces) == codes_of({all}));
}

}  // namespace
}  // namespace smtp
