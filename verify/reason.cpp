#include "verify/reason.h"

namespace verify {

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::none:
      return "ok";
    case Reason::no_certificate:
      return "no-certificate";
    case Reason::bad_certificate:
      return "bad-certificate";
    case Reason::no_trust_store:
      return "no-trust-store";
    case Reason::no_usable_record:
      return "no-usable-record";
    case Reason::mismatch:
      return "mismatch";
    case Reason::anchor_is_leaf:
      return "anchor-is-leaf";
    case Reason::chain_too_long:
      return "chain-too-long";
    case Reason::budget_exhausted:
      return "budget-exhausted";
    case Reason::no_path:
      return "no-path";
    case Reason::bad_signature:
      return "bad-signature";
    case Reason::weak_algorithm:
      return "weak-algorithm";
    case Reason::unsupported_key:
      return "unsupported-key";
    case Reason::not_a_ca:
      return "not-a-ca";
    case Reason::path_too_long:
      return "path-too-long";
    case Reason::constraint:
      return "constraint";
    case Reason::key_purpose:
      return "key-purpose";
    case Reason::not_yet_valid:
      return "not-yet-valid";
    case Reason::expired:
      return "expired";
    case Reason::too_many_names:
      return "too-many-names";
    case Reason::name_mismatch:
      return "name-mismatch";
  }
  return "mismatch";
}

}  // namespace verify
