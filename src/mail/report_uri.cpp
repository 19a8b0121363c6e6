// A URI of `rua` is written by whoever has the domain, and mail is sent to what it says
// by a program that runs from cron. So it is held to the letter of RFC 8460 3 (no comma,
// exclamation mark or semicolon that is not encoded; the `!10m` of DMARC is no part of
// it), of RFC 3986 for its characters and of RFC 6068 for `mailto:`. The address is
// decoded before it is looked at: `%0a` makes no second header line, and `tls%2Brpt` is
// the mailbox `tls+rpt`. Names without a dot would be completed by qmail with our own
// domain, and literals lead to machines of the writer's choice: neither is written to.
#include "src/mail/report_uri.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace mail {
namespace {

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_rua, std::move(detail));
}

bool is_alphanumeric(char c) {
  const char small = base::lower(c);
  return (c >= '0' && c <= '9') || (small >= 'a' && small <= 'z');
}

/// Characters of a URI that are not encoded (RFC 3986 2.2, 2.3), and `%`.
bool is_uri_character(char c) {
  constexpr std::string_view kOthers = "-._~:/?#[]@$&'()*+=%";
  return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

/// Characters of an atom (RFC 5322 3.2.3).
bool is_atom_character(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~";
  return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         std::ranges::all_of(text,
                             [](char c) { return c == '.' || is_atom_character(c); });
}

/// The octets that a text with `%XX` stands for; nothing for a `%` without its digits.
std::optional<std::string> decoded(std::string_view text) {
  constexpr std::size_t kEscape = 3;
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto digits = text.substr(1, kEscape - 1);
    if (digits.size() != kEscape - 1 || !is_alphanumeric(digits[0])) return std::nullopt;
    const auto octet = base::from_hex(digits);
    if (!octet || octet->size() != 1) return std::nullopt;
    out += static_cast<char>(octet->front());
    text.remove_prefix(kEscape);
  }
  return out;
}

/// A name that is complete and no address: a last label of digits alone is none of the
/// DNS (RFC 1123 2.1).
std::optional<std::string> complete_name(std::string_view text) {
  if (text.ends_with('.')) return std::nullopt;
  const auto name = dns::Name::parse(text);
  if (!name || !name->is_host()) return std::nullopt;
  const auto labels = name->labels();
  const bool digits =
      std::ranges::all_of(labels.back(), [](char c) { return c >= '0' && c <= '9'; });
  if (labels.size() < 2 || digits) return std::nullopt;
  return name->text();
}

/// What is wrong with the characters of a URI; empty if nothing is.
std::string complaint_about(std::string_view uri) {
  const auto odd = std::ranges::find_if_not(uri, is_uri_character);
  if (odd == uri.end()) return "";
  switch (*odd) {
    case '!':
      return "an exclamation mark must be written %21, and a limit of size is no part of "
             "TLSRPT";
    case ';':
      return "a semicolon must be written %3B";
    case ' ':
    case '\t':
      return "there is a blank in it";
    default:
      return "there is a character in it that no URI has";
  }
}

base::Result<ReportUri> read_mail(std::string_view rest) {
  const auto text = decoded(rest.substr(0, rest.find_first_of("?#")));
  if (!text) return bad("a % without two digits");
  auto address = report_address(*text);
  if (!address) {
    return bad("no mail address that a report can be sent to behind mailto:");
  }
  return ReportUri{std::move(*address)};
}

base::Result<ReportUri> read_https(std::string_view rest) {
  if (!rest.starts_with("//")) return bad("no // behind https:");
  rest.remove_prefix(2);
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (const auto at = host.rfind('@'); at != std::string_view::npos) {
    host.remove_prefix(at + 1);
  }
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  if (host.empty()) return bad("no host behind https://");
  if (!decoded(rest)) return bad("a % without two digits");
  return ReportUri{};
}

}  // namespace

std::optional<std::string> report_address(std::string_view text) {
  constexpr std::size_t kMostLocal = 64, kMost = 254;  // RFC 5321 4.5.3.1
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at > kMostLocal) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  const auto domain = complete_name(text.substr(at + 1));
  if (!is_dot_atom(local) || !domain) return std::nullopt;
  std::string out = std::string(local) + "@" + *domain;
  if (out.size() > kMost) return std::nullopt;
  return out;
}

base::Result<ReportUri> read_report_uri(std::string_view uri) {
  if (uri.empty()) return bad("nothing where a URI should be");
  if (std::string why = complaint_about(uri); !why.empty()) return bad(std::move(why));
  const std::size_t colon = uri.find(':');
  const std::string scheme = base::lower(uri.substr(0, colon));
  const std::string_view rest =
      colon == std::string_view::npos ? std::string_view() : uri.substr(colon + 1);
  if (colon != std::string_view::npos && scheme == "mailto") return read_mail(rest);
  if (colon != std::string_view::npos && scheme == "https") return read_https(rest);
  return bad("neither mailto: nor https:");
}

}  // namespace mail
