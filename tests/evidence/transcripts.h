// Messages of real handshakes, and ways to change them.
#pragma once

#include <gnutls/abstract.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "src/evidence/handshake_proof.h"
#include "tests/evidence/openssl_server.h"
#include "tests/tls/attempt.h"
#include "verify/certificate.h"

namespace evidence {

using Messages = std::vector<base::Bytes>;

inline constexpr std::size_t kHeader = 4;

inline tls::Random chosen_random() {
  tls::Random out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::byte(0xa0 + i);
  return out;
}

/// A hello for mail.example.org with that random.
inline tls::Hello challenge() {
  tls::Hello out;
  out.server_name = "mail.example.org";
  out.random = chosen_random();
  return out;
}

/// A handshake of ours, and what was kept of it.
struct Held {
  std::string outcome;
  std::string detail;
  Messages messages;
  verify::Chain chain;
  tls::SessionFacts facts;
};

inline Held hold(io::Descriptor socket, const tls::Hello& hello = challenge(),
                 const tls::Options& options = {}) {
  tls::Attempt attempt(std::move(socket), hello, tls::Opinion::believe, options);
  Held out{attempt.outcome(), attempt.detail(), attempt.session().transcript(),
           attempt.judged(), attempt.session().facts()};
  attempt.hang_up();
  return out;
}
inline Held hold(const support::ServerRecipe& recipe,
                 const tls::Hello& hello = challenge()) {
  support::TlsServer server(recipe);
  return hold(server.take_client(), hello);
}
inline Held hold(const OpensslRecipe& recipe, const tls::Options& options = {}) {
  OpensslServer server(recipe);
  return hold(server.take_client(), challenge(), options);
}

/// `bad-evidence: detail`, or what is bound.
inline std::string word(const base::Result<HandshakeProof>& proof) {
  if (!proof) {
    return std::string(base::to_text(proof.error().code)) + ": " + proof.error().detail;
  }
  return proof->bound == Bound::all   ? "all"
         : proof->bound == Bound::key ? "key"
                                      : "nothing";
}
inline std::string word_for(const Messages& messages) {
  return word(prove_handshake(messages));
}

inline unsigned type_of(const base::Bytes& message) {
  return std::to_integer<unsigned>(message.at(0));
}

/// A message of this type with this body.
inline base::Bytes message(unsigned type, const base::Bytes& body) {
  base::Bytes out = {std::byte(type), std::byte(body.size() >> 16U),
                     std::byte(body.size() >> 8U), std::byte(body.size())};
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

/// The public key in what a peer showed, by GnuTLS's number for it, which is the same
/// however the key is written down; empty where it cannot be read.
inline base::Bytes key_in(const verify::Chain& chain) {
  base::ByteView spki;
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    spki = raw->spki;
  } else if (const auto& sent = std::get<verify::Certificates>(chain); !sent.empty()) {
    if (const auto leaf = verify::parse_certificate(sent.front())) spki = leaf->spki;
  }
  gnutls_pubkey_t key = nullptr;
  EXPECT_EQ(gnutls_pubkey_init(&key), 0);
  const gnutls_datum_t der{
      reinterpret_cast<unsigned char*>(const_cast<std::byte*>(spki.data())),
      static_cast<unsigned>(spki.size())};
  base::Bytes out(32);
  std::size_t size = out.size();
  if (gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER) != 0 ||
      gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256,
                               reinterpret_cast<unsigned char*>(out.data()),
                               &size) != 0) {
    out.clear();
  }
  gnutls_pubkey_deinit(key);
  return out;
}

}  // namespace evidence
