#pragma once

#include <optional>
#include <string>

#include "src/client/peer.h"
#include "src/mail/reach.h"
#include "src/smtp/client.h"

namespace mail {

/// How connections are made.
using Ways = Options;

/// Whether a peer that does not prove what is required is turned away in the handshake,
/// or only looked at.
enum class Judgement { enforce, look_only };

/// What a connection came to know on its way.
struct Facts {
  std::optional<verify::Verdict> verdict;    ///< if a handshake came that far
  std::optional<tls::SessionFacts> session;  ///< of an accepted TLS session
  verify::Chain chain;                       ///< what the peer sent
  smtp::Reply rejection;                     ///< the reply that ended it, if one did
  bool tls_began = false;  ///< a handshake was begun, and so may be what failed
};

/// One connection, from its greeting to where a message could be handed over. The peer,
/// the ways and the requirement must outlive it; the requirement is `peer.requirement` or
/// what is left of it on a second try.
class Connection {
 public:
  Connection(io::Loop& loop, io::Descriptor socket, const Peer& peer, const Ways& ways,
             const policy::Requirement& requirement, Judgement judgement);

  /// Greeting, EHLO, STARTTLS as the requirement has it, EHLO again. Errors, kind
  /// `temporary`: those of smtp::Client and of tls::Session::handshake, and codes
  /// `greeting`, `helo`, `starttls_not_offered`, `starttls_refused`,
  /// `starttls_injection`.
  [[nodiscard]] io::Task<base::Result<void>> open();
  [[nodiscard]] smtp::Client& client() { return client_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }

 private:
  io::Task<base::Result<void>> greet();
  io::Task<base::Result<void>> hello();
  io::Task<base::Result<void>> start_tls();
  io::Task<base::Result<void>> shake_hands();
  io::Task<base::Result<void>> reject(base::Code code, std::string_view what,
                                      smtp::Reply reply);

  tls::Channel wire_;
  smtp::Client client_;
  const Peer& peer_;
  const Ways& ways_;
  const policy::Requirement& requirement_;
  Judgement judgement_;
  Facts facts_;
};

}  // namespace mail
