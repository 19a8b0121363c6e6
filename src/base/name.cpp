#include "src/base/name.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/base/idna.h"

namespace dns {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

bool has_a_label(std::string_view lower_text) {
  return lower_text.starts_with("xn--") || lower_text.find(".xn--") != std::string::npos;
}

bool is_letter_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Letters, digits, inner hyphens; underscores too, as in `_25._tcp`, if `service`.
bool is_label(std::string_view label, bool service) {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [&](char c) {
    return is_letter_digit(c) || c == '-' || (service && c == '_');
  });
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  if (text.empty()) return out;
  for (;;) {
    const std::size_t dot = text.find('.');
    out.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    text.remove_prefix(dot + 1);
  }
}

/// Whether the last dot ends the name, rather than being escaped into its last label.
bool ends_in_dot(std::string_view presentation) {
  if (!presentation.ends_with('.')) return false;
  presentation.remove_suffix(1);
  const std::size_t last = presentation.find_last_not_of('\\');
  const std::size_t rest = last == std::string_view::npos ? 0 : last + 1;
  return (presentation.size() - rest) % 2 == 0;
}

/// A name with U-labels beside A-labels that IDNA2008 does not allow: those stay.
base::Result<std::string> convert_each(std::string_view lower_text) {
  std::string out;
  bool is_first = true;
  for (const std::string_view label : split(lower_text)) {
    if (!is_first) out += '.';
    is_first = false;
    if (base::is_ascii(label)) {
      out += label;
      continue;
    }
    auto converted = to_a_labels(label);
    if (!converted) return converted;
    out += *converted;
  }
  return out;
}

/// The U-label of an A-label; nobody is shown what is not one, such as a direction mark.
std::string readable(std::string_view label) {
  if (!label.starts_with("xn--")) return std::string(label);
  const auto same = to_a_labels(label);
  return same && *same == label ? to_u_labels(label) : std::string(label);
}

tl::unexpected<base::Error> bad_name(std::string_view text, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_name,
                    base::printable(text) + " is not a domain name: " + std::string(why));
}

}  // namespace

base::Result<Name> Name::parse(std::string_view text) {
  const std::string lower = base::lower(text);
  if (base::is_ascii(text)) return of_labels(lower, text);
  auto converted = to_a_labels(lower);
  if (!converted && has_a_label(lower)) converted = convert_each(lower);
  if (!converted) return tl::unexpected(converted.error());
  return of_labels(base::lower(*converted), text);
}

base::Result<Name> Name::parse_idna(std::string_view text) {
  std::string ascii = base::lower(text);
  if (!base::is_ascii(text) || has_a_label(ascii)) {
    auto converted = to_a_labels(ascii);
    if (!converted) return tl::unexpected(converted.error());
    ascii = base::lower(*converted);
  }
  return of_labels(std::move(ascii), text);
}

base::Result<Name> Name::of_labels(std::string ascii, std::string_view text) {
  if (ascii.ends_with('.')) ascii.pop_back();
  if (ascii.empty()) return bad_name(text, "it is empty");
  if (ascii.size() > kMaxName) return bad_name(text, "longer than 253 octets");
  for (const std::string_view label : split(ascii)) {
    if (label.empty()) return bad_name(text, "an empty label");
    if (label.size() > kMaxLabel) return bad_name(text, "a label longer than 63 octets");
    if (!is_label(label, true)) {
      return bad_name(text, "labels are letters, digits and inner hyphens");
    }
  }
  return Name(std::move(ascii));
}

base::Result<Name> Name::from_dns(std::string_view presentation) {
  if (presentation == ".") return Name();
  if (ends_in_dot(presentation)) presentation.remove_suffix(1);
  // An escaped octet takes up to four characters here.
  if (presentation.empty() || presentation.size() > 4 * kMaxName) {
    return base::fail(base::ErrorKind::temporary, base::Code::bad_name,
                      "a malformed name in a DNS answer");
  }
  return Name(base::lower(presentation));
}

std::string Name::unicode() const {
  if (!has_a_label(text_)) return text_;
  std::string out;
  for (const std::string_view label : split(text_)) {
    if (!out.empty()) out += '.';
    out += readable(label);
  }
  return out;
}

std::vector<std::string_view> Name::labels() const { return split(text_); }

bool Name::is_host() const {
  const auto parts = labels();
  return !parts.empty() && std::ranges::all_of(parts, [](std::string_view label) {
    return is_label(label, false);
  });
}

base::Result<Name> Name::tlsa_owner(std::uint16_t port,
                                    std::string_view transport) const {
  std::string owner =
      "_" + std::to_string(port) + "._" + std::string(transport) + "." + text_;
  if (owner.size() > kMaxName) {
    return base::fail(base::ErrorKind::permanent, base::Code::name_too_long,
                      owner + " is longer than 253 octets");
  }
  return Name(std::move(owner));
}

}  // namespace dns
