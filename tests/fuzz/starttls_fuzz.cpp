// A server's clear text, in pieces of its choice, to the dialogue of its choice.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/base/bytes.h"
#include "src/base/smtp_reply.h"
#include "src/base/starttls.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr int kProtocols = static_cast<int>(starttls::Protocol::postgres) + 1;
  const auto protocol = static_cast<starttls::Protocol>(data[0] % kProtocols);
  const std::size_t piece = data[1] % 64 + 1U;
  std::string_view said(reinterpret_cast<const char*>(data + 2), size - 2);
  const auto dialogue =
      starttls::make_dialogue(protocol, "client.example", "peer.example");
  (void)dialogue->opening();
  while (!said.empty()) {
    const auto step = dialogue->feed(said.substr(0, piece));
    if (!step || step->start_tls) return 0;
    said.remove_prefix(std::min(piece, said.size()));
  }
  return 0;
}
