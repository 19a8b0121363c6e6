#include "cli/dane/replay_accusation.h"

#include <algorithm>
#include <optional>
#include <set>

#include "src/evidence/again.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"

namespace cli::dane {
namespace {

/// Whether the TLSA records of a peer were asked for again then.
bool has_records(const evidence::AskedAgain& again, const evidence::Handshake& peer) {
  const std::string owner = "_" + std::to_string(peer.port) + "._tcp." + peer.host;
  return std::ranges::any_of(again.answers, [&](const evidence::Answer& answer) {
    return answer.type == static_cast<std::uint16_t>(resolver::Type::tlsa) &&
           answer.name.text() == owner;
  });
}

/// Whether the records of a peer were asked for again before its handshake and after it.
bool is_around(const std::vector<evidence::AskedAgain>& all,
               const evidence::Handshake& peer) {
  const auto before = [&](const evidence::AskedAgain& again) {
    return again.moment <= peer.moment && has_records(again, peer);
  };
  const auto after = [&](const evidence::AskedAgain& again) {
    return again.moment >= peer.moment && has_records(again, peer);
  };
  return std::ranges::any_of(all, before) && std::ranges::any_of(all, after);
}

/// Whether what led to the servers was asked for again behind all handshakes; nothing
/// where nothing led there.
std::optional<bool> is_way_confirmed(const evidence::Bundle& bundle) {
  const auto is_way = [](const evidence::Answer& answer) {
    const auto type = static_cast<resolver::Type>(answer.type);
    return type == resolver::Type::mx || type == resolver::Type::srv;
  };
  const auto is_late = [&](const evidence::AskedAgain& again) {
    return std::ranges::all_of(bundle.peers, [&](const evidence::Handshake& peer) {
      return peer.moment <= again.moment;
    });
  };
  const auto is_confirmed = [&](const evidence::Answer& way) {
    return std::ranges::any_of(bundle.dns.again, [&](const evidence::AskedAgain& again) {
      return is_late(again) &&
             std::ranges::any_of(again.answers, [&](const evidence::Answer& answer) {
               return answer.type == way.type && answer.name == way.name;
             });
    });
  };
  if (std::ranges::none_of(bundle.dns.answers, is_way)) return std::nullopt;
  return std::ranges::all_of(bundle.dns.answers, [&](const evidence::Answer& answer) {
    return !is_way(answer) || is_confirmed(answer);
  });
}

std::string words_of_way(const evidence::Bundle& bundle) {
  const auto confirmed = is_way_confirmed(bundle);
  if (!confirmed) return {};
  return *confirmed ? "  So were the MX or SRV records, behind the handshakes.\n"
                    : "  The MX or SRV records were not: they may be old ones.\n";
}

std::string words_of_again(const evidence::Bundle& bundle) {
  std::set<std::string> open;  // hosts whose records may have been old ones
  for (const evidence::Handshake& peer : bundle.peers) {
    if (!is_around(bundle.dns.again, peer)) open.insert(peer.host);
  }
  if (open.empty()) {
    return "  The TLSA records were asked for again before and after each handshake, and "
           "were\n  the same.\n";
  }
  std::string out =
      "  It has no TLSA records that were asked for again around the handshakes and "
      "were\n"
      "  the same; it may be that old ones were held against a new key of:\n";
  for (const std::string& host : open) out += "    " + host + "\n";
  return out;
}

}  // namespace

bool is_accusation(const evidence::Bundle& bundle) {
  const auto verdict = evidence::Json::parse(bundle.verdict, nullptr, false);
  if (!verdict.is_object()) return false;
  const auto has = [&](const char* member, std::string_view word) {
    const auto found = verdict.find(member);
    return found != verdict.end() && *found == word;
  };
  // Who found no records has refused nobody.
  const bool refused = bundle.verdict.find(R"("status":"rejected")") != std::string::npos;
  const bool of_one_or_more = has("status", "not-proved") || has("status", "rejected") ||
                              verdict.contains("tries");
  return has("grade", "broken") || has("grade", "partial") || (of_one_or_more && refused);
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
  if (bundle.peers.empty()) return out;
  return out + words_of_again(bundle) + words_of_way(bundle);
}

}  // namespace cli::dane
