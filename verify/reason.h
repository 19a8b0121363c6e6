#pragma once

#include <string_view>

namespace verify {

/// Why a record, a path or a peer was not accepted.
enum class Reason {
  none,              ///< accepted
  no_certificate,    ///< the peer sent none
  bad_certificate,   ///< the leaf is not a certificate
  no_trust_store,    ///< PKIX is required and no store is named
  no_usable_record,  ///< every TLSA record is unusable
  mismatch,          ///< no usable record matches what the peer sent
  anchor_is_leaf,    ///< DANE-TA matches the leaf only (RFC 7671 5.2: it must issue)
  chain_too_long,    ///< more certificates than the budget allows
  no_path,           ///< no path from the leaf to the anchor
  budget_exhausted,  ///< finding or judging a path would take more work than allowed
  bad_signature,     ///< a signature on the path is wrong
  weak_algorithm,    ///< a signature or a key on the path is too weak
  unsupported_key,   ///< the leaf's key is of no kind that our TLS can check
  not_a_ca,          ///< an issuer on the path may not sign certificates
  path_too_long,     ///< a path length constraint, or the user's depth, is exceeded
  constraint,        ///< a name constraint or an unknown critical extension
  key_purpose,       ///< key usage or extended key usage forbid this use in TLS
  not_yet_valid,     ///< a validity period on the path has not begun
  expired,           ///< a validity period on the path has ended
  too_many_names,    ///< the path is good, and none of the names that are looked at is
  name_mismatch,     ///< the path is good, the names are not
};

/// The stable word of a reason: `ok` for none, else as the enumerator, with hyphens.
[[nodiscard]] std::string_view to_text(Reason reason);

/// How near to success a judgement came that ended with this reason: the greatest rank
/// among several failures is the most useful one to tell. `none` is above all others.
/// Nothing else may be read out of a rank: what a reason says has predicates.
[[nodiscard]] constexpr int rank(Reason reason) {
  switch (reason) {
    case Reason::no_certificate:
      return 1;
    case Reason::bad_certificate:
      return 2;
    case Reason::no_trust_store:
      return 3;
    case Reason::no_usable_record:
      return 4;
    case Reason::mismatch:
      return 5;
    case Reason::anchor_is_leaf:
      return 6;
    case Reason::chain_too_long:
      return 7;
    case Reason::no_path:
      return 8;
    case Reason::budget_exhausted:
      return 9;
    case Reason::bad_signature:
      return 10;
    case Reason::weak_algorithm:
      return 11;
    case Reason::unsupported_key:
      return 12;
    case Reason::not_a_ca:
      return 13;
    case Reason::path_too_long:
      return 14;
    case Reason::constraint:
      return 15;
    case Reason::key_purpose:
      return 16;
    case Reason::not_yet_valid:
      return 17;
    case Reason::expired:
      return 18;
    case Reason::too_many_names:
      return 19;
    case Reason::name_mismatch:
      return 20;
    case Reason::none:
      return 21;
  }
  return 0;
}

/// Whether the search ended without a path that could be judged: nobody can say what is
/// wrong with the path, for there is none.
[[nodiscard]] constexpr bool is_search_failure(Reason reason) {
  switch (reason) {
    case Reason::no_certificate:
    case Reason::bad_certificate:
    case Reason::no_trust_store:
    case Reason::no_usable_record:
    case Reason::mismatch:
    case Reason::anchor_is_leaf:
    case Reason::chain_too_long:
    case Reason::no_path:
    case Reason::budget_exhausted:
      return true;
    default:
      return false;
  }
}

/// Whether signatures say that anybody may have made the path: the named issuer has not
/// signed, or so weakly that others could have. Nothing that such certificates say is
/// worth telling.
[[nodiscard]] constexpr bool is_forged(Reason reason) {
  return reason == Reason::no_path || reason == Reason::bad_signature ||
         reason == Reason::weak_algorithm;
}

/// Whether a path to a bare key, which has no name to go by, failed as it does when the
/// key has signed none of the certificates: that says nothing against the peer.
[[nodiscard]] constexpr bool is_guess(Reason reason) {
  return reason == Reason::no_path || reason == Reason::budget_exhausted ||
         reason == Reason::bad_signature;
}

}  // namespace verify
