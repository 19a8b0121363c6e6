// What talkers ask of the keeper of the keys: a talker may have been taken over by a
// stranger, and the keeper must not be.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "src/keeper/message.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView input = std::as_bytes(std::span(data, size));
  const auto question = keeper::read_question(input);
  if (!question) return 0;
  must(size > 0 && size <= keeper::kMostOctets);
  if (const auto* request = std::get_if<tls::SigningRequest>(&*question)) {
    must(!request->octets.empty());
    // A view of the message, to its end.
    must(request->octets.data() + request->octets.size() == input.data() + size);
  }
  must(base::equal(keeper::to_message(*question), input));
  return 0;
}
