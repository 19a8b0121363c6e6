// Certificates for tests, made by GnuTLS at run time with keys that are made once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "src/base/bytes.h"

namespace support {

/// The one moment that all tests take for now: 2026-06-01T12:00:00Z.
inline constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1780315200}};
inline constexpr std::chrono::seconds kDay{86400};

/// A private key, named so that the same name is the same key in a whole test run.
struct Key {
  std::string name;
  enum class Kind { p256, rsa2048, rsa1024, ed25519 } kind = Kind::p256;
};

/// An extension as raw DER of its value.
struct RawExtension {
  std::string oid;
  base::Bytes value;
  bool critical = false;
};

/// What a certificate shall say; the defaults are those of a good leaf.
struct Recipe {
  std::string subject = "leaf";  ///< common name, "" for an empty subject
  std::string issuer;            ///< common name; "" means as the subject
  std::string email{};           ///< emailAddress of the subject, "" for none
  Key key{};                     ///< its name "" means named as the subject
  Key signer{};                  ///< its name "" means named as the issuer
  std::vector<std::string> dns{};
  std::vector<std::string> ips{};  ///< octets
  std::chrono::sys_seconds from = kNow - 10 * kDay;
  std::chrono::sys_seconds until = kNow + 10 * kDay;
  std::optional<bool> ca{};  ///< BasicConstraints, if any
  int path_length = -1;
  std::optional<unsigned> key_usage{};  ///< bits of GNUTLS_KEY_…
  std::vector<std::string> purposes{};  ///< OIDs of extended key usage
  std::vector<std::string> permitted_dns{};
  std::vector<std::string> excluded_dns{};
  std::string subject_key_id{};    ///< octets
  std::string authority_key_id{};  ///< octets
  std::vector<RawExtension> raw{};
  unsigned version = 3;
  bool sha1 = false;
};

/// The DER of such a certificate.
[[nodiscard]] base::Bytes make(const Recipe& recipe);
/// A leaf for `dns`, issued by `issuer`.
[[nodiscard]] Recipe leaf(std::string issuer, std::vector<std::string> dns);
/// A CA; `issuer` empty for a self-signed one.
[[nodiscard]] Recipe ca(std::string subject, std::string issuer = "");
/// The DER of a key's SubjectPublicKeyInfo.
[[nodiscard]] base::Bytes spki_of(const Key& key);
/// PEM of the private key.
[[nodiscard]] std::string key_pem(const Key& key);
/// PEM of the private key under a password (PKCS #8).
[[nodiscard]] std::string key_pem(const Key& key, const std::string& password);
/// A list of revoked certificates, by an authority of `ca()`.
struct RevocationRecipe {
  std::string issuer;                  ///< common name
  Key signer{};                        ///< its name "" means named as the issuer
  std::vector<base::Bytes> revoked{};  ///< DER
  std::chrono::sys_seconds from = kNow - kDay;
  std::chrono::sys_seconds until = kNow + kDay;  ///< when the next one comes
};
/// PEM of such a list.
[[nodiscard]] std::string revocation_pem(const RevocationRecipe& recipe);
/// A copy with the first occurrence of `from` replaced by `to` (same length).
[[nodiscard]] base::Bytes splice(base::Bytes der, base::ByteView from, base::ByteView to);
/// PEM of a certificate under this label.
[[nodiscard]] std::string pem(const base::Bytes& der,
                              std::string_view label = "CERTIFICATE");

/// OIDs of extended key usage.
inline constexpr const char* kServerPurpose = "1.3.6.1.5.5.7.3.1";
inline constexpr const char* kClientPurpose = "1.3.6.1.5.5.7.3.2";

}  // namespace support
