#include "verify/cost.h"

#include "src/base/counted.h"
#include "verify/der.h"
#include "verify/key.h"

namespace verify {
namespace {

constexpr std::size_t kMostComparisons = std::size_t{1} << 20U;

std::size_t entries_of(base::ByteView sequence_of) {
  der::Reader reader(sequence_of);
  std::size_t count = 0;
  while (reader.next()) ++count;
  return count;
}

std::size_t names_of(const Extensions& extensions) {
  if (!extensions.alternative_names) return 0;
  const auto list = der::only(*extensions.alternative_names, der::kSequence);
  return list ? entries_of(list->content) : 0;
}

std::size_t constraints_of(const Extensions& extensions) {
  if (!extensions.name_constraints) return 0;
  const auto lists = der::only(*extensions.name_constraints, der::kSequence);
  der::Reader reader(lists ? lists->content : base::ByteView());
  std::size_t count = 0;
  while (const auto list = reader.next()) count += entries_of(list->content);
  return count;
}

}  // namespace

std::optional<std::string> too_costly(std::span<Link* const> path, const Budget& budget) {
  std::size_t names = 1, constraints = 0;
  for (const Link* link : path) {
    const auto& certificate = link->certificate;
    if (certificate.whole.size() > budget.octets) {
      return "a certificate of " + std::to_string(certificate.whole.size()) +
             " octets is not looked into";
    }
    if (auto costly = costly_key(certificate.spki)) return costly;
    names += names_of(link->extensions);
    constraints += constraints_of(link->extensions);
  }
  if (constraints == 0 || names <= kMostComparisons / constraints) return std::nullopt;
  return base::counted(constraints, "name constraint is", "name constraints are") +
         " not compared with " + base::counted(names, "name");
}

}  // namespace verify
