#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/counted.h"

namespace cli {

/// The columns that a report may take: those of the terminal that standard output is, 80
/// where it is none; never fewer than 40, nor more than 100, for nobody likes to read
/// longer lines.
[[nodiscard]] std::size_t output_columns();

/// The columns that a text takes on a terminal: those of wide letters count twice, those
/// of marks that combine and of colours (ESC [ … m) not at all.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// The text, cut to that many columns and ended by `…` if it is longer. It has no
/// colours.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);

/// The text, with blanks behind it up to that many columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);

using base::counted;

/// A report for people, line by line. What is a sentence is broken between words, so that
/// no line is longer than the screen; words are never broken, and what is to be pasted
/// stays as it is.
class TextLayout {
 public:
  explicit TextLayout(std::size_t columns) : columns_(columns) {}

  /// A sentence; lines behind the first are indented by `hanging` columns more.
  TextLayout& sentence(std::size_t indent, std::string_view text,
                       std::size_t hanging = 0);
  /// A label in a column of its own, and a text behind it in another: `  DNS signed`. An
  /// empty label continues the row above.
  TextLayout& row(std::string_view label, std::string_view text);
  /// The columns of labels; rows of a report are under one another.
  TextLayout& labels(std::size_t indent, std::size_t columns);
  /// Lines that somebody pastes elsewhere.
  TextLayout& as_it_is(std::string_view lines);
  /// An empty line, if there is none already.
  TextLayout& gap();

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  void wrapped(std::string_view head, std::size_t indent, std::string_view text);

  std::size_t columns_;
  std::size_t label_indent_ = 2;
  std::size_t label_columns_ = 9;
  std::string text_;
};

}  // namespace cli
