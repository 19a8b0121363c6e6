// A DNS message of a name server's making, and a name of a user's.

#include <cstddef>
#include <cstdint>

#include "resolver/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto name = dns::Name::parse(text.substr(0, 300))) {
    (void)name->unicode();
    // What was parsed once is parsed to itself.
    if (dns::Name::parse(name->text()).value() != *name) __builtin_trap();
  }
  resolver::RawAnswer raw;
  raw.rcode = 0;
  raw.security = dns::Security::secure;
  const auto bytes = base::as_bytes(text);
  raw.packet.assign(bytes.begin(), bytes.end());
  const auto question = dns::Name::parse("a.example").value();
  (void)resolver::decode_addresses(question, resolver::Type::a, raw);
  (void)resolver::decode_addresses(question, resolver::Type::aaaa, raw);
  (void)resolver::decode_tlsa(question, raw);
  (void)resolver::decode_mx(question, raw);
  (void)resolver::decode_srv(question, raw);
  (void)resolver::decode_names(question, resolver::Type::cname, raw);
  (void)dns::tlsa_from_text(text);
  return 0;
}
