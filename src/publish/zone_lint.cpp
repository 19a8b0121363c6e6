#include "src/publish/zone_lint.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "src/base/pem.h"
#include "verify/check.h"
#include "verify/roots.h"
#include "verify/tlsa_match.h"
#include "verify/tlsa_usable.h"

namespace publish {
namespace {

constexpr std::chrono::seconds kLongTtl{3600};  // a rollover waits for two of them
constexpr std::uint16_t kSmtpPort = 25;

using Combination = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;

Combination combination_of(const dns::Tlsa& record) {
  return {record.usage, record.selector, record.matching};
}

/// What `_25._tcp.mx.example.org` says.
struct Place {
  dns::Name host;
  std::optional<std::uint16_t> port;  ///< none for `*`
};

std::optional<Place> place_of(const dns::Name& owner) {
  const auto labels = owner.labels();
  if (labels.size() < 3) return std::nullopt;
  Place out;
  const std::string_view port = labels[0];
  if (port != "*") {
    std::uint16_t number = 0;
    const char* end = port.data() + port.size();
    const auto [rest, error] = std::from_chars(port.data() + 1, end, number);
    if (!port.starts_with('_') || error != std::errc() || rest != end)
      return std::nullopt;
    out.port = number;
  }
  if (labels[1] != "_tcp" && labels[1] != "_udp" && labels[1] != "_sctp") {
    return std::nullopt;
  }
  const std::size_t prefix = labels[0].size() + labels[1].size() + 2;
  auto host = dns::Name::from_dns(std::string_view(owner.text()).substr(prefix));
  if (!host) return std::nullopt;
  out.host = std::move(*host);
  return out;
}

bool is_below(const dns::Name& name, const dns::Name& origin) {
  return name == origin || name.text().ends_with("." + origin.text());
}

/// The records of one owner, in the order of the file.
using Rrset = std::vector<const ZoneTlsa*>;

class Linter {
 public:
  Linter(const Zone& zone, const std::vector<ChainFile>& chains,
         std::chrono::sys_seconds now)
      : zone_(zone), chains_(chains), now_(now) {
    // An RRset with PKIX usages is judged as if the domain's own CA were trusted.
    for (const ChainFile& file : chains) {
      (void)roots_.add_pem(base::to_pem("CERTIFICATE", file.chain.back()));
    }
  }

  std::vector<ZoneFinding> run();

 private:
  void lint(const Rrset& rrset);
  void lint_shape(const ZoneTlsa& entry);
  void lint_ttl(const Rrset& rrset);
  void lint_digests(const Rrset& rrset);
  void lint_duplicates(const Rrset& rrset);
  void lint_matches(const Rrset& rrset, const Place& place);
  void judge(const Rrset& rrset, const Place& place);
  [[nodiscard]] bool matches_any(const dns::Tlsa& record) const;
  void add(const ZoneTlsa& entry, Severity severity, std::string_view code,
           std::string detail);

