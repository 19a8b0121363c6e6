#include "src/evidence/canonical_rdata.h"

#include <algorithm>
#include <array>

#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

/// Where the names of a type stand.
struct Shape {
  std::uint16_t type;
  std::uint8_t before;   ///< octets before the first name
  std::uint8_t strings;  ///< character strings behind those (RFC 1035 3.3)
  std::uint8_t names;    ///< names in a row
  bool open;             ///< whether something may follow
};

/// Without HINFO, which has no names, and A6, which nobody uses.
constexpr std::array<Shape, 21> kShapes = {{
    {2, 0, 0, 1, false},   // NS
    {3, 0, 0, 1, false},   // MD
    {4, 0, 0, 1, false},   // MF
    {5, 0, 0, 1, false},   // CNAME
    {6, 0, 0, 2, true},    // SOA
    {7, 0, 0, 1, false},   // MB
    {8, 0, 0, 1, false},   // MG
    {9, 0, 0, 1, false},   // MR
    {12, 0, 0, 1, false},  // PTR
    {14, 0, 0, 2, false},  // MINFO
    {15, 2, 0, 1, false},  // MX
    {17, 0, 0, 2, false},  // RP
    {18, 2, 0, 1, false},  // AFSDB
    {21, 2, 0, 1, false},  // RT
    {24, 18, 0, 1, true},  // SIG
    {26, 2, 0, 2, false},  // PX
    {30, 0, 0, 1, true},   // NXT
    {33, 6, 0, 1, false},  // SRV
    {35, 4, 3, 1, false},  // NAPTR
    {36, 2, 0, 1, false},  // KX
    {39, 0, 0, 1, false},  // DNAME
}};
constexpr Shape kRrsigShape = {46, 18, 0, 1, true};

const Shape* shape_of(std::uint16_t type) {
  if (type == kRrsigShape.type) return &kRrsigShape;
  const auto* found = std::ranges::find(kShapes, type, &Shape::type);
  return found == kShapes.end() ? nullptr : found;
}

}  // namespace

bool is_canonical_rdata(std::uint16_t type, base::ByteView rdata) {
  const Shape* shape = shape_of(type);
  if (shape == nullptr) return true;
  RecordReader reader(rdata);
  (void)reader.take(shape->before);
  for (unsigned i = 0; i < shape->strings; ++i) (void)reader.take(reader.octet());
  for (unsigned i = 0; i < shape->names; ++i) {
    const base::ByteView before = reader.rest();
    const WireName name = reader.name();
    const base::ByteView stood = before.first(before.size() - reader.rest().size());
    if (reader.is_good() && !base::equal(stood, name.octets())) return false;
  }
  return shape->open ? reader.is_good() : reader.is_whole();
}

}  // namespace evidence
