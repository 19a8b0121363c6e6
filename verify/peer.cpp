#include "verify/peer.h"

#include <algorithm>

#include "verify/tls_key.h"

namespace verify {
namespace {

bool holds(const std::vector<Link>& links, base::ByteView der) {
  return std::any_of(links.begin(), links.end(), [&](const Link& link) {
    return base::equal(link.certificate.whole, der);
  });
}

void read_issuers(const Certificates& chain, std::size_t limit, Peer& peer) {
  peer.cut = chain.size() > limit;
  for (std::size_t i = 1; i < std::min(chain.size(), limit); ++i) {
    const auto certificate = parse_certificate(chain[i]);
    if (!certificate) {
      ++peer.unreadable;
    } else if (!holds(peer.sent, certificate->whole)) {
      peer.sent.push_back(make_link(*certificate, i));
    }
  }
}

}  // namespace

gnutls_x509_crt_int* Link::handle() {
  if (!imported_) handle_ = x509::import(certificate.whole);
  imported_ = true;
  return handle_.get();
}

gnutls_x509_crt_int* Link::signer() {
  const auto& basic = extensions.basic;
  if (!extensions.name_constraints || !basic || !basic->ca) return handle();
  if (!signer_) {
    signer_ = x509::import(x509::certificate_for_key(
        certificate.subject, certificate.spki, without_constraints(certificate)));
  }
  return signer_.get();
}

Link make_link(const Certificate& certificate, std::size_t index) {
  Link link;
  link.certificate = certificate;
  link.extensions = read_extensions(certificate);
  link.print = Print(certificate);
  link.index = index;
  return link;
}

Peer read_peer(const Chain& chain, const Budget& budget) {
  Peer peer;
  if (const auto* key = std::get_if<RawPublicKey>(&chain)) {
    peer.raw_key = key->spki;
    peer.empty = key->spki.empty();
    return peer;
  }
  const auto& certificates = std::get<Certificates>(chain);
  peer.empty = certificates.empty();
  const auto leaf = peer.empty ? std::nullopt : parse_certificate(certificates[0]);
  if (!leaf) return peer;
  peer.sent.push_back(make_link(*leaf));
  peer.names = presented_names(*leaf, peer.sent[0].extensions, budget.names);
  read_issuers(certificates, budget.certificates, peer);
  return peer;
}

Reason for_cut(const Peer& peer, Reason reason) {
  return peer.cut && reason == Reason::no_path ? Reason::chain_too_long : reason;
}

std::optional<std::string> unsupported_key(const Peer& peer) {
  if (peer.raw_key) return unsupported_raw_key(*peer.raw_key);
  if (peer.sent.empty()) return std::nullopt;
  return unsupported_key(peer.sent[0].certificate.spki);
}

}  // namespace verify
