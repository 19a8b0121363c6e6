#include "verify/name_constraints.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "verify/der.h"

namespace verify {
namespace {

constexpr std::size_t kMostSubtrees = 1024;
constexpr std::size_t kMostRdns = 64;
constexpr std::uint8_t kDirectoryName = der::constructed(4);

/// A relative distinguished name in a form that compares octet by octet.
struct Rdn {
  std::string text;         ///< each attribute: its OID, and its value folded
  bool comparable = false;  ///< ASCII in one of the common string types
};

bool is_common_string(std::uint8_t tag) {
  return tag == der::kUtf8String || tag == der::kPrintableString ||
         tag == der::kIa5String;
}

// Case and white space do not count (RFC 5280 7.1).
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') {
      out += base::lower(c);
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::optional<Rdn> read_rdn(base::ByteView content) {
  Rdn out{"", true};
  der::Reader set(content);
  while (const auto attribute = set.next(der::kSequence)) {
    der::Reader reader(attribute->content);
    const auto type = reader.next(der::kOid);
    const auto value = reader.next();
    if (!type || !value || !reader.at_end()) return std::nullopt;
    const auto text = base::as_text(value->content);
    const bool comparable = is_common_string(value->tag) && base::is_ascii(text);
    out.comparable = out.comparable && comparable;
    out.text += base::as_text(type->whole);
    out.text += comparable ? folded(text) : std::string(base::as_text(value->whole));
    out.text += '\0';
  }
  if (!set.at_end()) return std::nullopt;
  return out;
}

using Rdns = std::vector<Rdn>;

/// The parts of a Name (its whole DER).
std::optional<Rdns> read_name(base::ByteView name) {
  const auto sequence = der::only(name, der::kSequence);
  if (!sequence) return std::nullopt;
  Rdns out;
  der::Reader reader(sequence->content);
  while (const auto set = reader.next(der::kSet)) {
    auto rdn = read_rdn(set->content);
    if (!rdn || out.size() >= kMostRdns) return std::nullopt;
    out.push_back(std::move(*rdn));
  }
  if (!reader.at_end()) return std::nullopt;
  return out;
}

/// One base name; `name` is read if it is a directoryName.
struct Subtree {
  std::uint8_t tag = 0;
  Rdns name;
};

/// The subtrees of one NameConstraints (RFC 5280 4.2.1.10).
struct Subtrees {
  std::vector<Subtree> permitted;
  std::vector<Subtree> excluded;
};

// With `minimum` other than 0 or any `maximum` a subtree is not one of this profile.
std::optional<Subtree> read_subtree(base::ByteView content) {
  der::Reader reader(content);
  const auto base_name = reader.next();
  if (!base_name || !reader.at_end()) return std::nullopt;
  Subtree out{base_name->tag, {}};
  if (out.tag != kDirectoryName) return out;
  auto name = read_name(base_name->content);
  if (!name) return std::nullopt;
  out.name = std::move(*name);
  return out;
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

bool begins_with(const Rdns& name, const Rdns& prefix) {
  return prefix.size() <= name.size() &&
         std::equal(prefix.begin(), prefix.end(), name.begin(),
                    [](const Rdn& a, const Rdn& b) { return a.text == b.text; });
}

bool comparable(const Rdns& name) {
  return std::ranges::all_of(name, [](const Rdn& rdn) { return rdn.comparable; });
}

bool is_excluded(const std::vector<Subtree>& subtrees, const Rdns& subject) {
  return std::ranges::any_of(subtrees, [&](const Subtree& subtree) {
    if (subtree.tag != kDirectoryName) return false;
    // What cannot be told apart for sure may be the excluded one.
    return begins_with(subject, subtree.name) || !comparable(subtree.name) ||
           !comparable(subject);
  });
}

bool is_permitted(const std::vector<Subtree>& subtrees, const Rdns& subject) {
  bool any = false;
  for (const Subtree& subtree : subtrees) {
    if (subtree.tag != kDirectoryName) continue;
    if (begins_with(subject, subtree.name)) return true;
    any = true;
  }
  return !any;
}

bool subject_permitted(const Subtrees& subtrees, const Certificate& certificate) {
  const auto subject = read_name(certificate.subject);
  if (!subject) return false;
  if (subject->empty()) return true;  // the form of name is not there
  return !is_excluded(subtrees.excluded, *subject) &&
         is_permitted(subtrees.permitted, *subject);
}

Finding broken(std::size_t depth, std::string_view why) {
  return {Reason::constraint, "a name constraint of the issuer at depth " +
                                  std::to_string(depth) + " " + std::string(why)};
}

}  // namespace

Finding check_directory_names(std::span<Link* const> path) {
  for (std::size_t issuer = 1; issuer < path.size(); ++issuer) {
    const auto& constraints = path[issuer]->extensions.name_constraints;
    if (!constraints) continue;
    const auto subtrees = read_subtrees(*constraints);
    if (!subtrees) return broken(issuer, "cannot be read");
    for (std::size_t depth = 0; depth < issuer; ++depth) {
      const Link& below = *path[depth];
      if (depth > 0 && self_issued(below.certificate)) continue;
      const std::string whose = depth == 0 ? "the leaf" : "an intermediate";
      if (!subject_permitted(*subtrees, below.certificate)) {
        return broken(issuer, "forbids the subject of " + whose);
      }
    }
  }
  return {};
}

}  // namespace verify
