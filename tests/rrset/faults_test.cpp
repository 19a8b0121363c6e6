#include "src/rrset/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"
#include "verify/tlsa_match.h"

namespace rrset {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using support::make;
using support::record;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kAll = 1000;

const base::Bytes& leaf() {
  static const base::Bytes kLeaf = make(support::leaf("CA", {"mx.example.org"}));
  return kLeaf;
}

const base::Bytes& anchor() {
  static const base::Bytes kAnchor = make(support::ca("CA"));
  return kAnchor;
}

/// A record of 3 1 1 or 2 1 1 of nothing that exists.
dns::Tlsa stranger(std::uint8_t usage, std::uint8_t octet = 0x55) {
  return {usage, 1, 1, base::Bytes(32, std::byte{octet})};
}

/// What a record is to the servers.
struct Known {
  dns::Tlsa record;
  std::optional<Fit> fit;
};

Known unknown(dns::Tlsa record) { return {std::move(record), std::nullopt}; }
Known matching(dns::Tlsa record) { return {std::move(record), Fit{true, true, {true}}}; }
Known stale(dns::Tlsa record) { return {std::move(record), Fit{false, false, {false}}}; }
Known not_sent(dns::Tlsa record) { return {std::move(record), Fit{true, false, {true}}}; }

/// A set of records, all of which were compared, with what is known of each.
class Set {
 public:
  explicit Set(std::vector<Known> known, policy::Service service = policy::Service::smtp)
      : known_(std::move(known)) {
    std::vector<const dns::Tlsa*> records;
    for (const Known& one : known_) records.push_back(&one.record);
    set = record_set(records, service, kAll);
    set.all_compared = true;
    for (Member& member : set.members) member.fit = known_.at(member.index).fit;
  }

  /// `RECORD WORD` of each fault.
  [[nodiscard]] std::vector<std::string> faults() const {
    std::vector<std::string> out;
    for (const Fault& fault : rrset::faults(set)) {
      out.push_back(std::to_string(fault.record) + " " +
                    std::string(text_of(fault.rule).word));
    }
    return out;
  }

  RecordSet set;

 private:
  std::vector<Known> known_;
};

std::vector<std::string> faults_of(std::vector<Known> known) {
  return Set(std::move(known)).faults();
}

TEST(Rules, AreInTheOrderOfTheirEnumerators) {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kRules.at(i).rule), i) << kRules.at(i).word;
    EXPECT_EQ(&text_of(kRules.at(i).rule), &kRules.at(i));
  }
}

TEST(Faults, NoneInTheRecommendedSets_Rfc7672s3_1_1) {
  EXPECT_THAT(
      faults_of({matching(record(3, 1, 1, leaf())), matching(record(2, 1, 1, anchor()))}),
      IsEmpty());
  EXPECT_THAT(faults_of({matching(record(2, 1, 1, anchor()))}), IsEmpty());
  EXPECT_THAT(Set({}).faults(), IsEmpty());
}

TEST(Faults, TtlOfMoreThanADay_Rfc7671s8_1) {
  Set good({matching(record(2, 1, 1, anchor()))});
  good.set.ttl = hours(24);
  EXPECT_THAT(good.faults(), IsEmpty());
  good.set.ttl = hours(24) + seconds(1);
  EXPECT_THAT(good.faults(), ElementsAre("0 tlsa-ttl-long"));
  EXPECT_EQ(rrset::faults(good.set)[0].fact, "TTL of 24 hours");
}

TEST(Faults, RecordsThatNobodyCanUse_Rfc6698s4_1) {
  const auto beside = [](dns::Tlsa bad) {
    return faults_of({unknown(std::move(bad)), matching(record(2, 1, 1, anchor()))});
  };
  EXPECT_THAT(beside({4, 1, 1, base::Bytes(32)}), ElementsAre("0 record-unknown-number"));
  EXPECT_THAT(beside({3, 2, 1, base::Bytes(32)}), ElementsAre("0 record-unknown-number"));
  EXPECT_THAT(beside({3, 1, 3, base::Bytes(32)}), ElementsAre("0 record-unknown-number"));
  EXPECT_THAT(beside({3, 1, 1, base::Bytes(31)}), ElementsAre("0 record-bad-data"));
  EXPECT_THAT(beside({3, 1, 1, base::Bytes(33)}), ElementsAre("0 record-bad-data"));
  EXPECT_THAT(beside({3, 1, 0, base::Bytes(32)}), ElementsAre("0 record-bad-data"));
  EXPECT_THAT(beside({3, 1, 1, {}}), ElementsAre("0 record-bad-data"));
  EXPECT_THAT(beside({3, 1, 1, base::Bytes(32)}),
              ElementsAre("0 record-unmatched", "0 parameters-unmatched"));
}

