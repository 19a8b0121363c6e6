#include "src/qmail/trust_stores.h"

#include <utility>

#include "src/client/trust_store.h"

namespace qmail {

base::Result<const verify::Roots*> TrustStores::at(const std::string& path) {
  if (path.empty()) return nullptr;
  if (const auto known = stores_.find(path); known != stores_.end()) {
    return &known->second;
  }
  auto roots = client::load_trust_store(path);
  if (!roots) return tl::unexpected(roots.error());
  return &stores_.emplace(path, std::move(*roots)).first->second;
}

void TrustStores::add(const std::string& path, verify::Roots roots) {
  stores_.emplace(path, std::move(roots));
}

}  // namespace qmail
