#include "src/evidence/answer_book.h"

#include <algorithm>
#include <set>

#include "resolver/type.h"

namespace evidence {

AnswerBook::AnswerBook(std::span<const base::Bytes> sets,
                       std::span<const Answer> answers) {
  sets_.reserve(sets.size());
  for (const base::Bytes& set : sets) sets_.push_back(read_signed_set(set));
  for (const Answer& answer : answers) {
    BookEntry entry;
    entry.type = answer.type;
    entry.answer = &answer;
    const auto name = WireName::from(answer.name);
    entry.name = name.value_or(WireName());
    entry.fault = name ? fault_of(answer) : "its name is none that can be asked for";
    entries_.push_back(std::move(entry));
    if (!name) continue;
    const auto [place, fresh] =
        places_.try_emplace({*name, answer.type}, entries_.size() - 1);
    if (fresh) continue;
    // With two answers one could be checked and the other one used.
    entries_.back().fault = "there are two answers to its question";
    entries_[place->second].fault = entries_.back().fault;
  }
}

std::string AnswerBook::fault_of(const Answer& answer) const {
  if (answer.error) return {};
  std::string out = section_fault(answer.answer);
  if (out.empty()) out = section_fault(answer.authority);
  return out;
}

std::string AnswerBook::section_fault(const std::vector<std::size_t>& section) const {
  std::set<std::pair<WireName, std::uint16_t>> seen;
  for (const std::size_t index : section) {
    if (index >= sets_.size()) return "it refers to a set that is not there";
    const auto& set = sets_[index];
    if (!set) return set.error().detail;
    if (!seen.emplace(set->owner, set->type).second) {
      return "it has two sets of one name and type";
    }
  }
  return {};
}

std::optional<std::size_t> AnswerBook::find(const WireName& name,
                                            std::uint16_t type) const {
  const auto place = places_.find({name, type});
  if (place == places_.end()) return std::nullopt;
  return place->second;
}

std::optional<std::size_t> AnswerBook::among(const std::vector<std::size_t>& section,
                                             const WireName& owner,
                                             std::uint16_t type) const {
  const auto found = std::ranges::find_if(section, [&](std::size_t index) {
    return set(index).type == type && set(index).owner == owner;
  });
  if (found == section.end()) return std::nullopt;
  return *found;
}

std::string type_text(std::uint16_t type) {
  switch (type) {  // those that nobody here asks for, and that prove answers
    case kDname:
      return "DNAME";
    case kRrsig:
      return "RRSIG";
    case kNsec:
      return "NSEC";
    case kNsec3:
      return "NSEC3";
    default:
      break;
  }
  const std::string_view word = resolver::to_text(static_cast<resolver::Type>(type));
  return word == "?" ? "TYPE" + std::to_string(type) : std::string(word);
}

std::string question_text(const WireName& name, std::uint16_t type) {
  return name.text() + ' ' + type_text(type);
}

}  // namespace evidence
