// The lint of a zone's TLSA records.
//
// A record is judged by what becomes of it: a peer looks a service up, the zone answers
// by its own records, by an alias, a wildcard or a DNAME record, and the answer as a
// whole is held against each chain that a server may show. So the lint begins with the
// services that somebody can look for (zone_service.h), not with the lines, and what no
// service leads to is a finding of its own: it does nothing, and its administrator
// believes that it does.
#include "src/publish/zone_lint.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "src/publish/zone_judge.h"
#include "src/publish/zone_mail.h"
#include "src/publish/zone_name.h"
#include "src/publish/zone_shape.h"
#include "src/publish/zone_unreached.h"
#include "src/rrset/faults.h"

namespace publish {
namespace {

class Linter {
 public:
  Linter(const Zone& zone, const std::vector<ChainFile>& files,
         std::chrono::sys_seconds now)
      : zone_(zone), tree_(zone), chains_(server_chains(files)), judge_(chains_, now) {
    known_.compared = !files.empty();
  }

  std::vector<ZoneFinding> run();

 private:
  void lint_nodes();
  void lint_service(const ZoneService& service);
  void lint_alias(const ZoneService& service);
  void lint_host(const ZoneService& service);
  bool is_nowhere(const dns::Name& host);
  void lint_records(const ZoneService& service);
  void lint_judgement(const ZoneService& service);
  [[nodiscard]] std::string mismatch_in_words(const ZoneRrset& records) const;
  void lint_sets();
  void lint_chains();
  void lint_chain(std::size_t chain);
  void add(const ZoneRecord& record, Severity severity, std::string_view code,
           std::string detail);

