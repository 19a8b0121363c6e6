#include "verify/name_constraints.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "verify/certificate_names.h"
#include "verify/der.h"
#include "verify/directory_name.h"
#include "verify/name_subtree.h"

namespace verify {
namespace {

constexpr std::size_t kMostSubtrees = 1024;

/// One GeneralSubtree (RFC 5280 4.2.1.10).
struct Subtree {
  GeneralName base;
  bool limited = false;  ///< by a minimum or maximum, which nobody defines
};

/// The subtrees of one NameConstraints.
struct Subtrees {
  std::vector<Subtree> permitted;
  std::vector<Subtree> excluded;
};

std::optional<Subtree> read_subtree(base::ByteView content) {
  der::Reader reader(content);
  const auto base_name = reader.next();
  auto name = base_name ? read_base_name(base_name->whole) : std::nullopt;
  if (!name) return std::nullopt;
  const auto minimum = reader.next(der::context(0));
  const auto maximum = reader.next(der::context(1));
  if (!reader.at_end()) return std::nullopt;
  const bool from_zero = !minimum || der::small_integer(minimum->content) == 0U;
  return Subtree{std::move(*name), !from_zero || maximum};
}

bool read_list(base::ByteView content, std::vector<Subtree>& out) {
  der::Reader list(content);
  while (const auto entry = list.next(der::kSequence)) {
    auto subtree = read_subtree(entry->content);
    if (!subtree || out.size() >= kMostSubtrees) return false;
    out.push_back(std::move(*subtree));
  }
  return list.at_end() && !out.empty();
}

std::optional<Subtrees> read_subtrees(base::ByteView value) {
  const auto sequence = der::only(value, der::kSequence);
  if (!sequence) return std::nullopt;
  Subtrees out;
  der::Reader reader(sequence->content);
  const auto permitted = reader.next(der::constructed(0));
  const auto excluded = reader.next(der::constructed(1));
  if (!reader.at_end() || (!permitted && !excluded)) return std::nullopt;
  if (permitted && !read_list(permitted->content, out.permitted)) return std::nullopt;
  if (excluded && !read_list(excluded->content, out.excluded)) return std::nullopt;
  return out;
}

/// RFC 5280 4.2.1.10: subtrees of one form are alternatives; a form without any is free.
bool is_permitted(const std::vector<Subtree>& subtrees, const GeneralName& name) {
  bool any = false, inside = false;
  for (const Subtree& subtree : subtrees) {
    if (!name.same_form(subtree.base)) continue;
    if (subtree.limited) return false;
    any = true;
    inside = inside || within(name, subtree.base) == Likeness::same;
  }
  return inside || !any;
}

bool is_excluded(const std::vector<Subtree>& subtrees, const GeneralName& name) {
  return std::ranges::any_of(subtrees, [&](const Subtree& subtree) {
    return name.same_form(subtree.base) &&
           (subtree.limited || within(name, subtree.base) != Likeness::different);
  });
}

bool allows(const Subtrees& subtrees, const GeneralName& name) {
  return is_permitted(subtrees.permitted, name) && !is_excluded(subtrees.excluded, name);
}

std::string whose(std::size_t depth) {
  return depth == 0 ? " of the leaf" : " of the issuer at depth " + std::to_string(depth);
}

RuleBreach broken(std::size_t issuer, const std::string& why) {
  return {Reason::constraint, "a name constraint of the issuer at depth " +
                                  std::to_string(issuer) + " " + why};
}

/// The names on a path, each certificate's read once and only if somebody asks.
class PathNames {
 public:
  PathNames(std::span<Link* const> path, std::span<const std::string> stands_for)
      : path_(path), stands_for_(stands_for), names_(path.size()) {}

  const CertificateNames& at(std::size_t depth) {
    auto& names = names_[depth];
    if (names) return *names;
    names = names_of(path_[depth]->certificate, path_[depth]->extensions);
    if (depth > 0) return *names;
    for (const std::string& name : stands_for_) names->names.push_back(dns_name(name));
    return *names;
  }

 private:
  std::span<Link* const> path_;
  std::span<const std::string> stands_for_;
  std::vector<std::optional<CertificateNames>> names_;
};

/// RFC 5280 6.1.3: self-issued certificates are exempt, unless they are the leaf.
bool is_exempt(const Link& link, std::size_t depth) {
  return depth > 0 && same_name(link.certificate.subject, link.certificate.issuer);
}

}  // namespace

std::optional<RuleBreach> check_name_constraints(
    std::span<Link* const> path, std::span<const std::string> stands_for) {
  PathNames names(path, stands_for);
  for (std::size_t issuer = 1; issuer < path.size(); ++issuer) {
    const auto& constraints = path[issuer]->extensions.name_constraints;
    if (!constraints) continue;
    const auto subtrees = read_subtrees(*constraints);
    if (!subtrees) return broken(issuer, "cannot be read");
    for (std::size_t depth = 0; depth < issuer; ++depth) {
      if (is_exempt(*path[depth], depth)) continue;
      const auto& below = names.at(depth);
      if (below.malformed) {
        return broken(issuer,
                      "meets alternative names that cannot be read" + whose(depth));
      }
      const auto bad = std::ranges::find_if(
          below.names, [&](const GeneralName& name) { return !allows(*subtrees, name); });
      if (bad == below.names.end()) continue;
      return broken(issuer, "forbids the " + describe(*bad) + whose(depth));
    }
  }
  return std::nullopt;
}

}  // namespace verify
