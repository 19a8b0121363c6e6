#include "verify/dane.h"

#include <algorithm>
#include <tuple>

#include "verify/digest_agility.h"
#include "verify/name_check.h"
#include "verify/tlsa_usable.h"

namespace verify {
namespace {

constexpr std::size_t kDigits = 16;  // of a record's data in a line for people

// Those that need no path search first.
int rank(std::uint8_t usage) {
  constexpr int kRank[] = {3, 1, 2, 0};
  return kRank[usage & 3U];
}

bool goes_before(const dns::Tlsa& a, const dns::Tlsa& b) {
  const auto key = [](const dns::Tlsa& r) {
    return std::make_tuple(rank(r.usage), r.selector, r.matching, base::as_text(r.data));
  };
  return key(a) < key(b);
}

std::string name_of(const dns::Tlsa& record) {
  return "TLSA " + dns::to_text(record, kDigits);
}

std::string what_of(const dns::Tlsa& record, std::size_t depth) {
  const std::string thing = record.selector == dns::kSpki ? "key" : "certificate";
  if (depth == 0) return "the leaf's " + thing;
  return "the " + thing + " of the issuer at depth " + std::to_string(depth);
}

RecordNote matched(const dns::Tlsa& record, std::size_t depth) {
  return {RecordState::matched, Reason::none,
          name_of(record) + " matches " + what_of(record, depth), depth};
}

RecordNote failed(Reason reason, std::string detail, std::optional<std::size_t> depth) {
  return {RecordState::failed, reason, std::move(detail), depth};
}

}  // namespace

std::vector<const Link*> DaneJudge::matching_links(const dns::Tlsa& record) {
  std::vector<const Link*> found;
  for (const auto& link : peer_.sent) {
    if (matcher_.matches(record, link.certificate)) found.push_back(&link);
  }
  return found;
}

std::vector<std::size_t> DaneJudge::note_usable() {
  const auto& records = requirement_.records;
  const auto store = context_.roots != nullptr ? TrustStore::named : TrustStore::none;
  std::vector<std::size_t> usable;
  out_.notes.resize(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto why = unusable(records[i], requirement_.service, store);
    if (!why && requirement_.only_dane_ee && records[i].usage != dns::kDaneEe) {
      why = "the key usage of the certificate is for nobody but DANE-EE to overlook";
    }
    if (!why) {
      usable.push_back(i);
      out_.notes[i] = {RecordState::superseded, Reason::none,
                       "a stronger digest is there", std::nullopt};
    } else {
      out_.notes[i] = {RecordState::unusable, Reason::no_usable_record, std::move(*why),
                       std::nullopt};
    }
  }
  out_.any_usable = !usable.empty();
  auto kept = strongest_digests(records, usable);
  std::stable_sort(kept.begin(), kept.end(), [&](std::size_t a, std::size_t b) {
    return goes_before(records[a], records[b]);
  });
  return kept;
}

DaneFinding DaneJudge::run() {
  const auto order = note_usable();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t index = order[i];
    const bool again =
        i > 0 && requirement_.records[order[i - 1]] == requirement_.records[index];
    auto& note = out_.notes[index];
    note = again ? out_.notes[order[i - 1]] : judge(requirement_.records[index]);
    if (note.state != RecordState::matched) continue;
    out_.record = index;
    out_.depth = note.depth;
    leave_untried(std::span(order).subspan(i + 1));
    break;
  }
  conclude(order);
  out_.signatures = finder_.signatures();
  out_.steps = finder_.steps();
  return std::move(out_);
}

void DaneJudge::leave_untried(std::span<const std::size_t> rest) {
  for (const std::size_t index : rest) {
    out_.notes[index] = {RecordState::untried, Reason::none, "", std::nullopt};
  }
}

void DaneJudge::conclude(std::span<const std::size_t> tried) {
  if (out_.record) {
    out_.reason = Reason::none;
    out_.detail = out_.notes[*out_.record].detail;
    return;
  }
  out_.detail = "no TLSA record can be used";
  if (tried.empty()) return;
  const auto nearest =
      std::max_element(tried.begin(), tried.end(), [&](std::size_t a, std::size_t b) {
        return out_.notes[a].reason < out_.notes[b].reason;
      });
  const auto& note = out_.notes[*nearest];
  out_.reason = note.reason;
  out_.detail = note.detail;
  out_.depth = note.depth;
}

// A match proves whoever signs the handshake with that key, which somebody must be able
// to check.
RecordNote DaneJudge::judge(const dns::Tlsa& record) {
  auto note = judge_by_usage(record);
  if (note.state != RecordState::matched) return note;
  const auto why = unsupported_key(peer_);
  if (!why) return note;
  return failed(Reason::unsupported_key, name_of(record) + " matches, but " + *why,
                note.depth);
}

RecordNote DaneJudge::judge_by_usage(const dns::Tlsa& record) {
  if (peer_.empty) return failed(Reason::no_certificate, "the peer sent none", {});
  if (peer_.raw_key) {
    if (!matches_raw_key(record, *peer_.raw_key)) return unmatched(record);
    if (requirement_.name_check == policy::NameCheck::dane_ee) {
      return failed(Reason::name_mismatch, "a raw public key has no names", 0);
    }
    auto note = matched(record, 0);
    note.detail = name_of(record) + " matches the raw public key";
    return note;
  }
  if (peer_.sent.empty()) {
    return failed(Reason::bad_certificate, "the leaf is not a certificate", {});
  }
  switch (record.usage) {
    case dns::kDaneEe:
      return judge_ee(record);
    case dns::kDaneTa:
      return judge_dane_ta(record);
    default:
      return judge_pkix(record);
  }
}

