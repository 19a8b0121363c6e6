// The text form of facts: lines `KEY VALUE`, blocks `KEY {` … `}`. A field that has the
// value that it begins with is left out, so that records stay short, and can still be
// read when their type has got a new field. A type says once what its fields are
// (Describe); writing and reading follow from that, and so cannot differ.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/audit/seen.h"

namespace audit::facts {

/// How a value stands on one line: `write` gives its text, `read` the value of a text, or
/// nothing. Specialised for each type that stands on a line.
template <typename T>
struct OneLine;

/// What the fields of a type are: `fields(archive, value)` names each of them in order.
/// Specialised for each type that stands in a block.
template <typename T>
struct Describe;

template <typename T>
concept StandsOnOneLine = requires(const T& value, std::string_view text) {
  OneLine<T>::write(value);
  OneLine<T>::read(text);
};

/// What many blocks refer to is written once, and then stands for its number.
enum class Table : std::uint8_t { certificate, zone, host };
inline constexpr std::size_t kTables = 3;
[[nodiscard]] std::string_view to_text(Table table);

/// What was written into the tables so far.
struct WrittenTables {
  std::array<std::map<std::string, std::size_t>, kTables> numbers;
  std::string text;  ///< of all entries, in the order in which they may be read
};

/// Writes one block of facts.
class Writer {
 public:
  explicit Writer(WrittenTables& tables) : tables_(tables) {}

  template <StandsOnOneLine T>
  void field(std::string_view key, const T& value) {
    const std::string text = OneLine<T>::write(value);
    if (text != OneLine<T>::write(T{})) line(key, text);
  }
  template <typename T>
  void field(std::string_view key, const std::optional<T>& value) {
    if (value) one(key, *value);
  }
  template <typename T>
  void field(std::string_view key, const std::vector<T>& values) {
    for (const T& value : values) one(key, value);
  }
  template <typename T>
  requires(!StandsOnOneLine<T>) void field(std::string_view key, const T& value) {
    const std::string inside = described(value);
    if (!inside.empty()) block(key, inside);
  }
  void field(std::string_view key, const verify::Chain& chain);
  void field(std::string_view key,
             const std::vector<std::shared_ptr<const ZoneSeen>>& zones);

  /// The number of an entry with this text in a table, where it is added if it is new.
  std::size_t number(Table table, const std::string& text);
  /// The fields of a value.
  template <typename T>
  [[nodiscard]] std::string described(const T& value) {
    Writer inside(tables_);
    Describe<T>::fields(inside, value);
    return std::move(inside.text_);
  }
  void line(std::string_view key, std::string_view value);
  void block(std::string_view key, std::string_view inside);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  /// A value that is there, whatever it is.
  template <typename T>
  void one(std::string_view key, const T& value) {
    if constexpr (StandsOnOneLine<T>) {
      line(key, OneLine<T>::write(value));
    } else {
      block(key, described(value));
    }
  }

  WrittenTables& tables_;
  std::string text_;
};

/// Reads facts. The first fault ends it: from there on nothing more is there to be read.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  template <StandsOnOneLine T>
  void field(std::string_view key, T& value) {
    if (const auto text = take_line(key)) read(*text, value);
  }
  template <typename T>
  void field(std::string_view key, std::optional<T>& value) {
    (void)one(key, [&]() -> T& { return value.emplace(); });
  }
  template <typename T>
  void field(std::string_view key, std::vector<T>& values) {
    while (one(key, [&]() -> T& { return values.emplace_back(); })) {
    }
  }
  template <typename T>
  requires(!StandsOnOneLine<T>) void field(std::string_view key, T& value) {
    (void)one(key, [&]() -> T& { return value; });
  }
  void field(std::string_view key, verify::Chain& chain);
  void field(std::string_view key, std::vector<std::shared_ptr<const ZoneSeen>>& zones);

  /// Reads an entry of one of the tables, if one stands here.
  [[nodiscard]] bool take_entry();
  /// Whether a block of this key begins here, which is entered then.
  [[nodiscard]] bool begins(std::string_view key);
  /// Leaves a block; a fault where something else than its end stands.
  void end();
  /// The value of a line of this key, if one stands here.
  [[nodiscard]] std::optional<std::string_view> take_line(std::string_view key);
  /// The host with this number.
  [[nodiscard]] std::shared_ptr<const HostSeen> host(std::string_view number);

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
  void fail(std::string what);
  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }

 private:
  template <typename Place>
  bool one(std::string_view key, const Place& place) {
    using T = std::remove_reference_t<decltype(place())>;
    if constexpr (StandsOnOneLine<T>) {
      const auto text = take_line(key);
      if (text) read(*text, place());
      return text.has_value();
    } else {
      if (!begins(key)) return false;
      Describe<T>::fields(*this, place());
      end();
      return true;
    }
  }
  template <typename T>
  void read(std::string_view text, T& value) {
    auto read = OneLine<T>::read(text);
    if (!read) return fail("not understood: " + base::printable(text, base::kWord));
    value = std::move(*read);
  }
  [[nodiscard]] std::optional<std::size_t> index(std::string_view text, std::size_t size);

  std::string_view rest_;
  std::size_t line_ = 1;
  std::optional<base::Error> error_;
  std::size_t chain_octets_ = 0;
  std::vector<base::Bytes> certificates_;
  std::vector<std::shared_ptr<const ZoneSeen>> zones_;
  std::vector<std::shared_ptr<const HostSeen>> hosts_;
};

}  // namespace audit::facts
