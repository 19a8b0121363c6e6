#include "cli/layout.h"

#include <unistd.h>
#include <unistr.h>
#include <uniwidth.h>

#include <algorithm>

#include "cli/terminal.h"

namespace cli {
namespace {

constexpr std::size_t kUsual = 80, kLeast = 40, kMost = 100;

/// The octets of the colour that a text starts with; 0 if it starts with none.
std::size_t colour_at(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

/// A character of UTF-8: its octets, and the columns that it takes.
std::pair<std::size_t, std::size_t> character_at(std::string_view text) {
  ucs4_t character = 0;
  const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
  const int size = u8_mbtoucr(&character, octets, text.size());
  if (size <= 0) return {1, 1};
  const int width = uc_width(character, "UTF-8");
  return {static_cast<std::size_t>(size),
          width < 0 ? 0 : static_cast<std::size_t>(width)};
}

}  // namespace

std::size_t output_columns() {
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  return columns == 0 ? kUsual : std::clamp(columns, kLeast, kMost);
}

std::size_t width_of(std::string_view text) {
  std::size_t out = 0;
  while (!text.empty()) {
    if (const std::size_t colour = colour_at(text)) {
      text.remove_prefix(colour);
      continue;
    }
    const auto [octets, columns] = character_at(text);
    out += columns;
    text.remove_prefix(octets);
  }
  return out;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  std::string out;
  for (std::size_t used = 0;;) {
    const auto [octets, width] = character_at(text);
    if (used + width + 1 > columns) return out + "…";
    used += width;
    out += text.substr(0, octets);
    text.remove_prefix(octets);
  }
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t width = width_of(text);
  return std::string(text).append(width < columns ? columns - width : 0, ' ');
}

void TextLayout::wrapped(std::string_view head, std::size_t indent,
                         std::string_view text) {
  // Blanks that a text begins with are meant, also for the lines behind its first.
  const std::size_t lead = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(lead);
  std::string line = std::string(head) + std::string(lead, ' ');
  std::size_t used = width_of(line);
  bool has_words = false;
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', blanks), text.size());
    const std::string_view word = text.substr(blanks, end - blanks);
    text.remove_prefix(end);
    const std::size_t width = width_of(word);
    if (has_words && used + blanks + width > columns_) {
      text_ += line + "\n";
      line.assign(indent + lead, ' ');
      used = indent + lead;
      has_words = false;
    }
    if (has_words) {
      line.append(blanks, ' ');
      used += blanks;
    }
    line += word;
    used += width;
    has_words = true;
  }
  text_ += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

TextLayout& TextLayout::sentence(std::size_t indent, std::string_view text,
                                 std::size_t hanging) {
  wrapped(std::string(indent, ' '), indent + hanging, text);
  return *this;
}

TextLayout& TextLayout::labels(std::size_t indent, std::size_t columns) {
  label_indent_ = indent;
  label_columns_ = columns;
  return *this;
}

TextLayout& TextLayout::row(std::string_view label, std::string_view text) {
  const std::size_t width = width_of(label);
  std::string head(label_indent_, ' ');
  head += label;
  head.append(width < label_columns_ ? label_columns_ - width : 1, ' ');
  wrapped(head, label_indent_ + label_columns_, text);
  return *this;
}

TextLayout& TextLayout::as_it_is(std::string_view lines) {
  text_ += lines;
  if (!lines.ends_with('\n')) text_ += '\n';
  return *this;
}

TextLayout& TextLayout::gap() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
  return *this;
}

}  // namespace cli
