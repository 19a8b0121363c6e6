#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tls {

/// A cipher suite of TLS 1.2, as each of those concerned calls it and its parts.
struct Suite {
  std::string_view kx;       ///< GnuTLS's word: `ECDHE-RSA`
  std::string_view cipher;   ///< GnuTLS's word: `AES-128-GCM`
  std::string_view mac;      ///< GnuTLS's word: `AEAD`, `SHA1`
  std::string_view iana;     ///< `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`
  std::string_view openssl;  ///< `ECDHE-RSA-AES128-GCM-SHA256`
};

/// The suites of TLS 1.2 that GnuTLS and OpenSSL both know and in which the peer shows a
/// certificate or a raw key, those that we prefer first.
[[nodiscard]] std::span<const Suite> suites();

/// OpenSSL's name of a suite that IANA calls so. Of TLS 1.3, and where OpenSSL has none,
/// it is IANA's.
[[nodiscard]] std::string openssl_suite_name(std::string_view iana);

}  // namespace tls
