#include "resolver/wire_name.h"

#include <arpa/nameser.h>

#include <array>
#include <span>

namespace resolver {

std::optional<base::Bytes> wire_form(const dns::Name& name) {
  std::array<unsigned char, NS_MAXCDNAME> octets{};
  if (ns_name_pton(name.text().c_str(), octets.data(), octets.size()) < 0) {
    return std::nullopt;
  }
  std::size_t size = 1;
  while (octets.at(size - 1) != 0) size += octets.at(size - 1) + std::size_t{1};
  const auto wire = std::as_bytes(std::span(octets)).first(size);
  return base::Bytes(wire.begin(), wire.end());
}

}  // namespace resolver
