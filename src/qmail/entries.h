#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/qmail/control.h"

namespace qmail {

/// A `KEY:VALUE` line of a control file.
struct Entry {
  std::string key;    ///< as `entry_key` has it
  std::string value;  ///< without blanks at its ends
  Line line;
};

/// A key of a control file as mail is compared with it: in lower case, a domain in
/// A-labels and without its final dot, an address literal as `domain_key` has it, with
/// whatever dot or signs stand in front.
[[nodiscard]] std::string entry_key(std::string_view text);

/// A domain, or an address literal in one of its forms, as control files are searched
/// for it: neither capitals, nor a dot at its end, nor U-labels, nor another way to write
/// an address lead round an entry.
[[nodiscard]] std::string domain_key(std::string_view text);

/// The entries of a file; a line without a colon is none, as in qmail. The colon that
/// separates is the first one behind an address in brackets.
[[nodiscard]] base::Result<std::vector<Entry>> entries_of(const Control& control,
                                                          std::string_view file);

/// The entries of a file of ours that says what must be proved: a line without a colon is
/// an error, for it may be meant for any domain.
[[nodiscard]] base::Result<std::vector<Entry>> strict_entries_of(const Control& control,
                                                                 std::string_view file);

/// Why a line cannot be used, of kind `temporary`, code `control`. A line is known by its
/// number and by what is in front of its colon: what is behind may be a secret, and what
/// is said here goes into logs and bounces.
[[nodiscard]] tl::unexpected<base::Error> bad_line(const Control& control,
                                                   std::string_view file,
                                                   const Line& line,
                                                   std::string_view why);

/// The domain, each `.suffix` of it, and the empty word, in this order.
[[nodiscard]] std::vector<std::string> keys_of(const std::string& domain);

/// The last entry with this key, which holds in qmail; null if there is none.
[[nodiscard]] const Entry* find(const std::vector<Entry>& entries, std::string_view key);
/// The entry of the first of `keys_of(domain)` that has one.
[[nodiscard]] const Entry* find_by_suffix(const std::vector<Entry>& entries,
                                          const std::string& domain);

/// The entry of a sender's domain, of a suffix of it, or `*`; null if there is none.
[[nodiscard]] const Entry* find_for_sender(const std::vector<Entry>& entries,
                                           const std::string& sender_domain);

/// The parts between `|`, as many as there are.
[[nodiscard]] std::vector<std::string> parts_of(std::string_view text);

/// A port from 1 to 65535.
[[nodiscard]] std::optional<std::uint16_t> port_in(std::string_view text);

}  // namespace qmail
