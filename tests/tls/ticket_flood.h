// Records of a TLS 1.3 server that GnuTLS would not make: tickets by the hundred.
#pragma once

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tls {

/// Writes records with the keys that a server's handshake came to (RFC 8446 7.1, 7.3),
/// for AES-128-GCM; the server's own GnuTLS must send none afterwards.
class ForgedRecords {
 public:
  /// For ServerRecipe::keylog; one server at a time.
  static int keep_secret(gnutls_session_t /*session*/, const char* label,
                         const gnutls_datum_t* secret) {
    if (std::strcmp(label, "SERVER_TRAFFIC_SECRET_0") == 0) {
      secret_.assign(secret->data, secret->data + secret->size);
    }
    return 0;
  }

  explicit ForgedRecords(int socket) : socket_(socket), iv_(expand("iv", kNonce)) {
    std::vector<unsigned char> key = expand("key", 16);
    const gnutls_datum_t datum{key.data(), static_cast<unsigned>(key.size())};
    EXPECT_EQ(gnutls_aead_cipher_init(&cipher_, GNUTLS_CIPHER_AES_128_GCM, &datum), 0);
  }
  ~ForgedRecords() { gnutls_aead_cipher_deinit(cipher_); }
  ForgedRecords(const ForgedRecords&) = delete;
  ForgedRecords& operator=(const ForgedRecords&) = delete;

  void data(std::string_view text) { record(std::string(text), 23); }
  /// That many records of one ticket each, at most 65,000, all at once.
  void tickets_alone(int count) {
    at_once_ = true;
    for (int i = 0; i < count; ++i) tickets(1);
    at_once_ = false;
    send_all();
  }
  /// That many NewSessionTicket messages (RFC 8446 4.6.1), at most 800, in one record.
  void tickets(int count) {
    constexpr std::string_view kTicket(
        "\x04\x00\x00\x0f\x00\x00\x1c\x20\x01\x02\x03\x04\x01\x07\x00\x01\x09\x00\x00",
        19);
    std::string all;
    for (int i = 0; i < count; ++i) all += kTicket;
    record(std::move(all), 22);
  }

 private:
  static constexpr std::size_t kNonce = 12;
  static constexpr std::size_t kTag = 16;

  /// HKDF-Expand-Label without a context (RFC 8446 7.1).
  static std::vector<unsigned char> expand(const std::string& label, std::size_t size) {
    const std::string full = "tls13 " + label;
    std::string about = {'\0', static_cast<char>(size), static_cast<char>(full.size())};
    about += full;
    about += '\0';
    const gnutls_datum_t secret{secret_.data(), static_cast<unsigned>(secret_.size())};
    const gnutls_datum_t info{reinterpret_cast<unsigned char*>(about.data()),
                              static_cast<unsigned>(about.size())};
    std::vector<unsigned char> out(size);
    EXPECT_EQ(gnutls_hkdf_expand(GNUTLS_MAC_SHA256, &secret, &info, out.data(), size), 0);
    return out;
  }

  void record(std::string content, char type) {
    content += type;
    const std::size_t size = content.size() + kTag;
    std::string out = {'\x17', '\x03', '\x03', static_cast<char>(size >> 8U),
                       static_cast<char>(size)};
    std::vector<unsigned char> nonce = iv_;
    nonce[kNonce - 1] ^= static_cast<unsigned char>(number_);
    nonce[kNonce - 2] ^= static_cast<unsigned char>(number_ >> 8U);
    ++number_;
    const std::string header = out;
    out.resize(header.size() + size);
    std::size_t left = size;
    EXPECT_EQ(gnutls_aead_cipher_encrypt(
                  cipher_, nonce.data(), nonce.size(), header.data(), header.size(), kTag,
                  content.data(), content.size(), out.data() + header.size(), &left),
              0);
    out_ += out;
    if (!at_once_) send_all();
  }

  void send_all() {
    (void)::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
    out_.clear();
  }

  static inline std::vector<unsigned char> secret_;
  int socket_;
  std::vector<unsigned char> iv_;
  gnutls_aead_cipher_hd_t cipher_ = nullptr;
  unsigned number_ = 0;
  std::string out_;  // not sent yet
  bool at_once_ = false;
};

}  // namespace tls
