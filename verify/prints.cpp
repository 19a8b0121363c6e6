#include "verify/prints.h"

#include <algorithm>

#include "verify/hash.h"

namespace verify {

std::optional<base::ByteView> Print::selected(dns::Selector selector) const {
  if (selector == dns::kCert) return whole_;
  if (selector == dns::kSpki) return spki_;
  return std::nullopt;
}

bool Print::matches(const dns::Tlsa& record) {
  const auto octets = selected(record.selector);
  if (!octets) return false;
  if (record.matching == dns::kFull) return base::equal(record.data, *octets);
  if (!dns::is_digest(record.matching)) return false;
  auto& known = digests_[{record.selector, record.matching}];
  if (known.empty()) known = digest(record.matching, *octets).value_or(base::Bytes());
  return !known.empty() && base::equal(record.data, known);
}

Prints::Prints(const Chain& chain, std::size_t limit) {
  if (const auto* raw = std::get_if<RawPublicKey>(&chain)) {
    leaf_.emplace(*raw);
  } else {
    add(std::get<Certificates>(chain), limit);
  }
}

Prints::Prints(const Certificates& chain, std::size_t limit) { add(chain, limit); }

void Prints::add(const Certificates& chain, std::size_t limit) {
  for (std::size_t i = 0; i < std::min(chain.size(), limit); ++i) {
    const auto certificate = parse_certificate(chain[i]);
    if (!certificate) continue;
    if (i == 0) {
      leaf_.emplace(*certificate);
    } else {
      others_.emplace_back(*certificate);
    }
  }
}

bool Prints::is_leaf(const dns::Tlsa& record) { return leaf_ && leaf_->matches(record); }

bool Prints::is_issuer(const dns::Tlsa& record) {
  return std::ranges::any_of(others_,
                             [&](Print& print) { return print.matches(record); });
}

bool Prints::have(const dns::Tlsa& record) {
  return dns::is_about_issuer(record.usage) ? is_issuer(record) : is_leaf(record);
}

bool Prints::have_anywhere(const dns::Tlsa& record) {
  return is_leaf(record) || is_issuer(record);
}

}  // namespace verify
