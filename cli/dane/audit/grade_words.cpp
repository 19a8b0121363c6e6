#include "cli/dane/audit/grade_words.h"

#include <algorithm>

#include "src/base/bytes.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr std::string_view kUnsigned =
    "The domain is not signed with DNSSEC. DANE needs that first.";

constexpr std::string_view kFine = "Nothing needs to be done.";
constexpr std::string_view kFineIfMeant =
    "If the name is right, nothing needs to be done.";

std::size_t count_proved(const Judgement& judgement) {
  return static_cast<std::size_t>(std::ranges::count_if(judgement.hosts, is_all_proved));
}

std::string sentence_of_enforced(const Judgement& judgement) {
  switch (judgement.hosts.size()) {
    case 0:
      return "";
    case 1:
      return "Its mail server is verified.";
    case 2:
      return "Both mail servers are verified.";
    default:
      return "All " + std::to_string(judgement.hosts.size()) +
             " mail servers are verified.";
  }
}

std::string sentence_of_partial(const Judgement& judgement) {
  const std::size_t all = judgement.hosts.size();
  const std::size_t good = count_proved(judgement);
  if (all > 1 && good < all) {
    return "Mail arrives, but " + std::to_string(all - good) + " of " +
           std::to_string(all) + " mail servers " + (all - good == 1 ? "is" : "are") +
           " not verified.";
  }
  if (good < all) return "Mail arrives, but its mail server is not verified throughout.";
  if (!judgement.cause) return "Mail arrives, but not everything could be seen.";
  return "Mail arrives, but " + std::string(kind_of(*judgement.cause).title) + ".";
}

}  // namespace

std::string_view word_for(Grade grade) {
  switch (grade) {
    case Grade::enforced:
      return "protected";
    case Grade::not_deployed:
      return "no DANE";
    case Grade::partial:
      return "partly protected";
    case Grade::undecided:
      return "could not tell";
    case Grade::broken:
      return "broken";
    case Grade::bad_input:
      return "not a domain";
  }
  return "";
}

std::string_view verdict_of(const Judgement& judgement) {
  const bool takes_none =
      judgement.cause == Code::no_mail_host || judgement.cause == Code::mx_null;
  return takes_none ? "takes no mail" : word_for(judgement.grade);
}

std::string_view sign_for(Grade grade) {
  switch (grade) {
    case Grade::enforced:
      return "✓";
    case Grade::not_deployed:
      return "–";
    case Grade::partial:
      return "!";
    case Grade::broken:
    case Grade::bad_input:
      return "✗";
    case Grade::undecided:
      return "?";
  }
  return "";
}

std::string painted(Grade grade, std::string_view text, const Paint& paint) {
  switch (grade) {
    case Grade::enforced:
      return paint.good(text);
    case Grade::broken:
    case Grade::bad_input:
      return paint.bad(text);
    default:
      return paint.doubtful(text);
  }
}

std::string_view meaning_of(Grade grade) {
  switch (grade) {
    case Grade::enforced:
      return "every mail server is verified by DANE";
    case Grade::not_deployed:
      return "no mail server has TLSA records that count";
    case Grade::partial:
      return "mail arrives, not every mail server is verified";
    case Grade::undecided:
      return "ask again later";
    case Grade::broken:
      return "mail from senders that use DANE waits";
    case Grade::bad_input:
      return "lines that are no domain name";
  }
  return "";
}

std::string as_sentence(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') {
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  }
  if (!out.empty() && out.back() != '.') out += '.';
  return out;
}

std::string sentence_of(const DomainAudit& audited) {
  const Judgement& judgement = audited.judgement;
  const auto title = [&] {
    return judgement.cause ? as_sentence(kind_of(*judgement.cause).title) : "";
  };
  switch (judgement.grade) {
    case Grade::enforced:
      return sentence_of_enforced(judgement);
    case Grade::partial:
      return sentence_of_partial(judgement);
    case Grade::broken:
      return "Senders that use DANE do not deliver: their mail is queued, then bounces.";
    case Grade::not_deployed:
      if (judgement.cause == Code::mx_insecure) return std::string(kUnsigned);
      if (judgement.cause == Code::no_mail_host) {
        return "It has neither an MX record nor an address. " + std::string(kFineIfMeant);
      }
      if (judgement.cause == Code::mx_null) {
        return "It says so with a null MX record. " + std::string(kFine);
      }
      return title();
    case Grade::undecided:
      return "Ask again later. " + title();
    case Grade::bad_input:
      if (!audited.seen.error) return "Give the name of a domain: example.org.";
      return audited.seen.error->detail + ". Give the name of a domain: example.org.";
  }
  return "";
}

std::string name_of(const DomainAudit& audited) {
  const dns::Name& domain = audited.seen.domain;
  return base::printable(domain.text().empty() ? audited.item.word : domain.unicode(),
                         base::kName);
}

}  // namespace cli::report
