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

std::optional<dns::Name> name_of_wire(base::ByteView octets) {
  std::array<char, NS_MAXDNAME> text{};
  std::size_t size = 0;
  while (size < octets.size() && octets[size] != std::byte{0}) {
    const auto label = std::to_integer<std::size_t>(octets[size]);
    if (label > NS_MAXLABEL) return std::nullopt;
    size += label + 1;
  }
  if (size + 1 != octets.size() || octets.size() > NS_MAXCDNAME) return std::nullopt;
  const auto* wire = reinterpret_cast<const unsigned char*>(octets.data());
  if (ns_name_ntop(wire, text.data(), text.size()) < 0) return std::nullopt;
  auto name = dns::Name::from_dns(text[0] == '\0' ? "." : text.data());
  if (!name) return std::nullopt;
  return std::move(*name);
}

std::optional<dns::Name> leading_name(base::ByteView octets) {
  std::size_t size = 0;
  while (size < octets.size() && octets[size] != std::byte{0}) {
    size += std::to_integer<std::size_t>(octets[size]) + 1;
  }
  if (size >= octets.size()) return std::nullopt;
  return name_of_wire(octets.first(size + 1));
}

}  // namespace resolver
