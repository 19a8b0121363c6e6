#include "verify/general_name.h"

#include <algorithm>

#include "src/base/idna.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

constexpr std::size_t kShown = 80;
constexpr std::size_t kLongest = 1024;  // of a mailbox that has to be converted

bool is_host_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

bool is_host_text(std::string_view text) {
  return std::ranges::all_of(text, is_host_octet);
}

GeneralName of_form(NameForm form, std::string text, bool readable) {
  return {form, "", std::move(text), {}, readable};
}

GeneralName unreadable(NameForm form) { return of_form(form, "", false); }

GeneralName unknown_form(std::uint8_t tag, base::ByteView oid) {
  std::string type(1, static_cast<char>(tag));
  type += base::as_text(oid);
  return {NameForm::unknown, std::move(type), "", {}, false};
}

// --- names that stand in certificates

/// RFC 9598 6: its host is compared in A-labels.
GeneralName utf8_mailbox(base::ByteView value) {
  const auto string = der::only(value, der::kUtf8String);
  const auto text = base::as_text(string ? string->content : base::ByteView());
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > kLongest) {
    return unreadable(NameForm::mailbox);
  }
  const auto host = dns::to_a_labels(text.substr(at + 1));
  if (!host) return unreadable(NameForm::mailbox);
  return mailbox_name(std::string(text.substr(0, at + 1)) + *host);
}

bool is_ipv4_text(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  return std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

/// RFC 5280 4.2.1.10: without a host that is a domain name the certificate is rejected.
GeneralName uri(std::string_view text) {
  const auto slashes = text.find("://");
  if (slashes == std::string_view::npos) return unreadable(NameForm::uri);
  auto authority = text.substr(slashes + 3);
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  const auto user = authority.rfind('@');
  if (user != std::string_view::npos) authority.remove_prefix(user + 1);
  std::string host = base::lower(authority.substr(0, authority.find(':')));
  if (host.ends_with('.')) host.pop_back();
  const bool scheme = text.substr(0, slashes).find_first_of(":/?#") == text.npos;
  const bool good = scheme && !host.empty() && is_host_text(host) && !is_ipv4_text(host);
  return of_form(NameForm::uri, std::move(host), good);
}

GeneralName service(std::string_view text) {
  const auto dot = text.find('.');
  const bool good = text.starts_with('_') && dot != text.npos && dot + 1 < text.size();
  return of_form(NameForm::service, base::lower(text), good);
}

GeneralName address(base::ByteView octets, std::initializer_list<std::size_t> sizes) {
  const bool good = std::ranges::find(sizes, octets.size()) != sizes.end();
  return of_form(NameForm::address, std::string(base::as_text(octets)), good);
}

struct OtherName {
  base::ByteView type;
  base::ByteView value;
};

std::optional<OtherName> read_other(base::ByteView content) {
  der::Reader reader(content);
  const auto type = reader.next(der::kOid);
  const auto value = reader.next(der::constructed(0));
  if (!type || !value || !reader.at_end()) return std::nullopt;
  return OtherName{type->content, value->content};
}

std::optional<std::string_view> ia5(base::ByteView value) {
  const auto string = der::only(value, der::kIa5String);
  return string ? std::optional(base::as_text(string->content)) : std::nullopt;
}

std::optional<GeneralName> other_name(base::ByteView content) {
  const auto other = read_other(content);
  if (!other) return std::nullopt;
  if (base::equal(other->type, oid::kSmtpUtf8Mailbox)) return utf8_mailbox(other->value);
  if (!base::equal(other->type, oid::kSrvName)) {
    return unknown_form(der::constructed(0), other->type);
  }
  const auto text = ia5(other->value);
  return text ? service(*text) : unreadable(NameForm::service);
}

/// A name of a form that is never compared; nothing for a tag of no form.
std::optional<GeneralName> rest(const der::Element& element) {
  const auto tag = element.tag;
  const bool known =
      tag == der::constructed(3) || tag == der::constructed(5) || tag == der::context(8);
  return known ? std::optional(unknown_form(tag, {})) : std::nullopt;
}

// --- bases of constraints

GeneralName host_base(NameForm form, std::string_view text) {
  std::string lower = base::lower(text);
  const bool good = is_host_text(lower) && !lower.ends_with('.');
  return of_form(form, std::move(lower), good);
}

GeneralName uri_base(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  auto out = host_base(NameForm::uri, text);
  out.readable = out.readable && !text.empty();
  return out;
}

GeneralName mailbox_base(std::string_view text) {
  if (text.find('@') != std::string_view::npos) return mailbox_name(text);
  auto out = host_base(NameForm::mailbox, text);
  out.readable = out.readable && !text.empty();
  return out;
}

/// `_mail.` is a service alone.
GeneralName service_base(std::string_view text) {
  if (text.starts_with('_') && text.find('.') + 1 == text.size()) text.remove_suffix(1);
  return host_base(NameForm::service, text);
}

std::optional<GeneralName> other_base(base::ByteView content) {
  const auto other = read_other(content);
  if (!other) return std::nullopt;
  // RFC 9598 6 constrains such mailboxes by rfc822Name only.
  if (base::equal(other->type, oid::kSmtpUtf8Mailbox)) {
    return unreadable(NameForm::mailbox);
  }
  if (!base::equal(other->type, oid::kSrvName)) {
    return unknown_form(der::constructed(0), other->type);
  }
  const auto text = ia5(other->value);
  return text ? service_base(*text) : unreadable(NameForm::service);
}

}  // namespace

