#include "src/qmail/policy_entries.h"

#include <map>

#include "src/base/address.h"
#include "src/base/name.h"

namespace qmail {

using base::Result;

namespace {

constexpr std::string_view kWhichKeys =
    "this can match no domain: a domain, a .suffix of it, an address in brackets, or * "
    "alone";

}  // namespace

bool is_key_of_mail(std::string_view key) {
  if (key.starts_with('[') && key.ends_with(']')) {
    return net::parse_address(key).has_value();
  }
  if (key.starts_with('.')) key.remove_prefix(1);
  const auto name = dns::Name::parse(key);
  return name && name->text() == key;
}

Result<std::vector<Entry>> effective_entries(Result<std::vector<Entry>> entries,
                                             const Control& control,
                                             const PolicyFile& file) {
  if (!entries) return entries;
  std::map<std::pair<std::string, std::string>, const Entry*> known;
  for (const Entry& entry : *entries) {
    if (!file.is_key(entry.key))
      return bad_line(control, file.name, entry.line, kWhichKeys);
    const auto [first, is_new] =
        known.try_emplace({entry.key, file.sender(entry)}, &entry);
    if (!is_new && first->second->value != entry.value) {
      return bad_line(control, file.name, entry.line,
                      "line " + std::to_string(first->second->line.number) +
                          " says something else for the same");
    }
  }
  return entries;
}

}  // namespace qmail
