// What signs an answer, and what is signed with: RRSIG, DNSKEY, DS and NSEC3PARAM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "resolver/decode.h"
#include "tests/support/packet.h"

namespace resolver {
namespace {

using testing::ElementsAre;

const std::string kRecord = "\x03\x01\x01"s + std::string(32, '\xAB');
constexpr std::string_view kOwner = "_443._tcp.www.example";

base::Result<dns::Answer<dns::Tlsa>> tlsa(const Packet& packet) {
  return decode<record::Tlsa>(name(kOwner), answer_of(packet));
}

/// RDATA of a signature over `type` (RFC 4034 3.1), its signature proper one octet.
std::string signature(Type type, std::uint32_t until, std::uint32_t since,
                      std::string_view signer) {
  const auto number32 = [](std::uint32_t value) {
    return number16(value >> 16U) + number16(value & 0xFFFFU);
  };
  return number16(static_cast<unsigned>(type)) + "\x0d\x03"s + number32(3600) +
         number32(until) + number32(since) + number16(1) + wire_name(signer) + "s";
}

TEST(Decode, TheFirstSignatureToEnd_Rfc4034s3_1) {
  constexpr unsigned kRrsig = 46;
  const auto answer = tlsa(
      Packet(kOwner, Type::tlsa)
          .add(kOwner, Type::tlsa, kRecord)
          .raw(wire_name(kOwner), kRrsig, signature(Type::tlsa, 900, 100, "www.example"))
          .raw(wire_name(kOwner), kRrsig, signature(Type::tlsa, 800, 200, "example"))
          .raw(wire_name(kOwner), kRrsig, signature(Type::txt, 700, 300, "other"))
          .raw(wire_name(kOwner), kRrsig, "short"));
  ASSERT_TRUE(answer);
  ASSERT_TRUE(answer->signature);
  EXPECT_EQ(answer->signature->signer, name("example"));
  EXPECT_EQ(answer->signature->algorithm, 13);
  EXPECT_EQ(answer->signature->original_ttl, std::chrono::seconds(3600));
  EXPECT_EQ(answer->signature->until.time_since_epoch().count(), 800);
  EXPECT_EQ(answer->signature->since.time_since_epoch().count(), 200);
  EXPECT_EQ(answer->signed_until, answer->signature->until);
  EXPECT_FALSE(
      tlsa(Packet(kOwner, Type::tlsa).add(kOwner, Type::tlsa, kRecord))->signature);
}

TEST(Decode, ASignerContainsTheName_Rfc4035s5_3_1) {
  constexpr unsigned kRrsig = 46;
  const auto signed_by = [](std::string_view signer) {
    const auto answer = tlsa(
        Packet(kOwner, Type::tlsa)
            .add(kOwner, Type::tlsa, kRecord)
            .raw(wire_name(kOwner), kRrsig, signature(Type::tlsa, 900, 100, signer)));
    return answer.value().signature.has_value();
  };
  EXPECT_TRUE(signed_by("example"));
  EXPECT_TRUE(signed_by("www.example"));
  EXPECT_FALSE(signed_by("victim.example"));
  EXPECT_FALSE(signed_by("ample"));
}

TEST(Decode, SizesOfKeys_Rfc3110s2) {
  const auto bits = [](unsigned char algorithm, const std::string& key) {
    const auto answer = decode<record::Dnskey>(
        name("example"), answer_of(Packet("example", Type::dnskey)
                                       .add("example", Type::dnskey,
                                            number16(257) + "\x03"s +
                                                static_cast<char>(algorithm) + key)));
    return answer ? answer->records.front().bits : std::size_t{99'999};
  };
  const std::string modulus(256, '\xC1');
  EXPECT_EQ(bits(8, "\x03\x01\x00\x01"s + modulus), 2048U);
  EXPECT_EQ(bits(8, "\x00\x00\x03\x01\x00\x01"s + modulus), 2048U);
  EXPECT_EQ(bits(8, "\x03\x01\x00\x01"s + "\0"s + modulus), 2048U) << "a leading zero";
  EXPECT_EQ(bits(8, "\xFF\x01"s), 0U) << "the exponent is cut off";
  EXPECT_EQ(bits(8, ""), 0U);
  EXPECT_EQ(bits(13, std::string(64, 'k')), 512U);
}

TEST(Decode, WhatAParentAndAZoneSay) {
  const auto ds = decode<record::Ds>(
      name("example"),
      answer_of(Packet("example", Type::ds)
                    .add("example", Type::ds, number16(4711) + "\x08\x01" + "digest")));
  ASSERT_TRUE(ds);
  EXPECT_THAT(ds->records, ElementsAre(dns::Ds{4711, 8, 1}));
  const auto nsec3 = decode<record::Nsec3Param>(
      name("example"), answer_of(Packet("example", Type::nsec3param)
                                     .add("example", Type::nsec3param,
                                          "\x01\x00"s + number16(10) + "\x02\xAA\xBB"s)));
  ASSERT_TRUE(nsec3);
  EXPECT_THAT(nsec3->records, ElementsAre(dns::Nsec3Param{10, 2}));
  const auto cut = decode<record::Ds>(
      name("example"),
      answer_of(Packet("example", Type::ds).add("example", Type::ds, "ab")));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, base::Code::malformed);
  EXPECT_EQ(cut.error().kind, base::ErrorKind::temporary);
}

}  // namespace
}  // namespace resolver