GeneralName dns_name(std::string_view text) {
  return of_form(NameForm::dns, base::lower(text), true);
}

/// The local part as it is, the host in lower case.
GeneralName mailbox_name(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return unreadable(NameForm::mailbox);
  std::string out(text.substr(0, at + 1));
  return of_form(NameForm::mailbox, out + base::lower(text.substr(at + 1)), true);
}

GeneralName directory_name(base::ByteView name) {
  auto read = read_directory_name(name);
  if (!read) return unreadable(NameForm::directory);
  return {NameForm::directory, "", "", std::move(*read), true};
}

std::optional<GeneralName> read_general_name(base::ByteView name) {
  der::Reader reader(name);
  const auto element = reader.next();
  if (!element || !reader.at_end()) return std::nullopt;
  const auto text = base::as_text(element->content);
  switch (element->tag) {
    case der::constructed(0):
      return other_name(element->content);
    case der::context(1):
      return mailbox_name(text);
    case der::context(2):
      return dns_name(text);
    case der::constructed(4):
      return directory_name(element->content);
    case der::context(6):
      return uri(text);
    case der::context(7):
      return address(element->content, {4, 16});
    default:
      return rest(*element);
  }
}

std::optional<GeneralName> read_base_name(base::ByteView name) {
  der::Reader reader(name);
  const auto element = reader.next();
  if (!element || !reader.at_end()) return std::nullopt;
  const auto text = base::as_text(element->content);
  switch (element->tag) {
    case der::constructed(0):
      return other_base(element->content);
    case der::context(1):
      return mailbox_base(text);
    case der::context(2):
      return host_base(NameForm::dns, text);
    case der::constructed(4):
      return directory_name(element->content);
    case der::context(6):
      return uri_base(text);
    case der::context(7):
      return address(element->content, {8, 32});
    default:
      return rest(*element);
  }
}

std::string describe(const GeneralName& name) {
  const auto shown = [&](std::string_view what) {
    return std::string(what) + " " + base::printable(name.text, kShown);
  };
  switch (name.form) {
    case NameForm::dns:
      return shown("DNS name");
    case NameForm::service:
      return shown("service name");
    case NameForm::mailbox:
      return name.readable ? shown("mail address") : "unreadable mail address";
    case NameForm::uri:
      return name.readable ? shown("URI host") : "URI without a domain name";
    case NameForm::address:
      return "IP address";
    case NameForm::directory:
      return "directory name";
    case NameForm::unknown:
      break;
  }
  return "name of a form that is not understood";
}

}  // namespace verify
