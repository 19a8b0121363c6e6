// The name that a client's hello asks for: the first octets of a stranger that a server
// looks at.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "src/tls/client_hello.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string name =
      tls::read_client_hello(std::as_bytes(std::span(data, size))).server_name;
  must(name.size() <= 253 && name.size() <= size);
  must(std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  }));
  return 0;
}
