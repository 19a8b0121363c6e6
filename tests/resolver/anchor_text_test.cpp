#include "resolver/anchor_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace resolver {
namespace {

/// `OWNER+` for an anchor that validates, `OWNER-` for another.
std::string told(std::string_view text) {
  std::string out;
  for (const Anchor& anchor : anchors_in(text)) {
    out += (out.empty() ? "" : " ") + anchor.owner + (anchor.known ? "+" : "-");
  }
  return out;
}

TEST(AnchorText, RecordsInAnyOrderOfTtlAndClass) {
  EXPECT_EQ(told(". IN DS 20326 8 2 E06D\n"), ".+");
  EXPECT_EQ(told(".\t172800\tIN\tDNSKEY\t257 3 8 AwEAAa ; comment\n"), ".+");
  EXPECT_EQ(told(". 300 ds 1 13 2 aa\nExample.Org. DNSKEY 257 3 15 aa\n"),
            ".+ example.org.+");
  EXPECT_EQ(told(". IN DNSKEY 257 3 RSASHA256 aa\n"), ".+");
}

TEST(AnchorText, AnAtSignIsTheOriginWhichIsTheRootUnlessSaidOtherwise_Rfc1035s5_1) {
  const std::string record = "@ IN DS 1 13 2 00\n";
  ASSERT_EQ(anchors_in(record).size(), 1U);
  EXPECT_EQ(anchors_in(record).front().owner, ".");
  EXPECT_EQ(anchors_in("$ORIGIN .\n" + record).front().owner, ".");
  EXPECT_EQ(anchors_in("$ORIGIN Example.\n" + record).front().owner, "example.");
}

TEST(AnchorText, AKeyThatIsMissingIsTrustedAllTheSame_Rfc5011s4_2) {
  const std::string key = ". 86400 IN DNSKEY 257 3 8 AAAA ;{id = 1} ;;state=";
  EXPECT_EQ(anchors_in(key + "2 [  VALID  ]\n").size(), 1U);
  EXPECT_EQ(anchors_in(key + "3 [ MISSING ]\n").size(), 1U);
  EXPECT_EQ(anchors_in(key + "1 [ ADDPEND ]\n").size(), 0U);
}

TEST(AnchorText, ParenthesesAndComments) {
  EXPECT_EQ(told("; DS of old\n. IN DNSKEY 257 3 8 (\n  AwEAAa ; x\n  bbbb )\n"
                 "example. DS 1 8 2 (\naa)\n"),
            ".+ example.+");
  EXPECT_EQ(told("; . IN DS 20326 8 2 E06D\n"), "");
  EXPECT_EQ(told(""), "");
  EXPECT_EQ(told("DS"), "");
}

TEST(AnchorText, AlgorithmsAndDigestsThatNobodyKnows_Rfc4035s5_2) {
  EXPECT_EQ(told(". DS 1 250 2 aa\n"), ".-");
  EXPECT_EQ(told(". DS 1 8 3 aa\n"), ".-");
  EXPECT_EQ(told(". DS 1 8 250 aa\n"), ".-");
  EXPECT_EQ(told(". DNSKEY 257 3 253 aa\n"), ".-");
  EXPECT_EQ(told(". DNSKEY 257 3 1 aa\n. DNSKEY 257 3 DSA aa\n"), ".- .-");
}

TEST(AnchorText, KeysThatAreNoAnchors_Rfc5011s2_1) {
  EXPECT_EQ(told(". DNSKEY 385 3 8 aa\n"), "") << "revoked";
  EXPECT_EQ(told(". DNSKEY 1 3 8 aa\n"), "") << "no zone key";
  EXPECT_EQ(told(". DNSKEY 257 2 8 aa\n"), "") << "not of DNSSEC";
  EXPECT_EQ(told(". 86400 IN DNSKEY 257 3 8 aa ;{id = 1 (ksk)} ;;state=1 [ ADDPEND ]\n"),
            "");
  EXPECT_EQ(told(". 86400 IN DNSKEY 257 3 8 aa ;{id = 1 (ksk)} ;;state=2 [  VALID  ]\n"),
            ".+");
}

TEST(AnchorText, RecordsInWireForm_Rfc4034s5_3) {
  const auto wire = [](std::string_view text) {
    const auto anchors = anchors_in(text);
    return anchors.size() == 1 ? base::to_hex(anchors.front().rdata) : "none";
  };
  EXPECT_EQ(wire(". IN DS 20326 8 2 E06D 44b8\n"), "4f660802e06d44b8");
  EXPECT_EQ(wire(". DNSKEY 257 3 RSASHA256 AwEA Aaa=\n"), "0101030803010001a6");
  EXPECT_TRUE(anchors_in(". DS 20326 8 2 E06D").front().is_ds);
  EXPECT_FALSE(anchors_in(". DNSKEY 257 3 8 AwEAAQ==").front().is_ds);
  EXPECT_EQ(wire(". DS 20326 8 2 E06\n"), "") << "half an octet";
  EXPECT_EQ(wire(". DS 70000 8 2 E06D\n"), "");
  EXPECT_EQ(wire(". DS 1 8 2\n"), "");
  EXPECT_EQ(wire(". DNSKEY 257 3 8 A\n"), "");
}

}  // namespace
}  // namespace resolver
