#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/audit/item.h"

namespace cli::report {

/// What a run adds up to.
struct Tally {
  std::array<std::uint64_t, audit::kGrades> grades{};
  std::map<audit::Code, std::uint64_t> findings;  ///< domains with at least one of them
  /// By grade, what domains have it for.
  std::array<std::map<audit::Code, std::uint64_t>, audit::kGrades> causes;
  /// A mail host of broken domains: how many, and what breaks the first of them.
  struct Host {
    std::uint64_t domains = 0;
    audit::Code cause = audit::Code::mismatch;
  };
  /// Mail hosts that break domains, no more than `kMostBreaking`; others are not counted.
  std::map<std::string, Host> breaking;
  std::uint64_t warnings = 0;  ///< domains with a warning or worse
  /// When the first signature over MX or TLSA records ends.
  std::optional<std::chrono::sys_seconds> first_signature_end;
  std::string first_signature_of;  ///< the domain, as it was given
  /// When the first certificate ends whose time counts, since a DANE-TA record proves it.
  std::optional<std::chrono::sys_seconds> first_certificate_end;
  std::string first_certificate_of;  ///< the domain, as it was given
  /// Domains as they were given, while they are no more than `kMostNamed`.
  std::map<std::string, audit::Grade> named;
  /// Some domains of each grade, with the word of the worst finding.
  std::array<std::vector<std::string>, audit::kGrades> examples;

  static constexpr std::size_t kMostNamed = 1000;
  static constexpr std::size_t kMostExamples = 3;
  static constexpr std::size_t kMostBreaking = 100'000;

  /// Counts a domain with all that was found.
  void add(const audit::DomainAudit& audited);
  /// Counts a domain that an earlier run has audited: its grade and worst finding are all
  /// that is known of it, and its name is kept as `add` keeps one.
  void add_name(const std::string& word, audit::Grade grade,
                std::string_view worst_finding);
  /// Counts what a domain has its grade for.
  void add_cause(audit::Grade grade, audit::Code cause);
  [[nodiscard]] std::uint64_t domains() const;
  [[nodiscard]] std::uint64_t of(audit::Grade grade) const {
    return grades.at(static_cast<std::size_t>(grade));
  }
  /// The worst grade of a domain; `bad_input` where nothing was one, `enforced` where
  /// nothing was there.
  [[nodiscard]] audit::Grade worst() const;

 private:
  void add_breaking(const audit::DomainAudit& audited);
  void add_ends(const audit::DomainAudit& audited);
};

/// `12 protected, 3 broken`, for people.
[[nodiscard]] std::string in_words(const Tally& tally);

}  // namespace cli::report
