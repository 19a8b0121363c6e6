// DNS answers. The first octet chooses the type; the rest is the packet.
#include <cstdint>
#include <cstdlib>

#include "resolver/decode.h"

namespace {

using resolver::RawAnswer;
using resolver::Type;

void must(bool holds) {
  if (!holds) std::abort();
}

template <typename Answer>
void look_at(const Answer& answer) {
  if (!answer) {
    must(answer.error().kind == base::ErrorKind::temporary);
    return;
  }
  must(answer->records.empty() == (answer->existence != dns::Existence::found));
  must(answer->aliases.size() <= 16);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto* packet = reinterpret_cast<const std::byte*>(data);
  const RawAnswer raw{
      data[0] & 0x80 ? 3 : 0, dns::Security::secure, "", {packet + 1, packet + size}};
  static const auto kName = dns::Name::parse("www.example").value();
  switch (data[0] % 11) {
    case 0:
      look_at(decode<resolver::record::A>(kName, raw));
      break;
    case 1:
      look_at(decode<resolver::record::Aaaa>(kName, raw));
      break;
    case 2:
      look_at(decode<resolver::record::Mx>(kName, raw));
      break;
    case 3:
      look_at(decode<resolver::record::Srv>(kName, raw));
      break;
    case 4:
      look_at(decode<resolver::record::Cname>(kName, raw));
      break;
    case 5:
      look_at(decode<resolver::record::Ptr>(kName, raw));
      break;
    case 6:
      look_at(decode<resolver::record::Dnskey>(kName, raw));
      break;
    case 7:
      look_at(decode<resolver::record::Ds>(kName, raw));
      break;
    case 8:
      look_at(decode<resolver::record::Nsec3Param>(kName, raw));
      break;
    case 9:
      look_at(decode<resolver::record::Txt>(kName, raw));
      break;
    default:
      look_at(decode<resolver::record::Tlsa>(kName, raw));
  }
  return 0;
}
