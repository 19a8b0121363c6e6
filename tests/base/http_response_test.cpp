#include "src/base/http_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace http {
namespace {

using namespace std::string_literals;

constexpr std::size_t kMost = 100;

/// What comes of these octets, so many at a time, and the end of the connection: the
/// body, `STATUS` of another answer than 200, or why there is none.
std::string outcome(std::string_view octets, std::size_t at_once = 1'000'000) {
  ResponseReader reader(kMost);
  bool whole = false;
  while (!octets.empty() && !whole) {
    const auto fed = reader.feed(octets.substr(0, at_once));
    if (!fed) return "! " + fed.error().detail;
    whole = *fed;
    octets.remove_prefix(std::min(at_once, octets.size()));
  }
  if (!whole) {
    if (const auto done = reader.finish(); !done) return "! " + done.error().detail;
  }
  const Response& response = reader.response();
  return response.status == 200 ? response.body : std::to_string(response.status);
}

TEST(HttpResponse, ABodyHasALengthOrChunksOrTheRest_Rfc9112s6_3) {
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodyrest"), "body");
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "");
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    "3;x=y\r\nbod\r\n1 \r\ny\r\n0\r\nTrailer: x\r\n\r\nrest"),
            "body");
  EXPECT_EQ(outcome("HTTP/1.0 200 OK\r\n\r\nbody\r\nmore"), "body\r\nmore");
  EXPECT_EQ(outcome("HTTP/1.0 200\n\nbody"), "body") << "LF alone ends a line (2.2)";
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                    "Content-Length: 9\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
            "x")
      << "chunks overrule a length";
}

TEST(HttpResponse, OtherAnswersEndWithTheirHead) {
  EXPECT_EQ(outcome("HTTP/1.1 301 Moved\r\nContent-Length: 9\r\n\r\n"), "301");
  EXPECT_EQ(outcome("HTTP/1.1 404\r\n\r\n"), "404");
  EXPECT_EQ(outcome("HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
            "x")
      << "what an interim answer says is forgotten (RFC 9110 15.2)";
}

TEST(HttpResponse, TheMediaTypeComesWithoutParameters) {
  ResponseReader reader(kMost);
  ASSERT_TRUE(
      reader.feed("HTTP/1.1 404 x\r\nContent-Type:  Text/Plain ;charset=x\r\n\r\n")
          .value_or(false));
  EXPECT_EQ(reader.response().media_type, "text/plain");
}

TEST(HttpResponse, WhatIsNoAnswerIsAnError) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& bad :
       {""s,
        "220 mail ESMTP\r\n"s,
        "HTTP/2 200 OK\r\n"s,
        "HTTP/1.1 20 OK\r\n"s,
        "HTTP/1.1 099 OK\r\n"s,
        "HTTP/1.1 2x0 OK\r\n"s,
        "HTTP/1.1x200 OK\r\n"s,
        ok + "no colon\r\n\r\n",
        ok + ": no name\r\n\r\n",
        ok + " folded: x\r\n\r\n",
        ok + "Name : x\r\n\r\n",
        ok + "Content-Length: -1\r\n\r\n",
        ok + "Content-Length: 1, 1\r\n\r\nx",
        ok + "Content-Length:\r\n\r\n",
        ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
        ok + "Content-Length: 99999999999999999999\r\n\r\n",
        ok + "Transfer-Encoding: gzip, chunked\r\n\r\n",
        ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        ok + "Content-Encoding: gzip\r\n\r\nx",
        chunked + "x\r\n",
        chunked + "-1\r\n",
        chunked + "\r\n",
        chunked + "1\r\nxy\r\n",
        chunked + "FFFFFFFFFFFFFFFFF\r\n"}) {
    EXPECT_THAT(outcome(bad), testing::StartsWith("! ")) << bad;
  }
}

TEST(HttpResponse, AnEndBeforeItsTimeIsAnError) {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n";
  ASSERT_EQ(outcome(whole), "xy");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(outcome(whole.substr(0, size)),
              "! the connection ended before the answer did")
        << size;
  }
  EXPECT_EQ(outcome("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbod"),
            "! the connection ended before the answer did");
}

TEST(HttpResponse, SizesAreBounded) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string full(kMost, 'x');
  EXPECT_EQ(outcome(ok + "\r\n" + full), full);
  for (const std::string& large :
       {ok + "\r\n" + full + "x", ok + "Content-Length: 101\r\n\r\n",
        ok + "Transfer-Encoding: chunked\r\n\r\n65\r\n",
        ok + "Transfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(0x40, 'x') +
            "\r\n40\r\n" + std::string(0x40, 'x')}) {
    EXPECT_EQ(outcome(large), "! the body is too long");
  }
  std::string lines = ok;
  for (int i = 0; i < 10'000; ++i) lines += "X: y\r\n";
  EXPECT_EQ(outcome(lines), "! too many header lines");
  EXPECT_EQ(outcome(ok + "X: " + std::string(40'000, 'y')), "! too many header lines");
}

RC_GTEST_PROP(HttpResponse, PiecesDoNotMatter, (const std::string& body)) {
  const std::string part = body.substr(0, kMost);
  const std::string answer =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(part.size()) + "\r\n\r\n" +
      part;
  RC_ASSERT(outcome(answer, 1) == part);
  RC_ASSERT(outcome(answer, 7) == part);
}

}  // namespace
}  // namespace http
