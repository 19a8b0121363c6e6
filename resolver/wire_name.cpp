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
  std::array<unsigned char, NS_MAXCDNAME> wire{};
  std::array<char, NS_MAXDNAME> text{};
  const auto* start = reinterpret_cast<const unsigned char*>(octets.data());
  if (octets.empty() || ns_name_unpack(start, start + octets.size(), start, wire.data(),
                                       wire.size()) < 0) {
    return std::nullopt;
  }
  if (ns_name_ntop(wire.data(), text.data(), text.size()) < 0) return std::nullopt;
  auto out = dns::Name::from_dns(text.data());
  if (!out) return std::nullopt;
  return std::move(*out);
}

}  // namespace resolver
