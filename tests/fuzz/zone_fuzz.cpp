// Zone files: whatever the text is, reading and looking up end, and what was read is
// whole.
#include <cstdint>
#include <cstdlib>

#include "src/publish/zone_file.h"
#include "src/publish/zone_service.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto origin = dns::Name::parse("example.org").value();
  int includes = 0;
  const auto zone = publish::read_zone(
      "zone", origin, [&](const std::string& path) -> base::Result<std::string> {
        if (path == "zone") return text;
        if (++includes > 4) {
          return base::fail(base::ErrorKind::usage, base::Code::bad_file, "no more");
        }
        return text.substr(text.size() / 2);
      });
  if (!zone) {
    must(zone.error().code == base::Code::bad_zone);
    must(zone.error().detail.find('\n') == std::string::npos);
    return 0;
  }
  const publish::ZoneTree tree(*zone);
  for (const auto& service : publish::services_of(*zone, tree)) {
    must(service.answer.records.empty() ==
         (service.answer.end != publish::AnswerEnd::data));
    must(!service.owner.text().empty());
  }
  std::size_t tlsa = 0;
  for (const auto& record : zone->records) {
    must(record.at.file < zone->files.size());
    must(record.ttl.count() >= 0);
    (void)tree.hidden(record);
    if (record.type == publish::RecordType::tlsa) ++tlsa;
  }
  must(tlsa == zone->tlsa);
  return 0;
}
