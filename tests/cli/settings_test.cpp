#include "cli/settings.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

using namespace std::chrono_literals;

TEST(Span, IsANumberOfSecondsWithDecimals) {
  EXPECT_EQ(parse_span("--timeout", "7").value(), 7s);
  EXPECT_EQ(parse_span("--timeout", "1.5").value(), 1500ms);
  EXPECT_EQ(parse_span("--timeout", "0.1").value(), 100ms);
  EXPECT_EQ(parse_span("--timeout", "2.025").value(), 2025ms);
  EXPECT_EQ(parse_span("--timeout", "3600").value(), 3600s);
}

TEST(Span, IsNothingElse) {
  for (const char* word :
       {"", "0", "0.0", "0.05", "3600.1", "3601", "1.", ".5", "1.5.5", "1,5", "1s", "-1",
        "+1", "1.2345", " 1", "1e3", "18446744073709551616"}) {
    const auto span = parse_span("--timeout", word);
    ASSERT_FALSE(span) << word;
    EXPECT_EQ(span.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(span.error().detail, "--timeout " + std::string(word) +
                                       " is not a number of seconds from 0.1 to 3600");
  }
}

}  // namespace
}  // namespace cli
