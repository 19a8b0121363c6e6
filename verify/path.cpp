#include "verify/path.h"

#include <algorithm>

#include "verify/cost.h"
#include "verify/key.h"
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

// 0 if the key identifiers agree, 1 if one is missing, 2 if they differ: a hint only
// (RFC 4158 3.5.12).
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
  PathFinding best;
  std::size_t judged = 0;
  bool exhausted = false;
  bool too_deep = false;

  [[nodiscard]] bool over() const { return best.reason == Reason::none || exhausted; }
};

void PathFinder::use_name(const NameFinding& found) {
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

Finding PathFinder::judge_path(const Search& search) {
  if (auto costly = too_costly(search.path, context_.budget)) {
    return {Reason::budget_exhausted, std::move(*costly)};
  }
  signatures_ += search.path.size() - 1;
  if (!readable(search.path)) {
    return {Reason::no_path, "a certificate on the path cannot be read"};
  }
  const Reason found = check_signatures(search.path);
  const bool forged = found != Reason::none && found <= Reason::weak_algorithm;
  if (forged && has_unknown_algorithm(search.path)) {
    return {found, "a key or signature on the path is of an algorithm that is not known"};
  }
  if (forged) return {found, describe(found)};
  auto rule = broken_rule(search.path,
                          {context_.now, search.kind, max_intermediates_, stands_for_});
  const bool worse =
      found != Reason::none && (rule.reason == Reason::none || found < rule.reason);
  return worse ? Finding{found, describe(found)} : rule;
}

void PathFinder::judge(Search& search, Link& anchor) {
  if (search.judged >= context_.budget.paths ||
      signatures_ + search.path.size() > context_.budget.signatures) {
    search.exhausted = true;
    return;
  }
  search.path.push_back(&anchor);
  auto wanted = search.path.begin() + 1;
  if (search.filter) {
    wanted = std::find_if(wanted, search.path.end(), [&](const Link* link) {
      return search.filter(link->certificate);
    });
  }
  if (wanted != search.path.end()) {
    ++search.judged;
    auto found = judge_path(search);
    const bool unreadable = found.reason == Reason::no_path;
    const bool nearer = found.reason > search.best.reason ||
                        (unreadable && search.best.reason == Reason::no_path);
    if (found.reason == Reason::none || nearer) {
      search.best = {found.reason, std::move(found.detail), search.path.size() - 1,
                     static_cast<std::size_t>(wanted - search.path.begin()), unreadable};
    }
  }
  search.path.pop_back();
}

void PathFinder::extend(Search& search) {
  if (++steps_ > context_.budget.steps) search.exhausted = true;
  if (search.path.size() >= context_.budget.path) search.too_deep = true;
  if (search.exhausted || search.path.size() >= context_.budget.path) return;
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

PathFinding PathFinder::search(const Anchors& anchors, AnchorKind kind,
                               const Filter& filter) {
  Search search{anchors, kind, filter, {&peer_.sent[0]}, {}};
  search.best.detail = describe(Reason::no_path);
  extend(search);
  if ((search.exhausted || search.too_deep) && search.best.reason == Reason::no_path) {
    search.best = {Reason::budget_exhausted, "the search for a path was given up"};
  }
  return search.best;
}

PathFinding PathFinder::to_certificates(std::span<const Certificate> anchors) {
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

PathFinding PathFinder::to_key(base::ByteView spki) {
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
  const bool guessed =
      second.reason != Reason::none && second.reason <= Reason::bad_signature;
  return guessed || (second.reason != Reason::none && second.reason < first.reason)
             ? first
             : second;
}

PathFinding PathFinder::to_roots(const Filter& filter) {
  const auto& leaf = peer_.sent[0].certificate;
  const bool trusted_leaf = self_issued(leaf) && context_.roots->contains(leaf.whole);
  if (trusted_leaf && !filter) {
    // GnuTLS judges signatures by issuers; here is none to judge.
    const auto rsa = rsa_key(leaf.spki);
    if (rsa && rsa->modulus_bits < kLeastRsaBits) {
      return {Reason::weak_algorithm, "the key of the leaf is too weak"};
    }
    Link* path[] = {&peer_.sent[0]};
    auto found = broken_rule(path, {context_.now, AnchorKind::certificate, {}, {}});
    return {found.reason, std::move(found.detail)};
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
