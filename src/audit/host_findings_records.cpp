#include <algorithm>

#include "src/audit/host_findings.h"
#include "src/rrset/faults.h"
#include "verify/prints.h"

namespace audit {
namespace {

constexpr std::size_t kMostRecords = 64;  // looked at one by one
constexpr std::size_t kDigits = 16;       // of the data, in a line for people

/// A chain that an address shows, hashed.
struct ShownPrints {
  const verify::Chain* chain = nullptr;
  verify::Prints prints;
};

/// What an address shows as a rule, if that was judged, and what it shows to those who
/// ask otherwise.
struct AddressPrints {
  std::optional<ShownPrints> usual;
  std::vector<ShownPrints> others;
};

std::vector<AddressPrints> prints_of(const HostSeen& host,
                                     std::span<const AddressJudged> judged) {
  std::vector<AddressPrints> out;
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    AddressPrints one;
    for (const Shown& shown : host.addresses[i].shown) {
      if (shown.how != How::usual && octets_of(shown.chain) > 0) {
        one.others.push_back({&shown.chain, verify::Prints(shown.chain)});
      } else if (shown.how == How::usual && judged[i].verdict) {
        one.usual = ShownPrints{&shown.chain, verify::Prints(shown.chain)};
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// Sees where records match what chains have, whether or not the rest that their usage
/// demands is there.
class Comparison {
 public:
  Comparison(const HostSeen& host, std::span<const AddressJudged> judged,
             std::chrono::sys_seconds now)
      : requirement_(requirement(host)), now_(now), shown_(prints_of(host, judged)) {}

  rrset::Fit fit(const dns::Tlsa& record) {
    rrset::Fit out;
    const auto have = [&](ShownPrints& one) { return one.prints.have(record); };
    out.sent = !shown_.empty();
    for (AddressPrints& one : shown_) {
      out.sent = out.sent && one.usual && have(*one.usual) &&
                 std::ranges::all_of(one.others, have);
      const bool usual = one.usual && matches(record, *one.usual);
      bool other = false;
      for (ShownPrints& beside : one.others) {
        other = other || matches(record, beside);
      }
      out.shown.push_back(usual);
      out.matched = out.matched || usual || other;
    }
    return out;
  }

 private:
  bool matches(const dns::Tlsa& record, ShownPrints& shown) {
    if (record.usage != dns::kDaneTa) return shown.prints.have(record);
    // A whole anchor in the DNS has not to be sent.
    if (dns::is_digest(record.matching) && !shown.prints.have(record)) return false;
    return issues(record, *shown.chain);
  }

  /// Whether the anchor of a record is on the path of the leaf, whatever else is wrong
  /// with that.
  bool issues(const dns::Tlsa& record, const verify::Chain& chain) {
    if (left_ == 0) return true;  // nobody is accused of what was not looked at
    policy::Requirement alone = requirement_;
    alone.records = {record};
    verify::Context context{now_, nullptr, {}};
    context.budget.signatures = std::min(context.budget.signatures, left_);
    const auto verdict = verify::check(chain, alone, context);
    left_ -= std::min(left_, verdict.signatures + 1);
    return rrset::is_on_path(verdict);
  }

  policy::Requirement requirement_;
  std::chrono::sys_seconds now_;
  std::vector<AddressPrints> shown_;
  std::size_t left_ = 256;  // searches and signatures, for all records and addresses
};

/// A fault of the records as a finding about the host; nothing for what the audit does
/// not tell.
std::optional<Finding> finding_of(const HostSeen& host, const rrset::Fault& fault) {
  const auto code = code_of(fault.rule);
  if (!code) return std::nullopt;
  std::string subject = host.tlsa.owner.text();
  if (fault.server) {
    subject = subject_of(host.name, host.addresses.at(*fault.server).address);
  }
  if (rrset::text_of(fault.rule).about == rrset::Subject::set) {
    return Finding{*code, std::move(subject), fault.fact};
  }
  const std::string text = dns::to_text(host.tlsa.records.at(fault.record), kDigits);
  return Finding{*code, std::move(subject),
                 text + (fault.fact.empty() ? "" : ": " + fault.fact)};
}

}  // namespace

void add_record_findings(const HostSeen& host, std::span<const AddressJudged> judged,
                         std::chrono::sys_seconds now, std::vector<Finding>& out) {
  if (host.tlsa.state != policy::TlsaState::present) return;
  std::vector<const dns::Tlsa*> records;
  for (const dns::Tlsa& record : host.tlsa.records) records.push_back(&record);
  auto set = rrset::record_set(records, policy::Service::smtp, kMostRecords);
  if (host.signature) set.ttl = host.signature->original_ttl;
  const bool any_verdict = std::ranges::any_of(
      judged, [](const AddressJudged& one) { return one.verdict.has_value(); });
  set.all_compared = any_verdict && not_looked_at(host) == 0;
  Comparison comparison(host, judged, now);
  for (rrset::Member& member : set.members) {
    if (member.unusable || member.twin) continue;
    member.fit = comparison.fit(*member.record);
  }
  for (const rrset::Fault& fault : rrset::faults(set)) {
    if (auto finding = finding_of(host, fault)) out.push_back(std::move(*finding));
  }
}

}  // namespace audit
