// Names that a certificate presents, from a SubjectAltName of any octets.
#include <cstdint>
#include <cstdlib>

#include "verify/names.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView input(reinterpret_cast<const std::byte*>(data), size);
  static const auto kName = dns::Name::parse("mail.example.org").value();
  static const auto kService = dns::Name::parse("_smtp.example.org").value();
  static const auto kAddress = *net::parse_address("192.0.2.1");
  verify::Extensions extensions;
  extensions.alternative_names = input;
  const auto names = verify::presented_names({}, extensions, 16);
  must(names.dns.size() + names.services.size() + names.addresses.size() <= 16);
  must(names.printable.size() <= 34);
  for (const auto& shown : names.printable) {
    must(shown.find_first_of("\n\r\x1b") == std::string::npos);
  }
  const std::string lower = base::lower(base::as_text(input));
  for (const policy::ReferenceName& reference :
       {policy::ReferenceName(kName), policy::ReferenceName(kService),
        policy::ReferenceName(kAddress)}) {
    const auto match =
        verify::match_names(names, {reference}, verify::CommonNameUse::counted);
    if (!match || std::holds_alternative<net::Address>(reference)) continue;
    // What matches stands there, as it is or behind a wildcard.
    must(lower.find(match->presented) != std::string::npos);
    must(match->presented == policy::to_text(reference) ||
         match->presented.starts_with("*."));
  }
  return 0;
}
