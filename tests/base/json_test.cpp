#include "src/base/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "src/base/bytes.h"

namespace base {
namespace {

using namespace std::string_literals;

std::string written(std::string_view text) { return JsonWriter().value(text).text(); }

TEST(Json, NestsWithCommasBetween) {
  JsonWriter json;
  json.begin_object().member("version", 1).member("host", "a");
  json.member("none", std::vector<std::string>());
  json.member("names", std::vector<std::string>{"x", "y"});
  json.key("records").begin_array();
  json.begin_object().member("usage", std::uint8_t{3}).end_object();
  json.begin_object().end_object();
  json.end_array();
  json.key("nothing").null().member("yes", true).member("no", false);
  json.member("least", std::int64_t{-9223372036854775807}).end_object();
  EXPECT_EQ(json.text(),
            R"({"version":1,"host":"a","none":[],"names":["x","y"],)"
            R"("records":[{"usage":3},{}],"nothing":null,"yes":true,"no":false,)"
            R"("least":-9223372036854775807})");
}

TEST(Json, WhatMisleadsIsEscapedAndStaysTheSameText_Rfc8259s7) {
  EXPECT_EQ(written("a\xD8\x9C"s + "b"), R"("a\u061cb")");
  EXPECT_EQ(written("\xE2\x80\xAE"), R"("\u202e")");
  EXPECT_EQ(written("\xF3\xA0\x80\x81"), R"("\udb40\udc01")");
  EXPECT_EQ(written("\xC3\xBC\xF0\x9F\x98\x80"), "\"\xC3\xBC\xF0\x9F\x98\x80\"");
}

TEST(Json, QuotesAndControlsAreEscaped_Rfc8259s7) {
  EXPECT_EQ(written("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(written("\0\n\r\t\x1F\x7F"s), R"("\u0000\u000a\u000d\u0009\u001f\u007f")");
  EXPECT_EQ(JsonWriter().begin_object().member("a\"\n", 1).end_object().text(),
            R"({"a\"\u000a":1})");
}

TEST(Json, Utf8StaysAndTheRestIsReplaced_Rfc8259s8_1) {
  EXPECT_EQ(written("b\xC3\xBC\xF0\x9F\x98\x80"), "\"b\xC3\xBC\xF0\x9F\x98\x80\"");
  EXPECT_EQ(written("\xFF"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(written("a\xC3"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(written("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

RC_GTEST_PROP(JsonLaws, ATextIsOneLineOfUtf8InQuotes, (const std::string& text)) {
  const std::string out = written(text);
  RC_ASSERT(out.size() >= 2U);
  RC_ASSERT(out.front() == '"');
  RC_ASSERT(out.back() == '"');
  bool escaped = false;
  for (std::size_t i = 1; i + 1 < out.size();) {
    const auto length = utf8_length(std::string_view(out).substr(i));
    RC_ASSERT(length > 0U);
    RC_ASSERT(static_cast<unsigned char>(out[i]) >= 0x20U);
    RC_ASSERT(out[i] != '"' || escaped);
    escaped = out[i] == '\\' && !escaped;
    i += length;
  }
  RC_ASSERT(!escaped);
}

}  // namespace
}  // namespace base
