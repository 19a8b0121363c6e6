#include "cli/dane/replay_accusation.h"

#include <algorithm>

#include "src/evidence/again.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

/// Whether the questions were asked again before the first handshake and after the last.
bool is_around_all(const evidence::Bundle& bundle) {
  const auto [first, last] = std::ranges::minmax(
      bundle.peers, {}, [](const evidence::Handshake& peer) { return peer.moment; });
  return bundle.dns.again.front().moment <= first.moment &&
         bundle.dns.again.back().moment >= last.moment;
}

std::string words_of_again(const evidence::Bundle& bundle) {
  const auto& again = bundle.dns.again;
  if (again.empty()) {
    return "  The records were not asked for again around the handshakes: it may be that "
           "old\n  ones were held against a new key.\n";
  }
  return "  The records were asked for again " + verify::to_text(again.front().moment) +
         " to " + verify::to_text(again.back().moment) + ", and were the same" +
         (bundle.peers.empty() || is_around_all(bundle)
              ? ".\n"
              : "; but not\n  before and after all handshakes.\n");
}

}  // namespace

bool is_accusation(const evidence::Bundle& bundle) {
  const auto verdict = evidence::Json::parse(bundle.verdict, nullptr, false);
  if (!verdict.is_object()) return false;
  const auto has = [&](const char* member, std::string_view word) {
    const auto found = verdict.find(member);
    return found != verdict.end() && *found == word;
  };
  // A check that found no records has refused nobody.
  const bool refused = bundle.verdict.find(R"("status":"rejected")") != std::string::npos;
  return has("grade", "broken") || has("grade", "partial") ||
         (has("status", "not-proved") && refused);
}

base::Result<void> expect_unchanged(const evidence::Bundle& bundle) {
  if (!is_accusation(bundle)) return {};
  for (const evidence::AskedAgain& again : bundle.dns.again) {
    for (const evidence::Answer& answer : again.answers) {
      const evidence::Trail::Question question{answer.name,
                                               static_cast<resolver::Type>(answer.type)};
      const evidence::Answer* before = evidence::find_answer(bundle.dns, question);
      if (before != nullptr && evidence::same_records(bundle.dns, *before, answer))
        continue;
      return evidence::does_not_hold(evidence::in_words(question) +
                                     ": it changed around the handshakes, so that they "
                                     "accuse nobody");
    }
  }
  return {};
}

std::string what_is_claimed(const evidence::Bundle& bundle) {
  if (!is_accusation(bundle)) return {};
  std::string out = "What this does not prove, although it accuses:\n";
  if (bundle.peers.empty()) {
    out +=
        "  No server has signed anything: what is wrong is the word of whoever made "
        "it.\n";
  } else {
    out +=
        "  Some key has signed. Whose server had it, and that others failed, is the "
        "word of\n  whoever made it.\n";
  }
  return out + words_of_again(bundle);
}

}  // namespace cli::dane
