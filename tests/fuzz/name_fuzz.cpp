// Names and addresses that a person or a zone wrote, and TLSA records as text.
#include <cstdint>
#include <cstdlib>

#include "src/base/address.h"
#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/base/name.h"
#include "src/base/tlsa.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto name = dns::Name::parse(input)) {
    must(!name->text().empty() && name->text().size() <= 253);
    const auto again = dns::Name::parse(name->text());
    must(again && *again == *name);
    for (const auto label : name->labels()) must(!label.empty() && label.size() <= 63);
    (void)name->unicode();
    (void)name->is_host();
    const auto owner = name->tlsa_owner(443, "tcp");
    must(!owner || owner->text().size() <= 253);
  }
  if (const auto name = dns::Name::from_dns(input)) {
    (void)name->unicode();
    (void)name->labels();
    (void)name->is_host();
  }
  if (const auto record = dns::tlsa_from_text(input)) {
    must(dns::tlsa_from_text(dns::to_text(*record)) == *record);
  }
  if (const auto address = net::parse_address(input)) {
    must(net::parse_address(net::to_text(*address)) == address);
    (void)net::reverse_name(*address);
  }
  const std::string shown = base::printable(input);
  must(base::printable(shown, shown.size() + 1) == shown);
  must(base::JsonWriter().value(input).text().find('\n') == std::string::npos);
  return 0;
}
