#include <gtest/gtest.h>

#include "cli/moment.h"

namespace cli {
namespace {

long moment(std::string_view text) {
  const auto out = parse_moment(text);
  return out ? out->time_since_epoch().count() : -1;
}

long span(std::string_view text) {
  const auto out = parse_span(text);
  return out ? out->count() : -1;
}

TEST(Moment, IsADateATimeOrANumber) {
  EXPECT_EQ(moment("0"), 0);
  EXPECT_EQ(moment("1780315200"), 1780315200);
  EXPECT_EQ(moment("2026-06-01"), 1780272000);
  EXPECT_EQ(moment("2026-06-01T12:00:00Z"), 1780315200);
  EXPECT_EQ(moment("2026-06-01T23:59:59Z"), 1780272000 + 86399);
  EXPECT_EQ(moment("2024-02-29"), 1709164800);
  EXPECT_EQ(moment("253402300799"), 253402300799);
}

TEST(Moment, IsNothingElse) {
  for (const char* text : {"",
                           "-1",
                           "now",
                           "253402300800",
                           "2026-6-1",
                           "2026-06-01T12:00:00",
                           "2026-06-01 12:00:00Z",
                           "2026-06-01T12:00:00z",
                           "2026-06-01T24:00:00Z",
                           "2026-06-01T12:60:00Z",
                           "2026-06-01T12:00:60Z",
                           "2026-06-01T12.00:00Z",
                           "2026-06-01T12:00.00Z",
                           "2026-02-29",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-04-31",
                           "2026/06-01",
                           "2026-06/01",
                           "2026-06-01x",
                           "2026-06-01T12:00:00Zx",
                           "2026-0x-01",
                           "x026-06-01",
                           "2026-06-0x",
                           "1 ",
                           " 1",
                           "2026-06-01Tx2:00:00Z",
                           "2026-06-01T12:x0:00Z",
                           "2026-06-01T12:00:x0Z"}) {
    const auto out = parse_moment(text);
    ASSERT_FALSE(out) << text;
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(out.error().code, base::Code::bad_time);
  }
}

TEST(Span, IsANumberWithAUnit) {
  EXPECT_EQ(span("0"), 0);
  EXPECT_EQ(span("90"), 90);
  EXPECT_EQ(span("90s"), 90);
  EXPECT_EQ(span("15m"), 900);
  EXPECT_EQ(span("2h"), 7200);
  EXPECT_EQ(span("14d"), 14 * 86400);
  EXPECT_EQ(span("2932896d"), 2932896L * 86400);
}

TEST(Span, IsNothingElseAndNeverTooLong) {
  for (const char* text : {"", "s", "d", "-1s", "1w", "1 h", "1hh", "h1", "1.5h",
                           "2932897d", "253402300800", "99999999999999999999d"}) {
    const auto out = parse_span(text);
    ASSERT_FALSE(out) << text;
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(out.error().code, base::Code::bad_time);
  }
}

}  // namespace
}  // namespace cli
