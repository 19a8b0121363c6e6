#include "src/evidence/record_reader.h"

namespace evidence {

WireName RecordReader::name() {
  base::ByteView behind = rest();
  auto out = is_good() ? WireName::take(behind) : std::nullopt;
  // What is no name is taken for one that is longer than what is left.
  (void)take(out ? rest().size() - behind.size() : rest().size() + 1);
  return out.value_or(WireName());
}

}  // namespace evidence
