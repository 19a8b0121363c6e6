// Which certificates lead from the leaf to an anchor, and whether they may.
//
// A peer sends a heap: the leaf first, and then in any order its issuers, issuers of
// another path, certificates that have nothing to do with it (RFC 8446 4.4.2). Names say
// who may have issued whom; only signatures say who did. Libraries differ in what they
// make of a heap, and the difference is an attack: one that first builds *a* chain and
// then looks whether *some* certificate of it matches a TLSA record believes
//
//     [evil leaf] [evil CA that signed it] [the genuine CA of the victim, a public file]
//
// because the third matches, though it has signed nothing here. So each path is complete
// before it is judged, and its anchor is the issuer at the end of the very path whose
// signatures are checked (RFC 7671 5.2).
//
// The search goes by names alone and depth first, cuts loops by key and name, and tries
// issuers whose key identifier agrees before others (RFC 4158 3.5.12: a hint that anybody
// can forge, so it orders and never excludes). Alternatives are all tried until one is
// good: a cross-certificate that has expired must not hide the path that has not. What is
// told in the end is the nearest failure, by rank().
//
// Among n certificates of one name there are n! orders. The peer pays nothing for them
// and we would; hence the purse. What is cheap to see comes before what is dear to
// compute: the names, then the size of keys and of name lists (cost.h), then signatures,
// each at most once a path. GnuTLS checks signatures and their strength, two certificates
// at a time; the rules of RFC 5280 6.1 are ours (path_rules.h), because GnuTLS knows name
// constraints in part only and calls a clock. A path whose signatures do not hold is told
// as that: what a forged certificate says of dates and names is not worth a word.
//
// An anchor is one of two kinds. A certificate, of a record with selector Cert or of the
// trust store, brings all its fields: an expired one is refused, one that is no CA
// signs nothing. A bare key, of a record with selector SPKI, has only itself (RFC
// 7671 5.2.1). It has no name either, so that it may have signed any certificate on the
// way, and for each of them a stand-in with the right name is made. First where a sent
// certificate shows the key under the wanted name, since there it is no guess; then
// everywhere else. A guess that fails says only that the key did not sign here, and never
// replaces an honest reason.
//
// A leaf is not its own anchor, but for one case: it is self-signed and the user has put
// this very certificate into the trust store. Then there is no issuer, no signature to
// check, and the strength of its key is looked at here, for GnuTLS never sees it.
#include "verify/path.h"

#include <algorithm>

#include "verify/cost.h"
#include "verify/key.h"
#include "verify/roots.h"
#include "verify/signatures.h"

namespace verify {
namespace {

constexpr std::size_t kLeastRsaBits = 2048;  // of GnuTLS's profile MEDIUM

bool issued_by_name(const Certificate& subject, const Certificate& issuer) {
  return base::equal(subject.issuer, issuer.subject);
}

bool same_key_and_name(const Certificate& a, const Certificate& b) {
  return base::equal(a.subject, b.subject) && base::equal(a.spki, b.spki);
}

bool is_on(std::span<Link* const> path, const Certificate& certificate) {
  return std::any_of(path.begin(), path.end(), [&](const Link* link) {
    return same_key_and_name(link->certificate, certificate);
  });
}

/// 0 if the key identifiers agree, 1 if one is missing, 2 if they differ: a hint only
/// (RFC 4158 3.5.12).
int distance(const Link& subject, const Link& issuer) {
  const auto wanted = subject.extensions.authority_key_id;
  const auto found = issuer.extensions.subject_key_id;
  if (wanted.empty() || found.empty()) return 1;
  return base::equal(wanted, found) ? 0 : 2;
}

void order_by_key_id(const Link& top, std::vector<Link*>& issuers) {
  std::stable_sort(issuers.begin(), issuers.end(), [&](const Link* a, const Link* b) {
    return distance(top, *a) < distance(top, *b);
  });
}

bool readable(std::span<Link* const> path) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const bool signs = depth > 0, is_signed = depth + 1 < path.size();
    if (is_signed && path[depth]->handle() == nullptr) return false;
    if (signs && path[depth]->signer() == nullptr) return false;
  }
  return true;
}

