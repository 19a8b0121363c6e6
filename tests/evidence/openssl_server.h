// A TLS server for tests by OpenSSL: in a thread, on one end of a socket pair, with keys
// and groups that GnuTLS's servers in tests/support do not have.
#pragma once

#include <string>
#include <thread>

#include "src/base/bytes.h"
#include "src/io/descriptor.h"

namespace evidence {

/// What such a server has and does.
struct OpensslRecipe {
  std::string key = "P-256";  ///< `RSA:2048`, `RSA-PSS:2048`, a curve, `ED25519`, `ED448`
  std::string version = "1.3";
  std::string groups{};   ///< OpenSSL's list; empty: its own
  std::string ciphers{};  ///< of TLS 1.2, OpenSSL's list; empty: its own
  std::string schemes{};  ///< OpenSSL's list of signature algorithms; empty: its own
  bool asks_client = false;
};

/// One connection of such a server, which shows a certificate of its own signing.
class OpensslServer {
 public:
  explicit OpensslServer(OpensslRecipe recipe);
  ~OpensslServer();
  OpensslServer(const OpensslServer&) = delete;
  OpensslServer& operator=(const OpensslServer&) = delete;

  /// The client's end, non-blocking.
  [[nodiscard]] io::Descriptor take_client() { return std::move(client_); }
  /// What it shows (DER).
  [[nodiscard]] const base::Bytes& certificate() const { return certificate_; }

 private:
  void run();

  OpensslRecipe recipe_;
  base::Bytes certificate_;
  void* context_ = nullptr;  // SSL_CTX
  io::Descriptor client_;
  io::Descriptor server_;
  std::thread thread_;
};

}  // namespace evidence
