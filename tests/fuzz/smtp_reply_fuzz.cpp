// Replies and lines: what is taken does not depend on how the octets arrive.
#include <cstdint>
#include <cstdlib>

#include "src/base/smtp_reply.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

/// The codes of all replies when `chunk` octets come at a time; an error as -1.
std::vector<int> codes(std::string_view input, std::size_t chunk) {
  std::vector<int> out;
  std::string buffer;
  while (!input.empty()) {
    buffer += input.substr(0, chunk);
    input.remove_prefix(std::min(chunk, input.size()));
    for (;;) {
      const auto reply = smtp::take_reply(buffer);
      if (!reply) {
        out.push_back(-1);
        return out;
      }
      if (!*reply) break;
      must((*reply)->code >= 100 && (*reply)->code <= 999);
      must(!(*reply)->lines.empty());
      must((*reply)->text().size() < 400);
      (void)(*reply)->offers("STARTTLS");
      out.push_back((*reply)->code);
    }
    must(buffer.size() <= smtp::kMaxReply);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  must(codes(input, size + 1) == codes(input, 3));
  std::string buffer(input);
  while (true) {
    const std::size_t before = buffer.size();
    const auto line = smtp::take_line(buffer);
    if (!line || !*line) break;
    must(buffer.size() < before);
    must((*line)->find('\n') == std::string::npos);
  }
  return 0;
}
