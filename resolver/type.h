#pragma once

#include <string_view>

namespace resolver {

/// The types of record that this project asks for, by their numbers (IANA).
enum class Type : int {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  dname = 39,
  ds = 43,
  dnskey = 48,
  nsec3param = 51,
  tlsa = 52
};

/// `A`, `AAAA`, `TLSA`, …
[[nodiscard]] std::string_view to_text(Type type);

}  // namespace resolver
