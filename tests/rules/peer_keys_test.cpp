#include "src/rules/peer_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rules {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

Peer peer(std::string_view address, std::optional<std::string> host = std::nullopt,
          std::optional<std::string> info = std::nullopt) {
  return {net::parse_address_name(address).value(), std::move(host), std::move(info)};
}

/// The keys but those of bits, of which there are many.
std::vector<std::string> without_bits(const Peer& peer,
                                      const std::vector<BlockKey>& blocks = {}) {
  auto out = keys_of(peer, blocks);
  std::erase_if(out, [](const std::string& key) {
    return key.starts_with('_') || key.starts_with('^');
  });
  return out;
}

std::vector<std::string> bits(std::string_view address) {
  auto out = keys_of(peer(address), {});
  std::erase_if(out, [](const std::string& key) {
    return !key.starts_with('_') && !key.starts_with('^');
  });
  return out;
}

std::vector<BlockKey> blocks(const std::vector<std::string>& keys) {
  std::vector<BlockKey> out;
  for (const std::string& key : keys) out.push_back({written_block(key).value(), key});
  return out;
}

TEST(PeerKeys, OrderOfTcpserver) {
  EXPECT_THAT(without_bits(peer("1.2.3.4", "a.b.example", "joe")),
              ElementsAre("joe@1.2.3.4", "joe@=a.b.example", "1.2.3.4", "=a.b.example",
                          "1.2.3.", "1.2.", "1.", "=.b.example", "=.example", "=", ""));
}

TEST(PeerKeys, OnlyWhatIsKnownCounts) {
  EXPECT_THAT(without_bits(peer("1.2.3.4")),
              ElementsAre("1.2.3.4", "1.2.3.", "1.2.", "1.", ""));
  EXPECT_EQ(without_bits(peer("1.2.3.4", "")), without_bits(peer("1.2.3.4")));
  EXPECT_THAT(without_bits(peer("1.2.3.4", std::nullopt, "joe")),
              ElementsAre("joe@1.2.3.4", "1.2.3.4", "1.2.3.", "1.2.", "1.", ""));
  // An empty answer of IDENT is one, for tcpserver too.
  EXPECT_EQ(without_bits(peer("1.2.3.4", std::nullopt, "")).front(), "@1.2.3.4");
}

TEST(PeerKeys, HostNamesAreInLowerCaseAndEndInNoDot) {
  EXPECT_EQ(keys_of(peer("1.2.3.4", "MX.Example."), {}),
            keys_of(peer("1.2.3.4", "mx.example"), {}));
  EXPECT_EQ(keys_of(peer("1.2.3.4", "."), {}), keys_of(peer("1.2.3.4"), {}));
  EXPECT_THAT(without_bits(peer("1.2.3.4", "localhost")),
              ElementsAre("1.2.3.4", "=localhost", "1.2.3.", "1.2.", "1.", "=", ""));
}

TEST(PeerKeys, WhatIsTooLongForANameIsNone) {
  EXPECT_EQ(keys_of(peer("1.2.3.4", std::string(256, 'a')), {}),
            keys_of(peer("1.2.3.4"), {}));
  EXPECT_LT(keys_of(peer("::1", std::string(255, '.'), "x"), {}).size(), 500U);
}

TEST(PeerKeys, Ipv6AsTcpserverWritesItAndInFull) {
  EXPECT_THAT(
      without_bits(peer("2001:db8::a:1", "mx.example", "joe")),
      ElementsAre("joe@2001:db8::a:1", "joe@2001:0DB8:0000:0000:0000:0000:000A:0001",
                  "joe@=mx.example", "2001:db8::a:1",
                  "2001:0DB8:0000:0000:0000:0000:000A:0001", "=mx.example",
                  "2001:db8::a:", "2001:db8::", "2001:db8:", "2001:", "=.example", "=",
                  ""));
  EXPECT_THAT(
      without_bits(peer("::1")),
      ElementsAre("::1", "0000:0000:0000:0000:0000:0000:0000:0001", "::", ":", ""));
}

