// Paths: the input is a list of certificates, each with a two-octet length. Each of them
// is an anchor once, by a record and by the trust store.
#include <cstdint>
#include <cstdlib>

#include "src/base/pem.h"
#include "tests/fuzz/chunks.h"
#include "verify/certificate.h"
#include "verify/check.h"
#include "verify/hash.h"
#include "verify/roots.h"

namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1780315200}};

void must(bool holds) {
  if (!holds) std::abort();
}

dns::Tlsa anchor_record(base::ByteView der, dns::Selector selector) {
  const auto certificate = verify::parse_certificate(der);
  const auto chosen = selector == dns::kSpki && certificate ? certificate->spki : der;
  const auto digest = verify::sha256(chosen);
  return {dns::kDaneTa, selector, dns::kSha256, {digest.begin(), digest.end()}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteView input(reinterpret_cast<const std::byte*>(data), size);
  verify::Certificates chain;
  while (!input.empty() && chain.size() < 8) {
    const auto chunk = fuzz::next_chunk(input);
    chain.emplace_back(chunk.begin(), chunk.end());
  }
  policy::Requirement requirement;
  requirement.names = {dns::Name::parse("mail.example.org").value()};
  for (const auto& der : chain) {
    verify::Roots roots;
    (void)roots.add_pem(base::to_pem("CERTIFICATE", der));
    requirement.proof = policy::Proof::pkix;
    const auto by_store = verify::check(chain, requirement, {kNow, &roots, {}});
    must(by_store.outcome != verify::Outcome::pkix || roots.size() == 1);
    requirement.proof = policy::Proof::dane;
    for (const dns::Selector selector : {dns::kCert, dns::kSpki}) {
      requirement.records = {anchor_record(der, selector)};
      const auto verdict = verify::check(chain, requirement, {kNow, nullptr, {}});
      // The leaf alone is never its own anchor, and a name is always asked for.
      must(verdict.outcome != verify::Outcome::dane || verdict.depth > 0U);
      must(verdict.outcome != verify::Outcome::dane || !verdict.matched_name.empty());
    }
  }
  return 0;
}
