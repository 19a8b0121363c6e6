#pragma once

#include <array>
#include <map>

#include "src/evidence/bundle.h"
#include "src/evidence/shelf.h"
#include "src/evidence/store_file.h"

namespace evidence {

/// The first 48 bits of a hash, by which a store finds things.
[[nodiscard]] std::int64_t short_hash(const Octets32& hash);

/// The shelf that the tables of a store are.
class StoredContents : public Shelf {
 public:
  explicit StoredContents(StoreFile& file) : file_(file) {}

  [[nodiscard]] base::Result<Place> put(Content kind, base::ByteView octets) override;
  [[nodiscard]] base::Result<base::Bytes> take(Content kind,
                                               std::int64_t number) override;

 private:
  /// What was put lately: the root, a provider's zones.
  struct Lately {
    std::map<Octets32, std::int64_t> newer, older;
  };
  [[nodiscard]] std::optional<std::int64_t> recall(Lately& lately, const Octets32& hash);
  static void remember(Lately& lately, const Octets32& hash, std::int64_t number);

  StoreFile& file_;
  std::array<Lately, 5> lately_;
};

}  // namespace evidence
