#include "src/publish/written_records.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/publish/zone_file.h"

namespace publish {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_type(std::string_view word) {
  const std::string lower = base::lower(word);
  return lower == "tlsa" || lower == "type52";
}

/// The TLSA records of lines of a zone file; a type that comes first lacks its owner.
base::Result<std::vector<dns::Tlsa>> from_zone(const std::string& text) {
  const std::string place = "--record";
  const auto read = [&](const std::string& path) -> base::Result<std::string> {
    if (path != place)
      return base::fail(base::ErrorKind::usage, base::Code::usage,
                        "files are not read here");
    return (is_type(words_of(text).front()) ? ". " : "") + text;
  };
  const auto zone = read_zone(place, dns::Name(), read);
  if (!zone) return tl::unexpected(zone.error());
  std::vector<dns::Tlsa> out;
  for (const ZoneRecord& record : zone->records) {
    if (record.type == RecordType::tlsa) out.push_back(record.tlsa);
  }
  return out;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos;
       at = text.find_first_not_of(kBlanks, at)) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

base::Result<std::vector<dns::Tlsa>> written_records(const std::string& text) {
  if (std::ranges::any_of(words_of(text), is_type)) {
    auto out = from_zone(text);
    if (!out || !out->empty()) return out;
  }
  auto record = dns::tlsa_from_text(text);
  if (!record) return tl::unexpected(record.error());
  return std::vector<dns::Tlsa>{std::move(*record)};
}

}  // namespace publish
