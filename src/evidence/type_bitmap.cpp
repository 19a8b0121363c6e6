#include "src/evidence/type_bitmap.h"

#include "resolver/type.h"
#include "src/evidence/record_reader.h"
#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

constexpr std::size_t kMostWindow = 32;
constexpr auto kNs = static_cast<std::uint16_t>(resolver::Type::ns);

}  // namespace

std::optional<TypeBitmap> TypeBitmap::read(base::ByteView octets) {
  RecordReader reader(octets);
  int before = -1;
  while (!reader.rest().empty()) {
    const int window = reader.octet();
    const std::size_t size = reader.octet();
    (void)reader.take(size);
    if (!reader.is_good() || window <= before || size == 0 || size > kMostWindow) {
      return std::nullopt;
    }
    before = window;
  }
  return TypeBitmap(octets);
}

bool TypeBitmap::has(std::uint16_t type) const {
  RecordReader reader(octets_);
  while (!reader.rest().empty()) {
    const unsigned window = reader.octet();
    const base::ByteView bits = reader.take(reader.octet());
    if (window != type >> 8U) continue;
    const std::size_t at = (type & 0xffU) / 8;
    return at < bits.size() &&
           (std::to_integer<unsigned>(bits[at]) & 0x80U >> (type % 8U)) != 0;
  }
  return false;
}

bool TypeBitmap::is_cut() const { return has(kNs) && !has(kSoa); }

bool TypeBitmap::ends_zone() const { return is_cut() || has(kDname); }

}  // namespace evidence
