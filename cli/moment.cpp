#include "cli/moment.h"

#include <array>
#include <charconv>
#include <optional>

#include "src/base/bytes.h"

namespace cli {
namespace {

using std::chrono::seconds;

constexpr std::size_t kDate = 10;        // 2026-06-01
constexpr std::size_t kDateTime = 20;    // 2026-06-01T12:00:00Z
constexpr long kMost = 253'402'300'799;  // the end of the year 9999

std::optional<long> number(std::string_view text) {
  long value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < 0 || value > kMost) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  if (text.size() != kDate || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<seconds> parse_clock(std::string_view text) {  // 12:00:00Z
  if (text.size() != 9 || text[2] != ':' || text[5] != ':' || text[8] != 'Z') {
    return std::nullopt;
  }
  const auto hour = number(text.substr(0, 2));
  const auto minute = number(text.substr(3, 2));
  const auto second = number(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

tl::unexpected<base::Error> bad_time(std::string_view text, std::string_view wanted) {
  return base::fail(
      base::ErrorKind::usage, base::Code::bad_time,
      base::printable(text, base::kWord) + " is not " + std::string(wanted));
}

}  // namespace

base::Result<std::chrono::sys_seconds> parse_moment(std::string_view text) {
  if (const auto since_1970 = number(text)) {
    return std::chrono::sys_seconds(seconds(*since_1970));
  }
  const auto date = parse_date(text.substr(0, kDate));
  if (date && text.size() == kDate) return std::chrono::sys_seconds(*date);
  if (date && text.size() == kDateTime && text[kDate] == 'T') {
    if (const auto clock = parse_clock(text.substr(kDate + 1))) return *date + *clock;
  }
  return bad_time(text,
                  "a time: 2026-06-01, 2026-06-01T12:00:00Z, or seconds since 1970");
}

base::Result<seconds> parse_span(std::string_view text) {
  constexpr std::string_view kUnits = "smhd";
  constexpr std::array<long, 4> kSeconds = {1, 60, 3600, 86400};
  const std::string_view whole = text;
  long unit = 1;
  if (!text.empty()) {
    if (const auto at = kUnits.find(text.back()); at != std::string_view::npos) {
      unit = kSeconds.at(at);
      text.remove_suffix(1);
    }
  }
  const auto value = number(text);
  if (!value || *value > kMost / unit) {
    return bad_time(whole, "a span of time: a number with s, m, h or d");
  }
  return seconds(*value * unit);
}

}  // namespace cli
