#include "src/rrset/record_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rrset {
namespace {

using testing::ElementsAre;

dns::Tlsa usable(std::uint8_t octet) {
  return {3, 1, 1, base::Bytes(32, std::byte{octet})};
}

dns::Tlsa useless() { return {3, 1, 1, base::Bytes(31)}; }

RecordSet set_of(const std::vector<dns::Tlsa>& records, std::size_t most) {
  std::vector<const dns::Tlsa*> views;
  for (const dns::Tlsa& record : records) views.push_back(&record);
  return record_set(views, policy::Service::smtp, most);
}

std::vector<std::size_t> indices(const RecordSet& set) {
  std::vector<std::size_t> out;
  for (const Member& member : set.members) out.push_back(member.index);
  return out;
}

TEST(RecordSet, HasRecordsOfUseFirstUpToANumber) {
  const std::vector<dns::Tlsa> records = {useless(), usable(1), useless(), usable(2)};
  EXPECT_THAT(indices(set_of(records, 4)), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(indices(set_of(records, 3)), ElementsAre(1, 3, 0));
  EXPECT_EQ(set_of(records, 3).size, 4U);
}

TEST(RecordSet, FindsTheFirstOfEqualRecords) {
  const std::vector<dns::Tlsa> records = {usable(1), usable(2), usable(1), usable(1)};
  const auto set = set_of(records, 4);
  EXPECT_FALSE(set.members[0].twin);
  EXPECT_FALSE(set.members[1].twin);
  EXPECT_EQ(set.members[2].twin, 0U);
  EXPECT_EQ(set.members[3].twin, 0U);
}

TEST(RecordSet, TellsRecordsApartByEachNumberAndTheData) {
  const base::Bytes data(32);
  const std::vector<dns::Tlsa> records = {
      {3, 1, 1, data}, {2, 1, 1, data}, {3, 0, 1, data}, {3, 1, 2, data}, usable(1)};
  for (const Member& member : set_of(records, 5).members) EXPECT_FALSE(member.twin);
}

TEST(RecordSet, TakesTrustStoresForGranted_Rfc7671s10_3) {
  const dns::Tlsa record{1, 1, 1, base::Bytes(32)};
  EXPECT_FALSE(unusable(record, policy::Service::other));
  EXPECT_TRUE(unusable(record, policy::Service::smtp));
}

/// A verdict on one record that ended so.
verify::Verdict verdict(verify::RecordState state, verify::Reason reason) {
  verify::Verdict out;
  out.notes.emplace_back();
  out.notes.back().state = state;
  out.notes.back().reason = reason;
  return out;
}

TEST(IsOnPath, WhateverElseIsWrongWithThePath) {
  using verify::Reason;
  using verify::RecordState;
  EXPECT_TRUE(is_on_path(verdict(RecordState::matched, Reason::none)));
  for (const auto reason : {Reason::expired, Reason::name_mismatch, Reason::bad_signature,
                            Reason::budget_exhausted, Reason::chain_too_long}) {
    EXPECT_TRUE(is_on_path(verdict(RecordState::failed, reason)));
  }
  for (const auto reason : {Reason::mismatch, Reason::no_path, Reason::anchor_is_leaf}) {
    EXPECT_FALSE(is_on_path(verdict(RecordState::failed, reason)));
  }
  EXPECT_FALSE(is_on_path(verdict(RecordState::unmatched, Reason::mismatch)));
  EXPECT_FALSE(is_on_path(verdict(RecordState::unusable, Reason::no_usable_record)));
  EXPECT_FALSE(is_on_path({}));
}

}  // namespace
}  // namespace rrset