TEST(PeerKeys, TextsThatTheTcpserverOfDebianHasShown) {
  const std::pair<const char*, const char*> texts[] = {
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8::1:1:1:1:1"},
      {"1::2", "1::2"},
      {"64:ff9b::102:304", "64:ff9b::102:304"},
      {"2001:db8:1:0:0:1:0:0", "2001:db8:1::1:0:0"},
      {"fd00:0:0:1:2:3:4:0", "fd00::1:2:3:4:0"},
      {"2001:db8:0:0:1::", "2001:db8:0:0:1::"},
      {"2001:DB8:ABCD:0:1:2:3:4", "2001:db8:abcd::1:2:3:4"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
      {"::1", "::1"},
      {"::", "::"},
  };
  for (const auto& [address, text] : texts) {
    EXPECT_EQ(keys_of(peer(address), {}).front(), text);
  }
}

TEST(PeerKeys, TheTextOfRfc5952ComesBehindThatOfTcpserver) {
  EXPECT_THAT(without_bits(peer("2001:db8:0:1:2:3:4:5", std::nullopt, "joe")),
              ElementsAre("joe@2001:db8::1:2:3:4:5",
                          "joe@2001:0DB8:0000:0001:0002:0003:0004:0005",
                          "joe@2001:db8:0:1:2:3:4:5", "2001:db8::1:2:3:4:5",
                          "2001:0DB8:0000:0001:0002:0003:0004:0005", "2001:db8::1:2:3:4:",
                          "2001:db8::1:2:3:", "2001:db8::1:2:", "2001:db8::1:",
                          "2001:db8::", "2001:db8:", "2001:", "2001:db8:0:1:2:3:4:5",
                          "2001:db8:0:1:2:3:4:", "2001:db8:0:1:2:3:", "2001:db8:0:1:2:",
                          "2001:db8:0:1:", "2001:db8:0:", "2001:db8:", "2001:", ""));
}

TEST(PeerKeys, AMappedAddressIsTheIpv4Address_Rfc4291s2_5_5_2) {
  EXPECT_EQ(keys_of(peer("::ffff:1.2.3.4", "mx.example", "joe"), {}),
            keys_of(peer("1.2.3.4", "mx.example", "joe"), {}));
}

TEST(PeerKeys, AScopeIsNoPartOfAKey) {
  Peer scoped = peer("fe80::1");
  scoped.address.scope = 3;
  EXPECT_EQ(keys_of(scoped, {}), keys_of(peer("fe80::1"), {}));
}

TEST(PeerKeys, BitsOfIpv4HaveTheLetterOfTheirPlace) {
  const auto keys = bits("10.0.0.1");
  ASSERT_EQ(keys.size(), 32U);
  EXPECT_EQ(keys.front(),
            "_0000e0g000000000000000000000000"
            "6");
  EXPECT_EQ(keys[32 - 8], "_0000e0g0");
  EXPECT_EQ(keys.back(), "_0");
  EXPECT_EQ(bits("255.255.255.255").front(), "_abcdefghijklmnopqrstuvwxyz123456");
}

TEST(PeerKeys, BitsOfIpv6CountTheOnes) {
  const auto keys = bits("fe80::1");
  ASSERT_EQ(keys.size(), 128U);
  EXPECT_EQ(keys.front(), "^`abcdef0g0" + std::string(117, '0') + "h");
  EXPECT_EQ(keys[128 - 10], "^`abcdef0g0");
  EXPECT_EQ(keys.back(), "^`");
  const std::string all = bits("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").front();
  ASSERT_EQ(all.size(), 129U);
  EXPECT_EQ(static_cast<unsigned char>(all.back()), 0x60 + 127);
}

TEST(PeerKeys, BitsComeBehindPrefixesAndBeforeDomains) {
  const auto keys = keys_of(peer("1.2.3.4", "mx.example"), {});
  const auto place = [&](std::string_view key) {
    return std::ranges::find(keys, key) - keys.begin();
  };
  EXPECT_LT(place("1."), place(bits("1.2.3.4").front()));
  EXPECT_LT(place("_0"), place("=.example"));
}

TEST(PeerKeys, TheNarrowestWrittenBlockCounts) {
  const auto known = blocks({"10.0.0.0/8", "10.1.0.0/255.255.0.0", "10.1.2.3/16",
                             "0.0.0.0/0", "::/0", "2001:DB8::/32", "2001:DB8:0::1"});
  EXPECT_THAT(without_bits(peer("10.1.2.3"), known), Contains("10.1.0.0/255.255.0.0"));
  EXPECT_THAT(without_bits(peer("10.1.2.3"), known), Not(Contains("10.0.0.0/8")));
  EXPECT_THAT(without_bits(peer("10.2.2.3"), known), Contains("10.0.0.0/8"));
  EXPECT_THAT(without_bits(peer("11.2.2.3"), known), Contains("0.0.0.0/0"));
  EXPECT_THAT(without_bits(peer("2001:db8::1"), known), Contains("2001:DB8:0::1"));
  EXPECT_THAT(without_bits(peer("2001:db8::2"), known), Contains("2001:DB8::/32"));
  EXPECT_THAT(without_bits(peer("::1"), known), Contains("::/0"));
}

TEST(PeerKeys, WrittenBlocks) {
  for (const char* key : {"10.0.0.0/8", "10.0.0.0/255.0.0.0", "fe80::/10", "2001:DB8::1",
                          "::1", "::", "::ffff:1.2.3.4", "[::1]"}) {
    EXPECT_TRUE(written_block(key)) << key;
  }
  for (const char* key :
       {"", "=", "10.", "1.2.3.4", "2001:db8:", ":", "10.0.0.0/33", "10./8", "10.0.0.0/",
        "fe80::/129", "joe@::1", "joe@10.0.0.0/8", "=a.example", "_0000e0g0", "^`a"}) {
    EXPECT_FALSE(written_block(key)) << key;
  }
  EXPECT_EQ(written_block("::ffff:1.2.3.4")->address.family, net::Family::v4);
}

TEST(PeerKeys, NoKeyOfAHostOrOfIdentIsOneOfAnAddress) {
  const auto keys = keys_of(peer("1.2.3.4", "10.0.0.1", "=x"), {});
  const auto plain = keys_of(peer("1.2.3.4"), {});
  for (const std::string& key : keys) {
    const bool of_address = std::ranges::find(plain, key) != plain.end();
    EXPECT_TRUE(of_address || key.starts_with('=') || key.starts_with("=x@")) << key;
  }
}

}  // namespace
}  // namespace rules
