#include "src/base/idna.h"

#include <idn2.h>

#include <memory>

#include "src/base/bytes.h"

namespace dns {
namespace {

struct Idn2Free {
  void operator()(char* p) const { idn2_free(p); }
};
using Idn2String = std::unique_ptr<char, Idn2Free>;

}  // namespace

base::Result<std::string> to_a_labels(std::string_view utf8) {
  // idn2 reads up to a NUL and would silently drop what follows it.
  if (utf8.find('\0') != std::string_view::npos) {
    return base::fail(base::ErrorKind::usage, "bad_name", "a NUL in a domain name");
  }
  char* raw = nullptr;
  const int rc =
      idn2_to_ascii_8z(std::string(utf8).c_str(), &raw,
                       IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_ALABEL_ROUNDTRIP);
  const Idn2String out(raw);
  if (rc != IDN2_OK) {
    return base::fail(
        base::ErrorKind::usage, "bad_name",
        base::printable(utf8) +
            " is not an internationalised domain name: " + idn2_strerror(rc));
  }
  return std::string(out.get());
}

std::string to_u_labels(std::string_view a_labels) {
  char* raw = nullptr;
  const int rc =
      idn2_to_unicode_8z8z(std::string(a_labels).c_str(), &raw, IDN2_NONTRANSITIONAL);
  const Idn2String out(raw);
  return rc == IDN2_OK ? std::string(out.get()) : std::string(a_labels);
}

}  // namespace dns
