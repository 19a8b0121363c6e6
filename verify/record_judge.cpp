// What a record demands of a peer, usage by usage. Each usage is another answer to the
// question which certificate the domain vouches for, and what it vouches for with it:
//
//   DANE-EE (3)  the leaf, and nothing else. The DNS says whose key it is and until when,
//                so the certificate's own names, dates, issuers, purposes and critical
//                extensions are noise, which self-made certificates have wrong all the
//                time (RFC 7671 5.1, RFC 7672 3.1.1). They are warned of and decide
//                nothing. The user may want the names all the same: without them a peer
//                can publish the key of another one as its own and pass the connection on
//                to that one (draft-barnes-dane-uks).
//   DANE-TA (2)  an issuer. Everybody can copy a CA's certificate, it is public, and put
//                it into a chain of his own; so the anchor counts only as the issuer at
//                the end of the path whose signatures were checked (RFC 7671 5.2). And a
//                CA issues for many: the leaf must have the name (RFC 7672 3.2.2). A leaf
//                that is named by the record is not its own issuer.
//   PKIX-EE (1)  the leaf, which the user's own trust store has to accept as well.
//   PKIX-TA (0)  an issuer on a path that the user's own trust store accepts. It narrows
//                down which CA may be used, so a path to the store that avoids that CA is
//                no proof, and others are searched for (RFC 6698 2.1.1).
//
// A certificate that is matched by its key (selector SPKI) as an anchor lends the path
// its key alone: no name, date or constraint of it counts, for the record promises none
// (RFC 7671 5.2.1); path.h says why enforcing them would promise too much.
//
// Last, a match proves only whoever signs the handshake with the leaf's key. If our TLS
// cannot check a signature of that key, nobody has signed anything, and the match is a
// refusal.
#include "verify/record_judge.h"

#include "verify/tlsa_match.h"

