#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "tests/oracles/verifiers.h"

namespace oracles {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
void free_stack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }

using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), Freer<free_stack>>;
using Store = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;
using SslContext = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Freer<SSL_free>>;

constexpr int kStrength = 2;  // of 112 bits: RSA of 2048, as GnuTLS's profile MEDIUM

Certificate read(const base::Bytes& der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  return Certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
}

Stack read_all(const verify::Certificates& chain) {
  Stack out(sk_X509_new_null());
  for (const auto& der : chain) sk_X509_push(out.get(), read(der).release());
  return out;
}

Store store_of(const std::vector<base::Bytes>& roots) {
  Store out(X509_STORE_new());
  for (const auto& der : roots) X509_STORE_add_cert(out.get(), read(der).get());
  // A root of the store need not be self-signed (RFC 5280 6.1.1 d).
  X509_STORE_set_flags(out.get(), X509_V_FLAG_PARTIAL_CHAIN);
  return out;
}

void set_common(X509_VERIFY_PARAM* param) {
  X509_VERIFY_PARAM_set_time(param, support::kNow.time_since_epoch().count());
  X509_VERIFY_PARAM_set_auth_level(param, kStrength);
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

Answer verified(X509_STORE_CTX* context) {
  const bool good = X509_verify_cert(context) == 1;
  return {good, X509_verify_cert_error_string(X509_STORE_CTX_get_error(context))};
}

}  // namespace

Answer openssl_dane(const Case& question) {
  const SslContext ssl_context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_dane_enable(ssl_context.get());
  const Ssl ssl(SSL_new(ssl_context.get()));
  SSL_dane_enable(ssl.get(), question.host.c_str());
  SSL_dane_set_flags(ssl.get(), DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  int usable = 0;
  for (const dns::Tlsa& record : question.records) {
    const auto* data = reinterpret_cast<const unsigned char*>(record.data.data());
    const int added = SSL_dane_tlsa_add(
        ssl.get(), dns::number(record.usage), dns::number(record.selector),
        dns::number(record.matching), data, record.data.size());
    usable += added > 0 ? 1 : 0;
  }
  if (usable == 0) return {false, "no usable record"};
  const Stack chain = read_all(question.sent);
  const Store store = store_of({question.root});
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(chain.get(), 0),
                      chain.get());
  X509_STORE_CTX_set0_dane(context.get(), SSL_get0_dane(ssl.get()));
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  auto* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set1(param, SSL_get0_param(ssl.get()));
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  set_common(param);
  return verified(context.get());
}

Answer openssl_pkix(const verify::Certificates& sent,
                    const std::vector<base::Bytes>& roots, const std::string& host) {
  const Stack chain = read_all(sent);
  const Store store = store_of(roots);
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(chain.get(), 0),
                      chain.get());
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  auto* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set1_host(param, host.c_str(), host.size());
  set_common(param);
  return verified(context.get());
}

}  // namespace oracles
