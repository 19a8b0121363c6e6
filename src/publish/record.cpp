#include "src/publish/record.h"

#include <array>

#include "verify/certificate.h"
#include "verify/hash.h"

namespace publish {
namespace {

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_parameters,
                    std::move(detail));
}

template <typename Octets>
base::Bytes bytes_of(const Octets& octets) {
  return {octets.begin(), octets.end()};
}

}  // namespace

Source source_of(const base::Bytes& certificate) {
  Source out{certificate, {}};
  if (const auto parts = verify::parse_certificate(certificate)) {
    out.spki = bytes_of(parts->spki);
  }
  return out;
}

base::Result<dns::Tlsa> make_record(const Source& source, const Parameters& parameters) {
  const auto [usage, selector, matching] = parameters;
  if (usage > dns::kDaneEe) return bad("usage " + std::to_string(usage) + " is none");
  if (selector > dns::kSpki) {
    return bad("selector " + std::to_string(selector) + " is none");
  }
  if (matching > dns::kSha512) {
    return bad("matching type " + std::to_string(matching) + " is none");
  }
  if (selector == dns::kCert && !source.certificate) {
    return bad("selector 0 needs a certificate; there is only a key");
  }
  const base::Bytes& chosen = selector == dns::kCert ? *source.certificate : source.spki;
  dns::Tlsa record{usage, selector, matching, {}};
  record.data = matching == dns::kSha256   ? bytes_of(verify::sha256(chosen))
                : matching == dns::kSha512 ? bytes_of(verify::sha512(chosen))
                                           : chosen;
  return record;
}

std::string zone_line(const dns::Name& owner, const dns::Tlsa& record, ZoneForm form,
                      std::optional<std::chrono::seconds> ttl) {
  std::string out = owner.text() + ".";
  if (ttl) out += " " + std::to_string(ttl->count());
  if (form == ZoneForm::tlsa) return out + " IN TLSA " + dns::to_text(record);
  const std::array<std::byte, 3> numbers = {
      std::byte{record.usage}, std::byte{record.selector}, std::byte{record.matching}};
  return out + " IN TYPE52 \\# " + std::to_string(numbers.size() + record.data.size()) +
         " " + base::to_hex(numbers) + base::to_hex(record.data);
}

}  // namespace publish
