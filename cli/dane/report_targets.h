#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "resolver/resolver.h"
#include "src/io/loop.h"
#include "src/mail/domain_records.h"

namespace cli::dane {

/// Whom domains want their TLS reports sent to (RFC 8460 3), by one resolver for all.
class ReportTargets {
 public:
  /// Errors: see `resolver::Resolver::create`.
  [[nodiscard]] static base::Result<std::unique_ptr<ReportTargets>> create(
      resolver::Config config);
  /// Asks this resolver.
  explicit ReportTargets(std::unique_ptr<resolver::Resolver> resolver)
      : resolver_(std::move(resolver)) {}

  /// Asks for these domains, some at once, and each once in the life of this object: one
  /// whose name servers are silent costs its deadline, and does not keep the others.
  void ask(const std::vector<std::string>& domains);
  /// The answer for a domain that was asked for.
  [[nodiscard]] const base::Result<mail::TlsReportTargets>& of(
      const std::string& domain) const {
    return answers_.at(domain);
  }

 private:
  ReportTargets() = default;
  io::Task<void> ask_one(std::string domain);
  io::Task<bool> ask_all(const std::vector<std::string>& domains);

  io::Loop loop_{1};
  std::unique_ptr<resolver::Resolver> resolver_;  // of the loop
  std::map<std::string, base::Result<mail::TlsReportTargets>> answers_;
};

}  // namespace cli::dane
