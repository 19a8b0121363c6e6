#include "src/base/special_address.h"

#include <gtest/gtest.h>

#include <string>

namespace net {
namespace {

bool is_public_text(const std::string& text) {
  const auto address = parse_address(text);
  EXPECT_TRUE(address) << text;
  return address && is_public(*address);
}

class Special : public ::testing::TestWithParam<const char*> {};
class Public : public ::testing::TestWithParam<const char*> {};

TEST_P(Special, IsNotPublic_Rfc6890s2_2) { EXPECT_FALSE(is_public_text(GetParam())); }
TEST_P(Public, IsPublic_Rfc6890s2_2) { EXPECT_TRUE(is_public_text(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Address, Special,
    ::testing::Values(
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
        "100.127.255.255", "127.0.0.1", "127.0.0.2", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.8", "192.0.0.170",
        "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::192.168.1.1", "64:ff9b:1::8.8.8.8", "100::1",
        "100:0:0:1::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1",
        "2001:10::1", "2001:db8::25", "2002:a00:1::1", "2002:7f00:1::1",
        "2002:c0a8:101::1", "2002:ac1f:ffff::1", "2002:a9fe:a9fe::1",
        "2002:e000:1::", "3fff::1", "3fff:fff::1", "5f00::1", "fc00::1",
        "fd12:3456:789a::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
        "4000::1", "8000::1", "c000::1", "e000::1", "1000::1", "400::1", "800::1",
        "200::1", "2a00:1450::200:5efe:10.0.0.1", "2a00:1450::5efe:192.168.0.1"));

INSTANTIATE_TEST_SUITE_P(
    Address, Public,
    ::testing::Values("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255",
                      "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.0.1",
                      "172.15.255.255", "172.32.0.1", "192.0.0.9", "192.0.0.10",
                      "192.0.1.1", "192.31.196.1", "192.167.255.255", "192.175.48.1",
                      "198.17.255.255", "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8",
                      "64:ff9b::8.8.8.8", "2001:200::1", "2001:1::1", "2001:20::1",
                      "2001:4860:4860::8888", "2002:808:808::1", "2606:4700::1111",
                      "2620:4f:8000::1", "2a00:1450::1", "3ffe::1"));

TEST(SpecialNetworks, HoldNoPublicAddressButTheirExceptions) {
  for (const std::string_view network : special_networks()) {
    const auto first = parse_address(network.substr(0, network.find('/')));
    ASSERT_TRUE(first) << network;
    EXPECT_FALSE(is_public(*first)) << network;
  }
}

}  // namespace
}  // namespace net
