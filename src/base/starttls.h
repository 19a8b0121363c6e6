#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

/// The plaintext talk that ends with "now TLS", for each protocol that has one, without
/// any I/O: the caller reads, feeds what came, and sends what it is told to.
namespace starttls {

enum class Protocol {
  smtp,
  lmtp,
  imap,
  pop3,
  nntp,
  ftp,
  sieve,
  xmpp,
  xmpp_server,
  ldap,
  postgres
};

/// The protocol of such a word (`xmpp-server` with a hyphen); nothing for others.
[[nodiscard]] std::optional<Protocol> protocol_from_text(std::string_view word);
/// That word.
[[nodiscard]] std::string_view to_text(Protocol protocol);
/// The protocol's name as people write it: `SMTP`, `XMPP`, `ManageSieve`, …
[[nodiscard]] std::string_view name_of(Protocol protocol);
/// The port that IANA assigned to it with STARTTLS.
[[nodiscard]] std::uint16_t port_of(Protocol protocol);
/// The protocol that is spoken at such a port, submission (587) among them; nothing for
/// ports at which TLS comes first.
[[nodiscard]] std::optional<Protocol> protocol_at(std::uint16_t port);
/// All the words.
[[nodiscard]] std::vector<std::string> protocol_list();
/// All the words, with commas between, for a usage text.
[[nodiscard]] std::string protocol_words();

/// What the client does next.
struct Step {
  std::string send;        ///< to be written now; may be empty
  bool start_tls = false;  ///< the TLS hello is next
};

/// One client's side of one such talk.
class Dialogue {
 public:
  virtual ~Dialogue() = default;

  /// What the client says before it hears anything; often nothing.
  [[nodiscard]] virtual std::string opening() const { return {}; }

  /// Takes what the server sent. Errors, kind `temporary`: codes `starttls_not_offered`,
  /// `starttls_refused`, `protocol`, and `starttls_injection` when octets follow the
  /// go-ahead in clear text (RFC 3207 5).
  [[nodiscard]] base::Result<Step> feed(std::string_view received);

 protected:
  /// Takes what is complete off the front of `buffer`; an empty Step asks for more.
  [[nodiscard]] virtual base::Result<Step> advance(std::string& buffer) = 0;

 private:
  std::string buffer_;
};

/// The talk of a protocol. `own_name` is what the client calls itself (EHLO, LHLO),
/// `peer_name` the domain that it wants (XMPP).
[[nodiscard]] std::unique_ptr<Dialogue> make_dialogue(Protocol protocol,
                                                      std::string own_name,
                                                      std::string peer_name);

}  // namespace starttls
