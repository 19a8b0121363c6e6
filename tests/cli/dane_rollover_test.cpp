#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/certificates.h"

namespace cli::dane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Plans for changes from a chain below one issuer.
class Rollover : public ::testing::Test {
 protected:
  std::string plan(const std::string& next, std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"--current", chain("leaf", "issuer"), "--next", next,
                                 "--at", "1780315200", "mx.example.org", "25"});
    auto ran = cli::testing::run(kRollover, words);
    EXPECT_EQ(ran.outcome, Outcome::fine);
    return std::move(ran.text);
  }

  /// A file with a certificate of this key, and that of its issuer; good for a century,
  /// for a plan is judged by today's date.
  std::string chain(const std::string& key, const std::string& issuer) {
    auto recipe = support::leaf(issuer, {"mx.example.org"});
    recipe.key = {key};
    auto above = support::ca(issuer);
    recipe.until = above.until = support::kNow + 36500 * support::kDay;
    recipe.from = above.from = support::kNow - 3650 * support::kDay;
    return folder_.write(key + issuer, support::pem(support::make(recipe)) +
                                           support::pem(support::make(above)));
  }

 private:
  cli::testing::Folder folder_;
};

TEST_F(Rollover, SaysWhatItAssumes) {
  const std::string next = chain("next", "issuer");
  EXPECT_THAT(plan(next), StartsWith("Assumed: TTL 1 hour, signatures 14 days; --ttl and "
                                     "--signatures say otherwise.\n\nChange of key of "
                                     "mx.example.org, by 3 1 1 + 3 1 1\n"));
  EXPECT_THAT(
      plan(next, {"--ttl", "2h"}),
      StartsWith("Assumed: signatures 14 days; --signatures says otherwise.\n\n"));
  EXPECT_THAT(plan(next, {"--signatures", "3d"}),
              StartsWith("Assumed: TTL 1 hour; --ttl says otherwise.\n\n"));
  EXPECT_THAT(plan(next, {"--ttl", "2h", "--signatures", "3d"}),
              StartsWith("Change of key "));
  EXPECT_THAT(plan(next),
              HasSubstr("\n\nChange of key of mx.example.org, by 3 1 1 + 2 1 1\n"));
}

TEST_F(Rollover, OfAKeyThatStaysEndsThere) {
  constexpr std::string_view kStays =
      "The key stays the same: 3 1 1 goes on matching, nothing need be published.\n";
  const std::string same = chain("leaf", "issuer");
  EXPECT_EQ(plan(same), kStays);
  EXPECT_EQ(plan(same, {"--scheme", "3-3"}), kStays);
  EXPECT_EQ(plan(same, {"--scheme", "3-2"}), kStays);
}

TEST_F(Rollover, OfAnIssuerThatChangesIsToldOnRequest) {
  const std::string moved = chain("leaf", "another");
  EXPECT_EQ(
      plan(moved),
      "The key stays the same: 3 1 1 goes on matching, nothing need be published.\n"
      "Its issuer changes: 2 1 1, if published, must follow; --scheme 3-2 plans it.\n");
  const std::string told = plan(moved, {"--scheme", "3-2"});
  EXPECT_THAT(told, HasSubstr("must follow.\n\nAssumed: TTL 1 hour"));
  EXPECT_THAT(told,
              HasSubstr("\n1. Publish these records, signed, on every name server.\n"));
  EXPECT_THAT(plan(moved, {"--json"}), HasSubstr("\"scheme\":\"3 1 1 + 2 1 1\""));
  EXPECT_THAT(plan(moved, {"--json"}), Not(HasSubstr("3 1 1 + 3 1 1")));
}

TEST_F(Rollover, FitsTheScreenWithRecordsToPaste) {
  const std::string text = plan(chain("next", "issuer"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_THAT(text, HasSubstr("\n_25._tcp.mx.example.org. 3600 IN TLSA ( 3 1 1\n"));
}

TEST_F(Rollover, GivesEachStepItsTwoDates) {
  const std::string text = plan(chain("next", "issuer"));
  EXPECT_THAT(text, HasSubstr("1. Publish these records, signed, on every name server.\n"
                              "   Announce the next key beside the present one.\n"
                              "   earliest  2026-06-01T12:00:00Z\n\n_25."));
  EXPECT_THAT(text, HasSubstr("\n2. Deploy the next key on every server.\n"));
  EXPECT_THAT(text, HasSubstr("\n   earliest  2026-06-01T14:00:00Z\n"
                              "   certain   2026-06-15T12:00:00Z, even if a name server "
                              "lags behind\n"
                              "   Then: dane check mx.example.org 25\n"));
  EXPECT_THAT(text, HasSubstr("\n   When every server shows the next key: remove the "
                              "record of the old one.\n\n_25."));
}

}  // namespace
}  // namespace cli::dane
