#include "tests/evidence/openssl_server.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <source_location>

namespace evidence {
namespace {

// A server that cannot be set up is a bug of the test.
template <typename T>
T must(T good, std::source_location where = std::source_location::current()) {
  if (good) return good;
  std::cerr << "openssl_server.cpp:" << where.line() << "\n";
  ERR_print_errors_fp(stderr);
  std::abort();
}

EVP_PKEY* make_key(const std::string& name) {
  const auto colon = name.find(':');
  if (colon != std::string::npos) {
    const auto context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>(
        must(EVP_PKEY_CTX_new_from_name(nullptr, name.substr(0, colon).c_str(), nullptr)),
        EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    must(EVP_PKEY_keygen_init(context.get()) == 1);
    must(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(),
                                          std::stoi(name.substr(colon + 1))) == 1);
    must(EVP_PKEY_keygen(context.get(), &key) == 1);
    return key;
  }
  if (name.starts_with("ED")) return EVP_PKEY_Q_keygen(nullptr, nullptr, name.c_str());
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", name.c_str());
}

/// A key that is made once a run.
EVP_PKEY* key_named(const std::string& name) {
  static std::map<std::string, std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>> keys;
  const auto known = keys.find(name);
  if (known != keys.end()) return known->second.get();
  return keys
      .emplace(name, std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>(
                         must(make_key(name)), EVP_PKEY_free))
      .first->second.get();
}

X509* certificate_of(EVP_PKEY* key, const std::string& kind) {
  X509* out = must(X509_new());
  must(X509_set_version(out, 2) == 1);
  must(ASN1_INTEGER_set(X509_get_serialNumber(out), 1) == 1);
  must(X509_gmtime_adj(X509_getm_notBefore(out), -3600));
  must(X509_gmtime_adj(X509_getm_notAfter(out), 3600));
  must(X509_set_pubkey(out, key) == 1);
  X509_NAME* name = X509_get_subject_name(out);
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                  reinterpret_cast<const unsigned char*>("leaf"), -1, -1,
                                  0) == 1);
  must(X509_set_issuer_name(out, name) == 1);
  must(X509_sign(out, key, kind.starts_with("ED") ? nullptr : EVP_sha256()) > 0);
  return out;
}

int believe(int /*good*/, X509_STORE_CTX* /*store*/) { return 1; }

void set_up(SSL_CTX* context, const OpensslRecipe& recipe) {
  const int version = recipe.version == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_security_level(context, 0);
  must(SSL_CTX_set_min_proto_version(context, version) == 1);
  must(SSL_CTX_set_max_proto_version(context, version) == 1);
  must(SSL_CTX_set_dh_auto(context, 1) == 1);
  if (!recipe.groups.empty()) {
    must(SSL_CTX_set1_groups_list(context, recipe.groups.c_str()) == 1);
  }
  if (!recipe.ciphers.empty()) {
    must(SSL_CTX_set_cipher_list(context, recipe.ciphers.c_str()) == 1);
  }
  if (!recipe.schemes.empty()) {
    must(SSL_CTX_set1_sigalgs_list(context, recipe.schemes.c_str()) == 1);
  }
  if (recipe.asks_client) SSL_CTX_set_verify(context, SSL_VERIFY_PEER, believe);
}

base::Bytes der_of(X509* certificate) {
  base::Bytes out(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  must(i2d_X509(certificate, &at) > 0);
  return out;
}

}  // namespace

OpensslServer::OpensslServer(OpensslRecipe recipe) : recipe_(std::move(recipe)) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  client_ = io::Descriptor(ends[0]);
  server_ = io::Descriptor(ends[1]);
  fcntl(client_.get(), F_SETFL, O_NONBLOCK);
  SSL_CTX* context = must(SSL_CTX_new(TLS_server_method()));
  context_ = context;
  set_up(context, recipe_);
  EVP_PKEY* key = key_named(recipe_.key);
  X509* certificate = certificate_of(key, recipe_.key);
  must(SSL_CTX_use_certificate(context, certificate) == 1);
  must(SSL_CTX_use_PrivateKey(context, key) == 1);
  certificate_ = der_of(certificate);
  X509_free(certificate);
  thread_ = std::thread([this] { run(); });
}

OpensslServer::~OpensslServer() {
  client_.reset();
  thread_.join();
  SSL_CTX_free(static_cast<SSL_CTX*>(context_));
}

void OpensslServer::run() {
  SSL* session = must(SSL_new(static_cast<SSL_CTX*>(context_)));
  must(SSL_set_fd(session, server_.get()) == 1);
  if (SSL_accept(session) == 1) {
    std::array<char, 256> heard{};
    while (SSL_read(session, heard.data(), static_cast<int>(heard.size())) > 0) {
    }
  }
  SSL_free(session);
  server_.reset();
}

}  // namespace evidence
