// The words for a certificate from any octets, whatever its lengths; each input may be
// some hundred kilobytes, as a peer's may, and must not take long.
#include <cstdint>
#include <cstdlib>

#include "src/tls/certificate_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMostSerial = 64;
  const base::ByteView input(reinterpret_cast<const std::byte*>(data), size);
  const auto text = tls::describe_certificate(input);
  if (text.serial.size() > kMostSerial) std::abort();
  return 0;
}
