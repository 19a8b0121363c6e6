#include "src/audit/facts_lines.h"

namespace audit::facts {
namespace {

/// A name as its text; the root, and none, as a dot.
std::string name_text(const dns::Name& name) {
  return name.text().empty() ? "." : name.text();
}

std::optional<dns::Name> name_in(std::string_view text) {
  if (text == ".") return dns::Name();
  auto name = dns::Name::from_dns(text);
  return name ? std::optional(std::move(*name)) : std::nullopt;
}

std::string joined(std::initializer_list<std::string> words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// A word that may be empty.
std::string or_dash(const std::string& word) { return word.empty() ? "-" : word; }
std::string from_dash(std::string_view word) {
  return word == "-" ? std::string() : std::string(word);
}

constexpr int kErrorKinds = static_cast<int>(base::ErrorKind::internal) + 1;

}  // namespace

std::vector<std::string_view> words_in(std::string_view text, std::size_t most) {
  std::vector<std::string_view> out;
  while (out.size() + 1 < most) {
    const std::size_t at = text.find(' ');
    if (at == std::string_view::npos) break;
    out.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  out.push_back(text);
  return out;
}

std::string OneLine<std::string>::write(const std::string& value) {
  std::string out;
  for (const char c : value) {
    const bool plain = c >= ' ' && c <= '~' && c != '\\';
    if (plain) {
      out += c;
    } else {
      out += "\\" + base::to_hex(base::as_bytes({&c, 1}));
    }
  }
  return out;
}

std::optional<std::string> OneLine<std::string>::read(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '\\') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto octet = base::from_hex(text.substr(1, 2));
    if (!octet || octet->size() != 1) return std::nullopt;
    out += base::as_text(*octet);
    text.remove_prefix(3);
  }
  return out;
}

std::string OneLine<dns::Name>::write(const dns::Name& value) { return name_text(value); }
std::optional<dns::Name> OneLine<dns::Name>::read(std::string_view text) {
  return name_in(text);
}

std::string OneLine<dns::Security>::write(const dns::Security& value) {
  return std::string(to_text(value));
}
std::optional<dns::Security> OneLine<dns::Security>::read(std::string_view text) {
  return with_word(text, dns::Security::secure);
}

std::string OneLine<dns::Mx>::write(const dns::Mx& value) {
  return joined({std::to_string(value.preference), name_text(value.host)});
}
std::optional<dns::Mx> OneLine<dns::Mx>::read(std::string_view text) {
  const auto words = words_in(text, 2);
  const auto preference = number_in<std::uint16_t>(words.front());
  auto host = name_in(words.back());
  if (!preference || !host || words.size() != 2) return std::nullopt;
  return dns::Mx{*preference, std::move(*host)};
}

std::string OneLine<mail::MailHost>::write(const mail::MailHost& value) {
  return OneLine<dns::Mx>::write({value.preference, value.name});
}
std::optional<mail::MailHost> OneLine<mail::MailHost>::read(std::string_view text) {
  auto mx = OneLine<dns::Mx>::read(text);
  if (!mx) return std::nullopt;
  return mail::MailHost{std::move(mx->host), mx->preference};
}

std::string OneLine<dns::Tlsa>::write(const dns::Tlsa& value) {
  return dns::to_text(value);
}
std::optional<dns::Tlsa> OneLine<dns::Tlsa>::read(std::string_view text) {
  auto record = dns::tlsa_from_text(text);
  return record ? std::optional(std::move(*record)) : std::nullopt;
}

std::string OneLine<dns::Signature>::write(const dns::Signature& value) {
  using std::to_string;
  return joined({name_text(value.signer), to_string(value.algorithm),
                 to_string(value.original_ttl.count()),
                 to_string(value.since.time_since_epoch().count()),
                 to_string(value.until.time_since_epoch().count())});
}
std::optional<dns::Signature> OneLine<dns::Signature>::read(std::string_view text) {
  const auto words = words_in(text, 5);
  if (words.size() != 5) return std::nullopt;
  auto signer = name_in(words[0]);
  const auto algorithm = number_in<std::uint8_t>(words[1]);
  const auto ttl = OneLine<std::chrono::seconds>::read(words[2]);
  const auto since = OneLine<std::chrono::sys_seconds>::read(words[3]);
  const auto until = OneLine<std::chrono::sys_seconds>::read(words[4]);
  if (!signer || !algorithm || !ttl || !since || !until) return std::nullopt;
  return dns::Signature{std::move(*signer), *algorithm, *ttl, *since, *until};
}

std::string OneLine<dns::Dnskey>::write(const dns::Dnskey& value) {
  return joined({std::to_string(value.flags), std::to_string(value.algorithm),
                 std::to_string(value.bits)});
}
std::optional<dns::Dnskey> OneLine<dns::Dnskey>::read(std::string_view text) {
  const auto words = words_in(text, 3);
  if (words.size() != 3) return std::nullopt;
  const auto flags = number_in<std::uint16_t>(words[0]);
  const auto algorithm = number_in<std::uint8_t>(words[1]);
  const auto bits = number_in<std::size_t>(words[2]);
  if (!flags || !algorithm || !bits) return std::nullopt;
  return dns::Dnskey{*flags, *algorithm, *bits};
}

std::string OneLine<dns::Ds>::write(const dns::Ds& value) {
  return joined({std::to_string(value.tag), std::to_string(value.algorithm),
                 std::to_string(value.digest_type)});
}
std::optional<dns::Ds> OneLine<dns::Ds>::read(std::string_view text) {
  const auto words = words_in(text, 3);
  if (words.size() != 3) return std::nullopt;
  const auto tag = number_in<std::uint16_t>(words[0]);
  const auto algorithm = number_in<std::uint8_t>(words[1]);
  const auto digest = number_in<std::uint8_t>(words[2]);
  if (!tag || !algorithm || !digest) return std::nullopt;
  return dns::Ds{*tag, *algorithm, *digest};
}

std::string OneLine<dns::Nsec3Param>::write(const dns::Nsec3Param& value) {
  return joined({std::to_string(value.iterations), std::to_string(value.salt_octets)});
}
std::optional<dns::Nsec3Param> OneLine<dns::Nsec3Param>::read(std::string_view text) {
  const auto words = words_in(text, 2);
  const auto iterations = number_in<std::uint16_t>(words.front());
  const auto salt = number_in<std::size_t>(words.back());
  if (words.size() != 2 || !iterations || !salt) return std::nullopt;
  return dns::Nsec3Param{*iterations, *salt};
}

std::string OneLine<net::Address>::write(const net::Address& value) {
  return net::to_text(value);
}
std::optional<net::Address> OneLine<net::Address>::read(std::string_view text) {
  return net::parse_address(text);
}

std::string OneLine<base::Error>::write(const base::Error& value) {
  return joined({std::to_string(static_cast<int>(value.kind)),
                 std::string(base::to_text(value.code)),
                 OneLine<std::string>::write(value.detail)});
}
std::optional<base::Error> OneLine<base::Error>::read(std::string_view text) {
  const auto words = words_in(text, 3);
  if (words.size() != 3) return std::nullopt;
  const auto kind = number_in<int>(words[0]);
  const auto code = with_word(words[1], base::Code::bad_policy);
  auto detail = OneLine<std::string>::read(words[2]);
  if (!kind || *kind < 0 || *kind >= kErrorKinds || !code || !detail) return std::nullopt;
  return base::Error{static_cast<base::ErrorKind>(*kind), *code, std::move(*detail)};
}

std::string OneLine<policy::TlsaState>::write(const policy::TlsaState& value) {
  return std::string(to_text(value));
}
std::optional<policy::TlsaState> OneLine<policy::TlsaState>::read(std::string_view text) {
  return with_word(text, policy::TlsaState::present);
}

std::string OneLine<policy::ReferenceName>::write(const policy::ReferenceName& value) {
  return policy::to_text(value);
}
std::optional<policy::ReferenceName> OneLine<policy::ReferenceName>::read(
    std::string_view text) {
  if (const auto address = net::parse_address_name(text)) {
    return policy::ReferenceName(*address);
  }
  auto name = name_in(text);
  return name ? std::optional<policy::ReferenceName>(std::move(*name)) : std::nullopt;
}

std::string OneLine<mail::StsMode>::write(const mail::StsMode& value) {
  return std::string(to_text(value));
}
std::optional<mail::StsMode> OneLine<mail::StsMode>::read(std::string_view text) {
  return with_word(text, mail::StsMode::enforce);
}

std::string OneLine<tls::SessionFacts>::write(const tls::SessionFacts& value) {
  return joined({or_dash(value.protocol), or_dash(value.cipher), or_dash(value.group),
                 std::to_string(value.key_bits)});
}
std::optional<tls::SessionFacts> OneLine<tls::SessionFacts>::read(std::string_view text) {
  const auto words = words_in(text, 4);
  if (words.size() != 4) return std::nullopt;
  const auto bits = number_in<int>(words[3]);
  if (!bits) return std::nullopt;
  tls::SessionFacts out;
  out.protocol = from_dash(words[0]);
  out.cipher = from_dash(words[1]);
  out.group = from_dash(words[2]);
  out.key_bits = *bits;
  return out;
}

std::string OneLine<How>::write(const How& value) { return std::string(to_text(value)); }
std::optional<How> OneLine<How>::read(std::string_view text) {
  return with_word(text, How::other_key);
}

}  // namespace audit::facts
