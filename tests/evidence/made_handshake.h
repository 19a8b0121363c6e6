// Handshakes that nobody held: messages written by hand, and signed by a key of the test.
#pragma once

#include <gnutls/abstract.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "src/evidence/handshake_signature.h"
#include "tests/evidence/transcripts.h"

namespace evidence {

/// Octets of hexadecimal digits and of other octets, one after another.
class Octets {
 public:
  Octets& hex(std::string_view digits) { return add(base::from_hex(digits).value()); }
  Octets& add(base::ByteView octets) {
    out_.insert(out_.end(), octets.begin(), octets.end());
    return *this;
  }
  /// A number of so many octets.
  Octets& number(std::size_t number, int octets) {
    for (int i = octets - 1; i >= 0; --i) out_.push_back(std::byte(number >> (8 * i)));
    return *this;
  }
  /// A vector behind its length.
  Octets& vector(base::ByteView octets, int length_octets) {
    return number(octets.size(), length_octets).add(octets);
  }
  [[nodiscard]] const base::Bytes& bytes() const { return out_; }

 private:
  base::Bytes out_;
};

/// An extension by its number, with its data in hexadecimal digits.
using Extension = std::pair<unsigned, std::string>;

inline base::Bytes block(const std::vector<Extension>& extensions) {
  Octets out;
  for (const auto& [number, data] : extensions) {
    out.number(number, 2).vector(base::from_hex(data).value(), 2);
  }
  return out.bytes();
}

inline base::Bytes client_hello(const std::vector<Extension>& extensions) {
  return message(1, Octets()
                        .hex("0303")
                        .add(chosen_random())
                        .hex("00 0002 1301 01 00")
                        .vector(block(extensions), 2)
                        .bytes());
}

inline base::Bytes server_hello(const std::string& suite,
                                const std::vector<Extension>& extensions) {
  return message(2, Octets()
                        .hex("0303")
                        .add(base::Bytes(32, std::byte{0x77}))
                        .hex("00")
                        .hex(suite)
                        .hex("00")
                        .vector(block(extensions), 2)
                        .bytes());
}

/// What a server of TLS 1.3 says in each hello: its version and a share.
inline std::vector<Extension> usual13() {
  return {{43, "0304"}, {51, "001d 0004 01020304"}};
}

inline base::Bytes more_extensions(const std::vector<Extension>& extensions) {
  return message(8, Octets().vector(block(extensions), 2).bytes());
}

inline base::Bytes certificate13(const base::Bytes& der) {
  const auto entry = Octets().vector(der, 3).hex("0000");
  return message(11, Octets().hex("00").vector(entry.bytes(), 3).bytes());
}

inline base::Bytes sign(const support::Key& key, gnutls_sign_algorithm_t algorithm,
                        const base::Bytes& content) {
  const std::string pem = support::key_pem(key);
  gnutls_privkey_t own = nullptr;
  EXPECT_EQ(gnutls_privkey_init(&own), 0);
  const gnutls_datum_t text{
      reinterpret_cast<unsigned char*>(const_cast<char*>(pem.data())),
      static_cast<unsigned>(pem.size())};
  EXPECT_EQ(gnutls_privkey_import_x509_raw(own, &text, GNUTLS_X509_FMT_PEM, nullptr, 0),
            0);
  const gnutls_datum_t data{
      reinterpret_cast<unsigned char*>(const_cast<std::byte*>(content.data())),
      static_cast<unsigned>(content.size())};
  gnutls_datum_t made{};
  EXPECT_EQ(gnutls_privkey_sign_data2(own, algorithm, 0, &data, &made), 0);
  const auto view = std::as_bytes(std::span(made.data, made.size));
  base::Bytes out(view.begin(), view.end());
  gnutls_free(made.data);
  gnutls_privkey_deinit(own);
  return out;
}

/// A scheme by its number, and how GnuTLS signs by it.
struct By {
  unsigned scheme = 0x0403;
  gnutls_sign_algorithm_t algorithm = GNUTLS_SIGN_ECDSA_SHA256;
};

/// These messages of TLS 1.3, of which none is a retry, and a signature over them.
inline Messages signed13(Messages messages, const support::Key& key, const By& by = {}) {
  base::Bytes all;
  for (const auto& one : messages) all.insert(all.end(), one.begin(), one.end());
  const auto content = Octets()
                           .add(base::Bytes(64, std::byte{' '}))
                           .add(base::as_bytes("TLS 1.3, server CertificateVerify"))
                           .hex("00")
                           .add(digest(TranscriptHash::sha256, all))
                           .bytes();
  const auto made = sign(key, by.algorithm, content);
  messages.push_back(message(15, Octets().number(by.scheme, 2).vector(made, 2).bytes()));
  return messages;
}

/// A handshake of TLS 1.3 with what both ends say in their extensions.
inline Messages made13(const std::vector<Extension>& client,
                       const std::vector<Extension>& server = usual13(),
                       const std::vector<Extension>& encrypted = {}) {
  return signed13({client_hello(client), server_hello("1301", server),
                   more_extensions(encrypted), certificate13(tls::good_chain().front())},
                  {"leaf"});
}

}  // namespace evidence
