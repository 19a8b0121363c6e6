// How a name of each form is compared with the base of a subtree (RFC 5280 4.2.1.10).
// Where the RFC leaves a base without a meaning (a wildcard, octets that are no host
// name, an empty mailbox), the answer is `unknown`: such a subtree permits nothing and
// excludes everything of its form.
#include "verify/name_subtree.h"

namespace verify {
namespace {

/// RFC 5280 4.2.1.10: zero or more labels on the left. A base that begins with a dot,
/// which the RFC knows for URIs only, wants one at least, as OpenSSL has it.
bool is_below(std::string_view name, std::string_view base) {
  if (base.empty() || name == base) return true;
  if (name.size() <= base.size() || !name.ends_with(base)) return false;
  return base.front() == '.' || name[name.size() - base.size() - 1] == '.';
}

/// A host, or with a dot before it all that is below it.
bool is_host_or_below(std::string_view host, std::string_view base) {
  if (!base.starts_with('.')) return host == base;
  return host.size() > base.size() && host.ends_with(base);
}

bool mailbox_within(std::string_view name, std::string_view base) {
  const auto at = name.rfind('@');
  const auto base_at = base.rfind('@');
  const auto host = name.substr(at + 1);
  if (base_at == std::string_view::npos) return is_host_or_below(host, base);
  if (base_at == 0) return host == base.substr(1);
  return name == base;
}

/// RFC 4985 4: service and domain apart; without a service any will do.
bool service_within(std::string_view name, std::string_view base) {
  const auto dot = name.find('.');
  auto domain = base;
  if (base.starts_with('_')) {
    const auto end = base.find('.');
    if (base.substr(0, end) != name.substr(0, dot)) return false;
    domain = end == std::string_view::npos ? std::string_view() : base.substr(end + 1);
  }
  return is_below(name.substr(dot + 1), domain);
}

/// The base is an address and its mask (RFC 5280 4.2.1.10), each family by itself.
bool address_within(std::string_view name, std::string_view base) {
  if (base.size() != 2 * name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (((name[i] ^ base[i]) & base[i + name.size()]) != 0) return false;
  }
  return true;
}

bool text_within(const GeneralName& name, const GeneralName& base) {
  switch (name.form) {
    case NameForm::dns:
      return is_below(name.text, base.text);
    case NameForm::service:
      return service_within(name.text, base.text);
    case NameForm::mailbox:
      return mailbox_within(name.text, base.text);
    case NameForm::uri:
      return is_host_or_below(name.text, base.text);
    case NameForm::address:
      return address_within(name.text, base.text);
    case NameForm::directory:
    case NameForm::unknown:
      break;
  }
  return false;
}

}  // namespace

Likeness within(const GeneralName& name, const GeneralName& base) {
  if (!name.readable) return Likeness::unknown;
  if (name.form == NameForm::directory && base.readable) {
    return begins_with(name.directory, base.directory);
  }
  if (text_within(name, base)) return Likeness::same;
  return base.readable ? Likeness::different : Likeness::unknown;
}

}  // namespace verify
