#include "src/base/tlsa.h"

#include <charconv>

namespace dns {
namespace {

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

Tlsa tlsa_from_wire(base::ByteView rdata) {
  Tlsa record;
  if (!rdata.empty()) record.usage = std::to_integer<std::uint8_t>(rdata[0]);
  if (rdata.size() > 1) record.selector = std::to_integer<std::uint8_t>(rdata[1]);
  if (rdata.size() > 2) record.matching = std::to_integer<std::uint8_t>(rdata[2]);
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
                      "'" + base::printable(text, 60) +
                          "' is not a TLSA record: USAGE SELECTOR MATCHING HEX");
  }
  return Tlsa{*usage, *selector, *matching, std::move(*data)};
}

std::string parameters(const Tlsa& record) {
  return std::to_string(record.usage) + " " + std::to_string(record.selector) + " " +
         std::to_string(record.matching);
}

std::string to_text(const Tlsa& record, std::size_t digits) {
  std::string hex = base::to_hex(record.data);
  if (hex.size() > digits) hex = hex.substr(0, digits) + "...";
  return parameters(record) + " " + hex;
}

}  // namespace dns
