#include "src/evidence/canonical_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace evidence {
namespace {

std::string written(std::string_view text) {
  base::JsonWriter out = canonical_writer();
  out.begin_array().value(text).end_array();
  return out.take();
}

TEST(CanonicalWriter, WritesWhatTheReaderOfCanonicalTextsTakes) {
  for (const std::string_view text : {"", "plain", "\"", "\\", "a\nb", "\x01", "\x7f",
                                      "b\xc3\xbc", "\xff", "\xe2\x82", "/", "<>&"}) {
    const auto read = read_canonical(written(text));
    ASSERT_TRUE(read) << text << ": " << read.error().detail;
    EXPECT_EQ(*read, Json::parse(Json::array({text}).dump(
                         -1, ' ', false, Json::error_handler_t::replace)));
  }
}

RC_GTEST_PROP(CanonicalWriter, ATextIsThatOfAValue, (const std::string& text)) {
  RC_ASSERT(written(text) ==
            Json::array({text}).dump(-1, ' ', false, Json::error_handler_t::replace));
}

TEST(CanonicalWriter, PutsCommasBetween) {
  base::JsonWriter out = canonical_writer();
  out.begin_object();
  out.key("a").begin_array().value(1).value(-2).begin_array().end_array().end_array();
  out.key("b").begin_object().end_object();
  out.key("c").raw("{\"x\":[]}").key("d").value("t").end_object();
  EXPECT_EQ(out.take(), R"({"a":[1,-2,[]],"b":{},"c":{"x":[]},"d":"t"})");
}

}  // namespace
}  // namespace evidence
