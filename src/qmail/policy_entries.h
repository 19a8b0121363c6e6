#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/qmail/entries.h"

namespace qmail {

/// Whether some mail can have this key, of those that `keys_of` makes of a domain: the
/// domain or a suffix of it in the DNS's own form, or an address.
[[nodiscard]] bool is_key_of_mail(std::string_view key);

/// How the lines of a file of policies are read.
struct PolicyFile {
  std::string_view name;
  bool (*is_key)(std::string_view key);       ///< whether a key can match any mail
  std::string (*sender)(const Entry& entry);  ///< the only sender's domain; empty: any
};

/// The entries of a file, if each of them can have effect: one that cannot, or that says
/// for the same mail something else than an earlier one, protects nobody. Error kind
/// `temporary`, code `control`, and those that `entries` came with.
[[nodiscard]] base::Result<std::vector<Entry>> effective_entries(
    base::Result<std::vector<Entry>> entries, const Control& control,
    const PolicyFile& file);

}  // namespace qmail
