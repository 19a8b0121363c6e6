#pragma once

#include <string>
#include <string_view>

#include "cli/terminal.h"
#include "src/audit/item.h"

namespace cli::report {

/// A grade in a word that everybody knows: `protected`, `partly protected`, `broken`,
/// `no DANE`, `could not tell` or `not a domain`.
[[nodiscard]] std::string_view word_for(audit::Grade grade);

/// The word of a domain: that of its grade, but `takes no mail` where there is nothing to
/// deploy DANE for.
[[nodiscard]] std::string_view verdict_of(const audit::Judgement& judgement);

/// The columns of the longest of them.
inline constexpr std::size_t kGradeColumns = 16;

/// The sign that stands beside such a word, never alone: ✓, !, ✗, – or ?.
[[nodiscard]] std::string_view sign_for(audit::Grade grade);

/// A text in the colour of a grade.
[[nodiscard]] std::string painted(audit::Grade grade, std::string_view text,
                                  const Paint& paint);

/// What a grade means, in a few words.
[[nodiscard]] std::string_view meaning_of(audit::Grade grade);

/// Why a domain has its grade, in a sentence or two for people.
[[nodiscard]] std::string sentence_of(const audit::DomainAudit& audited);

/// The name of a domain as people write it; what stood in the input where it is none.
[[nodiscard]] std::string name_of(const audit::DomainAudit& audited);

/// A sentence of its own from a text with a small first letter and no full stop.
[[nodiscard]] std::string as_sentence(std::string_view text);

}  // namespace cli::report