RecordNote DaneJudge::unmatched(const dns::Tlsa& record) const {
  RecordNote note{RecordState::unmatched, Reason::mismatch,
                  name_of(record) + " matches nothing that the peer sent", std::nullopt};
  if (const auto digest = digest_of_nothing(record)) {
    note.detail = name_of(record) + " is " + std::string(*digest);
    return note;
  }
  if (peer_.cut && (record.usage == dns::kDaneTa || record.usage == dns::kPkixTa)) {
    note.reason = Reason::chain_too_long;
    note.detail += " among the first " + std::to_string(context_.budget.certificates) +
                   " certificates";
  }
  return note;
}

// RFC 7671 5.1: nothing but the match; what else is wrong is only told. The user may want
// the names too (draft-barnes-dane-uks).
RecordNote DaneJudge::judge_ee(const dns::Tlsa& record) {
  if (!matcher_.matches(record, peer_.sent[0].certificate)) return unmatched(record);
  warn_about_leaf();
  if (requirement_.name_check == policy::NameCheck::dane_ee) {
    auto names = check_names(peer_.names, requirement_, record.usage);
    if (!names.good) return failed(names.reason, std::move(names.detail), 0);
    out_.matched_name = std::move(names.presented);
  }
  return matched(record, 0);
}

void DaneJudge::warn_about_leaf() {
  const auto& leaf = peer_.sent[0].certificate;
  auto validity = check_validity(leaf, context_.now, "leaf");
  if (validity.reason != Reason::none)
    out_.warnings.push_back(std::move(validity.detail));
  if (const auto weak = weakness_of(leaf)) out_.warnings.push_back("leaf: " + *weak);
}

// RFC 7671 5.2.1: the fields of a certificate do not count when its key is the anchor.
void DaneJudge::warn_about_anchor(const dns::Tlsa& record) {
  if (record.selector != dns::kSpki) return;
  for (const Link* link : matching_links(record)) {
    auto finding = check_validity(
        link->certificate, context_.now,
        "certificate " + std::to_string(link->index) + " with the anchor's key");
    if (finding.reason != Reason::none)
      out_.warnings.push_back(std::move(finding.detail));
  }
}

PathFinding DaneJudge::find_path(const dns::Tlsa& record,
                                 const std::vector<const Link*>& matched) {
  const bool full = record.matching == dns::kFull;
  if (record.selector == dns::kSpki) {
    return finder_.to_key(full ? base::ByteView(record.data)
                               : matched.front()->certificate.spki);
  }
  std::vector<Certificate> anchors;
  anchors.reserve(matched.size());
  for (const Link* link : matched) anchors.push_back(link->certificate);
  if (anchors.empty()) {
    if (const auto own = parse_certificate(record.data)) anchors.push_back(*own);
  }
  return finder_.to_certificates(anchors);
}

RecordNote DaneJudge::judge_dane_ta(const dns::Tlsa& record) {
  const auto found = matching_links(record);
  if (!found.empty() && found.front()->index == 0) {
    return failed(Reason::anchor_is_leaf,
                  name_of(record) + " matches the leaf, which is not its own issuer", 0);
  }
  if (found.empty() && record.matching != dns::kFull) return unmatched(record);
  const auto names = check_names(peer_.names, requirement_, record.usage);
  finder_.use_name(names);
  const auto path = find_path(record, found);
  const bool nowhere = path.reason == Reason::no_path;
  if (nowhere && path.unreadable) {
    return failed(Reason::no_path, name_of(record) + ": " + path.detail, std::nullopt);
  }
  if (nowhere && found.empty()) return unmatched(record);
  if (nowhere) {
    return failed(peer_.cut ? Reason::chain_too_long : Reason::no_path,
                  name_of(record) + " matches certificate " +
                      std::to_string(found.front()->index) +
                      ", which is not on the path of the leaf",
                  std::nullopt);
  }
  auto note = finish_path(record, path, path.depth);
  if (note.state != RecordState::matched) return note;
  warn_about_anchor(record);
  if (found.empty()) {
    out_.warnings.push_back(name_of(record) +
                            ": the anchor is not sent, and not every peer takes it from "
                            "the record (RFC 7671 5.2.2)");
  }
  return note;
}

RecordNote DaneJudge::finish_path(const dns::Tlsa& record, const PathFinding& path,
                                  std::size_t depth) {
  if (path.reason != Reason::none) {
    const bool cut = peer_.cut && path.reason <= Reason::no_path;
    return failed(cut ? Reason::chain_too_long : path.reason, path.detail, depth);
  }
  auto names = check_names(peer_.names, requirement_, record.usage);
  if (!names.good) return failed(names.reason, std::move(names.detail), depth);
  out_.matched_name = std::move(names.presented);
  return matched(record, depth);
}

// RFC 6698 2.1.1: usage 0 and 1 narrow down what PKIX accepts.
RecordNote DaneJudge::judge_pkix(const dns::Tlsa& record) {
  const bool end_entity = record.usage == dns::kPkixEe;
  if (end_entity && !matcher_.matches(record, peer_.sent[0].certificate))
    return unmatched(record);
  const auto names = check_names(peer_.names, requirement_, record.usage);
  finder_.use_name(names);
  PathFinder::Filter filter;
  if (!end_entity) {
    filter = [&](const Certificate& issuer) { return matcher_.matches(record, issuer); };
  }
  const auto path = finder_.to_roots(filter);
  if (!end_entity && path.reason == Reason::no_path) {
    const auto found = matching_links(record);
    if (found.empty()) return unmatched(record);
    if (found.front()->index == 0) {
      return failed(Reason::anchor_is_leaf, name_of(record) + " matches the leaf", 0);
    }
  }
  return finish_path(record, path, end_entity ? 0 : path.match);
}

}  // namespace verify