TEST(Faults, PkixUsagesAreForOthersThanMail_Rfc7672s3_1_3) {
  for (const dns::Usage usage : {dns::kPkixTa, dns::kPkixEe}) {
    std::vector<Known> known = {
        matching({usage, dns::kSpki, dns::kSha256, base::Bytes(32)}),
        matching(record(2, 1, 1, anchor()))};
    EXPECT_THAT(Set(known).faults(), ElementsAre("0 record-pkix-usage"));
    EXPECT_THAT(Set(known, policy::Service::other).faults(), IsEmpty());
  }
}

TEST(Faults, ASetOfWhichNothingCanBeUsed_Rfc7672s2_2) {
  Set two({unknown({3, 1, 1, base::Bytes(31)}), unknown({3, 1, 1, base::Bytes(30)})});
  EXPECT_THAT(two.faults(),
              ElementsAre("0 record-bad-data", "1 record-bad-data", "0 none-usable"));
  EXPECT_EQ(rrset::faults(two.set)[2].fact, "2 records, none of use for mail");
  Set one({unknown({3, 1, 1, base::Bytes(31)})}, policy::Service::other);
  EXPECT_EQ(rrset::faults(one.set)[1].fact, "1 record, none of use");
}

TEST(Faults, ADigestOfNothingIsNamed) {
  const dns::Tlsa nothing{3, 1, 1, verify::association_data(dns::kSha256, {}).value()};
  auto near = nothing;
  near.data[0] ^= std::byte{1};
  const auto good = matching(record(2, 1, 1, anchor()));
  EXPECT_THAT(Set({unknown(nothing), good}).faults(),
              testing::Contains("0 record-digest-of-nothing"));
  EXPECT_THAT(Set({unknown(near), good}).faults(),
              testing::Not(testing::Contains("0 record-digest-of-nothing")));
  // One that does not fit its numbers too: it says what went wrong.
  EXPECT_THAT(faults_of({unknown({3, 1, 2, nothing.data}), good}),
              ElementsAre("0 record-bad-data", "0 record-digest-of-nothing"));
}

TEST(Faults, WholeKeysAndCertificates_Rfc7671s10_1_2) {
  EXPECT_THAT(
      faults_of({matching(record(3, 1, 0, leaf())), matching(record(2, 1, 1, anchor()))}),
      ElementsAre("0 record-full"));
  EXPECT_THAT(faults_of({matching(record(2, 1, 0, anchor()))}),
              ElementsAre("0 record-full"));
}

TEST(Faults, WholeAnchorsByWhatIsSent_Rfc7671s5_2_3) {
  EXPECT_THAT(faults_of({matching(record(2, 0, 0, anchor()))}),
              ElementsAre("0 record-full"));
  EXPECT_THAT(faults_of({not_sent(record(2, 0, 0, anchor()))}),
              ElementsAre("0 record-anchor-full"));
  EXPECT_THAT(faults_of({not_sent(record(2, 1, 0, anchor()))}),
              ElementsAre("0 record-anchor-key-not-sent"));
  Set unseen({unknown(record(2, 0, 0, anchor())), unknown(record(2, 1, 0, anchor()))});
  unseen.set.all_compared = false;
  EXPECT_THAT(unseen.faults(), IsEmpty());
}

TEST(Faults, Sha512WithoutSha256_Rfc7671s9) {
  const auto sha512 = matching(record(2, 1, 2, anchor()));
  EXPECT_THAT(faults_of({sha512}), ElementsAre("0 record-sha512-alone"));
  EXPECT_THAT(faults_of({sha512, matching(record(2, 1, 1, anchor()))}), IsEmpty());
  // Of another usage or selector, or of no use: that is none beside it.
  EXPECT_THAT(faults_of({sha512, matching(record(3, 1, 1, leaf()))}),
              ElementsAre("0 record-sha512-alone"));
  EXPECT_THAT(faults_of({sha512, matching(record(2, 0, 1, anchor()))}),
              ElementsAre("0 record-sha512-alone", "1 record-anchor-certificate"));
  EXPECT_THAT(faults_of({sha512, unknown({2, 1, 1, base::Bytes(31)})}),
              ElementsAre("1 record-bad-data", "0 record-sha512-alone"));
}

