#include "src/audit/domain_word.h"

#include <algorithm>

#include "src/base/address.h"
#include "src/base/bytes.h"

namespace audit {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// What a word seems to be that is no name; nothing if it is not known.
std::string_view kind_of_word(std::string_view word) {
  if (net::parse_address(word)) return "an address";
  if (word.find("://") != std::string_view::npos) return "a URL";
  if (word.find('@') != std::string_view::npos) return "a mail address";
  if (word.find_first_of(",;\t") != std::string_view::npos) return "several columns";
  const std::size_t colon = word.rfind(':');
  if (colon != std::string_view::npos && is_number(word.substr(colon + 1))) {
    return "a host with a port";
  }
  return "";
}

/// The domain that a mail address is of, if it is one.
std::string domain_within(std::string_view word) {
  const std::string_view domain = word.substr(word.rfind('@') + 1);
  if (domain.size() == word.size() || !dns::Name::parse(domain)) return "";
  return "; its domain is " + base::printable(domain, base::kName);
}

tl::unexpected<base::Error> no_domain(std::string_view word, std::string_view kind) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_name,
                    base::printable(word, base::kName) + " is " + std::string(kind) +
                        ", not a domain name" + domain_within(word));
}

}  // namespace

base::Result<dns::Name> domain_in_word(std::string_view word) {
  const std::string_view kind = kind_of_word(word);
  if (!kind.empty()) return no_domain(word, kind);
  auto name = dns::Name::parse(word);
  if (!name) return name;
  if (is_number(name->labels().back())) return no_domain(word, "an address");
  return name;
}

}  // namespace audit
