#include "cli/dane/given_records.h"

#include <algorithm>

#include "src/publish/zone_file.h"

namespace cli::dane {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

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

bool is_type(std::string_view word) {
  const std::string lower = base::lower(word);
  return lower == "tlsa" || lower == "type52";
}

/// The TLSA records of lines of a zone file; a type that comes first lacks its owner.
base::Result<std::vector<dns::Tlsa>> from_zone(const std::string& text) {
  const std::string place = "--record";
  const auto read = [&](const std::string& path) -> base::Result<std::string> {
    if (path != place) return usage_error("files are not read here");
    return (is_type(words_of(text).front()) ? ". " : "") + text;
  };
  const auto zone = publish::read_zone(place, dns::Name(), read);
  if (!zone) return tl::unexpected(zone.error());
  std::vector<dns::Tlsa> out;
  for (const publish::ZoneRecord& record : zone->records) {
    if (record.type == publish::RecordType::tlsa) out.push_back(record.tlsa);
  }
  return out;
}

base::Result<std::vector<dns::Tlsa>> from_text(const std::string& text) {
  if (std::ranges::any_of(words_of(text), is_type)) {
    auto out = from_zone(text);
    if (!out || !out->empty()) return out;
  }
  auto record = dns::tlsa_from_text(text);
  if (!record) return tl::unexpected(record.error());
  return std::vector<dns::Tlsa>{std::move(*record)};
}

/// What a record without quotes should have been: the shell made words of it, of which
/// the option took the first.
std::optional<std::string> in_quotes(const Arguments& arguments) {
  const auto records = arguments.values("record");
  const auto& rest = arguments.words();
  const bool cut = std::ranges::any_of(
      records, [](const std::string& record) { return words_of(record).size() == 1; });
  if (!cut || rest.empty()) return std::nullopt;
  std::string out = records.front();
  for (const std::string& word : rest) out += " " + word;
  return records.size() == 1 ? out : "U S M HEX";
}

}  // namespace

base::Result<std::vector<dns::Tlsa>> given_records(const Arguments& arguments) {
  if (const auto meant = in_quotes(arguments)) {
    return usage_error("a record is one word, in quotes: --record '" +
                       base::printable(*meant, base::kName) + "'");
  }
  std::vector<dns::Tlsa> out;
  for (const std::string& text : arguments.values("record")) {
    const auto records = from_text(text);
    if (!records) return tl::unexpected(records.error());
    out.insert(out.end(), records->begin(), records->end());
  }
  return out;
}

}  // namespace cli::dane
