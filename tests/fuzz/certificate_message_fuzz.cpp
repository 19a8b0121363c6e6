// A server's Certificate message, as it comes before anybody is proved.
#include <cstdlib>

#include "src/tls/certificate_message.h"
#include "verify/tls_key.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const base::ByteView input = std::as_bytes(std::span(data, size));
  for (const tls::Layout layout : {tls::Layout::tls12, tls::Layout::tls13}) {
    (void)tls::read_raw_key_message(input, layout);
    const auto sent = tls::read_certificate_message(input, layout);
    if (!sent) continue;
    base::Bytes body(input.begin(), input.end());
    const auto reading = tls::make_readable(body, layout, *sent);
    if (!reading || *reading != tls::Reading::stood_in) continue;
    const auto now = tls::read_certificate_message(body, layout);
    if (body.size() != size || !now || now->size() != 1) std::abort();
  }
  // A key that is taken for another form of one must be one itself.
  const auto key = verify::tls_key(input);
  if (key && verify::tls_key(*key) != key) std::abort();
  return 0;
}
