#include "src/keeper/key_pair.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "src/base/pem.h"
#include "src/io/file.h"
#include "verify/certificate.h"

namespace keeper {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1024} * 1024;
constexpr std::size_t kMostCertificates = 32;

tl::unexpected<base::Error> unusable(const std::string& file, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_certificate_file,
                    file + ": " + std::string(why));
}

/// Nothing if one of them is damaged: without it, clients might find no way up.
std::optional<std::vector<base::Bytes>> certificates_in(std::string_view text) {
  std::vector<base::Bytes> out;
  while (auto block = base::take_pem(text)) {
    if (block->label != "CERTIFICATE") continue;
    if (!block->data) return std::nullopt;
    out.push_back(std::move(*block->data));
  }
  return out;
}

/// A pipe would be waited for, and has nothing when files are read again.
base::Result<std::string> read_regular(const std::string& file) {
  struct stat facts {};
  if (stat(file.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) {
    return unusable(file, "it is no regular file");
  }
  return io::read_file(file, kMostOctets);
}

/// Puts behind each certificate its issuer, if it is there, and leaves the others out:
/// clients need the way up and nothing else (RFC 8446 4.4.2).
std::vector<base::Bytes> in_order(std::vector<base::Bytes> found, std::size_t leaf) {
  std::vector<base::Bytes> out;
  out.push_back(std::move(found[leaf]));
  found.erase(found.begin() + static_cast<std::ptrdiff_t>(leaf));
  for (;;) {
    const auto last = verify::parse_certificate(out.back());
    if (!last || verify::self_issued(*last)) return out;
    const auto above = std::ranges::find_if(found, [&](const base::Bytes& one) {
      const auto candidate = verify::parse_certificate(one);
      return candidate && base::equal(candidate->subject, last->issuer);
    });
    if (above == found.end()) return out;
    out.push_back(std::move(*above));
    found.erase(above);
  }
}

}  // namespace

base::Result<KeyPair> read_pair(const PairFiles& files, const std::string& password) {
  const auto chain_text = read_regular(files.chain);
  if (!chain_text) return tl::unexpected(chain_text.error());
  const std::string& key_file = files.key.empty() ? files.chain : files.key;
  auto key_text = read_regular(key_file);
  if (!key_text) return tl::unexpected(key_text.error());
  auto key = tls::PrivateKey::read(*key_text, password);
  std::ranges::fill(*key_text, '\0');
  if (!key) return unusable(key_file, key.error().detail);
  auto found = certificates_in(*chain_text);
  if (!found) return unusable(files.chain, "a certificate in it is damaged");
  if (found->empty()) return unusable(files.chain, "there is no certificate in it");
  if (found->size() > kMostCertificates) {
    return unusable(files.chain, "there are too many certificates in it");
  }
  const auto leaf = std::ranges::find_if(
      *found, [&](const base::Bytes& one) { return key->fits(one); });
  if (leaf == found->end()) {
    return unusable(files.chain, "no certificate in it fits the key in " + key_file);
  }
  const auto at = static_cast<std::size_t>(leaf - found->begin());
  return KeyPair{in_order(std::move(*found), at), std::move(*key)};
}

}  // namespace keeper
