#include "verify/check.h"

#include "verify/dane.h"
#include "verify/pkix.h"

namespace verify {
namespace {

void reject(Verdict& verdict, Reason reason, std::string detail) {
  verdict.outcome = Outcome::rejected;
  verdict.record.reset();
  verdict.matched_name.clear();
  verdict.reason = reason;
  verdict.detail = std::move(detail);
}

/// The verdict where not one record is usable. It proves PKIX's or nothing, as the policy
/// says (RFC 7672 2.2, RFC 7673 3.4, RFC 7671 10.3); where DANE and PKIX are required
/// together it is never less than both, and so a refusal. `by_records` has the notes.
Verdict judge_unusable(const Case& the_case, Verdict by_records) {
  const auto& requirement = the_case.requirement;
  const bool softened =
      requirement.proof == policy::Proof::dane && !requirement.records.empty();
  if (softened && requirement.when_unusable == policy::WhenUnusable::pkix) {
    Verdict out = judge_pkix(the_case);
    out.notes = std::move(by_records.notes);
    return out;
  }
  if (softened && requirement.when_unusable == policy::WhenUnusable::encrypt) {
    by_records.outcome = Outcome::unauthenticated;
    by_records.reason = Reason::none;
    by_records.warnings.emplace_back(
        "no TLSA record is usable: encrypted, nobody proved");
  }
  return by_records;
}

Verdict judge_dane(const Case& the_case) {
  Verdict verdict = judge_records(the_case);
  if (verdict.reason == Reason::no_usable_record) {
    return judge_unusable(the_case, std::move(verdict));
  }
  if (!accepted(verdict.outcome)) return verdict;
  if (the_case.requirement.proof != policy::Proof::dane_and_pkix) return verdict;
  Verdict by_store = judge_pkix(the_case);
  if (!accepted(by_store.outcome)) {
    reject(verdict, by_store.reason, std::move(by_store.detail));
    return verdict;
  }
  verdict.outcome = Outcome::dane_and_pkix;
  verdict.matched_name = std::move(by_store.matched_name);
  return verdict;
}

Verdict judge(const Case& the_case) {
  switch (the_case.requirement.proof) {
    case policy::Proof::nothing: {
      Verdict out;
      out.outcome = Outcome::unauthenticated;
      out.reason = Reason::none;
      return out;
    }
    case policy::Proof::pkix:
      return judge_pkix(the_case);
    case policy::Proof::dane:
    case policy::Proof::dane_and_pkix:
      return judge_dane(the_case);
  }
  return {};
}

/// What the peer showed, before what was thought of it.
void describe_peer(const Peer& peer, Verdict& verdict) {
  std::vector<std::string> seen;
  if (peer.unreadable > 0) {
    seen.push_back(std::to_string(peer.unreadable) +
                   " of the certificates sent cannot be read");
  }
  if (peer.cut) seen.emplace_back("the chain is longer than is looked at");
  if (peer.names.cut) seen.emplace_back("not all presented names were compared");
  verdict.warnings.insert(verdict.warnings.begin(), seen.begin(), seen.end());
  verdict.presented = peer.names.printable;
}

}  // namespace

Verdict check(const Chain& chain, const policy::Requirement& requirement,
              const Context& context) {
  Peer peer = read_peer(chain, context.budget);
  Purse purse(context.budget);
  Verdict verdict = judge({peer, requirement, context, purse});
  describe_peer(peer, verdict);
  verdict.notes.resize(requirement.records.size(),
                       {RecordState::untried, Reason::none, "", std::nullopt});
  verdict.signatures = purse.signatures();
  verdict.steps = purse.steps();
  return verdict;
}

}  // namespace verify
