#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace base {

/// What an error is about, so that nobody has to list codes: whether a peer is at fault,
/// whether it is about its proof, whether another resolver might help.
enum class About : std::uint8_t {
  usage,      ///< what somebody wrote: a command line, a file, a setting
  local,      ///< this machine: descriptors, processes, libraries
  dns,        ///< an answer of the DNS that is none, or says that there is nothing
  connect,    ///< the way to the peer, or its silence
  starttls,   ///< how the peer answers to STARTTLS (RFC 3207)
  handshake,  ///< a TLS handshake that the peer or its certificate breaks
  proof,      ///< a peer that is not what it must prove to be, or cannot be
  protocol,   ///< what the peer says once it is connected, beside STARTTLS and TLS
};

/// Why something could not be done. Programs compare codes; people read `Error::detail`.
enum class Code : std::uint8_t {
  // about usage
  usage,     ///< the command line
  bad_name,  ///< no domain name
  bad_number,
  bad_port,
  bad_password,
  bad_parameters,
  bad_ciphers,
  bad_command,
  bad_tlsa,
  bad_time,
  bad_rua,
  bad_zone,
  bad_material,
  bad_file,      ///< a file that cannot be read or understood
  bad_evidence,  ///< a bundle of evidence that does not hold
  bad_certificate_file,
  bad_forwarder,
  bad_trust_anchor,
  bad_trust_store,  ///< certificates of authorities
  bad_unbound_conf,
  no_trust_store,  ///< a policy that needs one
  no_names,
  no_issuer,
  leaf_not_first,
  name_too_long,
  no_origin,       ///< a relative name, and no $ORIGIN before it
  generate_bound,  ///< a $GENERATE that makes more than a zone may hold
  control,         ///< a file of qmail's control directory
  // about local
  local,  ///< no means left to go on
  read,
  write,
  socket,
  pipe,
  dup,
  exec,
  wait,
  killed,
  libunbound,
  tls,  ///< GnuTLS itself
  // about dns
  bogus,  ///< RFC 4035 4.3
  servfail,
  dns_refused,  ///< rcode REFUSED
  rcode,        ///< any other rcode
  malformed,
  alias_loop,
  not_validating,  ///< the trust anchor secures nothing
  no_address,
  no_domain,
  null_mx,
  no_mail_host,
  no_service,  ///< no SRV record, or one that says that there is no server
  // about connect
  connect,
  timeout,          ///< no answer in the time that there was, of a name server or a peer
  io,               ///< a connection that fails
  dead,             ///< an address that did not answer lately
  too_slow,         ///< an address that is left alone since it was slow
  too_much,         ///< certificates beyond what is kept
  private_address,  ///< not of the Internet, and not to be asked
  // about starttls
  starttls_not_offered,
  starttls_refused,
  starttls_injection,
  // about handshake
  handshake,        ///< an alert, or GnuTLS's verdict on a message
  key_usage,        ///< a key that GnuTLS does not want used so (RFC 5280 4.2.1.3)
  bad_certificate,  ///< a leaf that is no certificate
  unsupported_key,  ///< a key of an algorithm or size that is not computed with
  // about proof
  refused,    ///< the verdict is `rejected`
  no_tlsa,    ///< DANE is a duty, and there are no records
  no_chain,   ///< the server does not bring its TLSA records (RFC 9102)
  untrusted,  ///< not proved by an authority
  // about protocol
  protocol,
  truncated,  ///< the end came without close_notify
  closed,     ///< the end came before TLS
  greeting,   ///< not 220
  helo,       ///< not 250
  body,       ///< a message that cannot be sent as it is
  http,
  bad_policy,
};

/// The stable word for programs, with hyphens: `starttls-not-offered`.
[[nodiscard]] std::string_view to_text(Code code);
/// The code of such a word; nothing for others.
[[nodiscard]] std::optional<Code> code_from_text(std::string_view word);

/// What a code is about; every code is about one thing.
[[nodiscard]] About about(Code code);

/// Whether the code says that a peer that was reached is not, or does not do, what proves
/// it: no TLS where TLS is a duty, a handshake that breaks off, a proof that fails (RFC
/// 7672 2.2). Such a peer may be there and in good health, or an attacker's.
[[nodiscard]] bool is_about_proof(Code code);

}  // namespace base
