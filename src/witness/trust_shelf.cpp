#include "src/witness/trust_shelf.h"

#include <algorithm>
#include <utility>

#include "src/evidence/checkpoint.h"
#include "verify/hash.h"

namespace witness {

evidence::Octets32 hash_of(const verify::Roots& roots) {
  std::vector<evidence::Octets32> all;
  for (const base::Bytes& one : roots.certificates()) {
    all.push_back(verify::sha256(one));
  }
  std::ranges::sort(all);
  base::Bytes joined;
  for (const auto& one : all) joined.insert(joined.end(), one.begin(), one.end());
  return verify::sha256(joined);
}

void TrustShelf::add(std::string path, verify::Roots roots) {
  const evidence::Octets32 hash = hash_of(roots);
  stores_.push_back({std::move(path), std::move(roots), hash});
}

base::Result<const ShelvedStore*> TrustShelf::with(const evidence::Octets32& hash) const {
  const auto found = std::ranges::find(stores_, hash, &ShelvedStore::hash);
  if (found != stores_.end()) return &*found;
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    stores_.empty()
                        ? "it was judged with a trust store: --ca FILE or DIRECTORY"
                        : "it was judged with another trust store than that of --ca");
}

base::Result<const ShelvedStore*> TrustShelf::named_in(
    const evidence::Json& about) const {
  const auto member = about.find("trustStore");
  if (member == about.end()) return nullptr;
  const auto hash = evidence::hash_from_base64(member->get<std::string>());
  if (!hash) return evidence::does_not_hold("about: trustStore is no hash");
  return with(*hash);
}

}  // namespace witness
