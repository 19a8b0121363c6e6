#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "src/audit/judge.h"

namespace cli::audit {

/// What a run adds up to.
struct Tally {
  std::array<std::uint64_t, ::audit::kGrades> grades{};
  std::map<::audit::Code, std::uint64_t> findings;  ///< domains with at least one of them
  std::uint64_t warnings = 0;                       ///< domains with a warning or worse
  std::optional<std::chrono::sys_seconds> first_signature_end;
  std::optional<std::chrono::sys_seconds> first_certificate_end;

  void add(const ::audit::DomainFacts& facts, const ::audit::Result& result);
  [[nodiscard]] std::uint64_t domains() const;
  [[nodiscard]] std::uint64_t of(::audit::Grade grade) const {
    return grades.at(static_cast<std::size_t>(grade));
  }
  /// The worst grade that occurred; `enforced` if nothing did.
  [[nodiscard]] ::audit::Grade worst() const;
};

/// `12 enforced, 3 broken`, for people.
[[nodiscard]] std::string in_words(const Tally& tally);

}  // namespace cli::audit
