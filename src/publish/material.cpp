#include "src/publish/material.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include <memory>
#include <optional>
#include <type_traits>

#include "src/base/pem.h"
#include "verify/certificate.h"

namespace publish {
namespace {

using base::Bytes;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* handle) const noexcept {
    Free(handle);
  }
};
using PrivateKey = std::unique_ptr<std::remove_pointer_t<gnutls_privkey_t>,
                                   Freer<gnutls_privkey_deinit>>;
using PublicKey =
    std::unique_ptr<std::remove_pointer_t<gnutls_pubkey_t>, Freer<gnutls_pubkey_deinit>>;
using Request = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crq_t>,
                                Freer<gnutls_x509_crq_deinit>>;

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_material, std::move(detail));
}

bool is_pem(std::string_view text) {
  return text.find("-----BEGIN ") != std::string_view::npos;
}

bool is_certificate(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" ||
         label == "TRUSTED CERTIFICATE";
}

gnutls_datum_t datum(std::string_view text) {
  // GnuTLS only reads from it, but its type has no const.
  auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  return {data, static_cast<unsigned>(text.size())};
}

gnutls_x509_crt_fmt_t format_of(std::string_view text) {
  return is_pem(text) ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
}

PublicKey new_public_key() {
  gnutls_pubkey_t raw = nullptr;
  if (gnutls_pubkey_init(&raw) != 0) return nullptr;
  return PublicKey(raw);
}

base::Result<Bytes> spki_of(const PublicKey& key) {
  gnutls_datum_t der{};
  if (const int rc = gnutls_pubkey_export2(key.get(), GNUTLS_X509_FMT_DER, &der);
      rc != 0) {
    return bad(std::string("the public key cannot be written: ") + gnutls_strerror(rc));
  }
  const base::ByteView view = std::as_bytes(std::span(der.data, der.size));
  Bytes out(view.begin(), view.end());
  gnutls_free(der.data);
  return out;
}

base::Result<void> check_certificate(const Bytes& der, std::size_t number) {
  if (verify::parse_certificate(der)) return {};
  return bad("certificate " + std::to_string(number) + " is not one");
}

/// The octets of the certificates of PEM text, of whatever kind, or the one certificate
/// of DER octets; at least one.
base::Result<verify::Certificates> certificate_blocks(std::string_view text) {
  verify::Certificates out;
  if (!is_pem(text)) {
    const auto octets = base::as_bytes(text);
    if (!verify::parse_certificate(octets)) {
      return bad("no certificate: neither PEM nor DER");
    }
    out.emplace_back(octets.begin(), octets.end());
    return out;
  }
  while (auto block = base::take_pem(text)) {
    if (!is_certificate(block->label)) continue;
    if (!block->data) {
      return bad("certificate " + std::to_string(out.size() + 1) +
                 ": not base64, or without an END line");
    }
    out.push_back(std::move(*block->data));
  }
  if (out.empty()) return bad("no certificate in it");
  return out;
}

/// The key of the first PUBLIC KEY block, if there is one.
base::Result<std::optional<Bytes>> public_key_of(std::string_view text) {
  while (auto block = base::take_pem(text)) {
    if (block->label != "PUBLIC KEY") continue;
    if (!block->data || !verify::is_spki(*block->data)) {
      return bad("PUBLIC KEY is broken");
    }
    return std::move(block->data);
  }
  return std::optional<Bytes>();
}

}  // namespace

base::Result<verify::Certificates> read_certificates(std::string_view text) {
  auto blocks = certificate_blocks(text);
  for (std::size_t i = 0; blocks && i < blocks->size(); ++i) {
    if (auto ok = check_certificate(blocks->at(i), i + 1); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  return blocks;
}

// What stands in a block that is no certificate, a peer may send all the same, and then
// it is the judgement's affair.
base::Result<verify::Chain> read_chain(std::string_view text) {
  auto certificates = certificate_blocks(text);
  if (certificates) return verify::Chain(std::move(*certificates));
  auto key = public_key_of(text);
  if (!key) return tl::unexpected(key.error());
  if (*key) return verify::Chain(verify::RawPublicKey{std::move(**key)});
  return tl::unexpected(certificates.error());
}

base::Result<Bytes> read_key(std::string_view text) {
  auto ready = public_key_of(text);
  if (!ready) return tl::unexpected(ready.error());
  if (*ready) return std::move(**ready);
  gnutls_privkey_t raw = nullptr;
  if (gnutls_privkey_init(&raw) != 0) return bad("out of memory");
  const PrivateKey key(raw);
  const auto input = datum(text);
  int rc = gnutls_privkey_import_x509_raw(raw, &input, format_of(text), nullptr, 0);
  if (rc == GNUTLS_E_DECRYPTION_FAILED) {
    return bad("the key is encrypted: decrypt it first, or use its certificate");
  }
  if (rc != 0) return bad(std::string("no private key: ") + gnutls_strerror(rc));
  const auto public_key = new_public_key();
  rc = public_key ? gnutls_pubkey_import_privkey(public_key.get(), raw, 0, 0)
                  : GNUTLS_E_MEMORY_ERROR;
  if (rc != 0) return bad(std::string("no public key: ") + gnutls_strerror(rc));
  return spki_of(public_key);
}

base::Result<Bytes> read_request(std::string_view text) {
  gnutls_x509_crq_t raw = nullptr;
  if (gnutls_x509_crq_init(&raw) != 0) return bad("out of memory");
  const Request request(raw);
  const auto input = datum(text);
  int rc = gnutls_x509_crq_import(raw, &input, format_of(text));
  if (rc != 0) {
    return bad(std::string("no certification request: ") + gnutls_strerror(rc));
  }
  if (gnutls_x509_crq_verify(raw, 0) != 0) {
    return bad("the request is not signed by its own key");
  }
  const auto key = new_public_key();
  rc = key ? gnutls_pubkey_import_x509_crq(key.get(), raw, 0) : GNUTLS_E_MEMORY_ERROR;
  if (rc != 0) return bad(std::string("no public key: ") + gnutls_strerror(rc));
  return spki_of(key);
}

}  // namespace publish
