#include "src/base/starttls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/bytes.h"
#include "src/base/smtp_reply.h"

namespace starttls {
namespace {

using base::ErrorKind;
using smtp::Reply;

constexpr std::array<std::pair<Protocol, std::string_view>, 11> kWords = {{
    {Protocol::smtp, "smtp"},
    {Protocol::lmtp, "lmtp"},
    {Protocol::imap, "imap"},
    {Protocol::pop3, "pop3"},
    {Protocol::nntp, "nntp"},
    {Protocol::ftp, "ftp"},
    {Protocol::sieve, "sieve"},
    {Protocol::xmpp, "xmpp"},
    {Protocol::xmpp_server, "xmpp-server"},
    {Protocol::ldap, "ldap"},
    {Protocol::postgres, "postgres"},
}};

tl::unexpected<base::Error> not_offered() {
  return base::fail(ErrorKind::temporary, "starttls_not_offered",
                    "the server does not offer STARTTLS");
}

tl::unexpected<base::Error> refused(std::string_view said) {
  return base::fail(ErrorKind::temporary, "starttls_refused",
                    "the server refuses STARTTLS: " + base::printable(said, 200));
}

tl::unexpected<base::Error> unwelcome(std::string_view said) {
  return base::fail(
      ErrorKind::temporary, "protocol",
      "the server does not greet as expected: " + base::printable(said, 200));
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool has_word(std::string_view text, std::string_view word) {
  return upper(text).find(word) != std::string::npos;
}

/// SMTP (RFC 3207) and LMTP: greeting, EHLO, STARTTLS, all in replies with codes.
class SmtpDialogue final : public Dialogue {
 public:
  SmtpDialogue(std::string verb, std::string own_name)
      : hello_(std::move(verb) + " " + std::move(own_name) + "\r\n") {}

 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto reply = smtp::take_reply(buffer);
    if (!reply) return tl::unexpected(reply.error());
    if (!*reply) return Step{};
    return answer(**reply);
  }

 private:
  enum class At { greeting, hello, starttls };

  base::Result<Step> answer(const Reply& reply) {
    switch (at_) {
      case At::greeting:
        if (reply.code != 220) return unwelcome(reply.text());
        at_ = At::hello;
        return Step{hello_, false};
      case At::hello:
        if (reply.code != 250) return unwelcome(reply.text());
        if (!reply.offers("STARTTLS")) return not_offered();
        at_ = At::starttls;
        return Step{"STARTTLS\r\n", false};
      case At::starttls:
        break;
    }
    if (reply.code != 220) return refused(reply.text());
    return Step{"", true};
  }

  std::string hello_;
  At at_ = At::greeting;
};

/// FTP (RFC 4217) and NNTP (RFC 4642): a greeting, one command, one reply.
class CodeDialogue final : public Dialogue {
 public:
  CodeDialogue(std::string command, int go_ahead)
      : command_(std::move(command)), go_ahead_(go_ahead) {}

 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto reply = smtp::take_reply(buffer);
    if (!reply) return tl::unexpected(reply.error());
    if (!*reply) return Step{};
    if (!greeted_) {
      if ((*reply)->severity() != 2) return unwelcome((*reply)->text());
      greeted_ = true;
      return Step{command_ + "\r\n", false};
    }
    if ((*reply)->code != go_ahead_) return refused((*reply)->text());
    return Step{"", true};
  }

 private:
  std::string command_;
  int go_ahead_;
  bool greeted_ = false;
};

/// IMAP (RFC 9051 6.2.1): tagged lines.
class ImapDialogue final : public Dialogue {
 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto line = smtp::take_line(buffer);
    if (!line) return tl::unexpected(line.error());
    if (!*line) return Step{};
    return answer(upper(**line));
  }

 private:
  enum class At { greeting, capability, starttls };

  base::Result<Step> answer(const std::string& line) {
    if (line.find("CAPABILITY") != std::string::npos && has_word(line, "STARTTLS")) {
      offered_ = true;
    }
    switch (at_) {
      case At::greeting:
        if (!line.starts_with("* OK")) return unwelcome(line);
        at_ = At::capability;
        return Step{"a1 CAPABILITY\r\n", false};
      case At::capability:
        if (line.starts_with("* ")) return advance_later();
        if (!line.starts_with("A1 OK")) return unwelcome(line);
        if (!offered_) return not_offered();
        at_ = At::starttls;
        return Step{"a2 STARTTLS\r\n", false};
      case At::starttls:
        break;
    }
    if (line.starts_with("* ")) return advance_later();
    if (!line.starts_with("A2 OK")) return refused(line);
    return Step{"", true};
  }

  static Step advance_later() { return {}; }

  At at_ = At::greeting;
  bool offered_ = false;
};

/// POP3 (RFC 2595 4): `+OK`, `STLS`, `+OK`.
class PopDialogue final : public Dialogue {
 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto line = smtp::take_line(buffer);
    if (!line) return tl::unexpected(line.error());
    if (!*line) return Step{};
    const bool ok = (*line)->starts_with("+OK");
    if (!greeted_) {
      if (!ok) return unwelcome(**line);
      greeted_ = true;
      return Step{"STLS\r\n", false};
    }
    if (!ok) return refused(**line);
    return Step{"", true};
  }

 private:
  bool greeted_ = false;
};

