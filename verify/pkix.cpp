#include "verify/pkix.h"

#include "verify/name_check.h"
#include "verify/path.h"

namespace verify {
namespace {

Verdict refused(Reason reason, std::string detail) {
  Verdict out;
  out.reason = reason;
  out.detail = std::move(detail);
  return out;
}

/// The user's depth for all paths, or else the one for paths to the trust store alone.
std::optional<unsigned> depth_limit(const policy::Requirement& requirement) {
  if (requirement.max_intermediates) return requirement.max_intermediates;
  return requirement.max_intermediates_pkix;
}

}  // namespace

Verdict judge_pkix(const Case& the_case) {
  Peer& peer = the_case.peer;
  if (the_case.context.roots == nullptr) {
    return refused(Reason::no_trust_store, "no trust store");
  }
  if (peer.raw_key || peer.empty) {
    return refused(Reason::no_certificate, "the peer sent no certificate");
  }
  if (peer.sent.empty()) {
    return refused(Reason::bad_certificate, "the leaf is not a certificate");
  }
  auto names = check_names(peer.names, the_case.requirement, std::nullopt);
  PathFinder finder(the_case, depth_limit(the_case.requirement));
  finder.use_name(names);
  auto path = finder.to_roots();
  if (path.reason != Reason::none) {
    return refused(for_cut(peer, path.reason), std::move(path.detail));
  }
  if (!names.good) return refused(names.reason, std::move(names.detail));
  if (auto why = unsupported_key(peer)) {
    return refused(Reason::unsupported_key, std::move(*why));
  }
  Verdict out;
  out.outcome = Outcome::pkix;
  out.reason = Reason::none;
  out.detail = "path of depth " + std::to_string(path.depth) + " to the trust store";
  out.depth = path.depth;
  out.matched_name = std::move(names.presented);
  return out;
}

}  // namespace verify
