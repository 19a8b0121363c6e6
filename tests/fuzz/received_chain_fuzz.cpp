// The DNSSEC chain extension of a server (RFC 9102): whatever stands in it, what is made
// of it has an answer to what was asked, and comes to an end.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "src/evidence/received_chain.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView input(reinterpret_cast<const std::byte*>(data), size);
  const auto extension = evidence::read_chain_extension(input);
  if (!extension) return 0;
  const auto chain = evidence::ReceivedChain::read(extension->chain);
  if (!chain) return 0;
  static const dns::Name kOwner = dns::Name::from_dns("_443._tcp.www.example").value();
  for (const auto ending :
       {evidence::ChainEnding::no_records, evidence::ChainEnding::no_name,
        evidence::ChainEnding::without_keys}) {
    const auto answers = chain->answers_about(kOwner, ending);
    const bool has_question = std::ranges::any_of(answers, [](const auto& told) {
      return told.name == kOwner && told.type == resolver::Type::tlsa;
    });
    if (!has_question) std::abort();
  }
  (void)chain->speaks_of(kOwner);
  return 0;
}