std::string describe(Reason reason) {
  switch (reason) {
    case Reason::bad_signature:
      return "a signature on the path is wrong";
    case Reason::weak_algorithm:
      return "a key or signature on the path is too weak";
    case Reason::not_a_ca:
      return "an issuer on the path is not a CA";
    case Reason::constraint:
      return "a constraint of an issuer on the path is broken";
    case Reason::key_purpose:
      return "the certificate is not for TLS servers";
    default:
      return "no path from the leaf to the anchor";
  }
}

}  // namespace

struct PathFinder::Search {
  const Anchors& anchors;
  AnchorKind kind;
  const Filter& filter;
  std::vector<Link*> path;
  PathJudgement best;
  std::size_t judged = 0;
  bool exhausted = false;
  bool too_deep = false;

  [[nodiscard]] bool over() const { return best.reason == Reason::none || exhausted; }

  /// Keeps what came nearest to success; of paths that are none, one that was there by
  /// names.
  void keep(PathJudgement judgement) {
    const bool nearer = rank(judgement.reason) > rank(best.reason);
    const bool unreadable = judgement.unreadable && best.reason == Reason::no_path;
    if (nearer || unreadable) best = std::move(judgement);
  }
};

void PathFinder::use_name(const NameJudgement& found) {
  stands_for_.clear();
  if (!found.reference.empty()) stands_for_ = {found.presented, found.reference};
}

Link& PathFinder::own(const Certificate& certificate) {
  auto& link = known_[{certificate.whole.data(), nullptr}];
  if (link == nullptr) link = &anchors_.emplace_back(make_link(certificate));
  return *link;
}

Link& PathFinder::anchor_for_key(const Link& top, base::ByteView spki) {
  auto& known = known_[{top.certificate.issuer.data(), spki.data()}];
  if (known != nullptr) return *known;
  made_.push_back(x509::certificate_for_key(top.certificate.issuer, spki));
  // The parts are what parse_certificate would find, and it cannot fail on our own DER
  // unless the key is not one, which the callers have checked.
  const auto certificate = parse_certificate(made_.back());
  known = &anchors_.emplace_back(make_link(certificate.value_or(Certificate{})));
  return *known;
}

std::vector<Link*> PathFinder::issuers_of(const Link& top, std::span<Link* const> path) {
  std::vector<Link*> found;
  for (std::size_t i = 1; i < peer_.sent.size(); ++i) {
    auto& link = peer_.sent[i];
    if (!issued_by_name(top.certificate, link.certificate)) continue;
    if (!is_on(path, link.certificate)) found.push_back(&link);
  }
  order_by_key_id(top, found);
  return found;
}

std::optional<RuleBreach> PathFinder::judge_signatures(const Search& search) {
  if (!readable(search.path)) {
    return RuleBreach{Reason::no_path, "a certificate on the path cannot be read"};
  }
  const Reason found = check_signatures(search.path);
  if (found == Reason::none) return std::nullopt;
  if (is_forged(found) && has_unknown_algorithm(search.path)) {
    return RuleBreach{
        found, "a key or signature on the path is of an algorithm that is not known"};
  }
  return RuleBreach{found, describe(found)};
}

/// What a forged certificate says breaks no rule that is worth telling; of an honest one
/// GnuTLS's objection and ours are both true, and the lesser rank is the one to mend
/// first.
std::optional<RuleBreach> PathFinder::judge_path(const Search& search) {
  auto signature = judge_signatures(search);
  if (signature && is_forged(signature->reason)) return signature;
  auto rule = broken_rule(search.path, {context_.now, search.kind, max_intermediates_,
                                        stands_for_, peer_role_});
  if (!signature) return rule;
  return rule && rank(rule->reason) <= rank(signature->reason) ? rule : signature;
}

void PathFinder::judge(Search& search, Link& anchor) {
  search.path.push_back(&anchor);
  judge_complete(search);
  search.path.pop_back();
}

void PathFinder::judge_complete(Search& search) {
  auto wanted = search.path.begin() + 1;
  if (search.filter) {
    wanted = std::find_if(wanted, search.path.end(),
                          [&](Link* link) { return search.filter(*link); });
  }
  if (wanted == search.path.end()) return;
  const std::size_t depth = search.path.size() - 1;
  const auto match = static_cast<std::size_t>(wanted - search.path.begin());
  if (search.judged >= purse_.budget().paths) {
    search.exhausted = true;
    return;
  }
  ++search.judged;
  if (auto costly = too_costly(search.path, purse_.budget())) {
    return search.keep({Reason::budget_exhausted, std::move(*costly), depth, match});
  }
  if (!purse_.spend_signatures(depth)) {
    search.exhausted = true;
    return;
  }
  auto breach = judge_path(search);
  if (!breach) return search.keep({Reason::none, "", depth, match});
  const bool unreadable = breach->reason == Reason::no_path;
  search.keep({breach->reason, std::move(breach->detail), depth, match, unreadable});
}

