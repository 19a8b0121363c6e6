#include "src/smtp/address.h"

#include <algorithm>

namespace smtp {
namespace {

/// What an Atom is made of (RFC 5321 4.1.2), and everything beyond ASCII.
bool is_atom_octet(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~";
  const bool alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || static_cast<unsigned char>(c) >= 0x80 ||
         kOthers.find(c) != std::string_view::npos;
}

bool is_dot_string(std::string_view text) {
  return !text.starts_with('.') && !text.ends_with('.') &&
         text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return c == '.' || is_atom_octet(c); });
}

}  // namespace

std::string quoted_local_part(std::string_view local) {
  if (is_dot_string(local)) return std::string(local);
  std::string out = "\"";
  for (const char c : local) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace smtp
