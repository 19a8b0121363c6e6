#include "src/base/pem.h"

#include <algorithm>
#include <array>

namespace base {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int, 256> make_base64_values() {
  std::array<int, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<int>(i);
  }
  return values;
}

}  // namespace

std::optional<PemBlock> take_pem(std::string_view& text) {
  const auto begin = text.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + kBegin.size());
  const auto label_end = text.substr(0, text.find('\n')).find(kDashes);
  if (label_end == std::string_view::npos) return PemBlock{};
  PemBlock block;
  block.label = text.substr(0, label_end);
  text.remove_prefix(label_end + kDashes.size());
  const auto end = text.find("-----END " + block.label + "-----");
  if (end == std::string_view::npos) return block;
  block.data = from_base64(text.substr(0, end));
  text.remove_prefix(end + kDashes.size());
  return block;
}

std::optional<Bytes> from_base64(std::string_view text) {
  static constexpr auto kValues = make_base64_values();
  Bytes out;
  std::uint32_t group = 0;
  unsigned digits = 0, pads = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
    const int value = kValues[static_cast<unsigned char>(c)];
    if (c == '=') {
      ++pads;
    } else if (value < 0 || pads != 0) {
      return std::nullopt;
    }
    group = group << 6 | static_cast<std::uint32_t>(c == '=' ? 0 : value);
    if (++digits % 4 != 0) continue;
    if (pads > 2) return std::nullopt;
    for (unsigned i = 0; i < 3 - pads; ++i) {
      out.push_back(static_cast<std::byte>(group >> (16 - 8 * i) & 0xff));
    }
    group = 0;
  }
  if (digits % 4 != 0 || pads > 2) return std::nullopt;
  return out;
}

std::string to_base64(ByteView data) {
  std::string digits;
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t octets = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group =
          group << 8U | (k < octets ? std::to_integer<std::uint32_t>(data[i + k]) : 0);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      digits += k <= octets ? kDigits[group >> (18 - 6 * k) & 0x3fU] : '=';
    }
  }
  return digits;
}

std::string to_base64_lines(ByteView data) {
  constexpr std::size_t kPemLine = 64;
  const std::string digits = to_base64(data);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += kPemLine) {
    out += digits.substr(i, kPemLine) + "\n";
  }
  return out;
}

std::string to_pem(std::string_view label, ByteView data) {
  const std::string name(label);
  return "-----BEGIN " + name + "-----\n" + to_base64_lines(data) + "-----END " + name +
         "-----\n";
}

}  // namespace base
