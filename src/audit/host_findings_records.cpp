#include <algorithm>
#include <set>
#include <tuple>

#include "src/audit/host_findings.h"
#include "verify/prints.h"
#include "verify/tlsa_usable.h"

namespace audit {
namespace {

constexpr std::size_t kMostRecords = 64;  // looked at one by one
constexpr std::size_t kDigits = 16;       // of the data, in a line for people

std::string short_text(const dns::Tlsa& record) { return dns::to_text(record, kDigits); }

/// What a record is, and what becomes of it here.
struct Noted {
  const dns::Tlsa* record = nullptr;
  std::optional<std::string> unusable;
  bool matched = false;  ///< at some address, by one certificate or another
  bool sent = false;     ///< what it is of is in the chain of each address
  std::vector<bool> at;  ///< for each address: by the certificate that it shows us
};

using Parameters = std::tuple<dns::Usage, dns::Selector, dns::Matching>;

Parameters parameters_of(const dns::Tlsa& record) {
  return {record.usage, record.selector, record.matching};
}

void add_unusable(const std::string& owner, const Noted& noted,
                  std::vector<Finding>& out) {
  const dns::Tlsa& record = *noted.record;
  const bool unknown = dns::meaning(record.usage) == nullptr ||
                       dns::meaning(record.selector) == nullptr ||
                       dns::meaning(record.matching) == nullptr;
  Code code = Code::record_bad_data;
  if (unknown) code = Code::record_unknown_number;
  if (!unknown && dns::needs_trust_store(record.usage)) code = Code::record_pkix_usage;
  out.push_back({code, owner, short_text(record) + ": " + *noted.unusable});
}

/// A whole anchor that is not sent works, and its digest would not (RFC 7671 5.2.2); a
/// whole key of one works for some senders, and has to be sent (RFC 7671 5.2.3).
Code code_of_full(const Noted& noted) {
  const dns::Tlsa& record = *noted.record;
  if (record.usage != dns::kDaneTa || noted.sent) return Code::record_full;
  return record.selector == dns::kSpki ? Code::record_anchor_key_not_sent
                                       : Code::record_anchor_full;
}

void add_shape(const std::string& owner, const Noted& noted,
               const std::vector<Noted>& all, std::vector<Finding>& out) {
  const dns::Tlsa& record = *noted.record;
  const std::string text = short_text(record);
  if (record.matching == dns::kFull) out.push_back({code_of_full(noted), owner, text});
  const bool has_sha256 = std::ranges::any_of(all, [&](const Noted& other) {
    return !other.unusable && other.record->usage == record.usage &&
           other.record->selector == record.selector &&
           other.record->matching == dns::kSha256;
  });
  if (record.matching == dns::kSha512 && !has_sha256) {
    out.push_back({Code::record_sha512_alone, owner, text});
  }
  if (record.selector != dns::kCert) return;
  if (record.usage == dns::kDaneEe) {
    out.push_back({Code::record_certificate, owner, text});
  } else if (record.matching != dns::kFull) {
    out.push_back({Code::record_anchor_certificate, owner, text});
  }
}

std::string words_of(const Parameters& parameters) {
  const auto [usage, selector, matching] = parameters;
  return dns::parameters({usage, selector, matching, {}});
}

/// RFC 7671 8: each combination has a record that matches, at every address. Where none
/// matches at all, the finding about each address says so.
void add_combinations(const HostSeen& host, const std::vector<Noted>& usable,
                      std::vector<Finding>& out) {
  std::set<Parameters> all, somewhere;
  for (const Noted& noted : usable) {
    all.insert(parameters_of(*noted.record));
    if (noted.matched) somewhere.insert(parameters_of(*noted.record));
  }
  if (somewhere.empty()) return;
  for (const Parameters& one : all) {
    if (!somewhere.contains(one)) {
      out.push_back({Code::parameters_unmatched, host.tlsa.owner.text(),
                     "none of " + words_of(one)});
    }
  }
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    std::set<Parameters> here;
    for (const Noted& noted : usable) {
      if (noted.at.at(i)) here.insert(parameters_of(*noted.record));
    }
    if (here.empty()) continue;
    for (const Parameters& one : somewhere) {
      if (here.contains(one)) continue;
      out.push_back({Code::parameters_unmatched,
                     subject_of(host.name, host.addresses[i].address),
                     "none of " + words_of(one) + " here, and elsewhere"});
    }
  }
}

void add_unmatched(const HostSeen& host, const std::vector<Noted>& usable,
                   std::vector<Finding>& out) {
  const bool any = std::ranges::any_of(usable, &Noted::matched);
  for (const Noted& noted : usable) {
    if (noted.matched) continue;
    const bool anchor = noted.record->usage == dns::kDaneTa;
    if (!anchor && !any) continue;  // each address has a finding that says so
    const Code of_anchor = any ? Code::record_anchor_spare : Code::record_anchor_not_sent;
    out.push_back({anchor ? of_anchor : Code::record_unmatched, host.tlsa.owner.text(),
                   short_text(*noted.record)});
  }
  add_combinations(host, usable, out);
}

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

