// Mail hosts without TLSA records.
//
// A sender takes the hosts of a domain one after the other, and whoever stands between
// blocks connections as he likes. So one host without records beside others that have
// some undoes what these are for: the others are blocked, and the mail goes to the one
// where nobody has to prove anything (RFC 7672 2.2.1). That holds within one MX RRset
// alone: no sender goes from the hosts of one domain to those of another, so a newsletter
// domain with a host of its own undoes nothing. A zone where no mail host has records is
// another matter, and no fault: its owner may want records for the web alone, or have his
// mail elsewhere. He is told in one line, so that a lint without a finding is never taken
// for a deployment.
//
// Only what this zone answers is known. A host in another zone, or one that an alias
// leads to another zone for, is nobody's fault here; in a fragment of a zone the records
// may stand in another fragment.
#include "src/publish/zone_mail.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "src/publish/zone_name.h"

namespace publish {
namespace {

/// What a zone says of one host.
enum class MailHost {
  of_no_interest,  ///< null MX, in another zone, or without an address here
  without_records,
  with_records,  ///< or with an alias for them, which is judged by itself
};

/// Whether a look-up of TLSA records at a TLSA base domain finds nothing at all.
bool has_none(const ZoneTree& tree, const dns::Name& host) {
  const auto owner = prefixed("_25._tcp.", host);
  if (!owner) return true;
  const auto answer = tree.lookup(*owner, {RecordType::tlsa});
  return answer.end == AnswerEnd::nothing && answer.aliases.empty();
}

// The host and, if it is an alias, its expanded name are both bases (RFC 7672 2.2.2).
MailHost look_at(const Zone& zone, const ZoneTree& tree, const dns::Name& host) {
  if (host.text().empty() || !is_below(host, zone.origin)) {
    return MailHost::of_no_interest;
  }
  const auto addresses =
      tree.lookup(host, {RecordType::a, RecordType::aaaa, RecordType::alias});
  if (addresses.end != AnswerEnd::data) return MailHost::of_no_interest;
  const bool none =
      has_none(tree, host) && (addresses.last == host || has_none(tree, addresses.last));
  return none ? MailHost::without_records : MailHost::with_records;
}

}  // namespace

void lint_mail_hosts(const Zone& zone, const ZoneTree& tree,
                     std::vector<ZoneFinding>& out) {
  if (!zone.whole) return;
  std::map<dns::Name, MailHost> hosts;     // each looked at once
  std::set<dns::Name> owners_with;         // of an MX record whose host has records
  std::vector<const ZoneRecord*> without;  // MX records whose host has none
  for (const ZoneRecord& record : zone.records) {
    if (record.type != RecordType::mx) continue;
    if (tree.hidden(record).why != Hidden::Why::no) continue;
    const auto [at, is_new] = hosts.try_emplace(record.target);
    if (is_new) at->second = look_at(zone, tree, record.target);
    if (at->second == MailHost::with_records) owners_with.insert(record.owner);
    if (at->second == MailHost::without_records) without.push_back(&record);
  }
  if (without.empty()) return;
  if (owners_with.empty()) {
    out.push_back({without.front()->at, Severity::note, "mail-without-dane", zone.origin,
                   "this zone does not use DANE for mail: no mail host in it has a TLSA "
                   "record"});
    return;
  }
  std::set<dns::Name> told, told_owners;
  for (const ZoneRecord* record : without) {
    if (!owners_with.contains(record->owner)) {
      if (!told_owners.insert(record->owner).second) continue;
      out.push_back(
          {record->at, Severity::note, "mail-without-dane", record->owner,
           "mail for this domain goes without DANE: none of its mail hosts here "
           "has a TLSA record"});
      continue;
    }
    if (!told.insert(record->target).second) continue;
    const std::string host = record->target.text();
    std::string text = "the mail host ";
    text.append(host).append(" has no TLSA record at _25._tcp.").append(host);
    text +=
        ", and others of this domain have: who blocks those has the mail go to it, "
        "unproved (RFC 7672 2.2.1)";
    out.push_back({record->at, Severity::warning, "mx-without-tlsa", record->owner,
                   std::move(text)});
  }
}

}  // namespace publish
