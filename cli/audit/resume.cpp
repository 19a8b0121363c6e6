#include "cli/audit/resume.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>

#include "cli/audit/json.h"
#include "src/base/json.h"

namespace cli::audit {
namespace {

using namespace ::audit;

constexpr std::size_t kSample = 1000;

/// Takes what a text must begin with off its front.
bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

/// A JSON text up to its closing quotation mark, as it stands there.
std::optional<std::string_view> take_text(std::string_view& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      const auto out = text.substr(0, i);
      text.remove_prefix(i + 1);
      return out;
    }
  }
  return std::nullopt;
}

std::optional<Grade> grade_of(std::string_view word) {
  for (std::size_t i = 0; i < kGrades; ++i) {
    const auto grade = static_cast<Grade>(i);
    if (::audit::to_text(grade) == word) return grade;
  }
  return std::nullopt;
}

/// A line of ours, as far as it matters here.
struct Line {
  std::uint64_t number = 0;
  Grade grade = Grade::undecided;
  std::string input;  ///< as JSON has it
};

std::optional<Line> parse(std::string_view text) {
  Line out;
  const std::string start = "{\"version\":" + std::to_string(kSchema) + ",\"number\":";
  if (!take(text, start) || !text.ends_with('}')) return std::nullopt;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out.number);
  if (error != std::errc() || out.number == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!take(text, ",\"grade\":\"")) return std::nullopt;
  const auto word = take_text(text);
  const auto grade = word ? grade_of(*word) : std::nullopt;
  if (!grade || !take(text, ",\"input\":\"")) return std::nullopt;
  const auto input = take_text(text);
  if (!input) return std::nullopt;
  out.grade = *grade;
  out.input = *input;
  return out;
}

void count(std::string_view line, Grade grade, Tally& tally) {
  ++tally.grades.at(static_cast<std::size_t>(grade));
  bool warned = false;
  for (const Kind& kind : catalogue()) {
    // A text within a text has its quotation marks escaped: this is no part of one.
    const std::string mark = "{\"code\":\"" + std::string(kind.word) + "\"";
    if (line.find(mark) == std::string_view::npos) continue;
    ++tally.findings[kind.code];
    warned = warned || kind.severity != Severity::note;
  }
  if (warned) ++tally.warnings;
}

}  // namespace

void Done::add(std::uint64_t number) {
  if (number <= up_to_) return;
  behind_.insert(number);
  while (!behind_.empty() && *behind_.begin() == up_to_ + 1) {
    ++up_to_;
    behind_.erase(behind_.begin());
  }
}

bool Done::contains(std::uint64_t number) const {
  return number <= up_to_ || behind_.contains(number);
}

base::Result<Earlier> read_earlier(const std::string& path,
                                   const std::function<void(const std::string&)>& each) {
  Earlier out;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (errno == ENOENT) return out;
    return base::fail(base::ErrorKind::usage, "bad_file",
                      path + ": " + base::system_message(errno));
  }
  std::string text;
  while (std::getline(file, text) && !file.eof()) {
    const auto line = parse(text);
    if (!line) {
      return base::fail(base::ErrorKind::usage, "bad_file",
                        path + " is not the output of dane audit --json");
    }
    out.octets += text.size() + 1;
    out.done.add(line->number);
    count(text, line->grade, out.tally);
    out.sample.emplace_back(line->number, line->input);
    if (out.sample.size() > kSample) out.sample.pop_front();
    each(text);
  }
  return out;
}

Source without(Source source, std::shared_ptr<const Earlier> earlier,
               std::shared_ptr<std::string> error) {
  return [source = std::move(source), earlier = std::move(earlier),
          error = std::move(error)]() -> std::optional<Item> {
    for (;;) {
      auto item = source();
      if (!item || !earlier->done.contains(item->number)) return item;
      const auto known = std::ranges::find(earlier->sample, item->number,
                                           &std::pair<std::uint64_t, std::string>::first);
      if (known == earlier->sample.end()) continue;
      base::JsonWriter json;
      json.value(item->word);
      if (json.text() == "\"" + known->second + "\"") continue;
      *error = "the input is not that of the earlier run: domain " +
               std::to_string(item->number) + " is " + base::printable(item->word, 255);
      return std::nullopt;
    }
  };
}

}  // namespace cli::audit
