// TLSA RDATA and its text; the first chunk is the record, the rest is what it may match.
#include <cstdint>
#include <cstdlib>

#include "src/base/tlsa.h"
#include "tests/fuzz/chunks.h"
#include "verify/certificate.h"
#include "verify/tlsa_match.h"
#include "verify/tlsa_usable.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_usable(const dns::Tlsa& record, policy::Service service,
               verify::TrustStore store) {
  return !verify::unusable(record, service, store);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteView input(reinterpret_cast<const std::byte*>(data), size);
  const auto rdata = fuzz::next_chunk(input);
  const auto record = dns::tlsa_from_wire(rdata);
  must(rdata.size() < 3 || record.data.size() == rdata.size() - 3);
  const auto again = dns::tlsa_from_text(dns::to_text(record));
  must(again && *again == record);
  (void)dns::tlsa_from_text(base::as_text(rdata));
  using verify::TrustStore;
  const bool smtp = is_usable(record, policy::Service::smtp, TrustStore::named);
  const bool other = is_usable(record, policy::Service::other, TrustStore::named);
  const bool storeless = is_usable(record, policy::Service::other, TrustStore::none);
  must(!smtp || (storeless && !dns::needs_trust_store(record.usage)));
  must(!storeless || other);
  if (!other) return 0;
  must(dns::number(record.usage) <= 3 && dns::number(record.selector) <= 1 &&
       dns::number(record.matching) <= 2);
  must(record.matching != dns::kSha256 || record.data.size() == 32);
  must(record.matching != dns::kSha512 || record.data.size() == 64);
  if (const auto certificate = verify::parse_certificate(input)) {
    const auto chosen =
        record.selector == dns::kSpki ? certificate->spki : certificate->whole;
    must(verify::matches(record, *certificate) == verify::matches_data(record, chosen));
  }
  must(!verify::matches_raw_key(record, input) ||
       (record.usage == dns::kDaneEe && record.selector == dns::kSpki));
  return 0;
}
