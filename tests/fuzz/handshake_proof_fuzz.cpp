// The messages of a handshake, as somebody wrote them into a bundle of evidence.
#include <cstdlib>

#include "src/evidence/handshake_proof.h"
#include "tests/fuzz/chunks.h"

namespace {

bool is_shown(const verify::Chain& chain) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    return !raw->spki.empty();
  }
  return !std::get<verify::Certificates>(chain).empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  base::ByteView input = std::as_bytes(std::span(data, size));
  std::vector<base::Bytes> messages;
  while (!input.empty()) {
    const auto chunk = fuzz::next_chunk(input);
    messages.emplace_back(chunk.begin(), chunk.end());
  }
  const auto proof = evidence::prove_handshake(messages);
  if (!proof) {
    if (proof.error().code != base::Code::bad_evidence) std::abort();
    return 0;
  }
  const bool is_signed = proof->bound != evidence::Bound::nothing;
  if (is_signed != proof->scheme.has_value()) std::abort();
  if (is_signed && (!is_shown(proof->chain) || !proof->suite)) std::abort();
  // The key of TLS 1.2 alone, everything of TLS 1.3 or nothing.
  const bool is13 = proof->protocol == evidence::TlsVersion::tls13;
  if (is_signed && is13 != (proof->bound == evidence::Bound::all)) std::abort();
  return 0;
}
