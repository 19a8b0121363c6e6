#include "cli/dane/given_records.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/publish/written_records.h"

namespace cli::dane {
namespace {

/// What a record without quotes should have been: the shell made words of it, of which
/// the option took the first.
std::optional<std::string> in_quotes(const Arguments& arguments) {
  const auto records = arguments.values("record");
  const auto& rest = arguments.words();
  const bool cut = std::ranges::any_of(records, [](const std::string& record) {
    return publish::words_of(record).size() == 1;
  });
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
    const auto records = publish::written_records(text);
    if (!records) return tl::unexpected(records.error());
    out.insert(out.end(), records->begin(), records->end());
  }
  return out;
}

}  // namespace cli::dane
