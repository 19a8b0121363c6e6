#include "resolver/raw_answer.h"

#include <utility>

namespace resolver {
namespace {

tl::unexpected<base::Error> failed(base::Code code, std::string detail) {
  return base::fail(base::ErrorKind::temporary, code, std::move(detail));
}

bool is_known(dns::Security security) {
  return security == dns::Security::secure || security == dns::Security::insecure;
}

}  // namespace

base::Result<RawAnswer> trusted(RawAnswer raw) {
  if (!is_known(raw.security)) {
    return failed(base::Code::bogus,
                  "bogus (DNSSEC): " +
                      (raw.why_bogus.empty() ? "validation failed" : raw.why_bogus));
  }
  if (tells_existence(raw.rcode)) return raw;
  if (raw.rcode == kServfail) {
    const std::string why = raw.why_bogus.empty() ? "" : ": " + raw.why_bogus;
    return failed(base::Code::servfail, "the name servers fail (SERVFAIL)" + why);
  }
  if (raw.rcode == kRefused) {
    return failed(base::Code::dns_refused, "the name servers refuse to answer (REFUSED)");
  }
  return failed(base::Code::rcode,
                "the name servers answer with error " + std::to_string(raw.rcode));
}

}  // namespace resolver
