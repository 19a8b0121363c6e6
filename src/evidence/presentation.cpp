#include "src/evidence/presentation.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "resolver/sections.h"
#include "src/evidence/ldns.h"

namespace evidence {
namespace {

struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
using Record = std::unique_ptr<ldns_rr, FreeRecord>;
struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

std::string line_of(base::ByteView record) {
  const auto* data = reinterpret_cast<const unsigned char*>(record.data());
  std::size_t at = 0;
  ldns_rr* read = nullptr;
  const auto status = ldns_wire2rr(&read, data, record.size(), &at, LDNS_SECTION_ANSWER);
  const Record owner(status == LDNS_STATUS_OK ? read : nullptr);
  const Text text(owner ? ldns_rr2str(owner.get()) : nullptr);
  if (!text || at != record.size()) return "; " + base::to_hex(record);
  std::string out(text.get());
  while (out.ends_with('\n') || out.ends_with(' ')) out.pop_back();
  std::ranges::replace(out, '\t', ' ');
  return base::printable(out, out.size());
}

}  // namespace

std::vector<std::string> zone_lines(base::ByteView set) {
  std::vector<std::string> out;
  for (const resolver::WireRecord& record : resolver::records_in(set)) {
    base::Bytes octets;
    resolver::append(octets, record);
    out.push_back(line_of(octets));
  }
  return out;
}

}  // namespace evidence
