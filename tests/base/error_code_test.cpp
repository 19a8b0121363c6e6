#include "src/base/error_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace base {
namespace {

constexpr auto kCodes = static_cast<int>(Code::bad_policy) + 1;

TEST(ErrorCode, HasAWordOfItsOwnWithHyphens) {
  std::set<std::string_view> words;
  for (int i = 0; i < kCodes; ++i) {
    const std::string_view word = to_text(static_cast<Code>(i));
    EXPECT_THAT(std::string(word), testing::MatchesRegex("[a-z]+(-[a-z]+)*"));
    EXPECT_TRUE(words.insert(word).second) << word;
  }
  EXPECT_EQ(to_text(Code::starttls_not_offered), "starttls-not-offered");
  EXPECT_EQ(to_text(Code::no_tlsa), "no-tlsa");
  EXPECT_EQ(to_text(Code::bogus), "bogus");
}

/// The words of all codes that are about one thing.
std::set<std::string_view> words_about(About what) {
  std::set<std::string_view> out;
  for (int i = 0; i < kCodes; ++i) {
    const Code code = static_cast<Code>(i);
    if (about(code) == what) out.insert(to_text(code));
  }
  return out;
}

TEST(ErrorCode, WhatIsAboutThePeersProof) {
  using Words = std::set<std::string_view>;
  EXPECT_EQ(words_about(About::starttls),
            (Words{"starttls-not-offered", "starttls-refused", "starttls-injection"}));
  EXPECT_EQ(words_about(About::handshake),
            (Words{"handshake", "key-usage", "bad-certificate", "unsupported-key"}));
  EXPECT_EQ(words_about(About::proof),
            (Words{"refused", "no-tlsa", "no-chain", "untrusted"}));
  for (int i = 0; i < kCodes; ++i) {
    const Code code = static_cast<Code>(i);
    const About what = about(code);
    EXPECT_EQ(is_about_proof(code),
              what == About::starttls || what == About::handshake || what == About::proof)
        << to_text(code);
  }
}

TEST(ErrorCode, ASilentOrMissingPeerHasProvedNothingWrong) {
  for (const Code code :
       {Code::timeout, Code::connect, Code::io, Code::local, Code::truncated,
        Code::closed, Code::greeting, Code::servfail, Code::bogus, Code::control}) {
    EXPECT_FALSE(is_about_proof(code)) << to_text(code);
  }
}

}  // namespace
}  // namespace base
