#include "src/evidence/wire_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "src/evidence/name_hashes.h"
#include "src/evidence/type_bitmap.h"

namespace evidence {
namespace {

WireName name(std::string_view text) {
  return WireName::from(dns::Name::from_dns(text).value()).value();
}

TEST(WireName, CanonicalOrder_Rfc4034s6_1) {
  const std::vector<std::string> ordered = {
      "example.",           "a.example.",      "yljkjljk.a.example.",
      "z.a.example.",       "zabc.a.example.", "z.example.",
      R"(\001.z.example.)", "*.z.example.",    R"(\200.z.example.)"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      EXPECT_EQ(name(ordered[i]) < name(ordered[j]), i < j)
          << ordered[i] << " " << ordered[j];
    }
  }
}

TEST(WireName, AboveBelowAndBetween) {
  EXPECT_TRUE(name("a.b.example.").is_below(name("b.example.")));
  EXPECT_FALSE(name("ab.example.").is_within(name("b.example.")));
  EXPECT_TRUE(name("b.example.").is_within(name("b.example.")));
  EXPECT_FALSE(name("b.example.").is_below(name("b.example.")));
  EXPECT_TRUE(name("example.").is_below(WireName()));
  EXPECT_EQ(name("a.b.example.").last(2).text(), "b.example");
  EXPECT_EQ(name("a.b.example.").last(0), WireName());
  EXPECT_EQ(name("a.b.example.").shared(name("c.b.example.")), 2U);
  EXPECT_EQ(WireName().parent(), WireName());
  EXPECT_EQ(name("b.example.").wildcard(), name("*.b.example."));
}

TEST(WireName, ADotInALabelIsNoDotBetweenLabels) {
  const WireName dotted = name(R"(a\.b.example.)");
  EXPECT_EQ(dotted.count(), 2U);
  EXPECT_EQ(WireName::from(dotted.name()), dotted);
}

TEST(WireName, MovedByADname_Rfc6672s2_2) {
  EXPECT_EQ(name("a.b.example.").moved(name("example."), name("example.org.")),
            name("a.b.example.org."));
  const std::string label(63, 'x');
  const WireName most = name(label + "." + label + "." + label + ".example.");
  EXPECT_FALSE(most.moved(name("example."), name(label + ".org.")));
}

TEST(WireName, TooLongOrCutOffIsNoName_Rfc1035s2_3_4) {
  const auto taken = [](const std::string& octets) {
    base::ByteView view = base::as_bytes(octets);
    return WireName::take(view).has_value();
  };
  const std::string label = std::string(1, '\77') + std::string(63, 'x');
  using namespace std::string_literals;
  EXPECT_TRUE(taken(label + label + label + "\75"s + std::string(61, 'x') + "\0"s));
  EXPECT_FALSE(taken(label + label + label + "\76"s + std::string(62, 'x') + "\0"s));
  EXPECT_FALSE(taken("\100"s + std::string(64, 'x') + "\0"s));
  EXPECT_FALSE(taken("\3ab"));
  EXPECT_FALSE(taken("\300\14"));
  EXPECT_FALSE(taken(""));
}

TEST(NameHashes, KnownHashes_Rfc5155AppendixA) {
  NameHashes hashes(10, 10);
  hashes.start_question();
  const auto salt = base::from_hex("aabbccdd").value();
  const auto hash = [&](std::string_view text) {
    return base::to_hex(hashes.of(name(text), {12, salt}).value());
  };
  // 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom and 2t7b4g4vsa5smi47k61mv5bv1a22bojr
  EXPECT_EQ(hash("example."), "065368abeed7ec6e9feba96b8c8bc3e8b791f716");
  EXPECT_EQ(hash("ns1.example."), "174eb2409fe28bcb4887a1836f957f0a8425e27b");
}

TEST(NameHashes, NoMoreThanAllowed) {
  NameHashes hashes(2, 3);
  hashes.start_question();
  EXPECT_TRUE(hashes.of(name("a."), {}));
  EXPECT_TRUE(hashes.of(name("a."), {})) << "known already";
  EXPECT_TRUE(hashes.of(name("b."), {}));
  EXPECT_FALSE(hashes.of(name("c."), {}));
  EXPECT_TRUE(hashes.exhausted());
  hashes.start_question();
  EXPECT_FALSE(hashes.exhausted());
  EXPECT_TRUE(hashes.of(name("c."), {}));
  EXPECT_FALSE(hashes.of(name("d."), {})) << "of the bundle";
}

TEST(TypeBitmap, OnlyInOrder_Rfc4034s4_1_2) {
  const auto reads = [](std::string_view hex) {
    const auto octets = base::from_hex(hex).value();
    return TypeBitmap::read(octets).has_value();
  };
  EXPECT_TRUE(reads(""));
  EXPECT_TRUE(reads("000140"));
  EXPECT_TRUE(reads("000140010140"));
  EXPECT_FALSE(reads("010140000140"));
  EXPECT_FALSE(reads("000140000140"));
  EXPECT_FALSE(reads("0000"));
  EXPECT_FALSE(reads("000240"));
  EXPECT_FALSE(reads("0021" + std::string(66, '1')));
  const auto octets = base::from_hex("000640010000000301020001").value();
  const auto types = TypeBitmap::read(octets).value();
  EXPECT_TRUE(types.has(1));
  EXPECT_TRUE(types.has(15));
  EXPECT_TRUE(types.has(46));
  EXPECT_TRUE(types.has(47));
  EXPECT_FALSE(types.has(2));
  EXPECT_TRUE(types.has(271));
  EXPECT_FALSE(types.has(272));
}

}  // namespace
}  // namespace evidence
