// Reports of others for a person: how much failed comes first, since most days nothing
// did; then each policy, and for each result where it was and what it means. A result
// type says what the sender saw, not what is wrong, and senders use the types as they
// like: Microsoft says `tlsa-invalid` where a key does not match. The sentences leave
// room for that. Whoever knows the address may send reports of a hundred thousand hosts:
// what is worst is shown, and how much more there is.
#include "cli/dane/received_text.h"

#include <algorithm>
#include <array>

#include "cli/dane/reasons.h"
#include "cli/layout.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::size_t kMostPolicies = 25;
constexpr std::size_t kMostKinds = 12;  // of a policy; RFC 8460 has eleven
constexpr std::size_t kMostPlaces = 3;  // of a result
constexpr std::size_t kMostOrganizations = 5;

struct ResultRow {
  std::string_view result;
  ResultText text;
};

constexpr std::array<ResultRow, 11> kResults{{
    {"starttls-not-supported",
     {"The mail server did not offer STARTTLS, or refused it.", "starttls-not-offered"}},
    {"certificate-host-mismatch",
     {"The certificate has other names than the mail server's.", "name-mismatch"}},
    {"certificate-expired",
     {"A certificate of the mail server had ended, or not yet begun.", "expired"}},
    {"certificate-not-trusted",
     {"The sender could not prove the mail server's certificate.", "untrusted"}},
    {"validation-failure",
     {"TLS or the proof of the mail server failed in a way that has no word of its own.",
      "handshake"}},
    {"tlsa-invalid",
     {"No TLSA record was right: none matches the mail server, or none can be used.",
      "mismatch"}},
    {"dnssec-invalid",
     {"The DNSSEC of the domain or of the mail server could not be validated.", "bogus"}},
    {"dane-required",
     {"The sender insists on DANE and found no TLSA records that are signed with DNSSEC.",
      "no-tlsa"}},
    {"sts-policy-fetch-error",
     {"The MTA-STS policy could not be fetched.", "mta-sts-unreachable"}},
    {"sts-policy-invalid",
     {"The MTA-STS policy could not be understood.", "mta-sts-bad-policy"}},
    {"sts-webpki-invalid",
     {"The web server with the MTA-STS policy could not be verified.",
      "mta-sts-untrusted"}},
}};

std::string shown(const std::string& text) { return base::printable(text, base::kWord); }

std::string policy_word(const std::string& type) {
  if (type == "tlsa") return "DANE";
  if (type == "sts") return "MTA-STS";
  if (type == "no-policy-found") return "No policy";
  return shown(type);
}

std::string day_of(const std::string& moment) {
  constexpr std::size_t kDate = 10;
  return shown(moment.substr(0, kDate));
}

std::string days_of(const tlsrpt::ReportSummary& summary) {
  const std::string first = day_of(summary.first);
  std::string last = day_of(summary.last);
  if (first.empty() || first == last) return last;
  return first + " to " + last;
}

std::string sessions_in_words(std::uint64_t succeeded, std::uint64_t failed) {
  return counted(succeeded, "session") + " succeeded, " +
         (failed == 0 ? "none" : std::to_string(failed)) + " failed";
}

std::string place_in_words(const tlsrpt::FailurePlace& place) {
  std::string out = place.host.empty() ? "" : " at " + shown(place.host);
  if (!place.address.empty())
    out += (out.empty() ? " at [" : " [") + shown(place.address) + "]";
  if (!place.source.empty()) out += ", sent from " + shown(place.source);
  return std::to_string(place.sessions) + (out.empty() ? " at a place not told" : out);
}

void tell(const tlsrpt::FailureKind& kind, const std::string& type, const Paint& paint,
          TextLayout& layout) {
  layout.sentence(
      2, paint.bad(shown(kind.result)) + ": " + counted(kind.sessions, "session"));
  for (std::size_t i = 0; i < kind.places.size() && i < kMostPlaces; ++i) {
    layout.sentence(4, place_in_words(kind.places[i]), 2);
  }
  if (kind.places.size() > kMostPlaces) {
    layout.sentence(
        4, counted(kind.places.size() - kMostPlaces, "more place") + " (--json)");
  }
  const ResultText text = text_of(kind, type);
  std::string meaning(text.meaning);
  if (!kind.reasons.empty()) {
    meaning += (meaning.empty() ? "" : " ") + std::string("The sender's reason: ") +
               shown(kind.reasons.front()) + ".";
  }
  if (!meaning.empty()) layout.sentence(4, meaning);
  if (!text.word.empty()) {
    layout.sentence(4, "More: dane explain " + std::string(text.word));
  }
}

void tell(const tlsrpt::PolicySummary& policy, const Paint& paint, TextLayout& layout) {
  layout.gap().sentence(0, paint.strong(policy_word(policy.type)) + ", " +
                               shown(policy.domain) + ": " +
                               sessions_in_words(policy.succeeded, policy.failed));
  for (std::size_t i = 0; i < policy.kinds.size() && i < kMostKinds; ++i) {
    tell(policy.kinds[i], policy.type, paint, layout);
  }
  if (policy.kinds.size() > kMostKinds) {
    layout.sentence(
        2, counted(policy.kinds.size() - kMostKinds, "more result") + " (--json)");
  }
  if (policy.kinds.empty() && policy.failed > 0) {
    layout.sentence(2, "The sender does not say how.");
  }
}

std::string who_reports(const std::vector<std::string>& organizations) {
  std::string out;
  for (std::size_t i = 0; i < organizations.size() && i < kMostOrganizations; ++i) {
    out += (i == 0 ? " of " : ", ") + shown(organizations[i]);
  }
  if (organizations.size() > kMostOrganizations) {
    out += " and " + std::to_string(organizations.size() - kMostOrganizations) + " more";
  }
  return out;
}

}  // namespace

ResultText text_of(const tlsrpt::FailureKind& kind, std::string_view policy_type) {
  ResultText out;
  const auto row = std::ranges::find(kResults, kind.result, &ResultRow::result);
  if (row != kResults.end()) out = row->text;
  const bool proof =
      kind.result == "certificate-not-trusted" || kind.result == "validation-failure";
  if (policy_type == "tlsa" && proof) out.word = "mismatch";
  for (const std::string& reason : kind.reasons) {
    const auto known = std::ranges::find(reasons(), reason, &ReasonText::word);
    if (known == reasons().end()) continue;
    out.word = known->word;
    break;
  }
  return out;
}

std::string received_text(const tlsrpt::ReportSummary& summary, std::size_t columns) {
  const Paint paint;
  TextLayout layout(columns);
  const std::string days = days_of(summary);
  layout.sentence(0, counted(summary.reports, "TLS report") +
                         who_reports(summary.organizations) + (days.empty() ? "" : ", ") +
                         days);
  const std::string all = sessions_in_words(summary.succeeded, summary.failed);
  layout.sentence(0, summary.failed == 0 ? paint.good(all) : paint.bad(all));
  const std::size_t policies = summary.policies.size();
  for (std::size_t i = 0; i < policies && i < kMostPolicies; ++i) {
    tell(summary.policies[i], paint, layout);
  }
  if (policies > kMostPolicies) {
    layout.gap().sentence(
        0,
        counted(policies - kMostPolicies, "more policy", "more policies") + " (--json)");
  }
  if (summary.left_out > 0) {
    layout.gap().sentence(0,
                          "The reports name more than is added up here; all sessions are "
                          "in the sums (--json).");
  }
  return layout.text();
}

}  // namespace cli::dane
