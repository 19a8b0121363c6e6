#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/sslserver/child_report.h"
#include "cli/sslserver/key_book.h"
#include "resolver/config.h"

namespace cli::sslserver {

/// A name that is served, and what is shown to clients that ask for it.
struct ServedName {
  std::string name;
  std::vector<tls::ServedChain> chains;

  [[nodiscard]] bool operator==(const ServedName&) const = default;
};

/// The names of all sites but wildcards, each once; a few hundred at most.
[[nodiscard]] std::vector<ServedName> served_names(const std::vector<SiteChains>& sites);

/// Names of `names` whose chains are others than `before`: what was shown already
/// is no reason to refuse the rest.
[[nodiscard]] std::vector<ServedName> changed_names(
    const std::vector<ServedName>& names, const std::vector<ServedName>& before);

/// What our own TLSA records say of the chains that we show (RFC 7671 8).
struct RecordReport {
  /// A secure record is there and none proves a chain: clients that look will not speak
  /// to us. What could not be looked up, or is not secure, is no contradiction.
  bool is_contradicted = false;
  std::vector<std::string> lines;     ///< what an administrator has to know
  std::chrono::seconds look_again{};  ///< when the answers are no longer good
};

/// A look at our own records, by a process of its own: the listener reads no word of a
/// stranger, not even a name server's.
class RecordCheck {
 public:
  /// Starts it. Error kind `internal`.
  [[nodiscard]] static base::Result<RecordCheck> start(
      const std::vector<ServedName>& names, std::uint16_t port,
      const resolver::Config& resolver);

  /// What comes of it.
  [[nodiscard]] ChildReport& report() { return report_; }
  [[nodiscard]] const ChildReport& report() const { return report_; }
  /// Once the report has come, or never will.
  [[nodiscard]] RecordReport finish() const;

 private:
  ChildReport report_;
};

}  // namespace cli::sslserver
