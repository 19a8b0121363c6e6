#include "src/publish/zone_tree.h"

#include <algorithm>
#include <set>

#include "src/publish/zone_name.h"

namespace publish {
namespace {

constexpr std::size_t kMostAliases = 16;

/// Records that DNSSEC signers add: they make no name exist for a look-up, and the hashed
/// owners of NSEC3 are no names of the zone at all (RFC 5155 7.1).
bool is_signers(RecordType type) {
  return type == RecordType::rrsig || type == RecordType::nsec ||
         type == RecordType::nsec3;
}

/// Whether `name` is `above` or below it, both as text.
bool is_at_or_below(std::string_view name, std::string_view above) {
  if (!name.ends_with(above)) return false;
  return name.size() == above.size() || above.empty() ||
         name[name.size() - above.size() - 1] == '.';
}

}  // namespace

/// How far down the tree a name can be followed. Views of the name.
struct ZoneTree::Descent {
  std::string_view encloser;          // the longest existing ancestor, or the name itself
  const ZoneRecord* cut = nullptr;    // NS record of a child zone at or above the name
  const ZoneRecord* dname = nullptr;  // DNAME record above the name
};

// A dot ends a label, so it comes before all that a label may go on with.
bool ZoneTree::ByLabels::operator()(std::string_view a, std::string_view b) const {
  const auto rank = [](char c) { return c == '.' ? 0 : static_cast<unsigned char>(c); };
  return std::lexicographical_compare(
      a.rbegin(), a.rend(), b.rbegin(), b.rend(),
      [&](char one, char other) { return rank(one) < rank(other); });
}

ZoneTree::ZoneTree(const Zone& zone) : zone_(zone) {
  for (const ZoneRecord& record : zone.records) {
    if (is_signers(record.type)) continue;
    Node& node = nodes_[record.owner.text()];
    node.records.push_back(&record);
    const auto keep = [&](RecordType type, const ZoneRecord*& first) {
      if (record.type == type && first == nullptr) first = &record;
    };
    keep(RecordType::ns, node.cut);
    keep(RecordType::dname, node.dname);
    keep(RecordType::cname, node.alias);
    const std::string& owner = record.owner.text();
    const bool wildcard = owner == "*" || owner.starts_with("*.");
    covers_ = covers_ || wildcard || record.type == RecordType::dname;
  }
}

bool ZoneTree::exists(std::string_view name) const {
  if (name == zone_.origin.text()) return true;
  const auto found = nodes_.lower_bound(name);
  return found != nodes_.end() && is_at_or_below(found->first, name);
}

const ZoneTree::Node& ZoneTree::node(std::string_view name) const {
  static const Node kNone;
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? kNone : found->second;
}

/// The source of synthesis below a closest encloser (RFC 4592 3.3.1).
const ZoneTree::Node& ZoneTree::wildcard(std::string_view encloser) const {
  return node(encloser.empty() ? "*" : "*." + std::string(encloser));
}

const std::vector<const ZoneRecord*>& ZoneTree::at(const dns::Name& name) const {
  return node(name.text()).records;
}

// Down from the apex, a label at a time. The name must be of the zone.
ZoneTree::Descent ZoneTree::descend(std::string_view name) const {
  std::size_t size = zone_.origin.text().size();
  Descent out{name.substr(name.size() - size), nullptr, nullptr};
  if (size < name.size()) out.dname = node(out.encloser).dname;
  while (size < name.size() && out.dname == nullptr) {
    const std::size_t end = name.size() - size - (size > 0 ? 1 : 0);
    const std::size_t dot = name.substr(0, end).rfind('.');
    const auto next = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
    if (!exists(next)) break;
    out.encloser = next;
    size = next.size();
    const Node& here = node(next);
    out.cut = here.cut;
    if (out.cut != nullptr) break;
    if (size < name.size()) out.dname = here.dname;
  }
  return out;
}

Hidden ZoneTree::hidden(const ZoneRecord& record) const {
  if (!is_below(record.owner, zone_.origin)) return {Hidden::Why::outside, nullptr};
  const auto descent = descend(record.owner.text());
  if (descent.cut != nullptr) return {Hidden::Why::delegated, descent.cut};
  if (descent.dname != nullptr) return {Hidden::Why::renamed, descent.dname};
  return {};
}

ZoneAnswer ZoneTree::lookup(const dns::Name& name,
                            std::initializer_list<RecordType> types) const {
  ZoneAnswer out;
  out.last = name;
  std::set<dns::Name> seen;
  for (;;) {
    out.end = AnswerEnd::outside;
    if (!is_below(out.last, zone_.origin)) return out;
    out.end = AnswerEnd::loop;
    if (!seen.insert(out.last).second || seen.size() > kMostAliases) return out;
    const auto descent = descend(out.last.text());
    out.end = AnswerEnd::delegated;
    if (descent.cut != nullptr) return out;
    out.end = AnswerEnd::nothing;
    if (descent.dname != nullptr) {
      const std::string& text = out.last.text();
      const auto kept = text.size() - descent.dname->owner.text().size();
      const auto renamed = prefixed(text.substr(0, kept), descent.dname->target);
      if (!renamed) return out;
      out.aliases.push_back(descent.dname);
      out.last = *renamed;
      continue;
    }
    const bool direct = descent.encloser == out.last.text();
    const Node& source = direct ? node(out.last.text()) : wildcard(descent.encloser);
    for (const ZoneRecord* record : source.records) {
      if (std::ranges::find(types, record->type) != types.end()) {
        out.records.push_back(record);
      }
    }
    if (!out.records.empty()) {
      out.end = AnswerEnd::data;
      return out;
    }
    if (source.alias == nullptr) return out;
    out.aliases.push_back(source.alias);
    out.last = source.alias->target;
  }
}

}  // namespace publish
