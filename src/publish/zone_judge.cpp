#include "src/publish/zone_judge.h"

#include <algorithm>

#include "src/base/pem.h"
#include "verify/check.h"
#include "verify/names.h"
#include "verify/tlsa_match.h"

namespace publish {
namespace {

constexpr std::size_t kMostNames = 1024;  // of a leaf

}  // namespace

// Usages 0 and 1 are judged as if the domain's own CAs were in everybody's trust store.
ZoneJudge::ZoneJudge(const ServerChains& chains, std::chrono::sys_seconds now)
    : chains_(chains), now_(now) {
  for (const auto* files : {&chains.servers, &chains.issuers}) {
    for (const ChainFile& file : *files) {
      (void)roots_.add_pem(base::to_pem("CERTIFICATE", file.chain.back()));
    }
  }
  for (const ChainFile& file : chains.servers) {
    prints_.emplace_back(file.chain, file.chain.size());
    names_.emplace_back();
    if (const auto leaf = verify::parse_certificate(file.chain.front())) {
      names_.back() =
          verify::presented_names(*leaf, verify::read_extensions(*leaf), kMostNames);
    }
  }
}

// Spares the paths of chains that a record has nothing to do with. A whole anchor need
// not be sent, and that of usage 0 is in the trust store.
bool ZoneJudge::may_match(const dns::Tlsa& record, std::size_t chain) const {
  auto& prints = prints_.at(chain);
  if (!dns::is_about_issuer(record.usage)) return prints.have(record);
  if (!dns::is_digest(record.matching) || record.usage == dns::kPkixTa) return true;
  return prints.have_anywhere(record);
}

verify::Verdict ZoneJudge::check(std::size_t chain, std::vector<dns::Tlsa> records,
                                 const ZoneService& service) const {
  policy::Requirement requirement;
  requirement.service = service.kind;
  requirement.common_name = policy::CommonName::smtp_dane_ta;
  requirement.names = service.names;
  requirement.records = std::move(records);
  return verify::check(chains_.servers.at(chain).chain, requirement, {now_, &roots_, {}});
}

// Which server shows which chain is not known: what one of them sends is sent.
rrset::Fit ZoneJudge::fit(const dns::Tlsa& record, const ZoneService& service) const {
  rrset::Fit out;
  for (std::size_t i = 0; i < chains_.servers.size() && !out.sent; ++i) {
    if (!may_match(record, i)) continue;
    if (!rrset::is_on_path(check(i, {record}, service))) continue;
    out.matched = true;
    out.sent = prints_[i].have_anywhere(record);
  }
  return out;
}

ServiceJudgement ZoneJudge::judge(const ZoneService& service) const {
  ServiceJudgement out;
  std::vector<dns::Tlsa> records;
  records.reserve(service.answer.records.size());
  for (const ZoneRecord* record : service.answer.records) records.push_back(record->tlsa);
  for (std::size_t i = 0; i < chains_.servers.size(); ++i) {
    const bool possible = std::ranges::any_of(
        records, [&](const dns::Tlsa& record) { return may_match(record, i); });
    if (!possible) {
      out.accepted.push_back(false);
      continue;
    }
    auto verdict = check(i, records, service);
    out.accepted.push_back(verify::accepted(verdict.outcome));
    out.any = out.any || out.accepted.back();
    if (out.accepted.back() || verify::rank(verdict.reason) <= verify::rank(out.nearest))
      continue;
    out.nearest = verdict.reason;
    out.file = chains_.servers[i].file;
    out.detail = std::move(verdict.detail);
  }
  return out;
}

Naming ZoneJudge::naming(std::size_t chain, const dns::Name& host) const {
  const verify::PresentedNames& names = names_.at(chain);
  auto out = Naming::no;
  const auto compare = [&](base::ByteView name) {
    if (!verify::match_presented(base::as_text(name), host)) return;
    const bool wildcard = base::as_text(name).starts_with('*');
    if (out != Naming::exactly) out = wildcard ? Naming::by_wildcard : Naming::exactly;
  };
  for (const base::ByteView name : names.dns) compare(name);
  if (names.dns.empty() && names.common_name) compare(*names.common_name);
  return out;
}

std::optional<std::string> ZoneJudge::beside(const dns::Tlsa& record) const {
  for (const ChainFile& file : chains_.issuers) {
    for (const base::Bytes& der : file.chain) {
      const auto parts = verify::parse_certificate(der);
      if (parts && verify::matches(record, *parts)) return file.file;
    }
  }
  return std::nullopt;
}

}  // namespace publish
