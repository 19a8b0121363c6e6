// Lines are searched for marks, not parsed: json_line wrote them, or JsonCheck has looked
// at them, and within a text of JSON each quotation mark has a backslash before it, so
// that
// `"grade":"` is a member wherever it stands. What is copied keeps its escapes.
#include "cli/dane/audit/page_line.h"

#include <algorithm>
#include <vector>

#include "src/base/json.h"

namespace cli::report {
namespace {

constexpr std::string_view kFindings = "\"findings\":";

/// What stands before the findings: the members that are not of a host.
std::string_view head(std::string_view line) {
  return line.substr(0, line.find(kFindings));
}

/// The octets of a text up to its closing quotation mark.
std::string_view text_at(std::string_view line, std::size_t start) {
  std::size_t end = start;
  while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2U : 1U;
  return line.substr(start, std::min(end, line.size()) - start);
}

/// The text of a member, with its escapes; empty if it is not there.
std::string_view member(std::string_view head, std::string_view name) {
  const std::string mark = "\"" + std::string(name) + "\":\"";
  const std::size_t at = head.find(mark);
  return at == std::string_view::npos ? "" : text_at(head, at + mark.size());
}

/// The codes of the findings, each once, in their order.
std::vector<std::string_view> codes(std::string_view line) {
  constexpr std::string_view kMark = "{\"code\":\"";
  std::vector<std::string_view> out;
  for (std::size_t at = line.find(kMark); at != std::string_view::npos;
       at = line.find(kMark, at + 1)) {
    const std::string_view code = text_at(line, at + kMark.size());
    if (std::ranges::find(out, code) == out.end()) out.push_back(code);
  }
  return out;
}

/// `"name":"text",`
std::string text_member(std::string_view name, std::string_view text) {
  return "\"" + std::string(name) + "\":\"" + std::string(text) + "\",";
}

}  // namespace

bool is_to_fix(std::string_view line) {
  const std::string_view grade = member(head(line), "grade");
  if (grade == "not-deployed" || grade == "bad-input") return false;
  const auto has = [&](std::string_view mark) {
    return line.find(mark) != std::string_view::npos;
  };
  return grade != "enforced" || has("\"severity\":\"error\"") ||
         has("\"severity\":\"warning\"");
}

std::string with_evidence(std::string_view line, const PageEvidence& kept) {
  base::JsonWriter json;
  json.begin_object();
  if (!kept.url.empty()) json.member("bundle", kept.url);
  if (!kept.store.empty()) json.member("store", kept.store);
  const std::string_view members = line.substr(1, line.rfind('}') - 1);
  std::string out = json.text() + (json.text().size() > 1 ? "," : "");
  out += members;
  if (!kept.chain.empty()) out += ",\"proof\":" + kept.chain;
  return out + "}";
}

std::string compact(std::string_view line) {
  const std::string_view start = head(line);
  const std::string_view input = member(start, "input");
  const std::string_view domain = member(start, "domain");
  const std::string_view unicode = member(start, "unicode");
  const std::string_view cause = member(start, "cause");
  std::string out = "{" + text_member("grade", member(start, "grade"));
  if (!cause.empty()) out += text_member("cause", cause);
  out += text_member("input", input);
  if (domain != input) out += text_member("domain", domain);
  if (!unicode.empty() && unicode != input) out += text_member("unicode", unicode);
  for (const std::string_view place : {"bundle", "store"}) {
    const std::string_view text = member(start, place);
    if (!text.empty()) out += text_member(place, text);
  }
  out += "\"codes\":[";
  std::string_view before;
  for (const std::string_view code : codes(line)) {
    out += std::string(before) + "\"" + std::string(code) + "\"";
    before = ",";
  }
  return out + "]}";
}

}  // namespace cli::report
