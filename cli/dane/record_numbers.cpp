#include "cli/dane/record_numbers.h"

#include "cli/settings.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

/// The number that an option's word stands for in a table of assigned ones, whose rows
/// have it in the member `key`.
template <typename Row, std::size_t Size, typename Number>
base::Result<Number> read_number(const std::string& option, const std::string& word,
                                 const std::array<Row, Size>& table, Number Row::*key) {
  std::string words;
  for (const Row& row : table) {
    const std::string known = base::lower(row.word);
    if (known == base::lower(word)) return row.*key;
    words += (words.empty() ? "" : ", ") + known;
  }
  const auto value = parse_number(option, word, {0, dns::number(table.back().*key)});
  if (value) return Number{static_cast<std::uint8_t>(*value)};
  base::Error error = value.error();
  error.detail += ", nor one of " + words;
  return tl::unexpected(std::move(error));
}

}  // namespace

base::Result<publish::Parameters> parameters_of(const Arguments& arguments) {
  publish::Parameters out;
  if (const auto word = arguments.value("usage")) {
    const auto usage =
        read_number("--usage", *word, dns::kUsages, &dns::UsageMeaning::usage);
    if (!usage) return tl::unexpected(usage.error());
    out.usage = *usage;
  }
  if (const auto word = arguments.value("selector")) {
    const auto selector = read_number("--selector", *word, dns::kSelectors,
                                      &dns::SelectorMeaning::selector);
    if (!selector) return tl::unexpected(selector.error());
    out.selector = *selector;
  }
  if (const auto word = arguments.value("matching")) {
    const auto matching = read_number("--matching", *word, dns::kMatchingTypes,
                                      &dns::MatchingMeaning::matching);
    if (!matching) return tl::unexpected(matching.error());
    out.matching = *matching;
  }
  return out;
}

}  // namespace cli::dane
