#pragma once

#include <charconv>
#include <concepts>

#include "src/audit/facts_text.h"

namespace audit::facts {

/// The words of a line, as many as there are spaces and one; the last one is what is
/// left, if `most` is reached.
[[nodiscard]] std::vector<std::string_view> words_in(std::string_view text,
                                                     std::size_t most);

/// A decimal number that fills the text.
template <std::integral T>
[[nodiscard]] std::optional<T> number_in(std::string_view text) {
  T out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(out) : std::nullopt;
}

/// The value of an enumeration that has this word, of those up to `last`.
template <typename Enum>
[[nodiscard]] std::optional<Enum> with_word(std::string_view word, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_text(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

template <>
struct OneLine<bool> {
  static std::string write(bool value) { return value ? "yes" : "no"; }
  static std::optional<bool> read(std::string_view text) {
    if (text != "yes" && text != "no") return std::nullopt;
    return text == "yes";
  }
};

template <std::integral T>
struct OneLine<T> {
  static std::string write(T value) { return std::to_string(value); }
  static std::optional<T> read(std::string_view text) { return number_in<T>(text); }
};

/// A span of seconds, or a moment in seconds since 1970.
template <typename T>
requires std::same_as<T, std::chrono::seconds> ||
    std::same_as<T, std::chrono::sys_seconds>
struct OneLine<T> {
  static std::string write(T value) {
    if constexpr (std::same_as<T, std::chrono::seconds>) {
      return std::to_string(value.count());
    } else {
      return std::to_string(value.time_since_epoch().count());
    }
  }
  static std::optional<T> read(std::string_view text) {
    const auto number = number_in<std::int64_t>(text);
    return number ? std::optional(T(std::chrono::seconds(*number))) : std::nullopt;
  }
};

/// Text with `\XX` for what is not ASCII that can be printed, and for the backslash.
template <>
struct OneLine<std::string> {
  static std::string write(const std::string& value);
  static std::optional<std::string> read(std::string_view text);
};

#define DANE_AUDIT_ONE_LINE(Type)                           \
  template <>                                               \
  struct OneLine<Type> {                                    \
    static std::string write(const Type& value);            \
    static std::optional<Type> read(std::string_view text); \
  }
DANE_AUDIT_ONE_LINE(dns::Name);
DANE_AUDIT_ONE_LINE(dns::Security);
DANE_AUDIT_ONE_LINE(dns::Mx);
DANE_AUDIT_ONE_LINE(dns::Tlsa);
DANE_AUDIT_ONE_LINE(dns::Signature);
DANE_AUDIT_ONE_LINE(dns::Dnskey);
DANE_AUDIT_ONE_LINE(dns::Ds);
DANE_AUDIT_ONE_LINE(dns::Nsec3Param);
DANE_AUDIT_ONE_LINE(net::Address);
DANE_AUDIT_ONE_LINE(base::Error);
DANE_AUDIT_ONE_LINE(policy::TlsaState);
DANE_AUDIT_ONE_LINE(policy::ReferenceName);
DANE_AUDIT_ONE_LINE(mail::MailHost);
DANE_AUDIT_ONE_LINE(mail::StsMode);
DANE_AUDIT_ONE_LINE(tls::SessionFacts);
DANE_AUDIT_ONE_LINE(How);
#undef DANE_AUDIT_ONE_LINE

}  // namespace audit::facts