namespace verify {
namespace {

constexpr std::size_t kDigits = 16;  // of a record's data in a line for people

std::string name_of(const dns::Tlsa& record) {
  return "TLSA " + dns::to_text(record, kDigits);
}

std::string matched_part(const dns::Tlsa& record, std::size_t depth) {
  const std::string thing = record.selector == dns::kSpki ? "key" : "certificate";
  if (depth == 0) return "the leaf's " + thing;
  return "the " + thing + " of the issuer at depth " + std::to_string(depth);
}

RecordNote matched(const dns::Tlsa& record, std::size_t depth) {
  return {RecordState::matched, Reason::none,
          name_of(record) + " matches " + matched_part(record, depth), depth};
}

RecordNote failed(Reason reason, std::string detail, std::optional<std::size_t> depth) {
  return {RecordState::failed, reason, std::move(detail), depth};
}

}  // namespace

RecordJudge::RecordJudge(const Case& the_case)
    : peer_(the_case.peer),
      requirement_(the_case.requirement),
      context_(the_case.context),
      finder_(the_case, the_case.requirement.max_intermediates) {}

RecordNote RecordJudge::judge(const dns::Tlsa& record) {
  auto note = judge_by_usage(record);
  if (note.state != RecordState::matched) return note;
  const auto why = unsupported_key(peer_);
  if (!why) return note;
  return failed(Reason::unsupported_key, name_of(record) + " matches, but " + *why,
                note.depth);
}

RecordNote RecordJudge::judge_by_usage(const dns::Tlsa& record) {
  if (peer_.empty) return failed(Reason::no_certificate, "the peer sent none", {});
  if (peer_.raw_key) return judge_raw_key(record);
  if (peer_.sent.empty()) {
    return failed(Reason::bad_certificate, "the leaf is not a certificate", {});
  }
  if (record.usage == dns::kDaneEe) return judge_dane_ee(record);
  if (record.usage == dns::kDaneTa) return judge_dane_ta(record);
  if (record.usage == dns::kPkixEe) return judge_pkix_ee(record);
  if (record.usage == dns::kPkixTa) return judge_pkix_ta(record);
  return unmatched(record);
}

RecordNote RecordJudge::judge_raw_key(const dns::Tlsa& record) {
  if (!matches_raw_key(record, *peer_.raw_key)) return unmatched(record);
  if (requirement_.name_check == policy::NameCheck::dane_ee) {
    return failed(Reason::name_mismatch, "a raw public key has no names", 0);
  }
  return {RecordState::matched, Reason::none,
          name_of(record) + " matches the raw public key", 0};
}

RecordNote RecordJudge::judge_dane_ee(const dns::Tlsa& record) {
  if (!peer_.sent[0].print.matches(record)) return unmatched(record);
  warn_about_leaf();
  if (requirement_.name_check == policy::NameCheck::dane_ee) {
    auto names = check_names(peer_.names, requirement_, record.usage);
    if (!names.good) return failed(names.reason, std::move(names.detail), 0);
    matched_name_ = std::move(names.presented);
  }
  return matched(record, 0);
}

RecordNote RecordJudge::judge_dane_ta(const dns::Tlsa& record) {
  const auto matching = matching_links(record);
  if (!matching.empty() && matching.front()->index == 0) {
    return failed(Reason::anchor_is_leaf,
                  name_of(record) + " matches the leaf, which is not its own issuer", 0);
  }
  // The anchor of a digest has to be sent; a whole one is in the record.
  if (matching.empty() && dns::is_digest(record.matching)) return unmatched(record);
  finder_.use_name(check_names(peer_.names, requirement_, record.usage));
  const auto path = find_anchor(record, matching);
  if (path.reason == Reason::no_path) return nowhere(record, path, matching);
  auto note = judge_path(record, path, path.depth);
  if (note.state != RecordState::matched) return note;
  warn_about_anchor(record, matching);
  return note;
}

RecordNote RecordJudge::judge_pkix_ee(const dns::Tlsa& record) {
  if (!peer_.sent[0].print.matches(record)) return unmatched(record);
  finder_.use_name(check_names(peer_.names, requirement_, record.usage));
  return judge_path(record, finder_.to_roots(), 0);
}

RecordNote RecordJudge::judge_pkix_ta(const dns::Tlsa& record) {
  finder_.use_name(check_names(peer_.names, requirement_, record.usage));
  const auto path =
      finder_.to_roots([&](Link& issuer) { return issuer.print.matches(record); });
  if (path.reason != Reason::no_path) return judge_path(record, path, path.match);
  const auto matching = matching_links(record);
  if (matching.empty()) return unmatched(record);
  if (matching.front()->index == 0) {
    return failed(Reason::anchor_is_leaf, name_of(record) + " matches the leaf", 0);
  }
  return judge_path(record, path, path.match);
}

RecordNote RecordJudge::judge_path(const dns::Tlsa& record, const PathJudgement& path,
                                   std::size_t depth) {
  if (path.reason != Reason::none) {
    return failed(for_cut(peer_, path.reason), path.detail, depth);
  }
  auto names = check_names(peer_.names, requirement_, record.usage);
  if (!names.good) return failed(names.reason, std::move(names.detail), depth);
  matched_name_ = std::move(names.presented);
  return matched(record, depth);
}

/// What a DANE-TA record is without a path that ends in its anchor.
RecordNote RecordJudge::nowhere(const dns::Tlsa& record, const PathJudgement& path,
                                const std::vector<Link*>& matching) const {
  if (path.unreadable) {
    return failed(Reason::no_path, name_of(record) + ": " + path.detail, std::nullopt);
  }
  if (matching.empty()) return unmatched(record);
  return failed(for_cut(peer_, Reason::no_path),
                name_of(record) + " matches certificate " +
                    std::to_string(matching.front()->index) +
                    ", which is not on the path of the leaf",
                std::nullopt);
}

RecordNote RecordJudge::unmatched(const dns::Tlsa& record) const {
  RecordNote note{RecordState::unmatched, Reason::mismatch,
                  name_of(record) + " matches nothing that the peer sent", std::nullopt};
  if (const auto digest = digest_of_nothing(record)) {
    note.detail = name_of(record) + " is " + *digest;
    return note;
  }
  if (peer_.cut && dns::is_about_issuer(record.usage)) {
    note.reason = Reason::chain_too_long;
    note.detail += " among the first " + std::to_string(context_.budget.certificates) +
                   " certificates";
  }
  return note;
}

PathJudgement RecordJudge::find_anchor(const dns::Tlsa& record,
                                       const std::vector<Link*>& matching) {
  if (record.selector == dns::kSpki) {
    return finder_.to_key(matching.empty() ? base::ByteView(record.data)
                                           : matching.front()->certificate.spki);
  }
  std::vector<Certificate> anchors;
  anchors.reserve(matching.size());
  for (const Link* link : matching) anchors.push_back(link->certificate);
  if (anchors.empty()) {
    if (const auto own = parse_certificate(record.data)) anchors.push_back(*own);
  }
  return finder_.to_certificates(anchors);
}

std::vector<Link*> RecordJudge::matching_links(const dns::Tlsa& record) {
  std::vector<Link*> found;
  for (auto& link : peer_.sent) {
    if (link.print.matches(record)) found.push_back(&link);
  }
  return found;
}

void RecordJudge::warn_about_leaf() {
  const auto& leaf = peer_.sent[0].certificate;
  if (auto breach = check_validity(leaf, context_.now, "leaf")) {
    warnings_.push_back(std::move(breach->detail));
  }
  if (const auto weak = weakness_of(leaf)) warnings_.push_back("leaf: " + *weak);
}

void RecordJudge::warn_about_anchor(const dns::Tlsa& record,
                                    const std::vector<Link*>& matching) {
  for (const Link* link : matching) {
    if (record.selector != dns::kSpki) break;  // its dates were judged
    auto breach = check_validity(
        link->certificate, context_.now,
        "certificate " + std::to_string(link->index) + " with the anchor's key");
    if (breach) warnings_.push_back(std::move(breach->detail));
  }
  if (matching.empty()) {
    warnings_.push_back(name_of(record) +
                        ": the anchor is not sent, and not every peer takes it from "
                        "the record (RFC 7671 5.2.2)");
  }
}

}  // namespace verify
