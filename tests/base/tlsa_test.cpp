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
  EXPECT_EQ(Tlsa().usage, 255) << "what nobody filled in is unusable";
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