  const Zone& zone_;
  const std::vector<ChainFile>& chains_;
  std::chrono::sys_seconds now_;
  verify::Roots roots_;
  std::vector<ZoneFinding> out_;
};

void Linter::add(const ZoneTlsa& entry, Severity severity, std::string_view code,
                 std::string detail) {
  out_.push_back(
      {entry.line, severity, std::string(code), entry.owner, std::move(detail)});
}

std::vector<ZoneFinding> Linter::run() {
  std::map<dns::Name, Rrset> rrsets;
  for (const ZoneTlsa& entry : zone_.tlsa) rrsets[entry.owner].push_back(&entry);
  for (const auto& [owner, rrset] : rrsets) lint(rrset);
  std::ranges::stable_sort(out_, {}, &ZoneFinding::line);
  return std::move(out_);
}

void Linter::lint(const Rrset& rrset) {
  const ZoneTlsa& first = *rrset.front();
  const auto place = place_of(first.owner);
  if (!place) {
    return add(first, Severity::warning, "odd-owner",
               "not _PORT._PROTOCOL.HOST: nobody looks here (RFC 6698 3)");
  }
  if (is_below(place->host, zone_.origin) && !zone_.hosts.contains(place->host)) {
    add(first, Severity::warning, "no-host",
        place->host.text() + " has no address in this zone");
  }
  for (const ZoneTlsa* entry : rrset) lint_shape(*entry);
  lint_ttl(rrset);
  lint_digests(rrset);
  lint_duplicates(rrset);
  lint_matches(rrset, *place);
}

void Linter::lint_shape(const ZoneTlsa& entry) {
  const auto& record = entry.record;
  if (record.matching == dns::kFull) {
    add(entry, Severity::note, "full-data",
        "the whole certificate or key: a large answer (RFC 7671 10.1.2)");
  }
  if (record.selector == dns::kCert && record.matching != dns::kFull) {
    add(entry, Severity::note, "certificate-digest",
        "breaks whenever the certificate is renewed, even with the same key: prefer "
        "selector 1 (RFC 7671 5.1)");
  }
}

void Linter::lint_ttl(const Rrset& rrset) {
  const ZoneTlsa& first = *rrset.front();
  if (first.ttl > kLongTtl) {
    add(first, Severity::note, "long-ttl",
        "TTL of " + std::to_string(first.ttl.count()) +
            " s: a change of key waits for two of them (RFC 7671 8.1)");
  }
  for (const ZoneTlsa* entry : rrset) {
    if (entry->ttl == first.ttl) continue;
    add(*entry, Severity::warning, "ttl-differs",
        "the TTLs of one RRset must agree (RFC 2181 5.2)");
  }
}

// RFC 7671 9: everybody knows SHA2-256, not everybody SHA2-512.
void Linter::lint_digests(const Rrset& rrset) {
  for (const ZoneTlsa* entry : rrset) {
    const auto& record = entry->record;
    if (record.matching != dns::kSha512) continue;
    const bool beside = std::ranges::any_of(rrset, [&](const ZoneTlsa* other) {
      return other->record.usage == record.usage &&
             other->record.selector == record.selector &&
             other->record.matching == dns::kSha256;
    });
    if (!beside) {
      add(*entry, Severity::warning, "sha512-alone",
          "SHA2-512 without SHA2-256 beside it, which alone is mandatory (RFC 7671 9)");
    }
  }
}

void Linter::lint_duplicates(const Rrset& rrset) {
  for (std::size_t i = 1; i < rrset.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (rrset[i]->record != rrset[k]->record) continue;
      add(*rrset[i], Severity::warning, "duplicate",
          "the same as line " + std::to_string(rrset[k]->line));
      break;
    }
  }
}

bool Linter::matches_any(const dns::Tlsa& record) const {
  return std::ranges::any_of(chains_, [&](const ChainFile& file) {
    const bool leaf_only = record.usage == dns::kDaneEe || record.usage == dns::kPkixEe;
    const std::size_t count = leaf_only ? 1 : file.chain.size();
    return std::any_of(file.chain.begin(),
                       file.chain.begin() + static_cast<std::ptrdiff_t>(count),
                       [&](const base::Bytes& der) {
                         const auto certificate = verify::parse_certificate(der);
                         return certificate && verify::matches(record, *certificate);
                       });
  });
}

void Linter::lint_matches(const Rrset& rrset, const Place& place) {
  std::map<Combination, bool> matched;
  Rrset usable;
  bool any = false;
  for (const ZoneTlsa* entry : rrset) {
    const auto service =
        place.port == kSmtpPort ? policy::Service::smtp : policy::Service::other;
    const auto why = verify::unusable(entry->record, service, verify::TrustStore::named);
    if (why) {
      add(*entry, Severity::error, "unusable", *why + " (RFC 6698 4.1)");
      continue;
    }
    usable.push_back(entry);
    const bool matches = matches_any(entry->record);
    matched[combination_of(entry->record)] |= matches;
    any = any || matches;
  }
  for (const ZoneTlsa* entry : usable) {
    if (matches_any(entry->record)) continue;
    if (matched[combination_of(entry->record)]) {
      add(*entry, Severity::note, "spare",
          "matches no certificate: the next key, or a stale record");
    } else if (any) {
      add(*entry, Severity::error, "combination",
          "no record " + dns::parameters(entry->record) +
              " matches, and each combination must (RFC 7671 8)");
    } else {
      add(*entry, Severity::error, "no-match", "matches no certificate");
    }
  }
  if (any) judge(rrset, place);
}

// The judgement of a peer, for each chain that the RRset may be about.
void Linter::judge(const Rrset& rrset, const Place& place) {
  policy::Requirement requirement;
  requirement.proof = policy::Proof::dane;
  requirement.service =
      place.port == kSmtpPort ? policy::Service::smtp : policy::Service::other;
  requirement.common_name = policy::CommonName::smtp_dane_ta;
  requirement.names = {place.host};
  for (const ZoneTlsa* entry : rrset) requirement.records.push_back(entry->record);
  std::optional<verify::Verdict> nearest;
  std::string file;
  for (const ChainFile& candidate : chains_) {
    auto verdict = verify::check(candidate.chain, requirement, {now_, &roots_, {}});
    if (verify::accepted(verdict.outcome)) return;
    if (nearest && verdict.reason <= nearest->reason) continue;
    nearest = std::move(verdict);
    file = candidate.file;
  }
  if (!nearest) return;
  add(*rrset.front(), Severity::error, std::string(verify::to_text(nearest->reason)),
      file + ": " + nearest->detail);
}

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

std::vector<ZoneFinding> lint_zone(const Zone& zone, const std::vector<ChainFile>& chains,
                                   std::chrono::sys_seconds now) {
  return Linter(zone, chains, now).run();
}

}  // namespace publish
