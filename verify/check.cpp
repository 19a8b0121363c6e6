#include "verify/check.h"

#include "verify/dane.h"
#include "verify/name_check.h"
#include "verify/path.h"
#include "verify/peer.h"
#include "verify/roots.h"

namespace verify {
namespace {

constexpr std::uint8_t kNoUsage = 255;  // the names of plain PKIX

struct PkixFinding {
  Reason reason = Reason::no_trust_store;
  std::string detail;
  std::size_t depth = 0;
  std::string matched_name;
};

PkixFinding judge_pkix(Peer& peer, const policy::Requirement& requirement,
                       const Context& context, Verdict& verdict) {
  if (context.roots == nullptr) return {Reason::no_trust_store, "no trust store", 0, ""};
  if (peer.raw_key || peer.empty) {
    return {Reason::no_certificate, "the peer sent no certificate", 0, ""};
  }
  if (peer.sent.empty()) {
    return {Reason::bad_certificate, "the leaf is not a certificate", 0, ""};
  }
  auto names = check_names(peer.names, requirement, kNoUsage);
  const auto& limit = requirement.max_intermediates ? requirement.max_intermediates
                                                    : requirement.max_intermediates_pkix;
  PathFinder finder(peer, context, limit);
  finder.use_name(names);
  auto path = finder.to_roots();
  verdict.signatures += finder.signatures();
  verdict.steps += finder.steps();
  if (path.reason != Reason::none) {
    const bool cut = peer.cut && path.reason <= Reason::no_path;
    return {cut ? Reason::chain_too_long : path.reason, path.detail, path.depth, ""};
  }
  if (!names.good) return {names.reason, names.detail, path.depth, ""};
  if (auto why = unsupported_key(peer)) {
    return {Reason::unsupported_key, std::move(*why), 0, ""};
  }
  return {Reason::none,
          "path of depth " + std::to_string(path.depth) + " to the trust store",
          path.depth, names.presented};
}

void reject(Verdict& verdict, Reason reason, std::string detail) {
  verdict.outcome = Outcome::rejected;
  verdict.record.reset();
  verdict.matched_name.clear();
  verdict.reason = reason;
  verdict.detail = std::move(detail);
}

void accept(Verdict& verdict, Outcome outcome, std::string detail) {
  verdict.outcome = outcome;
  verdict.reason = Reason::none;
  verdict.detail = std::move(detail);
}

void conclude_pkix(Verdict& verdict, Peer& peer, const policy::Requirement& requirement,
                   const Context& context) {
  auto pkix = judge_pkix(peer, requirement, context, verdict);
  if (pkix.reason != Reason::none) {
    return reject(verdict, pkix.reason, std::move(pkix.detail));
  }
  verdict.matched_name = std::move(pkix.matched_name);
  verdict.depth = pkix.depth;
  accept(verdict, Outcome::pkix, std::move(pkix.detail));
}

// What is proved without one usable record; for DANE and PKIX together never less than
// PKIX (RFC 7672 2.2, RFC 7673 3.4, RFC 7671 10.3).
void conclude_unusable(Verdict& verdict, Peer& peer,
                       const policy::Requirement& requirement, const Context& context) {
  const bool both = requirement.proof == policy::Proof::dane_and_pkix;
  const bool any = !requirement.records.empty();
  if (any && requirement.when_unusable == policy::WhenUnusable::pkix && !both) {
    return conclude_pkix(verdict, peer, requirement, context);
  }
  if (any && requirement.when_unusable == policy::WhenUnusable::encrypt && !both) {
    verdict.warnings.push_back("no TLSA record is usable: encrypted, nobody proved");
    return accept(verdict, Outcome::unauthenticated, "no TLSA record can be used");
  }
  reject(verdict, Reason::no_usable_record, "no TLSA record can be used");
}

void conclude_dane(Verdict& verdict, Peer& peer, const policy::Requirement& requirement,
                   const Context& context) {
  auto dane = DaneJudge(peer, requirement, context).run();
  verdict.notes = std::move(dane.notes);
  verdict.signatures = dane.signatures;
  verdict.steps = dane.steps;
  for (auto& warning : dane.warnings) verdict.warnings.push_back(std::move(warning));
  if (!dane.any_usable) return conclude_unusable(verdict, peer, requirement, context);
  verdict.record = dane.record;
  verdict.depth = dane.depth;
  verdict.matched_name = std::move(dane.matched_name);
  if (dane.reason != Reason::none) {
    return reject(verdict, dane.reason, std::move(dane.detail));
  }
  accept(verdict, Outcome::dane, std::move(dane.detail));
  if (requirement.proof != policy::Proof::dane_and_pkix) return;
  auto pkix = judge_pkix(peer, requirement, context, verdict);
  if (pkix.reason != Reason::none) {
    return reject(verdict, pkix.reason, std::move(pkix.detail));
  }
  verdict.outcome = Outcome::dane_and_pkix;
  verdict.matched_name = std::move(pkix.matched_name);
}

void describe_peer(const Peer& peer, Verdict& verdict) {
  verdict.presented = peer.names.printable;
  if (peer.unreadable > 0) {
    verdict.warnings.push_back(std::to_string(peer.unreadable) +
                               " of the certificates sent cannot be read");
  }
  if (peer.cut) verdict.warnings.push_back("the chain is longer than is looked at");
  if (peer.names.cut) verdict.warnings.push_back("not all presented names were compared");
}

}  // namespace

Verdict check(const Chain& chain, const policy::Requirement& requirement,
              const Context& context) {
  Peer peer = read_peer(chain, context.budget);
  Verdict verdict;
  describe_peer(peer, verdict);
  verdict.notes.assign(requirement.records.size(),
                       {RecordState::untried, Reason::none, "", std::nullopt});
  switch (requirement.proof) {
    case policy::Proof::nothing:
      accept(verdict, Outcome::unauthenticated, "");
      break;
    case policy::Proof::pkix:
      conclude_pkix(verdict, peer, requirement, context);
      break;
    case policy::Proof::dane:
    case policy::Proof::dane_and_pkix:
      conclude_dane(verdict, peer, requirement, context);
      break;
  }
  return verdict;
}

}  // namespace verify
