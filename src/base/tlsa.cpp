#include "src/base/tlsa.h"

#include <algorithm>
#include <charconv>

namespace dns {
namespace {

/// The row of `table` whose member `key` is `number`; null if there is none.
template <typename Row, std::size_t Size, typename Number>
const Row* find_row(const std::array<Row, Size>& table, Number Row::*key, Number number) {
  const auto row = std::ranges::find(table, number, key);
  return row == table.end() ? nullptr : &*row;
}

/// Reads one number of 0 to 255 and the blanks before it off the front of `text`.
std::optional<std::uint8_t> take_number(std::string_view& text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return std::nullopt;
  text.remove_prefix(start);
  std::uint8_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (!text.empty() && text.front() != ' ' && text.front() != '\t') return std::nullopt;
  return number;
}

}  // namespace

const UsageMeaning* meaning(Usage usage) {
  return find_row(kUsages, &UsageMeaning::usage, usage);
}

const SelectorMeaning* meaning(Selector selector) {
  return find_row(kSelectors, &SelectorMeaning::selector, selector);
}

const MatchingMeaning* meaning(Matching matching) {
  return find_row(kMatchingTypes, &MatchingMeaning::matching, matching);
}

bool is_about_issuer(Usage usage) {
  const auto* row = meaning(usage);
  return row != nullptr && row->place == Place::issuer;
}

bool needs_trust_store(Usage usage) {
  const auto* row = meaning(usage);
  return row != nullptr && row->needs_trust_store;
}

bool is_digest(Matching matching) {
  const auto* row = meaning(matching);
  return row != nullptr && row->octets > 0;
}

Tlsa tlsa_from_wire(base::ByteView rdata) {
  Tlsa record;
  const auto octet = [&](std::size_t at) {
    return std::to_integer<std::uint8_t>(rdata[at]);
  };
  if (!rdata.empty()) record.usage = Usage{octet(0)};
  if (rdata.size() > 1) record.selector = Selector{octet(1)};
  if (rdata.size() > 2) record.matching = Matching{octet(2)};
  if (rdata.size() > 3) record.data.assign(rdata.begin() + 3, rdata.end());
  return record;
}

base::Result<Tlsa> tlsa_from_text(std::string_view text) {
  std::string_view rest = text;
  const auto usage = take_number(rest);
  const auto selector = usage ? take_number(rest) : std::nullopt;
  const auto matching = selector ? take_number(rest) : std::nullopt;
  const bool has_data = matching && !rest.empty();  // at least the blank before none
  auto data = has_data ? base::from_hex(rest) : std::nullopt;
  if (!data) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_tlsa,
                      "'" + base::printable(text, base::kWord) +
                          "' is not a TLSA record: USAGE SELECTOR MATCHING HEX");
  }
  return Tlsa{*usage, *selector, *matching, std::move(*data)};
}

std::string parameters(const Tlsa& record) {
  return std::to_string(number(record.usage)) + " " +
         std::to_string(number(record.selector)) + " " +
         std::to_string(number(record.matching));
}

std::string parameter_words(const Tlsa& record) {
  const auto* usage = meaning(record.usage);
  const auto* selector = meaning(record.selector);
  const auto* matching = meaning(record.matching);
  if (usage == nullptr || selector == nullptr || matching == nullptr) return "unassigned";
  return std::string(usage->word) + " " + std::string(selector->word) + " " +
         std::string(matching->word);
}

std::string to_text(const Tlsa& record, std::size_t digits) {
  std::string hex = base::to_hex(record.data);
  if (hex.size() > digits) hex = hex.substr(0, digits) + "...";
  return parameters(record) + " " + hex;
}

}  // namespace dns
