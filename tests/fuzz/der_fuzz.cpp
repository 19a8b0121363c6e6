// Certificates, extensions and names from any octets.
#include <cstdint>

#include "src/base/tlsa.h"
#include "verify/names.h"
#include "verify/tlsa_match.h"
#include "verify/tlsa_usable.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView input(reinterpret_cast<const std::byte*>(data), size);
  const auto record = dns::tlsa_from_wire(input);
  (void)verify::unusable(record, policy::Service::other, verify::TrustStore::named);
  (void)verify::is_spki(input);
  static const auto kReference = dns::Name::parse("mail.example.org").value();
  (void)verify::match_presented(base::as_text(input), kReference);
  const auto certificate = verify::parse_certificate(input);
  if (!certificate) return 0;
  (void)verify::validity_of(*certificate);
  (void)verify::weakness_of(*certificate);
  (void)verify::matches(record, *certificate);
  const auto extensions = verify::read_extensions(*certificate);
  const auto names = verify::presented_names(*certificate, extensions, 16);
  (void)verify::match_names(names, {kReference}, verify::CommonNameUse::counted);
  return 0;
}
