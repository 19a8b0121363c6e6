#include "src/qmail/entries.h"

#include <algorithm>
#include <charconv>

#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/qmail/literal.h"

namespace qmail {

using base::Result;

namespace {

/// Where the colon is that ends a key: `[IPv6:2001:db8::1]` has some of its own.
std::size_t colon_in(std::string_view line) {
  const std::size_t open = line.find('[');
  const std::size_t first = line.find(':');
  const std::size_t close = line.find(']');
  const bool inside = open < first && first < close && close != std::string_view::npos;
  return inside ? line.find(':', close) : first;
}

}  // namespace

tl::unexpected<base::Error> bad_line(const Control& control, std::string_view file,
                                     const Line& line, std::string_view why) {
  const std::string_view text = line.text;
  return base::fail(base::ErrorKind::temporary, base::Code::control,
                    control.path(file) + ", line " + std::to_string(line.number) + ": " +
                        base::printable(text.substr(0, colon_in(text)), base::kWord) +
                        ": " + std::string(why));
}

std::string domain_key(std::string_view text) {
  if (const auto address = literal_in(text)) return "[" + net::to_text(*address) + "]";
  const auto name = dns::Name::parse(text);
  return name ? name->text() : base::lower(text);
}

std::string entry_key(std::string_view text) {
  constexpr std::string_view kSigns = "!%=~+-.";
  const std::size_t begin = text.find_first_not_of(kSigns);
  if (begin == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, begin)) + domain_key(text.substr(begin));
}

Result<std::vector<Entry>> entries_of(const Control& control, std::string_view file) {
  const auto lines = control.numbered_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<Entry> out;
  for (const Line& line : *lines) {
    const std::string_view whole = line.text;
    const std::size_t colon = colon_in(whole);
    if (colon == std::string_view::npos) continue;  // as qmail's constmap has it
    out.push_back({entry_key(base::trimmed(whole.substr(0, colon))),
                   std::string(base::trimmed(whole.substr(colon + 1))), line});
  }
  return out;
}

Result<std::vector<Entry>> strict_entries_of(const Control& control,
                                             std::string_view file) {
  const auto lines = control.numbered_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  for (const Line& line : *lines) {
    if (colon_in(line.text) == std::string_view::npos) {
      return bad_line(control, file, line, "no colon behind the domain");
    }
  }
  return entries_of(control, file);
}

std::vector<std::string> keys_of(const std::string& domain) {
  std::vector<std::string> out = {base::lower(domain)};
  for (std::size_t i = 1; i < domain.size(); ++i) {
    if (domain[i] == '.') out.push_back(base::lower(domain.substr(i)));
  }
  if (!domain.empty()) out.emplace_back();
  return out;
}

const Entry* find(const std::vector<Entry>& entries, std::string_view key) {
  // From the end: qmail's constmap puts each line in front of those it has.
  const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.rend() ? nullptr : &*found;
}

const Entry* find_by_suffix(const std::vector<Entry>& entries,
                            const std::string& domain) {
  for (const std::string& key : keys_of(domain)) {
    if (const Entry* found = find(entries, key)) return found;
  }
  return nullptr;
}

const Entry* find_for_sender(const std::vector<Entry>& entries,
                             const std::string& sender_domain) {
  const Entry* found = find_by_suffix(entries, sender_domain);
  return found != nullptr ? found : find(entries, "*");
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t bar = text.find('|');
    out.emplace_back(base::trimmed(text.substr(0, bar)));
    if (bar == std::string_view::npos) return out;
    text.remove_prefix(bar + 1);
  }
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || rest != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace qmail
