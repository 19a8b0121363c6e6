#include "cli/dane/audit/html.h"

#include <audit_page.h>

#include "cli/dane/audit/page_line.h"
#include "src/base/json.h"
#include "verify/certificate.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr std::size_t kMost = 20'000;  // domains on a page, of either sort
constexpr std::size_t kMostOctets = std::size_t{128} * 1024 * 1024;  // of either sort
constexpr std::size_t kMostWhole = std::size_t{1024} * 1024;  // with nothing to fix

/// JSON as it may stand inside a script element: no octet can end that.
std::string in_script(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else if (c != '\n') {
      out += c;
    }
  }
  return out;
}

void replace(std::string& text, std::string_view mark, const std::string& by) {
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), by);
}

std::string summary_json(const Tally& tally, std::chrono::sys_seconds now,
                         std::chrono::milliseconds took, std::uint64_t left_out) {
  base::JsonWriter json;
  json.begin_object().member("time", verify::to_text(now));
  json.member("milliseconds", took.count()).member("left_out", left_out);
  json.key("grades").begin_object();
  for (std::size_t i = 0; i < kGrades; ++i) {
    json.member(audit::to_text(static_cast<Grade>(i)), tally.grades.at(i));
  }
  json.end_object().key("findings").begin_object();
  for (const auto& [code, domains] : tally.findings) {
    json.member(kind_of(code).word, domains);
  }
  return json.end_object().end_object().text();
}

std::string catalogue_json() {
  base::JsonWriter json;
  json.begin_object();
  for (const Kind& kind : catalogue()) {
    json.key(kind.word).begin_object();
    json.member("severity", audit::to_text(kind.severity));
    json.member("title", kind.title).member("source", kind.source);
    json.member("advice", kind.advice).end_object();
  }
  return json.end_object().text();
}

}  // namespace

bool HtmlPage::Shelf::put(std::string line) {
  if (lines.size() == kMost || octets + line.size() > kMostOctets) return false;
  octets += line.size();
  lines.push_back(std::move(line));
  return true;
}

void HtmlPage::Shelf::make_compact() {
  octets = 0;
  for (std::string& line : lines) {
    line = compact(line);
    octets += line.size();
  }
}

bool HtmlPage::keeps_whole(std::string_view line) const {
  return is_to_fix(line) || !others_are_compact_;
}

void HtmlPage::add(const std::string& line) {
  const bool to_fix = is_to_fix(line);
  if (!to_fix && !others_are_compact_ && others_.octets + line.size() > kMostWhole) {
    others_are_compact_ = true;
    others_.make_compact();
  }
  const bool whole = keeps_whole(line);
  Shelf& shelf = to_fix ? to_fix_ : others_;
  if (!shelf.put(whole ? line : compact(line))) ++left_out_;
}

std::string HtmlPage::text(const Tally& tally, std::chrono::sys_seconds now,
                           std::chrono::milliseconds took) const {
  std::string domains = "[";
  for (const Shelf* shelf : {&to_fix_, &others_}) {
    for (const std::string& line : shelf->lines) {
      if (domains.size() > 1) domains += ",\n";
      domains += in_script(line);
    }
  }
  std::string out(kPage);
  // The domains last: whatever they hold is not searched for marks.
  replace(out, "{{catalogue}}", in_script(catalogue_json()));
  replace(out, "{{summary}}", in_script(summary_json(tally, now, took, left_out_)));
  replace(out, "{{domains}}", domains + "]");
  return out;
}

}  // namespace cli::report
