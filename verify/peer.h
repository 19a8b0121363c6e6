#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "verify/certificate.h"
#include "verify/chain.h"
#include "verify/context.h"
#include "verify/extensions.h"
#include "verify/names.h"
#include "verify/prints.h"
#include "verify/x509.h"

namespace verify {

/// A certificate that may stand on a path.
struct Link {
  /// GnuTLS's form, made when it is first needed; null if GnuTLS cannot read it.
  [[nodiscard]] gnutls_x509_crt_int* handle();
  /// GnuTLS's form of the certificate as an issuer: one that says nothing of the names
  /// and the length of the path below it. Null if GnuTLS cannot read it.
  [[nodiscard]] gnutls_x509_crt_int* signer();

  Certificate certificate;
  Extensions extensions;
  Print print;            ///< what records can match in it
  std::size_t index = 0;  ///< place in what the peer sent, if it was sent

 private:
  x509::Handle handle_;
  x509::Handle signer_;  // where it is not handle_
  bool imported_ = false;
};

/// The link of a certificate.
[[nodiscard]] Link make_link(const Certificate& certificate, std::size_t index = 0);

/// What a peer sent, taken apart once. Views of the Chain, which must outlive it.
struct Peer {
  std::vector<Link> sent;  ///< `[0]` is the leaf; empty if there is none or it is broken
  std::optional<base::ByteView> raw_key;  ///< instead of certificates (RFC 7250)
  PresentedNames names;                   ///< of the leaf
  std::size_t unreadable = 0;             ///< certificates after the leaf that are none
  bool empty = false;                     ///< nothing was sent at all
  bool cut = false;                       ///< more certificates than the budget allows
};

/// Takes apart what the peer sent: at most `budget.certificates` certificates, each once
/// (a copy of the leaf is never its issuer), those that are none left out.
[[nodiscard]] Peer read_peer(const Chain& chain, const Budget& budget);

/// The reason to tell for a path that failed: where certificates were left out, a path
/// that is not there may have gone through them.
[[nodiscard]] Reason for_cut(const Peer& peer, Reason reason);

/// Why no handshake is held with the key that the peer showed, in words (tls_key.h);
/// nothing if one is, and where there is no key.
[[nodiscard]] std::optional<std::string> unsupported_key(const Peer& peer);

}  // namespace verify
