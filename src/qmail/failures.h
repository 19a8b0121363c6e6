#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/qmail/report.h"
#include "verify/verdict.h"

namespace qmail {

/// How far it came with a host that was not used.
enum class Stage {
  addresses,   ///< they could not be looked up
  records,     ///< what it must prove is not known: its TLSA records, a trust store
  connection,  ///< at an address of it
};

/// A host that was not used, and why.
struct Failure {
  std::string host;
  base::Error error;
  Stage stage = Stage::connection;
  std::string reason;  ///< the word of it (sslclient(1), REASONS)
};

/// The word for a failure: the verdict's, where a peer was refused for what it proved.
[[nodiscard]] std::string reason_of(const base::Error& error,
                                    const std::optional<verify::Verdict>& verdict);

[[nodiscard]] Report temporary(const std::string& text);
[[nodiscard]] Report permanent(const std::string& text);

/// The report of a control file that cannot be read or understood, or of something else
/// on this machine without which nothing can begin.
[[nodiscard]] Report control_trouble(const base::Error& error);

/// The report when mail would come back to this machine.
[[nodiscard]] Report report_of_loop();

/// The report when there is nowhere to go, or no telling where; `host` as it was asked
/// for.
[[nodiscard]] Report report_of_route(const base::Error& error, const std::string& host);

/// The report when no host has taken the mail: what is most worth telling first, then a
/// line for each.
[[nodiscard]] Report report_of_failures(const std::vector<Failure>& failures,
                                        const std::string& host);

}  // namespace qmail