/// ManageSieve (RFC 5804 1.7, 2.2): capabilities up to `OK`, `STARTTLS`, `OK`.
class SieveDialogue final : public Dialogue {
 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto line = smtp::take_line(buffer);
    if (!line) return tl::unexpected(line.error());
    if (!*line) return Step{};
    const std::string said = upper(**line);
    if (said.starts_with("\"STARTTLS\"")) offered_ = true;
    if (said.starts_with("\"")) return Step{};
    if (!said.starts_with("OK")) return asked_ ? refused(said) : unwelcome(said);
    if (asked_) return Step{"", true};
    if (!offered_) return not_offered();
    asked_ = true;
    return Step{"STARTTLS\r\n", false};
  }

 private:
  bool offered_ = false;
  bool asked_ = false;
};

/// XMPP (RFC 6120 5.4): a stream, its features, `<starttls/>`, `<proceed/>`. The stream
/// is read as text: what matters are two elements that are known by name.
class XmppDialogue final : public Dialogue {
 public:
  XmppDialogue(std::string space, std::string peer)
      : opening_("<?xml version='1.0'?><stream:stream to='" + std::move(peer) +
                 "' xmlns='" + std::move(space) +
                 "' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>") {}

  [[nodiscard]] std::string opening() const override { return opening_; }

 protected:
  base::Result<Step> advance(std::string& buffer) override {
    if (buffer.size() > smtp::kMaxReply) return unwelcome("a stream that does not end");
    const std::string_view end = asked_ ? ">" : "</stream:features>";
    const std::size_t at = buffer.find(end);
    if (at == std::string::npos) return Step{};
    const std::string said = buffer.substr(0, at + end.size());
    buffer.erase(0, at + end.size());
    if (asked_) {
      if (said.find("<proceed") == std::string::npos) return refused(said);
      return Step{"", true};
    }
    if (said.find("<starttls") == std::string::npos) return not_offered();
    asked_ = true;
    return Step{"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", false};
  }

 private:
  std::string opening_;
  bool asked_ = false;
};

/// LDAP (RFC 4511 4.14): one extended request, one extended response.
class LdapDialogue final : public Dialogue {
 public:
  [[nodiscard]] std::string opening() const override {
    static constexpr std::string_view kOid = "1.3.6.1.4.1.1466.20037";
    return std::string("\x30\x1d\x02\x01\x01\x77\x18\x80\x16", 9) + std::string(kOid);
  }

 protected:
  base::Result<Step> advance(std::string& buffer) override {
    // SEQUENCE, short length, messageID 1, [APPLICATION 24], short length, resultCode.
    if (buffer.size() < 2) return Step{};
    const auto length = static_cast<unsigned char>(buffer[1]);
    if (buffer[0] != '\x30' || length > 127) return unwelcome("not an LDAP message");
    if (buffer.size() < 2U + length) return Step{};
    const std::string message = buffer.substr(0, 2U + length);
    buffer.erase(0, 2U + length);
    if (length < 8 || message.substr(2, 4) != std::string("\x02\x01\x01\x78", 4)) {
      return unwelcome("not an answer to StartTLS");
    }
    if (message.substr(7, 3) != std::string("\x0a\x01\x00", 3)) {
      return refused("resultCode is not success");
    }
    return Step{"", true};
  }
};

/// PostgreSQL (its manual, "SSL Session Encryption"): eight octets, one octet.
class PostgresDialogue final : public Dialogue {
 public:
  [[nodiscard]] std::string opening() const override {
    return std::string("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);
  }

 protected:
  base::Result<Step> advance(std::string& buffer) override {
    if (buffer.empty()) return Step{};
    const char said = buffer.front();
    buffer.erase(0, 1);
    if (said == 'N') return not_offered();
    if (said != 'S') return unwelcome(std::string_view(&said, 1));
    return Step{"", true};
  }
};

}  // namespace

std::optional<Protocol> protocol_from_text(std::string_view word) {
  for (const auto& [protocol, known] : kWords) {
    if (known == word) return protocol;
  }
  return std::nullopt;
}

std::string protocol_words() {
  std::string out;
  for (const auto& [protocol, word] : kWords) {
    out += (out.empty() ? "" : ", ") + std::string(word);
  }
  return out;
}

base::Result<Step> Dialogue::feed(std::string_view received) {
  buffer_ += received;
  for (;;) {
    const std::size_t before = buffer_.size();
    auto step = advance(buffer_);
    if (!step) return step;
    if (step->start_tls && !buffer_.empty()) {
      return base::fail(ErrorKind::temporary, "starttls_injection",
                        "clear text follows the go-ahead for TLS");
    }
    const bool progress = buffer_.size() != before;
    if (step->start_tls || !step->send.empty() || !progress) return step;
  }
}

std::unique_ptr<Dialogue> make_dialogue(Protocol protocol, std::string own_name,
                                        std::string peer_name) {
  switch (protocol) {
    case Protocol::smtp:
      return std::make_unique<SmtpDialogue>("EHLO", std::move(own_name));
    case Protocol::lmtp:
      return std::make_unique<SmtpDialogue>("LHLO", std::move(own_name));
    case Protocol::imap:
      return std::make_unique<ImapDialogue>();
    case Protocol::pop3:
      return std::make_unique<PopDialogue>();
    case Protocol::nntp:
      return std::make_unique<CodeDialogue>("STARTTLS", 382);
    case Protocol::ftp:
      return std::make_unique<CodeDialogue>("AUTH TLS", 234);
    case Protocol::sieve:
      return std::make_unique<SieveDialogue>();
    case Protocol::xmpp:
      return std::make_unique<XmppDialogue>("jabber:client", std::move(peer_name));
    case Protocol::xmpp_server:
      return std::make_unique<XmppDialogue>("jabber:server", std::move(peer_name));
    case Protocol::ldap:
      return std::make_unique<LdapDialogue>();
    case Protocol::postgres:
      return std::make_unique<PostgresDialogue>();
  }
  return nullptr;
}

}  // namespace starttls
