#include "verify/roots.h"

#include <algorithm>
#include <utility>

#include "src/base/pem.h"
#include "verify/certificate.h"
#include "verify/der.h"

namespace verify {
namespace {

tl::unexpected<base::Error> bad_store(std::size_t block, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_trust_store,
                    "certificate " + std::to_string(block) + ": " + std::string(why));
}

bool is_certificate_label(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" ||
         label == "TRUSTED CERTIFICATE";
}

}  // namespace

base::Result<void> Roots::add(base::Bytes certificate) {
  const auto parsed = parse_certificate(certificate);
  if (!parsed) return bad_store(size() + 1, "not a certificate");
  if (contains(certificate)) return {};
  by_subject_[std::string(base::as_text(parsed->subject))].push_back(size());
  certificates_.push_back(std::move(certificate));
  return {};
}

base::Result<std::size_t> Roots::add_pem(std::string_view pem) {
  std::size_t held = 0;
  while (auto block = base::take_pem(pem)) {
    if (!is_certificate_label(block->label)) continue;
    ++held;
    if (!block->data) return bad_store(held, "not base64, or without an END line");
    // OpenSSL's TRUSTED CERTIFICATE may say after the certificate what it is not trusted
    // for; whoever wrote that must not be overruled.
    const auto first = der::Reader(*block->data).next(der::kSequence);
    if (first && first->whole.size() != block->data->size()) {
      return bad_store(held, "data after the certificate, which may limit its trust");
    }
    if (const auto added = add(std::move(*block->data)); !added) {
      return bad_store(held, "not a certificate");
    }
  }
  return held;
}

std::vector<base::ByteView> Roots::with_subject(base::ByteView subject) const {
  std::vector<base::ByteView> found;
  const auto entry = by_subject_.find(std::string(base::as_text(subject)));
  if (entry == by_subject_.end()) return found;
  for (const std::size_t index : entry->second) found.push_back(certificates_[index]);
  return found;
}

bool Roots::contains(base::ByteView certificate) const {
  const auto parsed = parse_certificate(certificate);
  if (!parsed) return false;
  const auto same = with_subject(parsed->subject);
  return std::any_of(same.begin(), same.end(),
                     [&](base::ByteView root) { return base::equal(root, certificate); });
}

}  // namespace verify