void PathFinder::extend(Search& search) {
  if (!purse_.spend_step()) search.exhausted = true;
  if (search.path.size() >= purse_.budget().path) search.too_deep = true;
  if (search.exhausted || search.path.size() >= purse_.budget().path) return;
  auto& top = *search.path.back();
  for (Link* anchor : search.anchors(top)) {
    if (search.over()) return;
    if (search.kind == AnchorKind::key || !is_on(search.path, anchor->certificate)) {
      judge(search, *anchor);
    }
  }
  for (Link* issuer : issuers_of(top, search.path)) {
    if (search.over()) return;
    search.path.push_back(issuer);
    extend(search);
    search.path.pop_back();
  }
}

PathJudgement PathFinder::search(const Anchors& anchors, AnchorKind kind,
                                 const Filter& filter) {
  Search search{anchors, kind, filter, {&peer_.sent[0]}, {}};
  search.best.detail = describe(Reason::no_path);
  extend(search);
  if ((search.exhausted || search.too_deep) && search.best.reason == Reason::no_path) {
    search.best = {Reason::budget_exhausted, "the search for a path was given up"};
  }
  return search.best;
}

PathJudgement PathFinder::to_certificates(std::span<const Certificate> anchors) {
  std::vector<Link*> links;
  for (const auto& anchor : anchors) links.push_back(&own(anchor));
  const auto with_name = [&](const Link& top) {
    std::vector<Link*> found;
    for (Link* link : links) {
      if (issued_by_name(top.certificate, link->certificate)) found.push_back(link);
    }
    order_by_key_id(top, found);
    return found;
  };
  return search(with_name, AnchorKind::certificate);
}

PathJudgement PathFinder::to_key(base::ByteView spki) {
  const auto named = [&](const Link& top) {
    return std::any_of(peer_.sent.begin() + 1, peer_.sent.end(), [&](const Link& link) {
      return base::equal(link.certificate.spki, spki) &&
             issued_by_name(top.certificate, link.certificate);
    });
  };
  // First where a sent certificate has the key and the name; a bare key has no name, so
  // that it may otherwise have signed any certificate on the way.
  auto first = search(
      [&](const Link& top) -> std::vector<Link*> {
        if (!named(top)) return {};
        return {&anchor_for_key(top, spki)};
      },
      AnchorKind::key);
  if (first.reason == Reason::none) return first;
  auto second = search(
      [&](const Link& top) -> std::vector<Link*> {
        if (named(top)) return {};
        return {&anchor_for_key(top, spki)};
      },
      AnchorKind::key);
  const bool worse = rank(second.reason) < rank(first.reason);
  return is_guess(second.reason) || worse ? first : second;
}

PathJudgement PathFinder::to_roots(const Filter& filter) {
  const auto& leaf = peer_.sent[0].certificate;
  const bool trusted_leaf = self_issued(leaf) && context_.roots->contains(leaf.whole);
  if (trusted_leaf && !filter) {
    // GnuTLS judges signatures by issuers; here is none to judge.
    const auto rsa = rsa_key(leaf.spki);
    if (rsa && rsa->modulus_bits < kLeastRsaBits) {
      return {Reason::weak_algorithm, "the key of the leaf is too weak"};
    }
    Link* path[] = {&peer_.sent[0]};
    auto breach = broken_rule(path, {context_.now, AnchorKind::certificate, {}, {}});
    if (!breach) return {Reason::none, ""};
    return {breach->reason, std::move(breach->detail)};
  }
  const auto with_name = [&](const Link& top) {
    std::vector<Link*> found;
    for (const auto der : context_.roots->with_subject(top.certificate.issuer)) {
      if (const auto root = parse_certificate(der)) found.push_back(&own(*root));
    }
    order_by_key_id(top, found);
    return found;
  };
  return search(with_name, AnchorKind::certificate, filter);
}

}  // namespace verify
