#include "src/base/starttls_other.h"

#include <optional>

#include "src/base/bytes.h"
#include "src/base/smtp_reply.h"

namespace starttls {

using base::ErrorKind;

tl::unexpected<base::Error> not_offered() {
  return base::fail(ErrorKind::temporary, base::Code::starttls_not_offered,
                    "the server does not offer STARTTLS");
}

tl::unexpected<base::Error> refused(std::string_view said) {
  return base::fail(ErrorKind::temporary, base::Code::starttls_refused,
                    "the server refuses STARTTLS: " + base::printable(said, base::kName));
}

tl::unexpected<base::Error> unwelcome(std::string_view said) {
  return base::fail(
      ErrorKind::temporary, base::Code::protocol,
      "the server does not greet as expected: " + base::printable(said, base::kName));
}

namespace {

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
    const std::size_t end = asked_ ? end_of_element(buffer, "proceed")
                                   : end_of_element(buffer, "stream:features");
    if (end == std::string::npos) return Step{};
    const std::string said = buffer.substr(0, end);
    buffer.erase(0, end);
    if (asked_) {
      if (said.find("<proceed") == std::string::npos) return refused(said);
      return Step{"", true};
    }
    if (said.find("<starttls") == std::string::npos) return not_offered();
    asked_ = true;
    return Step{"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", false};
  }

 private:
  /// Behind the element of that name (`<name .../>` or `<name>...</name>`), or behind the
  /// first element whatever it is once the answer to our request has come.
  [[nodiscard]] std::size_t end_of_element(std::string_view text,
                                           const std::string& name) const {
    const std::size_t start = text.find("<" + name);
    if (start == std::string_view::npos) return asked_ ? behind(text, 0, ">") : start;
    const std::size_t open = behind(text, start, ">");
    if (open == std::string_view::npos || text[open - 2] == '/') return open;
    return behind(text, open, "</" + name + ">");
  }

  static std::size_t behind(std::string_view text, std::size_t from,
                            std::string_view mark) {
    const std::size_t at = text.find(mark, from);
    return at == std::string_view::npos ? at : at + mark.size();
  }

  std::string opening_;
  bool asked_ = false;
};

/// What a BER element (X.690 8.1) says of itself: a tag of one octet, then its length.
struct Element {
  char tag = 0;
  std::size_t header = 0;
  std::size_t length = 0;
};

/// Nothing while the header is not complete; a header of 0 octets when it is not one that
/// LDAP may send (RFC 4511 5.1).
std::optional<Element> element_at(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  Element out{text[0], 2, static_cast<unsigned char>(text[1])};
  if (out.length < 0x80) return out;
  const std::size_t octets = out.length & 0x7FU;
  if (octets == 0 || octets > 4) return Element{};
  if (text.size() < 2 + octets) return std::nullopt;
  out.length = 0;
  for (std::size_t i = 0; i < octets; ++i) {
    out.length = out.length << 8U | static_cast<unsigned char>(text[2 + i]);
  }
  out.header += octets;
  return out;
}

class LdapDialogue final : public Dialogue {
 public:
  [[nodiscard]] std::string opening() const override {
    static constexpr std::string_view kOid = "1.3.6.1.4.1.1466.20037";
    return std::string("\x30\x1d\x02\x01\x01\x77\x18\x80\x16", 9) + std::string(kOid);
  }

 protected:
  base::Result<Step> advance(std::string& buffer) override {
    const auto message = element_at(buffer);
    if (!message) return Step{};
    if (message->tag != '\x30' || message->header == 0 ||
        message->length > smtp::kMaxReply) {
      return unwelcome("not an LDAP message");
    }
    const std::size_t size = message->header + message->length;
    if (buffer.size() < size) return Step{};
    const std::string content = buffer.substr(message->header, message->length);
    buffer.erase(0, size);
    return answer(content);
  }

 private:
  /// messageID 1, then [APPLICATION 24] whose first field is the resultCode.
  static base::Result<Step> answer(std::string_view content) {
    constexpr std::string_view kMessageId("\x02\x01\x01", 3);
    constexpr std::string_view kSuccess("\x0a\x01\x00", 3);
    if (!content.starts_with(kMessageId)) return unwelcome("not an answer to StartTLS");
    content.remove_prefix(kMessageId.size());
    const auto response = element_at(content);
    if (!response || response->tag != '\x78' || response->header == 0) {
      return unwelcome("not an answer to StartTLS");
    }
    content.remove_prefix(response->header);
    if (!content.starts_with(kSuccess)) return refused("resultCode is not success");
    return Step{"", true};
  }
};

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

std::unique_ptr<Dialogue> make_xmpp(std::string space, std::string peer) {
  return std::make_unique<XmppDialogue>(std::move(space), std::move(peer));
}

std::unique_ptr<Dialogue> make_ldap() { return std::make_unique<LdapDialogue>(); }

std::unique_ptr<Dialogue> make_postgres() { return std::make_unique<PostgresDialogue>(); }

}  // namespace starttls