TEST(Faults, CertificatesInPlaceOfKeys_Rfc7671s5_1) {
  const auto issuer = matching(record(2, 1, 1, anchor()));
  EXPECT_THAT(faults_of({matching(record(3, 0, 1, leaf())), issuer}),
              ElementsAre("0 record-certificate"));
  EXPECT_THAT(faults_of({matching(record(3, 0, 0, leaf())), issuer}),
              ElementsAre("0 record-full", "0 record-certificate"));
  EXPECT_THAT(faults_of({matching(record(2, 0, 1, anchor()))}),
              ElementsAre("0 record-anchor-certificate"));
  const Set elsewhere({matching(record(1, 0, 1, leaf())), issuer},
                      policy::Service::other);
  EXPECT_THAT(elsewhere.faults(), IsEmpty());
}

TEST(Faults, DuplicatesAreToldOnce_Rfc2181s5) {
  const auto present = matching(record(2, 1, 1, anchor()));
  Set twice({present, matching(record(3, 1, 1, leaf())), present});
  EXPECT_THAT(twice.faults(), ElementsAre("2 record-duplicate"));
  EXPECT_EQ(rrset::faults(twice.set)[0].twin, 0U);
  const auto bad = unknown({3, 1, 1, base::Bytes(31)});
  EXPECT_THAT(faults_of({bad, bad, present}),
              ElementsAre("0 record-bad-data", "1 record-duplicate"));
}

TEST(Faults, OfRecordsThatMatchNothing_Rfc7671s8_1) {
  const auto key = matching(record(3, 1, 1, leaf()));
  const auto issuer = matching(record(2, 1, 1, anchor()));
  EXPECT_THAT(faults_of({key, stale(stranger(3))}), ElementsAre("1 record-unmatched"));
  EXPECT_THAT(faults_of({issuer, stale(stranger(2))}),
              ElementsAre("1 record-anchor-spare"));
  // Nothing matches: a peer's judgement says so, and what an anchor needs is told.
  EXPECT_THAT(faults_of({stale(stranger(3))}), IsEmpty());
  EXPECT_THAT(faults_of({stale(stranger(2))}), ElementsAre("0 record-anchor-not-sent"));
}

TEST(Faults, OfCombinationsWithoutAMatch_Rfc7671s8) {
  const auto key = matching(record(3, 1, 1, leaf()));
  Set set({key, stale(stranger(2, 1)), stale(stranger(2, 2))});
  EXPECT_THAT(set.faults(), ElementsAre("1 record-anchor-spare", "2 record-anchor-spare",
                                        "1 parameters-unmatched"));
  EXPECT_EQ(rrset::faults(set.set)[2].fact, "none of 2 1 1");
  set.set.all_compared = false;
  EXPECT_THAT(set.faults(), IsEmpty());
}

TEST(Faults, OfCombinationsAtEachServer_Rfc7671s8) {
  Known key{record(3, 1, 1, leaf()), Fit{true, true, {true, true, false}}};
  Known issuer{record(2, 1, 1, anchor()), Fit{true, true, {true, false, false}}};
  const Set set({key, issuer});
  const auto found = rrset::faults(set.set);
  // Of the last server nothing matches at all: that is another fault.
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, Rule::parameters_unmatched);
  EXPECT_EQ(found[0].server, 1U);
  EXPECT_EQ(found[0].fact, "none of 2 1 1 here, and elsewhere");
}

TEST(Faults, WithoutASpare_Rfc7672s3_1_1) {
  const auto key = matching(record(3, 1, 1, leaf()));
  EXPECT_THAT(faults_of({key}), ElementsAre("0 no-spare"));
  EXPECT_THAT(faults_of({key, stale(stranger(3))}), ElementsAre("1 record-unmatched"));
  EXPECT_THAT(faults_of({key, matching(record(2, 1, 1, anchor()))}), IsEmpty());
  // Before records are compared with servers nobody knows which of them is a spare.
  Set unseen({unknown(record(3, 1, 1, leaf()))});
  unseen.set.all_compared = false;
  EXPECT_THAT(unseen.faults(), IsEmpty());
}

TEST(Faults, InWords) {
  EXPECT_EQ(in_words({Rule::duplicate, 0, {}, {}, ""}),
            "a record is published twice (RFC 2181 5)");
  EXPECT_EQ(in_words({Rule::bad_data, 0, {}, {}, "digest of 1 octet, not 32"}),
            "the data of a record do not fit its numbers: digest of 1 octet, not 32 "
            "(RFC 6698 4.1)");
}

}  // namespace
}  // namespace rrset
