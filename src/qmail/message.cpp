#include "src/qmail/message.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/smtp/address.h"

namespace qmail {

using base::ErrorKind;
using base::Result;

std::string domain_of(const std::string& address) {
  const std::size_t at = address.rfind('@');
  return at == std::string::npos ? std::string() : address.substr(at + 1);
}

std::string for_envelope(const std::string& address, bool& utf8) {
  const std::size_t at = address.rfind('@');
  std::string local = smtp::quoted_local_part(address.substr(0, at));
  if (at == std::string::npos) {
    utf8 = utf8 || !base::is_ascii(address);
    return local;
  }
  std::string domain = address.substr(at + 1);
  if (base::is_ascii(local) && !base::is_ascii(domain)) {
    if (const auto name = dns::Name::parse(domain)) domain = name->text();
  }
  utf8 = utf8 || !base::is_ascii(local) || !base::is_ascii(domain);
  return local + "@" + domain;
}

bool fits_a_command(const std::string& address) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  return address.find_first_of(kForbidden) == std::string::npos;
}

Result<smtp::BodyRules> body_rules_of(const Control& control, const std::string& sender) {
  const auto word = control.line("barecr");
  if (!word) return tl::unexpected(word.error());
  smtp::BodyRules out;
  const std::string text = base::lower(word->value_or("line-end"));
  if (text != "line-end" && text != "refuse") {
    return base::fail(ErrorKind::temporary, base::Code::control,
                      control.path("barecr") + ": " + base::printable(text, base::kWord) +
                          " is neither line-end nor refuse");
  }
  if (sender.empty() || sender == "#@[]") {
    out.open_line = smtp::OpenLine::ended;
  } else if (text == "refuse") {
    out.lone_return = smtp::LoneReturn::fault;
  }
  return out;
}

Result<smtp::BodyFacts> scan_message(int descriptor, smtp::BodyRules rules) {
  struct stat facts {};
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    // Not /dev/null either, which stands in for a descriptor that was closed.
    return base::fail(ErrorKind::temporary, base::Code::read,
                      "the message is not in a file");
  }
  smtp::BodyScanner scanner(rules);
  // Most messages are small: pages that are not needed cost more than the scan.
  constexpr std::size_t kMost = std::size_t{256} * 1024, kLeast = 4096;
  std::string buffer(std::clamp(static_cast<std::size_t>(facts.st_size), kLeast, kMost),
                     '\0');
  for (off_t at = 0;;) {
    const ssize_t n = pread(descriptor, buffer.data(), buffer.size(), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return base::fail(ErrorKind::temporary, base::Code::read,
                        "unable to read message: " + base::system_message(errno));
    }
    if (n == 0) return scanner.finish();
    scanner.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
    at += n;
  }
}

}  // namespace qmail
