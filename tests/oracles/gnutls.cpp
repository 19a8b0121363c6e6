#include <dlfcn.h>
#include <gnutls/dane.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <memory>

#include "tests/oracles/verifiers.h"

namespace oracles {
namespace {

gnutls_datum_t datum_of(const base::Bytes& der) {
  // GnuTLS only reads from it, but its type has no const.
  auto* data = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(der.data()));
  return {data, static_cast<unsigned>(der.size())};
}

std::vector<gnutls_datum_t> datums(const verify::Certificates& chain) {
  std::vector<gnutls_datum_t> out;
  for (const auto& der : chain) out.push_back(datum_of(der));
  return out;
}

/// libdane by its name: it brings a GnuTLS of its own, which must not be mixed up with
/// the one that the tests are linked with.
struct Library {
#ifdef __SANITIZE_ADDRESS__
  static constexpr int kMode = RTLD_NOW | RTLD_LOCAL;  // all is shared then: one GnuTLS
#else
  static constexpr int kMode = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif
  Library() : handle(dlopen("libgnutls-dane.so.0", kMode)) {
    load("dane_state_init", state_init);
    load("dane_state_deinit", state_deinit);
    load("dane_raw_tlsa", raw_tlsa);
    load("dane_query_deinit", query_deinit);
    load("dane_verify_crt_raw", verify);
    load("dane_verification_status_print", print);
  }
  template <typename Function>
  void load(const char* name, Function& function) {
    if (handle != nullptr) function = reinterpret_cast<Function>(dlsym(handle, name));
  }
  [[nodiscard]] bool complete() const {
    return state_init != nullptr && raw_tlsa != nullptr && verify != nullptr;
  }
  void* handle;
  decltype(&dane_state_init) state_init = nullptr;
  decltype(&dane_state_deinit) state_deinit = nullptr;
  decltype(&dane_raw_tlsa) raw_tlsa = nullptr;
  decltype(&dane_query_deinit) query_deinit = nullptr;
  decltype(&dane_verify_crt_raw) verify = nullptr;
  decltype(&dane_verification_status_print) print = nullptr;
};

gnutls_x509_crt_t read(const base::Bytes& der) {
  gnutls_x509_crt_t out = nullptr;
  gnutls_x509_crt_init(&out);
  const auto datum = datum_of(der);
  gnutls_x509_crt_import(out, &datum, GNUTLS_X509_FMT_DER);
  return out;
}

}  // namespace

std::optional<Answer> libdane(const Case& question) {
  static const Library kLibrary;
  if (!kLibrary.complete()) return std::nullopt;
  dane_state_t state = nullptr;
  kLibrary.state_init(&state, DANE_F_IGNORE_LOCAL_RESOLVER | DANE_F_IGNORE_DNSSEC);
  std::vector<std::string> rdata;
  for (const dns::Tlsa& record : question.records) {
    std::string octets = {static_cast<char>(record.usage),
                          static_cast<char>(record.selector),
                          static_cast<char>(record.matching)};
    octets += base::as_text(record.data);
    rdata.push_back(std::move(octets));
  }
  std::vector<char*> pointers;
  std::vector<int> lengths;
  for (std::string& octets : rdata) {
    pointers.push_back(octets.data());
    lengths.push_back(static_cast<int>(octets.size()));
  }
  pointers.push_back(nullptr);
  dane_query_t query = nullptr;
  const int rc = kLibrary.raw_tlsa(state, &query, pointers.data(), lengths.data(), 1, 0);
  Answer out{false, "dane_raw_tlsa " + std::to_string(rc)};
  if (rc >= 0) {
    const auto chain = datums(question.sent);
    unsigned status = 0;
    const int verified =
        kLibrary.verify(state, chain.data(), static_cast<unsigned>(chain.size()),
                        GNUTLS_CRT_X509, query, 0, 0, &status);
    out = {verified == 0 && status == 0,
           "rc " + std::to_string(verified) + " status " + std::to_string(status)};
    kLibrary.query_deinit(query);
  }
  kLibrary.state_deinit(state);
  return out;
}

Answer gnutls_pkix(const verify::Certificates& sent,
                   const std::vector<base::Bytes>& roots, const std::string& host) {
  gnutls_x509_trust_list_t list = nullptr;
  gnutls_x509_trust_list_init(&list, 0);
  for (const auto& der : roots) {
    gnutls_x509_crt_t root = read(der);
    gnutls_x509_trust_list_add_cas(list, &root, 1, 0);
  }
  std::vector<gnutls_x509_crt_t> chain;
  for (const auto& der : sent) chain.push_back(read(der));
  std::string name = host;
  gnutls_typed_vdata_st data[] = {
      {GNUTLS_DT_DNS_HOSTNAME, reinterpret_cast<unsigned char*>(name.data()), 0},
      {GNUTLS_DT_KEY_PURPOSE_OID,
       reinterpret_cast<unsigned char*>(const_cast<char*>(GNUTLS_KP_TLS_WWW_SERVER)), 0}};
  unsigned status = 0;
  const int rc = gnutls_x509_trust_list_verify_crt2(
      list, chain.data(), static_cast<unsigned>(chain.size()), data, 2,
      GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM) |
          GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN,
      &status, nullptr);
  for (auto* certificate : chain) gnutls_x509_crt_deinit(certificate);
  gnutls_x509_trust_list_deinit(list, 1);
  return {rc == 0 && status == 0,
          "rc " + std::to_string(rc) + " status " + std::to_string(status)};
}

}  // namespace oracles
