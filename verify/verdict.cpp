#include "verify/verdict.h"

namespace verify {

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::rejected:
      return "rejected";
    case Outcome::unauthenticated:
      return "unauthenticated";
    case Outcome::pkix:
      return "pkix";
    case Outcome::dane:
      return "dane";
    case Outcome::dane_and_pkix:
      return "dane+pkix";
  }
  return "rejected";
}

std::string_view to_text(RecordState state) {
  switch (state) {
    case RecordState::unusable:
      return "unusable";
    case RecordState::superseded:
      return "superseded";
    case RecordState::unmatched:
      return "unmatched";
    case RecordState::failed:
      return "failed";
    case RecordState::matched:
      return "matched";
    case RecordState::untried:
      return "untried";
  }
  return "unmatched";
}

}  // namespace verify
