#include "src/base/tlsa.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dns {
namespace {

using namespace std::string_literals;

Tlsa wire(std::string_view rdata) { return tlsa_from_wire(base::as_bytes(rdata)); }

TEST(Tlsa, WireHasThreeNumbersAndData_Rfc6698s2_1) {
  const auto record = wire("\x03\x01\x02\xAA\xBB"s);
  EXPECT_EQ(record, (Tlsa{3, 1, 2, *base::from_hex("aabb")}));
}

TEST(Tlsa, NumbersThatNobodyAssignedAreKept) {
  EXPECT_EQ(wire("\x04\x07\xFF\x00"s), (Tlsa{4, 7, 255, base::Bytes(1)}));
}

TEST(Tlsa, ShortRdataIsThereAndUnusable_Rfc6698s4_1) {
  EXPECT_EQ(wire(""), (Tlsa{255, 255, 255, {}}));
  EXPECT_EQ(wire("\x03"), (Tlsa{3, 255, 255, {}}));
  EXPECT_EQ(wire("\x03\x01"), (Tlsa{3, 1, 255, {}}));
  EXPECT_EQ(wire("\x03\x01\x01"), (Tlsa{3, 1, 1, {}}));
  EXPECT_EQ(number(Tlsa().usage), 255) << "what nobody filled in is unusable";
}

TEST(Tlsa, TextIsReadWithBlanksAnywhere) {
  const Tlsa expected{3, 1, 1, *base::from_hex("8d02ff")};
  for (const auto* text :
       {"3 1 1 8d02ff", "3 1 1 8D02FF", " 3\t1  1 8d 02\nff ", "003 01 1 8d02ff"}) {
    EXPECT_EQ(tlsa_from_text(text), expected) << text;
  }
}

TEST(Tlsa, TextOfAnotherShapeIsRefused) {
  for (const auto& text :
       {""s, "3"s, "3 1"s, "3 1 1 8"s, "3 1 1 xx"s, "256 1 1 00"s, "-3 1 1 00"s,
        "+3 1 1 00"s, "3,1,1,00"s, "3 1 1aa 00"s, "3.1.1 00"s, "3 1 1 00;"s,
        "3 1 1 00\0"s, "\0"s, "99999999999999999999 1 1 00"s, "0x3 1 1 00"s}) {
    const auto record = tlsa_from_text(text);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(record.error().code, base::Code::bad_tlsa);
  }
}

TEST(Tlsa, TextIsThePresentationForm_Rfc6698s2_2) {
  const Tlsa record{3, 1, 1, *base::from_hex("8d02ff00")};
  EXPECT_EQ(parameters(record), "3 1 1");
  EXPECT_EQ(to_text(record), "3 1 1 8d02ff00");
  EXPECT_EQ(to_text(record, 4), "3 1 1 8d02...");
  EXPECT_EQ(to_text(record, 8), "3 1 1 8d02ff00");
  EXPECT_EQ(to_text(Tlsa()), "255 255 255 ");
}

// What loops over the tables, or takes the last row for the greatest number, goes by
// this.
TEST(TlsaTables, RowsStandAtTheirNumbers_Rfc7218s2) {
  for (std::size_t i = 0; i < kUsages.size(); ++i) {
    EXPECT_EQ(number(kUsages[i].usage), i);
    EXPECT_EQ(meaning(kUsages[i].usage), &kUsages[i]);
  }
  for (std::size_t i = 0; i < kSelectors.size(); ++i) {
    EXPECT_EQ(number(kSelectors[i].selector), i);
    EXPECT_EQ(meaning(kSelectors[i].selector), &kSelectors[i]);
  }
  for (std::size_t i = 0; i < kMatchingTypes.size(); ++i) {
    EXPECT_EQ(number(kMatchingTypes[i].matching), i);
    EXPECT_EQ(meaning(kMatchingTypes[i].matching), &kMatchingTypes[i]);
  }
}

TEST(TlsaTables, NumbersThatNobodyAssignedMeanNothing) {
  for (unsigned n = 0; n <= 255; ++n) {
    const auto octet = static_cast<std::uint8_t>(n);
    EXPECT_EQ(meaning(Usage{octet}) != nullptr, n <= 3) << n;
    EXPECT_EQ(meaning(Selector{octet}) != nullptr, n <= 1) << n;
    EXPECT_EQ(meaning(Matching{octet}) != nullptr, n <= 2) << n;
  }
  for (const Usage usage : {Usage{4}, Usage{255}}) {
    EXPECT_FALSE(is_about_issuer(usage));
    EXPECT_FALSE(needs_trust_store(usage));
  }
  EXPECT_FALSE(is_digest(Matching{3}));
}

TEST(TlsaTables, UsagesSayWhomTheySpeakOf_Rfc6698s2_1_1) {
  EXPECT_TRUE(is_about_issuer(kPkixTa) && is_about_issuer(kDaneTa));
  EXPECT_FALSE(is_about_issuer(kPkixEe) || is_about_issuer(kDaneEe));
  EXPECT_TRUE(needs_trust_store(kPkixTa) && needs_trust_store(kPkixEe));
  EXPECT_FALSE(needs_trust_store(kDaneTa) || needs_trust_store(kDaneEe));
}

TEST(TlsaTables, DigestsHaveALengthAndAStrength_Rfc7671s9) {
  EXPECT_FALSE(is_digest(kFull));
  EXPECT_TRUE(is_digest(kSha256) && is_digest(kSha512));
  EXPECT_EQ(meaning(kSha256)->octets, 32U);
  EXPECT_EQ(meaning(kSha512)->octets, 64U);
  EXPECT_GT(meaning(kSha256)->strength, meaning(kFull)->strength);
  EXPECT_GT(meaning(kSha512)->strength, meaning(kSha256)->strength);
}

TEST(TlsaTables, WordsOfThreeNumbers_Rfc7218s2) {
  EXPECT_EQ(parameter_words({3, 1, 1, {}}), "DANE-EE SPKI SHA2-256");
  EXPECT_EQ(parameter_words({0, 0, 0, {}}), "PKIX-TA Cert Full");
  EXPECT_EQ(parameter_words({1, 0, 2, {}}), "PKIX-EE Cert SHA2-512");
  EXPECT_EQ(parameter_words({2, 0, 2, {}}), "DANE-TA Cert SHA2-512");
  EXPECT_EQ(parameter_words({4, 1, 1, {}}), "unassigned");
  EXPECT_EQ(parameter_words({3, 2, 1, {}}), "unassigned");
  EXPECT_EQ(parameter_words({3, 1, 3, {}}), "unassigned");
}

RC_GTEST_PROP(TlsaLaws, TextThereAndBackIsTheSameRecord,
              (std::uint8_t usage, std::uint8_t selector, std::uint8_t matching,
               const std::string& data)) {
  const base::ByteView view = base::as_bytes(data);
  const Tlsa record{usage, selector, matching, {view.begin(), view.end()}};
  RC_ASSERT(tlsa_from_text(to_text(record)) == record);
}

RC_GTEST_PROP(TlsaLaws, NoRdataIsLost, (const std::string& rdata)) {
  const Tlsa record = wire(rdata);
  RC_ASSERT(record.data.size() == (rdata.size() > 3 ? rdata.size() - 3 : 0U));
}

}  // namespace
}  // namespace dns
