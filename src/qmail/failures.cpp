#include "src/qmail/failures.h"

#include <algorithm>
#include <array>

#include "src/base/bytes.h"

namespace qmail {
namespace {

/// Failures that say that a peer is not what it must be, rather than not there.
bool is_about_proof(const base::Error& error) {
  constexpr std::array<std::string_view, 8> kCodes = {
      "refused",          "starttls_not_offered",
      "starttls_refused", "starttls_injection",
      "handshake",        "key_usage",
      "no_tlsa",          "bogus"};
  return std::ranges::find(kCodes, error.code) != kCodes.end();
}

}  // namespace

Report temporary(const std::string& text) {
  return report_of(MessageState::temporary, text);
}

Report permanent(const std::string& text) {
  return report_of(MessageState::permanent, text);
}

Report control_trouble(const base::Error& error) {
  return temporary("Unable to read control files. (#4.3.0)\n" + error.detail + "\n");
}

Report report_of_loop() {
  return permanent(
      "Sorry. Although I'm listed as a best-preference MX or A for that host,\n"
      "it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)\n");
}

Report report_of_failures(const std::vector<Failure>& failures, const std::string& host) {
  const Failure* told = failures.empty() ? nullptr : &failures.back();
  for (const Failure& failure : failures) {
    if (is_about_proof(failure.error)) {
      told = &failure;
      break;
    }
  }
  if (told == nullptr) {
    return temporary("Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n");
  }
  const bool proof = is_about_proof(told->error);
  std::string text =
      proof ? "Sorry, no host for " + base::printable(host, 255) +
                  " is what it must prove to be. (#4.7.5)\n"
            : "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n";
  for (const Failure& failure : failures) {
    text += failure.host + ": " + base::printable(failure.error.detail, 500) + " (" +
            failure.error.code + ")\n";
  }
  return temporary(text);
}

Report report_of_route(const base::Error& error, const std::string& host) {
  const std::string shown = base::printable(host, 255);
  if (error.code == "control") return control_trouble(error);
  if (error.code == "no_domain" || error.code == "bad_name") {
    return permanent("Sorry, I couldn't find any host named " + shown + ". (#5.1.2)\n" +
                     error.detail + "\n");
  }
  if (error.code == "null_mx") {
    return permanent("Sorry, " + shown + " takes no mail. (#5.1.10)\n" + error.detail +
                     "\n");
  }
  return temporary("DNS lookup failed temporarily. (#4.4.3)\n" + error.detail + " (" +
                   error.code + ")\n");
}

}  // namespace qmail
