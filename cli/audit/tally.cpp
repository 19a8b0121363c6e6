#include "cli/audit/tally.h"

#include <numeric>
#include <set>

#include "verify/certificate.h"

namespace cli::audit {
namespace {

using namespace ::audit;

void keep_first(std::optional<std::chrono::sys_seconds>& first,
                std::chrono::sys_seconds moment) {
  if (!first || moment < *first) first = moment;
}

}  // namespace

void Tally::add(const DomainFacts& facts, const Result& result) {
  ++grades.at(static_cast<std::size_t>(result.grade));
  std::set<Code> codes;
  bool warned = false;
  for (const Finding& finding : result.findings) {
    codes.insert(finding.code);
    warned = warned || kind_of(finding.code).severity != Severity::note;
  }
  for (const Code code : codes) ++findings[code];
  if (warned) ++warnings;
  for (const auto& host : facts.hosts) {
    if (host->tlsa.signed_until)
      keep_first(first_signature_end, *host->tlsa.signed_until);
    for (const AddressFacts& address : host->addresses) {
      const auto* chain = std::get_if<verify::Certificates>(&address.connection.chain);
      if (chain == nullptr || chain->empty()) continue;
      const auto leaf = verify::parse_certificate(chain->front());
      const auto validity = leaf ? verify::validity_of(*leaf) : std::nullopt;
      if (validity) keep_first(first_certificate_end, validity->not_after);
    }
  }
}

std::uint64_t Tally::domains() const {
  return std::accumulate(grades.begin(), grades.end(), std::uint64_t{0});
}

Grade Tally::worst() const {
  for (std::size_t i = kGrades; i > 0; --i) {
    if (grades.at(i - 1) > 0) return static_cast<Grade>(i - 1);
  }
  return Grade::enforced;
}

std::string in_words(const Tally& tally) {
  std::string out;
  for (std::size_t i = 0; i < kGrades; ++i) {
    if (tally.grades.at(i) == 0) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(tally.grades.at(i)) + " " +
           std::string(::audit::to_text(static_cast<Grade>(i)));
  }
  return out.empty() ? "nothing" : out;
}

}  // namespace cli::audit
