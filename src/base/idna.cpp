#include "src/base/idna.h"

#include <idn2.h>

#include <memory>

#include "src/base/bidi.h"
#include "src/base/bytes.h"

namespace dns {
namespace {

struct Idn2Free {
  void operator()(char* p) const { idn2_free(p); }
};
using Idn2String = std::unique_ptr<char, Idn2Free>;

constexpr int kMapped = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_ALABEL_ROUNDTRIP;
constexpr int kUnmapped = IDN2_NFC_INPUT | IDN2_NO_TR46 | IDN2_ALABEL_ROUNDTRIP;

tl::unexpected<base::Error> not_idna(std::string_view utf8, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_name,
                    base::printable(utf8) +
                        " is not an internationalised domain name: " + std::string(why));
}

base::Result<std::string> convert(const std::string& utf8, int flags) {
  char* raw = nullptr;
  const int rc = idn2_to_ascii_8z(utf8.c_str(), &raw, flags);
  const Idn2String out(raw);
  if (rc != IDN2_OK) return not_idna(utf8, idn2_strerror(rc));
  return std::string(out.get());
}

bool every_label_satisfies_bidi_rule(std::string_view u_labels) {
  while (true) {
    const std::size_t dot = u_labels.find('.');
    if (!satisfies_bidi_rule(u_labels.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    u_labels.remove_prefix(dot + 1);
  }
}

}  // namespace

base::Result<std::string> to_a_labels(std::string_view utf8) {
  // idn2 reads up to a NUL and would silently drop what follows it.
  if (utf8.find('\0') != std::string_view::npos) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_name,
                      "a NUL in a domain name");
  }
  auto mapped = convert(std::string(utf8), kMapped);
  if (!mapped) return mapped;
  // With the mapping libidn2 takes for part of a U-label what the mapping alone allows
  // (an underscore, U+2260): what came out has to be IDNA2008 by itself (RFC 5891 5.4).
  const std::string u_labels = to_u_labels(*mapped);
  const auto unmapped = convert(u_labels, kUnmapped);
  if (!unmapped) return not_idna(utf8, "it has code points that RFC 5892 disallows");
  if (*unmapped != *mapped) return not_idna(utf8, "its U-labels are another name");
  if (!every_label_satisfies_bidi_rule(u_labels)) {
    return not_idna(utf8, "a label mixes writing directions (RFC 5893 2)");
  }
  return mapped;
}

std::string to_u_labels(std::string_view a_labels) {
  char* raw = nullptr;
  const int rc =
      idn2_to_unicode_8z8z(std::string(a_labels).c_str(), &raw, IDN2_NONTRANSITIONAL);
  const Idn2String out(raw);
  return rc == IDN2_OK ? std::string(out.get()) : std::string(a_labels);
}

}  // namespace dns
