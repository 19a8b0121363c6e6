#include "src/base/starttls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/bytes.h"
#include "src/base/smtp_reply.h"
#include "src/base/starttls_other.h"

namespace starttls {
namespace {

using smtp::Reply;

/// What is known of a protocol beside its dialogue.
struct Known {
  Protocol protocol;
  std::string_view word;
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array<Known, 11> kKnown = {{
    {Protocol::smtp, "smtp", "SMTP", 25},
    {Protocol::lmtp, "lmtp", "LMTP", 24},
    {Protocol::imap, "imap", "IMAP", 143},
    {Protocol::pop3, "pop3", "POP3", 110},
    {Protocol::nntp, "nntp", "NNTP", 119},
    {Protocol::ftp, "ftp", "FTP", 21},
    {Protocol::sieve, "sieve", "ManageSieve", 4190},
    {Protocol::xmpp, "xmpp", "XMPP", 5222},
    {Protocol::xmpp_server, "xmpp-server", "XMPP between servers", 5269},
    {Protocol::ldap, "ldap", "LDAP", 389},
    {Protocol::postgres, "postgres", "PostgreSQL", 5432},
}};
constexpr std::uint16_t kSubmission = 587;

const Known& known(Protocol protocol) {
  return *std::ranges::find(kKnown, protocol, &Known::protocol);
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
    auto reply = reader_.take(buffer);
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
  smtp::ReplyReader reader_;
  At at_ = At::greeting;
};

/// NNTP (RFC 4642): a greeting, one command, one reply.
class NntpDialogue final : public Dialogue {
 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto reply = reader_.take(buffer);
    if (!reply) return tl::unexpected(reply.error());
    if (!*reply) return Step{};
    if (!greeted_) {
      if ((*reply)->severity() != 2) return unwelcome((*reply)->text());
      greeted_ = true;
      return Step{"STARTTLS\r\n", false};
    }
    if ((*reply)->code != 382) return refused((*reply)->text());
    return Step{"", true};
  }

 private:
  smtp::ReplyReader reader_;
  bool greeted_ = false;
};

/// FTP (RFC 4217): the same with AUTH TLS. A reply that starts with `NNN-` goes on until
/// a line starts with `NNN ` and the lines between need no code (RFC 959 4.2).
class FtpDialogue final : public Dialogue {
 protected:
  base::Result<Step> advance(std::string& buffer) override {
    auto line = smtp::take_line(buffer);
    if (!line) return tl::unexpected(line.error());
    if (!*line) return Step{};
    const std::string& said = **line;
    if (open_code_.empty()) {
      if (said.size() < 3) return unwelcome(said);
      if (said.size() > 3 && said[3] == '-') {
        open_code_ = said.substr(0, 3);
        return Step{};
      }
    } else if (said != open_code_ && !said.starts_with(open_code_ + " ")) {
      return Step{};
    }
    open_code_.clear();
    if (asked_) {
      if (!said.starts_with("234")) return refused(said);
      return Step{"", true};
    }
    if (!said.starts_with("220")) return unwelcome(said);
    asked_ = true;
    return Step{"AUTH TLS\r\n", false};
  }

 private:
  std::string open_code_;
  bool asked_ = false;
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

}  // namespace

std::optional<Protocol> protocol_from_text(std::string_view word) {
  for (const Known& one : kKnown) {
    if (one.word == word) return one.protocol;
  }
  return std::nullopt;
}

std::string_view to_text(Protocol protocol) { return known(protocol).word; }

std::string_view name_of(Protocol protocol) { return known(protocol).name; }

std::uint16_t port_of(Protocol protocol) { return known(protocol).port; }

std::optional<Protocol> protocol_at(std::uint16_t port) {
  if (port == kSubmission) return Protocol::smtp;
  const auto found = std::ranges::find(kKnown, port, &Known::port);
  if (found == kKnown.end()) return std::nullopt;
  return found->protocol;
}

std::vector<std::string> protocol_list() {
  std::vector<std::string> out;
  out.reserve(std::size(kKnown));
  for (const Known& one : kKnown) out.emplace_back(one.word);
  return out;
}

std::string protocol_words() {
  std::string out;
  for (const Known& one : kKnown) {
    out += (out.empty() ? "" : ", ") + std::string(one.word);
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
      return base::fail(base::ErrorKind::temporary, base::Code::starttls_injection,
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
      return std::make_unique<NntpDialogue>();
    case Protocol::ftp:
      return std::make_unique<FtpDialogue>();
    case Protocol::sieve:
      return std::make_unique<SieveDialogue>();
    case Protocol::xmpp:
      return make_xmpp("jabber:client", std::move(peer_name));
    case Protocol::xmpp_server:
      return make_xmpp("jabber:server", std::move(peer_name));
    case Protocol::ldap:
      return make_ldap();
    case Protocol::postgres:
      return make_postgres();
  }
  return nullptr;
}

}  // namespace starttls
