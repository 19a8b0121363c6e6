#include "src/publish/record.h"

#include <array>

#include "verify/certificate.h"
#include "verify/tlsa_match.h"

namespace publish {
namespace {

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_parameters,
                    std::move(detail));
}

}  // namespace

Source source_of(const base::Bytes& certificate) {
  Source out{certificate, {}};
  if (const auto parts = verify::parse_certificate(certificate)) {
    out.spki.assign(parts->spki.begin(), parts->spki.end());
  }
  return out;
}

base::Result<dns::Tlsa> make_record(const Source& source, const Parameters& parameters) {
  const auto [usage, selector, matching] = parameters;
  if (dns::meaning(usage) == nullptr) {
    return bad("usage " + std::to_string(dns::number(usage)) + " is none");
  }
  if (dns::meaning(selector) == nullptr) {
    return bad("selector " + std::to_string(dns::number(selector)) + " is none");
  }
  if (selector == dns::kCert && !source.certificate) {
    return bad("selector 0 needs a certificate; there is only a key");
  }
  const base::Bytes& chosen = selector == dns::kCert ? *source.certificate : source.spki;
  auto data = verify::association_data(matching, chosen);
  if (!data) {
    return bad("matching type " + std::to_string(dns::number(matching)) + " is none");
  }
  return dns::Tlsa{usage, selector, matching, std::move(*data)};
}

namespace {

/// ` IN TLSA ( 3 1 1`, then the data in lines of their own.
std::string folded(const dns::Tlsa& record) {
  constexpr std::size_t kDigits = 64;
  const std::string data = base::to_hex(record.data);
  std::string out = " IN TLSA ( " + dns::parameters(record);
  for (std::size_t at = 0; at < data.size(); at += kDigits) {
    out += "\n        " + data.substr(at, kDigits);
  }
  return out + " )";
}

}  // namespace

std::string zone_line(const dns::Name& owner, const dns::Tlsa& record, ZoneForm form,
                      std::optional<std::chrono::seconds> ttl) {
  std::string out = owner.text() + ".";
  if (ttl) out += " " + std::to_string(ttl->count());
  if (form == ZoneForm::folded) return out + folded(record);
  if (form == ZoneForm::tlsa) return out + " IN TLSA " + dns::to_text(record);
  const std::array<std::byte, 3> numbers = {std::byte{dns::number(record.usage)},
                                            std::byte{dns::number(record.selector)},
                                            std::byte{dns::number(record.matching)}};
  return out + " IN TYPE52 \\# " + std::to_string(numbers.size() + record.data.size()) +
         " " + base::to_hex(numbers) + base::to_hex(record.data);
}

}  // namespace publish
