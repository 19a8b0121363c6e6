#include "tests/bench/openssl_check.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tests/support/certificates.h"

namespace bench {
namespace {

SSL_CTX* context() {
  static SSL_CTX* const kContext = [] {
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_dane_enable(made);
    return made;
  }();
  return kContext;
}

}  // namespace

bool openssl_check(const verify::Certificates& chain, const dns::Tlsa& record) {
  SSL* ssl = SSL_new(context());
  SSL_dane_enable(ssl, "mail.example.org");
  SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  SSL_dane_tlsa_add(ssl, dns::number(record.usage), dns::number(record.selector),
                    dns::number(record.matching),
                    reinterpret_cast<const unsigned char*>(record.data.data()),
                    record.data.size());
  STACK_OF(X509)* sent = sk_X509_new_null();
  for (const auto& der : chain) {
    const auto* data = reinterpret_cast<const unsigned char*>(der.data());
    sk_X509_push(sent, d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  }
  X509_STORE_CTX* verify = X509_STORE_CTX_new();
  X509_STORE_CTX_init(verify, SSL_CTX_get_cert_store(context()), sk_X509_value(sent, 0),
                      sent);
  X509_STORE_CTX_set0_dane(verify, SSL_get0_dane(ssl));
  X509_STORE_CTX_set_default(verify, "ssl_server");
  auto* param = X509_STORE_CTX_get0_param(verify);
  X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl));
  X509_VERIFY_PARAM_set_time(param, support::kNow.time_since_epoch().count());
  const bool good = X509_verify_cert(verify) == 1;
  X509_STORE_CTX_free(verify);
  sk_X509_pop_free(sent, X509_free);
  SSL_free(ssl);
  return good;
}

}  // namespace bench
