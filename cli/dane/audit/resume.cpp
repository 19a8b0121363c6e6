#include "cli/dane/audit/resume.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>

#include "cli/dane/audit/json.h"
#include "cli/dane/audit/json_check.h"
#include "src/base/json.h"

namespace cli::report {
namespace {

using namespace audit;

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

/// What each line of ours begins with.
std::string start_of_line() {
  return "{\"version\":" + std::to_string(kSchema) + ",\"number\":";
}

/// A line of ours, as far as it matters here.
struct Line {
  std::uint64_t number = 0;
  Grade grade = Grade::undecided;
  std::string input;  ///< as JSON has it
};

std::optional<Line> parse(std::string_view text) {
  Line out;
  if (!take(text, start_of_line()) || !text.ends_with('}')) return std::nullopt;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out.number);
  if (error != std::errc() || out.number == 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!take(text, ",\"grade\":\"")) return std::nullopt;
  const auto word = take_text(text);
  const auto grade = word ? grade_from_text(*word) : std::nullopt;
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
  constexpr std::string_view kCause = "\"cause\":\"";
  const std::size_t at = line.find(kCause);
  if (at == std::string_view::npos) return;
  line.remove_prefix(at + kCause.size());
  const auto word = take_text(line);
  const auto kind = std::ranges::find(catalogue(), word.value_or(""), &Kind::word);
  if (kind != catalogue().end()) tally.add_cause(grade, kind->code);
}

/// Whether what stands behind the last line may be the beginning of one of ours.
bool may_begin(std::string_view text) {
  const std::string start = start_of_line();
  const std::size_t octets = std::min(text.size(), start.size());
  return text.substr(0, octets) == start.substr(0, octets);
}

/// What is left of the input. What the sample knows is compared before anything is given:
/// the items before its last one that are not done are held so long, and they are no more
/// than were in flight.
class Rest {
 public:
  Rest(DomainStream source, std::shared_ptr<const Earlier> earlier,
       std::shared_ptr<std::string> error)
      : source_(std::move(source)),
        earlier_(std::move(earlier)),
        error_(std::move(error)),
        unseen_(earlier_->sample.begin(), earlier_->sample.end()) {}

  std::optional<Item> next() {
    while (!unseen_.empty()) {
      auto item = source_();
      if (!item) return differs(unseen_.begin()->first, "is not there");
      if (!earlier_->done.contains(item->number)) {
        held_.push_back(std::move(*item));
      } else if (!is_known(*item)) {
        return differs(item->number, "is " + base::printable(item->word, base::kName));
      }
    }
    if (!held_.empty()) {
      std::optional<Item> item(std::move(held_.front()));
      held_.pop_front();
      return item;
    }
    for (;;) {
      auto item = source_();
      if (!item || !earlier_->done.contains(item->number)) return item;
    }
  }

 private:
  bool is_known(const Item& item) {
    const auto known = unseen_.find(item.number);
    if (known == unseen_.end()) return true;
    base::JsonWriter json;
    json.value(item.word);
    const bool same = json.text() == "\"" + known->second + "\"";
    unseen_.erase(known);
    return same;
  }

  std::nullopt_t differs(std::uint64_t number, const std::string& how) {
    *error_ = "the input is not that of the earlier run: domain " +
              std::to_string(number) + " " + how;
    unseen_.clear();
    held_.clear();
    source_ = [] { return std::nullopt; };
    return std::nullopt;
  }

  DomainStream source_;
  std::shared_ptr<const Earlier> earlier_;
  std::shared_ptr<std::string> error_;
  std::map<std::uint64_t, std::string> unseen_;  // of the sample
  std::deque<Item> held_;
};

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
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path + ": " + base::system_message(errno));
  }
  std::string text;
  std::uint64_t at = 0;
  JsonCheck json;
  const auto foreign = [&] {
    return base::fail(
        base::ErrorKind::usage, base::Code::bad_file,
        path + " is not the output of dane audit --json: line " + std::to_string(at));
  };
  while (std::getline(file, text) && !file.eof()) {
    ++at;
    const auto line = parse(text);
    if (!line || !json.is_result(text)) return foreign();
    if (out.done.contains(line->number)) {
      return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                        path + " has domain " + std::to_string(line->number) +
                            " twice: it is not of one run");
    }
    out.octets += text.size() + 1;
    out.done.add(line->number);
    count(text, line->grade, out.tally);
    out.tally.add_name(line->input, line->grade, "");
    out.sample.emplace_back(line->number, line->input);
    if (out.sample.size() > kSample) out.sample.pop_front();
    each(text);
  }
  if (file.bad()) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path + ": " + base::system_message(errno));
  }
  ++at;
  if (!may_begin(text)) return foreign();
  return out;
}

DomainStream without(DomainStream source, std::shared_ptr<const Earlier> earlier,
                     std::shared_ptr<std::string> error) {
  const auto rest =
      std::make_shared<Rest>(std::move(source), std::move(earlier), std::move(error));
  return [rest] { return rest->next(); };
}

}  // namespace cli::report