  const Zone& zone_;
  ZoneTree tree_;
  ServerChains chains_;
  ZoneJudge judge_;
  std::vector<ZoneService> services_;
  std::vector<ServiceJudgement> judgements_;  // one a service
  ReachedRecords reached_;
  RecordsKnown known_;
  std::map<dns::Name, bool> nowhere_;                                 // of hosts
  std::set<std::tuple<std::size_t, std::size_t, std::string>> told_;  // refusals
  std::vector<ZoneFinding> out_;
};

void Linter::add(const ZoneRecord& record, Severity severity, std::string_view code,
                 std::string detail) {
  out_.push_back(
      {record.at, severity, std::string(code), record.owner, std::move(detail)});
}

std::vector<ZoneFinding> Linter::run() {
  out_ = zone_.problems;
  services_ = services_of(zone_, tree_);
  lint_nodes();
  for (const ZoneService& service : services_) lint_service(service);
  for (const ZoneService& service : services_) lint_judgement(service);
  lint_sets();
  lint_unreached(zone_, tree_, reached_, out_);
  lint_mail_hosts(zone_, tree_, out_);
  lint_chains();
  std::ranges::stable_sort(out_, {}, [](const ZoneFinding& finding) {
    return std::make_tuple(finding.at.file, finding.at.line);
  });
  return std::move(out_);
}

// What stands at one name, whoever looks for it.
void Linter::lint_nodes() {
  for (const auto& [name, node] : tree_.nodes()) {
    const ZoneRecord* alias = nullptr;
    const ZoneRecord* other = nullptr;
    for (const ZoneRecord* record : node.records) {
      const bool second = record->type == RecordType::cname && alias != nullptr &&
                          alias->target != record->target;
      if (record->type != RecordType::cname || second) other = record;
      if (record->type == RecordType::cname && alias == nullptr) alias = record;
    }
    if (alias != nullptr && other != nullptr) {
      add(*other, Severity::error, "beside-alias",
          "there is a CNAME record in line " + std::to_string(alias->at.line) +
              ", which stands alone (RFC 1034 3.6.2): name servers refuse both, or one");
    }
  }
}

void Linter::lint_service(const ZoneService& service) {
  for (const ZoneRecord* alias : service.answer.aliases) reached_.insert(alias);
  lint_alias(service);
  if (service.answer.end != AnswerEnd::data) return;
  for (const ZoneRecord* record : service.answer.records) reached_.insert(record);
  lint_host(service);
  lint_records(service);
}

// An alias that is written for a service and leads to no records.
void Linter::lint_alias(const ZoneService& service) {
  const auto& aliases = service.answer.aliases;
  if (aliases.empty() || aliases.front()->owner != service.owner) return;
  const ZoneRecord& first = *aliases.front();
  switch (service.answer.end) {
    case AnswerEnd::loop:
      return add(
          first, Severity::error, "alias-loop",
          "this alias has no end: a look-up fails, and mail waits (RFC 7672 2.1.3)");
    case AnswerEnd::nothing:
      return add(first, Severity::warning, "dangling-alias",
                 "this alias leads to " + service.answer.last.text() +
                     ", which has no TLSA records here");
    case AnswerEnd::outside:
    case AnswerEnd::delegated:
      return add(first, Severity::note, "elsewhere",
                 "this alias leads to " + service.answer.last.text() +
                     " in another zone, which is not looked at");
    case AnswerEnd::data:
      return;
  }
}

/// Whether a host has no address. Asked once for all of its ports.
bool Linter::is_nowhere(const dns::Name& host) {
  const auto [at, is_new] = nowhere_.try_emplace(host, false);
  if (!is_new) return at->second;
  const auto answer =
      tree_.lookup(host, {RecordType::a, RecordType::aaaa, RecordType::alias});
  return at->second = answer.end == AnswerEnd::nothing;
}

void Linter::lint_host(const ZoneService& service) {
  if (!zone_.whole) return;  // a fragment: the addresses may be elsewhere
  if (!is_below(service.host, zone_.origin) || !is_nowhere(service.host)) return;
  const auto& records = service.answer.records;
  const ZoneRecord& at =
      service.answer.aliases.empty() ? *records.front() : *service.answer.aliases.front();
  const std::string twice = zone_.origin.text() + "." + zone_.origin.text();
  const bool no_dot =
      !zone_.origin.text().empty() && service.host.text().ends_with(twice);
  add(at, Severity::warning, "no-host",
      service.host.text() + " has no address in this zone" +
          (no_dot ? ": a dot is missing at the end of the name" : ""));
}

void Linter::lint_records(const ZoneService& service) {
  const auto& records = service.answer.records;
  auto& kind =
      known_.reached.try_emplace(records.front()->owner, service.kind).first->second;
  if (service.kind == policy::Service::smtp) kind = service.kind;
  for (const ZoneRecord* record : records) {
    if (!known_.compared || rrset::unusable(record->tlsa, service.kind)) continue;
    auto& best = known_.fits.try_emplace(record).first->second;
    if (best.sent) continue;
    const auto fit = judge_.fit(record->tlsa, service);
    best.matched = best.matched || fit.matched;
    best.sent = fit.sent;
  }
}

// A peer's judgement of all records of a service together.
void Linter::lint_judgement(const ZoneService& service) {
  judgements_.emplace_back();
  if (!known_.compared || service.answer.end != AnswerEnd::data) return;
  auto& judgement = judgements_.back() = judge_.judge(service);
  if (judgement.any) return;
  const auto& records = service.answer.records;
  const bool usable = std::ranges::any_of(records, [&](const ZoneRecord* record) {
    return !rrset::unusable(record->tlsa, service.kind);
  });
  if (!usable) return;  // the rules of the set say that
  const ZoneSpot at = records.front()->at;
  const bool mismatch = judgement.nearest == verify::Reason::mismatch;
  const std::string refusal = mismatch ? "" : judgement.file + ": " + judgement.detail;
  if (!told_.emplace(at.file, at.line, refusal).second) return;
  out_.push_back({at, Severity::error, std::string(verify::to_text(judgement.nearest)),
                  service.owner, mismatch ? mismatch_in_words(records) : refusal});
}

/// That nothing matches, with the record that means a certificate which no server sends.
std::string Linter::mismatch_in_words(const ZoneRrset& records) const {
  std::string fact;
  for (const ZoneRecord* record : records) {
    const auto file = judge_.beside(record->tlsa);
    if (!file) continue;
    fact = "line " + std::to_string(record->at.line) + " is of a certificate in " + *file;
    break;
  }
  return rrset::in_words({rrset::Rule::mismatch, 0, {}, {}, std::move(fact)});
}

// The records of each owner together, whether or not a service leads to them.
void Linter::lint_sets() {
  for (const auto& [name, node] : tree_.nodes()) {
    ZoneRrset rrset;
    for (const ZoneRecord* record : node.records) {
      if (record->type == RecordType::tlsa) rrset.push_back(record);
    }
    if (!rrset.empty()) lint_shape(rrset, known_, judge_, out_);
  }
}

// Each chain of a host must be covered: servers with two kinds of key show either. Which
// port shows which is not known, so one service of the host that believes it is enough.
void Linter::lint_chain(std::size_t chain) {
  auto best = Naming::no;
  std::vector<std::size_t> named;  // services of hosts that the leaf is best named for
  bool elsewhere = false;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (services_[i].answer.end != AnswerEnd::data) continue;
    elsewhere = elsewhere || judgements_[i].accepted.at(chain);
    const auto naming = judge_.naming(chain, services_[i].host);
    if (naming == Naming::no || naming < best) continue;
    if (naming > best) named.clear();
    best = naming;
    named.push_back(i);
  }
  const ZoneService* service = nullptr;
  for (const std::size_t i : named) {
    if (judgements_[i].accepted.at(chain)) return;
    // That a service believes no chain at all is told already.
    if (judgements_[i].any && service == nullptr) service = &services_[i];
  }
  if (service == nullptr) return;
  const bool sure = best == Naming::exactly && !elsewhere;
  out_.push_back(
      {service->answer.records.front()->at, sure ? Severity::error : Severity::warning,
       "uncovered-chain", service->owner,
       judge_.chains()[chain].file + " is for " + service->host.text() +
           (best == Naming::exactly ? "" : " too (by a wildcard)") +
           ", and no record of it covers that chain: a server that shows it is refused "
           "(RFC 7671 8)"});
}

void Linter::lint_chains() {
  for (const std::string& file : chains_.reversed) {
    out_.push_back({{0, 0},
                    Severity::warning,
                    "leaf-not-first",
                    zone_.origin,
                    file + ": the issuer stands before the server's certificate, which "
                           "must come first; not taken for a chain"});
  }
  for (std::size_t i = 0; i < judge_.chains().size(); ++i) lint_chain(i);
}

}  // namespace

std::vector<ZoneFinding> lint_zone(const Zone& zone, const std::vector<ChainFile>& chains,
                                   std::chrono::sys_seconds now) {
  return Linter(zone, chains, now).run();
}

}  // namespace publish
