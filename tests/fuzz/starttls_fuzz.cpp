// Every protocol's talk. The first octet chooses the protocol and how much comes at a
// time; TLS never starts with clear text behind the go-ahead.
#include <cstdint>
#include <cstdlib>

#include "src/base/starttls.h"

namespace {

constexpr std::size_t kProtocols = 11;

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto protocol = static_cast<starttls::Protocol>(data[0] % kProtocols);
  const std::size_t chunk = 1 + data[0] / kProtocols * 7U;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto dialogue = starttls::make_dialogue(protocol, "me.example", "peer.example");
  (void)dialogue->opening();
  while (!input.empty()) {
    const auto step = dialogue->feed(input.substr(0, chunk));
    input.remove_prefix(std::min(chunk, input.size()));
    if (!step) {
      must(!base::to_text(step.error().code).empty());
      must(step.error().detail.find('\n') == std::string::npos);
      return 0;
    }
    must(!step->start_tls || step->send.empty());
    if (step->start_tls) return 0;
  }
  return 0;
}
