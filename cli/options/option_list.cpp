#include "cli/options/option_list.h"

#include <algorithm>

#include "cli/layout.h"

namespace cli {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kLeast = 14, kMost = 25;  // columns for the spelling
constexpr std::size_t kIndent = 2;

std::string text_of(const Option& option, std::span<const Option> all) {
  std::string out(option.help);
  if (option.opposite != '\0') out += ", or do not";
  if (option.value.kind == WordKind::one_of) {
    out += ": " + alternatives(option.value.choices);
  }
  if (option.repeatable) out += "; repeatable";
  std::string also;
  for (const Option& other : all) {
    if (option.name.empty() || other.same_as != option.name) continue;
    also += (also.empty() ? "" : ", ") + ("--" + std::string(other.name));
  }
  return also.empty() ? out : out + " (also " + also + ")";
}

/// The spelling with names under one another, where some options of a list have letters.
std::string row_label(const Option& option, bool some_have_letters) {
  const bool is_name_alone = option.letter == '\0';
  return (some_have_letters && is_name_alone ? "    " : "") + spelling_of(option);
}

}  // namespace

std::string alternatives(std::span<const std::string> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::string spelling_of(const Option& option) {
  std::string out;
  const auto add = [&out](const std::string& one) {
    out += (out.empty() ? "" : ", ") + one;
  };
  if (option.letter != '\0') add({'-', option.letter});
  if (option.opposite != '\0') add({'-', option.opposite});
  if (!option.name.empty()) add("--" + std::string(option.name));
  if (option.value_need() == Need::as_wanted) {
    out += "[=" + std::string(option.value.name) + "]";
  } else if (option.value_need() == Need::always) {
    out += " " + std::string(option.value.name);
  }
  return out;
}

std::string option_list(std::span<const Option> options) {
  const bool letters =
      std::ranges::any_of(options, [](const Option& one) { return one.letter != '\0'; });
  std::size_t width = kLeast;
  for (const Option& one : options) {
    if (!one.same_as.empty()) continue;
    const std::size_t own = width_of(row_label(one, letters)) + 2;
    if (own <= kMost) width = std::max(width, own);
  }
  TextLayout layout(kColumns);
  layout.labels(kIndent, width);
  for (const Option& one : options) {
    if (!one.same_as.empty()) continue;
    if (!one.section.empty()) layout.gap().sentence(0, std::string(one.section) + ":");
    const std::string label = row_label(one, letters);
    const std::string text = text_of(one, options);
    if (width_of(label) + 2 <= width) {
      layout.row(label, text);
    } else {
      layout.sentence(kIndent, label).row("", text);
    }
  }
  return layout.text();
}

}  // namespace cli
