#include "verify/reason.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace verify {
namespace {

// From the furthest to the nearest to success.
const std::vector<Reason> kByRank = {
    Reason::no_certificate,   Reason::bad_certificate, Reason::no_trust_store,
    Reason::no_usable_record, Reason::mismatch,        Reason::anchor_is_leaf,
    Reason::chain_too_long,   Reason::no_path,         Reason::budget_exhausted,
    Reason::bad_signature,    Reason::weak_algorithm,  Reason::unsupported_key,
    Reason::not_a_ca,         Reason::path_too_long,   Reason::constraint,
    Reason::key_purpose,      Reason::not_yet_valid,   Reason::expired,
    Reason::too_many_names,   Reason::name_mismatch,   Reason::none};

// All values, whatever they are: the last enumerator has the greatest number.
std::vector<Reason> all() {
  std::vector<Reason> out;
  for (int i = 0; i <= static_cast<int>(Reason::name_mismatch); ++i) {
    out.push_back(static_cast<Reason>(i));
  }
  return out;
}

std::set<Reason> those(bool (*predicate)(Reason)) {
  std::set<Reason> out;
  for (const Reason reason : all()) {
    if (predicate(reason)) out.insert(reason);
  }
  return out;
}

TEST(Reason, EachHasARankOfItsOwnInThisOrder) {
  EXPECT_EQ(kByRank.size(), all().size());
  EXPECT_EQ(std::set<Reason>(kByRank.begin(), kByRank.end()).size(), all().size());
  for (std::size_t i = 0; i + 1 < kByRank.size(); ++i) {
    EXPECT_LT(rank(kByRank[i]), rank(kByRank[i + 1])) << to_text(kByRank[i]);
  }
  EXPECT_GT(rank(kByRank.front()), 0);
}

TEST(Reason, ASearchFailureLeftNoPathToJudge) {
  EXPECT_EQ(those(is_search_failure),
            (std::set<Reason>{
                Reason::no_certificate, Reason::bad_certificate, Reason::no_trust_store,
                Reason::no_usable_record, Reason::mismatch, Reason::anchor_is_leaf,
                Reason::chain_too_long, Reason::no_path, Reason::budget_exhausted}));
}

TEST(Reason, ForgedIsWhatSignaturesSay) {
  EXPECT_EQ(those(is_forged), (std::set<Reason>{Reason::no_path, Reason::bad_signature,
                                                Reason::weak_algorithm}));
}

TEST(Reason, AGuessIsAKeyThatSignedNothing) {
  EXPECT_EQ(those(is_guess), (std::set<Reason>{Reason::no_path, Reason::budget_exhausted,
                                               Reason::bad_signature}));
}

}  // namespace
}  // namespace verify
