#include "src/evidence/suite.h"

#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

namespace evidence {
namespace {

/// The exchange that GnuTLS has in a suite, if a server signs there with RSA or ECDSA.
Exchange exchange_by_gnutls(gnutls_kx_algorithm_t kx) {
  switch (kx) {
    case GNUTLS_KX_ECDHE_RSA:
    case GNUTLS_KX_ECDHE_ECDSA:
      return Exchange::ecdhe;
    case GNUTLS_KX_DHE_RSA:
      return Exchange::dhe;
    default:
      return Exchange::not_signed;
  }
}

TEST(Suite, EachThatGnutlsHasIsKnown) {
  std::map<std::uint16_t, Exchange> old;
  int of13 = 0;
  for (std::size_t i = 0;; ++i) {
    std::array<unsigned char, 2> id{};
    gnutls_kx_algorithm_t kx{};
    gnutls_protocol_t least{};
    if (gnutls_cipher_suite_info(i, id.data(), &kx, nullptr, nullptr, &least) ==
        nullptr) {
      break;
    }
    const auto number = static_cast<std::uint16_t>(id[0] << 8U | id[1]);
    if (least == GNUTLS_TLS1_3) {
      ++of13;
      EXPECT_TRUE(hash_in(number)) << number;
      EXPECT_EQ(exchange_in(number), Exchange::not_signed) << number;
    } else {
      old[number] = exchange_by_gnutls(kx);
      EXPECT_FALSE(hash_in(number)) << number;
    }
  }
  EXPECT_GE(of13, 5);
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const auto found = old.find(static_cast<std::uint16_t>(number));
    const auto here = exchange_in(static_cast<std::uint16_t>(number));
    EXPECT_EQ(here, found == old.end() ? Exchange::not_signed : found->second) << number;
  }
}

}  // namespace
}  // namespace evidence
