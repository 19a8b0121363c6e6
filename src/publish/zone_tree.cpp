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

}  // namespace

/// How far down the tree a name can be followed.
struct ZoneTree::Descent {
  dns::Name encloser;                 // the longest existing ancestor, or the name itself
  const ZoneRecord* cut = nullptr;    // NS record of a child zone at or above the name
  const ZoneRecord* dname = nullptr;  // DNAME record above the name
};

const ZoneRecord* first_of(const std::vector<const ZoneRecord*>& records,
                           RecordType type) {
  const auto found = std::ranges::find(records, type, &ZoneRecord::type);
  return found == records.end() ? nullptr : *found;
}

ZoneTree::ZoneTree(const Zone& zone) : zone_(zone) {
  for (const ZoneRecord& record : zone.records) {
    if (is_signers(record.type)) continue;
    nodes_[record.owner].push_back(&record);
    if (!is_below(record.owner, zone.origin)) continue;
    for (dns::Name name = record.owner; name != zone.origin;) {
      name = parent_of(name);
      if (!nodes_.try_emplace(name).second) break;
    }
  }
}

bool ZoneTree::exists(const dns::Name& name) const {
  return name == zone_.origin || nodes_.contains(name);
}

const std::vector<const ZoneRecord*>& ZoneTree::at(const dns::Name& name) const {
  static const std::vector<const ZoneRecord*> kNone;
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? kNone : found->second;
}

ZoneTree::Descent ZoneTree::descend(const dns::Name& name) const {
  std::vector<dns::Name> way;  // from the name up to the apex
  for (dns::Name at = name; at != zone_.origin; at = parent_of(at)) way.push_back(at);
  Descent out{zone_.origin, nullptr, nullptr};
  if (!way.empty()) out.dname = first_of(at(zone_.origin), RecordType::dname);
  while (!way.empty() && out.dname == nullptr) {
    const dns::Name next = std::move(way.back());
    way.pop_back();
    if (!exists(next)) break;
    out.encloser = next;
    const auto& records = at(next);
    out.cut = first_of(records, RecordType::ns);
    if (out.cut != nullptr) break;
    if (!way.empty()) out.dname = first_of(records, RecordType::dname);
  }
  return out;
}

Hidden ZoneTree::hidden(const ZoneRecord& record) const {
  if (!is_below(record.owner, zone_.origin)) return {Hidden::Why::outside, nullptr};
  const auto descent = descend(record.owner);
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
    const auto descent = descend(out.last);
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
    const bool direct = descent.encloser == out.last;
    const auto source = direct ? out.last : prefixed("*.", descent.encloser);
    if (!source) return out;
    const auto& records = at(*source);
    for (const ZoneRecord* record : records) {
      if (std::ranges::find(types, record->type) != types.end()) {
        out.records.push_back(record);
      }
    }
    if (!out.records.empty()) {
      out.end = AnswerEnd::data;
      return out;
    }
    const ZoneRecord* alias = first_of(records, RecordType::cname);
    if (alias == nullptr) return out;
    out.aliases.push_back(alias);
    out.last = alias->target;
  }
}

}  // namespace publish
