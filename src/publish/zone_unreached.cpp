#include "src/publish/zone_unreached.h"

#include "src/publish/zone_service.h"

namespace publish {
namespace {

void add(const ZoneRecord& record, Severity severity, std::string_view code,
         std::string detail, std::vector<ZoneFinding>& out) {
  out.push_back(
      {record.at, severity, std::string(code), record.owner, std::move(detail)});
}

/// A record that is in no answer, whatever is asked. Whether it was one.
bool tell_hidden(const Zone& zone, const ZoneTree& tree, const ZoneRecord& record,
                 std::vector<ZoneFinding>& out) {
  const auto hidden = tree.hidden(record);
  const std::string by =
      hidden.by == nullptr ? "" : " in line " + std::to_string(hidden.by->at.line);
  switch (hidden.why) {
    case Hidden::Why::no:
      return false;
    case Hidden::Why::outside:
      add(record, Severity::error, "out-of-zone",
          "not in the zone " + zone.origin.text() +
              ": name servers pass it over, or refuse the zone",
          out);
      return true;
    case Hidden::Why::delegated:
      add(record, Severity::error, "below-delegation",
          "below the delegation" + by + ": the child zone answers, not this one", out);
      return true;
    case Hidden::Why::renamed:
      add(record, Severity::error, "below-alias",
          "below the DNAME record" + by + ": never answered (RFC 6672 2.4)", out);
      return true;
  }
  return false;
}

void tell_owner(const ZoneRecord& record, std::vector<ZoneFinding>& out) {
  const bool wildcard = record.owner.text().starts_with("*.");
  if (wildcard && record.owner.text().find(".*.") == std::string::npos) {
    add(record, Severity::warning, "odd-owner",
        "no host of this zone is covered: a wildcard stands for names that do not exist, "
        "directly below one that does (RFC 4592 2.2, 3.3.1)",
        out);
  } else if (!place_of(record.owner)) {
    add(record, Severity::warning, "odd-owner",
        wrong_place(record.owner) + ": nobody looks here (RFC 6698 3)", out);
  }
}

/// `_025._tcp.mx CNAME …`: an alias that somebody wrote for a service.
bool is_meant_for_service(const ZoneTree& tree, const ZoneRecord& record) {
  const auto labels = record.owner.labels();
  if (labels.size() < 3 || place_of(record.owner)) return false;
  if (!labels[0].starts_with('_') && !labels[1].starts_with('_')) return false;
  return tree.lookup(record.owner, {RecordType::tlsa}).end == AnswerEnd::data;
}

}  // namespace

void lint_unreached(const Zone& zone, const ZoneTree& tree, const ReachedRecords& reached,
                    std::vector<ZoneFinding>& out) {
  for (const ZoneRecord& record : zone.records) {
    if (reached.contains(&record)) continue;
    if (record.type == RecordType::tlsa && !tell_hidden(zone, tree, record, out)) {
      tell_owner(record, out);
    }
    if (record.type == RecordType::cname && is_meant_for_service(tree, record)) {
      tell_owner(record, out);
    }
  }
}

}  // namespace publish