  void compare(Noted& noted) {
    const dns::Tlsa& record = *noted.record;
    const auto have = [&](ShownPrints& one) { return one.prints.have(record); };
    noted.sent = !shown_.empty();
    for (AddressPrints& one : shown_) {
      noted.sent = noted.sent && one.usual && have(*one.usual) &&
                   std::ranges::all_of(one.others, have);
      const bool usual = one.usual && matches(record, *one.usual);
      bool other = false;
      for (ShownPrints& beside : one.others) {
        other = other || matches(record, beside);
      }
      noted.at.push_back(usual);
      noted.matched = noted.matched || usual || other;
    }
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
    using verify::Reason;
    if (left_ == 0) return true;  // nobody is accused of what was not looked at
    policy::Requirement alone = requirement_;
    alone.records = {record};
    verify::Context context{now_, nullptr, {}};
    context.budget.signatures = std::min(context.budget.signatures, left_);
    const auto verdict = verify::check(chain, alone, context);
    left_ -= std::min(left_, verdict.signatures + 1);
    return std::ranges::any_of(verdict.notes, [](const verify::RecordNote& note) {
      return note.state == verify::RecordState::matched ||
             (note.state == verify::RecordState::failed &&
              note.reason != Reason::mismatch && note.reason != Reason::no_path &&
              note.reason != Reason::anchor_is_leaf);
    });
  }

  policy::Requirement requirement_;
  std::chrono::sys_seconds now_;
  std::vector<AddressPrints> shown_;
  std::size_t left_ = 256;  // searches and signatures, for all records and addresses
};

/// The records that are looked at one by one, those of use first.
std::vector<Noted> looked_at(const std::vector<dns::Tlsa>& records) {
  std::vector<Noted> out;
  for (const dns::Tlsa& record : records) {
    out.push_back(
        {&record,
         verify::unusable(record, policy::Service::smtp, verify::TrustStore::none),
         false,
         false,
         {}});
  }
  std::ranges::stable_partition(out, [](const Noted& one) { return !one.unusable; });
  if (out.size() > kMostRecords) out.resize(kMostRecords);
  return out;
}

}  // namespace

void add_record_findings(const HostSeen& host, std::span<const AddressJudged> judged,
                         std::chrono::sys_seconds now, std::vector<Finding>& out) {
  if (host.tlsa.state != policy::TlsaState::present) return;
  const std::string owner = host.tlsa.owner.text();
  const auto& records = host.tlsa.records;
  const bool seen = std::ranges::any_of(
      judged, [](const AddressJudged& one) { return one.verdict.has_value(); });
  Comparison comparison(host, judged, now);
  std::vector<Noted> noted, usable;
  for (Noted& one : looked_at(records)) {
    const bool twice = std::ranges::any_of(
        noted, [&](const Noted& other) { return *other.record == *one.record; });
    if (twice) {
      out.push_back({Code::record_duplicate, owner, short_text(*one.record)});
      continue;
    }
    if (!one.unusable) {
      comparison.compare(one);
      usable.push_back(one);
    } else {
      add_unusable(owner, one, out);
    }
    noted.push_back(std::move(one));
  }
  for (const Noted& one : usable) add_shape(owner, one, noted, out);
  if (usable.empty()) {
    out.push_back({Code::none_usable, owner,
                   std::to_string(records.size()) +
                       (records.size() == 1 ? " record" : " records") +
                       ", none of use for mail"});
    return;
  }
  if (seen && not_looked_at(host) == 0) add_unmatched(host, usable, out);
  const bool matched = std::ranges::any_of(usable, &Noted::matched);
  const bool spare = std::ranges::any_of(usable, [](const Noted& one) {
    return one.record->usage == dns::kDaneTa || !one.matched;
  });
  if (matched && !spare) {
    out.push_back({Code::no_spare, owner, "records of present keys alone"});
  }
}

}  // namespace audit
