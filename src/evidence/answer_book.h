#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>

#include "src/evidence/bundle.h"
#include "src/evidence/signed_set.h"

namespace evidence {

/// An answer with what it refers to, or what is wrong with that.
struct BookEntry {
  WireName name;
  std::uint16_t type = 0;
  const Answer* answer = nullptr;
  std::string fault;  ///< why nothing may be made of it; empty where nothing is wrong
};

/// The answers of a bundle by their questions, and the sets that they are made of.
class AnswerBook {
 public:
  /// What is given must outlive it.
  AnswerBook(std::span<const base::Bytes> sets, std::span<const Answer> answers);

  /// One for each answer that was given, in their order.
  [[nodiscard]] const std::vector<BookEntry>& entries() const { return entries_; }
  /// Where the answer to a question stands among them.
  [[nodiscard]] std::optional<std::size_t> find(const WireName& name,
                                                std::uint16_t type) const;
  /// A set that an entry without a fault refers to.
  [[nodiscard]] const SignedSet& set(std::size_t index) const { return *sets_[index]; }
  /// The set of an owner and type among those of a section.
  [[nodiscard]] std::optional<std::size_t> among(const std::vector<std::size_t>& section,
                                                 const WireName& owner,
                                                 std::uint16_t type) const;

 private:
  [[nodiscard]] std::string fault_of(const Answer& answer) const;
  [[nodiscard]] std::string section_fault(const std::vector<std::size_t>& section) const;

  std::vector<base::Result<SignedSet>> sets_;
  std::vector<BookEntry> entries_;
  std::map<std::pair<WireName, std::uint16_t>, std::size_t> places_;
};

/// `TLSA`, or `TYPE65534` of a type that has no word here.
[[nodiscard]] std::string type_text(std::uint16_t type);
/// `_25._tcp.mx.example. TLSA`, for people.
[[nodiscard]] std::string question_text(const WireName& name, std::uint16_t type);

}  // namespace evidence
