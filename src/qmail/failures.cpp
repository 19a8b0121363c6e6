#include "src/qmail/failures.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/client/report.h"

namespace qmail {
namespace {

/// Failures that say that a peer is not what it must be, or that what it must be is not
/// known, rather than that it is not there.
bool is_about_proof(const Failure& failure) {
  return failure.stage == Stage::records || failure.error.code == base::Code::bogus ||
         base::is_about_proof(failure.error.code);
}

/// Whether an address of it was ever looked for elsewhere than in the DNS; a host without
/// any address has none to connect to.
bool is_about_connection(const Failure& failure) {
  return failure.stage == Stage::connection ||
         failure.error.code == base::Code::no_address;
}

std::string headline(const std::vector<Failure>& failures, const std::string& host) {
  if (std::ranges::any_of(failures, is_about_proof)) {
    return "Sorry, no host for " + base::printable(host, base::kName) +
           " is what it must prove to be. (#4.7.5)\n";
  }
  if (failures.empty() || std::ranges::any_of(failures, is_about_connection)) {
    return "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n";
  }
  return "DNS lookup failed temporarily. (#4.4.3)\n";
}

}  // namespace

std::string reason_of(const base::Error& error,
                      const std::optional<verify::Verdict>& verdict) {
  client::Report report;
  report.error = error;
  report.verdict = verdict;
  return client::reason_word(report);
}

Report temporary(const std::string& text) {
  return report_of(MessageState::temporary, text);
}

Report permanent(const std::string& text) {
  return report_of(MessageState::permanent, text);
}

Report control_trouble(const base::Error& error) {
  const bool local = error.code == base::Code::local;
  return temporary((local ? "System resources temporarily unavailable. (#4.3.0)\n"
                          : "Unable to read control files. (#4.3.0)\n") +
                   error.detail + "\n");
}

Report report_of_loop() {
  return permanent(
      "Sorry. Although I'm listed as a best-preference MX or A for that host,\n"
      "it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)\n");
}

Report report_of_failures(const std::vector<Failure>& failures, const std::string& host) {
  std::string text = headline(failures, host);
  for (const Failure& failure : failures) {
    text += failure.host + ": " + base::printable(failure.error.detail, base::kLine) +
            " (" + failure.reason + ")\n";
  }
  return temporary(text);
}

Report report_of_route(const base::Error& error, const std::string& host) {
  const std::string shown = base::printable(host, base::kName);
  if (error.code == base::Code::control) return control_trouble(error);
  if (error.code == base::Code::no_domain || error.code == base::Code::bad_name) {
    return permanent("Sorry, I couldn't find any host named " + shown + ". (#5.1.2)\n" +
                     error.detail + "\n");
  }
  if (error.code == base::Code::null_mx) {
    return permanent("Sorry, " + shown + " takes no mail. (#5.1.10)\n" + error.detail +
                     "\n");
  }
  return temporary("DNS lookup failed temporarily. (#4.4.3)\n" + error.detail + " (" +
                   reason_of(error, std::nullopt) + ")\n");
}

}  // namespace qmail
