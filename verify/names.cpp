#include "verify/names.h"

#include <algorithm>

#include "src/base/counted.h"
#include "src/base/idna.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

constexpr std::size_t kPrinted = 32;
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return base::lower(x) == base::lower(y); });
}

bool is_ldh(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return (base::lower(c) >= 'a' && base::lower(c) <= 'z') || (c >= '0' && c <= '9') ||
           c == '-';
  });
}

/// An A-label must decode, and encode back to itself (RFC 5890 2.3.2.1).
bool is_well_formed(std::string_view label) {
  const std::string text = base::lower(label);
  if (!text.starts_with("xn--")) return true;
  const auto encoded = dns::to_a_labels(text);
  return encoded && *encoded == text;
}

template <typename Predicate>
bool all_labels(std::string_view name, Predicate predicate) {
  while (true) {
    const auto dot = name.find('.');
    if (!predicate(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

/// The reference name without its first label; empty if it has but one.
std::string_view parent(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

/// Keeps a name in print, or notes that there are more.
class Printer {
 public:
  void add(std::string text) {
    if (++count_ <= kPrinted) lines_.push_back(std::move(text));
  }
  std::vector<std::string> finish() {
    if (count_ > kPrinted) {
      lines_.push_back("and " + std::to_string(count_ - kPrinted) + " more");
    }
    return std::move(lines_);
  }
  [[nodiscard]] bool full() const { return count_ >= kPrinted; }
  void skip() { ++count_; }

 private:
  std::vector<std::string> lines_;
  std::size_t count_ = 0;
};

std::string describe_dns(base::ByteView octets) {
  const auto text = base::as_text(octets);
  auto out = base::printable(text, kMaxName);
  if (out != text) out += " (not a host name)";
  return out;
}

std::string describe_address(base::ByteView octets) {
  const auto address = net::address_name(octets);
  if (address) return "IP " + net::to_text(*address);
  return "malformed IP of " + base::counted(octets.size(), "octet");
}

/// The SRVName that an otherName is (RFC 4985 2), if it is one.
std::optional<base::ByteView> service_of(const der::Element& entry) {
  if (entry.tag != der::constructed(0)) return std::nullopt;
  der::Reader reader(entry.content);
  const auto type = reader.next(der::kOid);
  const auto value = reader.next(der::constructed(0));
  if (!type || !value || !reader.at_end()) return std::nullopt;
  if (!base::equal(type->content, oid::kSrvName)) return std::nullopt;
  const auto text = der::only(value->content, der::kIa5String);
  return text ? std::optional(text->content) : std::nullopt;
}

std::string describe(const der::Element& entry) {
  if (entry.tag == der::context(2)) return describe_dns(entry.content);
  if (entry.tag == der::context(7)) return describe_address(entry.content);
  const auto text = base::printable(base::as_text(entry.content), kMaxName);
  if (entry.tag == der::context(1)) return "email " + text;
  if (entry.tag == der::context(6)) return "URI " + text;
  if (const auto service = service_of(entry)) {
    return "SRV " + base::printable(base::as_text(*service), kMaxName);
  }
  return "other name";
}

bool is_address(const der::Element& entry) {
  return entry.tag == der::context(7) &&
         (entry.content.size() == 4 || entry.content.size() == 16);
}

/// Where an entry counts; null if it counts nowhere.
std::vector<base::ByteView>* place_of(const der::Element& entry, PresentedNames& out) {
  if (entry.tag == der::context(2)) return &out.dns;
  return is_address(entry) ? &out.addresses : nullptr;
}

/// The walk itself. Returns whether there is a dNSName or SRVName, counted or not.
bool walk(base::ByteView alternative_names, std::size_t limit, PresentedNames& out,
          Printer& printer) {
  const auto list = der::only(alternative_names, der::kSequence);
  der::Reader reader(list ? list->content : base::ByteView());
  bool has_dns = false;
  while (const auto entry = reader.next()) {
    printer.full() ? printer.skip() : printer.add(describe(*entry));
    const auto service = service_of(*entry);
    auto* place = service ? &out.services : place_of(*entry, out);
    has_dns = has_dns || place == &out.dns || place == &out.services;
    if (place == nullptr) continue;
    if (out.dns.size() + out.services.size() + out.addresses.size() >= limit) {
      out.cut = true;
    } else {
      place->push_back(service ? *service : entry->content);
    }
  }
  out.malformed = !list || !reader.at_end();
  return has_dns;
}

std::optional<base::ByteView> find_dns(const std::vector<base::ByteView>& presented,
                                       const dns::Name& reference) {
  for (const auto octets : presented) {
    if (match_presented(base::as_text(octets), reference)) return octets;
  }
  return std::nullopt;
}

bool is_service(std::string_view name) { return name.starts_with('_'); }

std::optional<NameMatch> find_service(const PresentedNames& presented,
                                      const dns::Name& reference) {
  for (const auto octets : presented.services) {
    const auto text = base::as_text(octets);
    if (match_service(text, reference)) return NameMatch{base::lower(text), ""};
  }
  return std::nullopt;
}

std::optional<NameMatch> match_name(const PresentedNames& presented,
                                    const dns::Name& reference, CommonNameUse use) {
  const auto shown = [](base::ByteView octets) {
    return base::lower(base::as_text(octets));
  };
  if (is_service(reference.text())) return find_service(presented, reference);
  if (const auto found = find_dns(presented.dns, reference)) {
    return NameMatch{shown(*found), reference.text()};
  }
  if (use == CommonNameUse::ignored || !presented.common_name) return std::nullopt;
  if (!match_presented(base::as_text(*presented.common_name), reference)) {
    return std::nullopt;
  }
  return NameMatch{shown(*presented.common_name), reference.text()};
}

std::optional<NameMatch> match_address(const PresentedNames& presented,
                                       const net::Address& reference) {
  for (const auto octets : presented.addresses) {
    if (base::equal(octets, reference.bytes())) {
      return NameMatch{net::to_text(reference), ""};
    }
  }
  return std::nullopt;
}

}  // namespace

PresentedNames presented_names(const Certificate& certificate,
                               const Extensions& extensions, std::size_t limit) {
  PresentedNames out;
  Printer printer;
  bool has_dns = false;
  if (extensions.alternative_names) {
    has_dns = walk(*extensions.alternative_names, limit, out, printer);
  }
  if (extensions.malformed || out.malformed) {
    out.malformed = true;
    out.dns.clear();
    out.services.clear();
    out.addresses.clear();
    printer.add("malformed subject alternative names");
  } else if (!has_dns) {
    out.common_name = common_name(certificate);
    if (out.common_name) printer.add("CN " + describe_dns(*out.common_name));
  }
  out.printable = printer.finish();
  return out;
}

bool match_presented(std::string_view pattern, const dns::Name& reference) {
  std::string_view expected = reference.text();
  if (expected.empty() || pattern.empty() || pattern.size() > kMaxName) return false;
  if (pattern.starts_with("*.")) {
    pattern.remove_prefix(2);
    expected = parent(expected);
    const bool public_suffix = pattern.find('.') == std::string_view::npos;
    if (expected.empty() || public_suffix) return false;
  }
  return equal_ignoring_case(pattern, expected) && all_labels(pattern, is_ldh) &&
         all_labels(pattern, is_well_formed);
}

bool match_service(std::string_view pattern, const dns::Name& reference) {
  const std::string_view expected = reference.text();
  const auto domain = parent(pattern);
  if (!is_service(pattern) || !is_service(expected) || domain.empty()) return false;
  return pattern.size() <= kMaxName && equal_ignoring_case(pattern, expected) &&
         all_labels(domain, is_ldh) && all_labels(domain, is_well_formed);
}

std::optional<NameMatch> match_names(const PresentedNames& presented,
                                     const std::vector<policy::ReferenceName>& references,
                                     CommonNameUse common_name) {
  for (const auto& reference : references) {
    const auto* name = std::get_if<dns::Name>(&reference);
    auto found = name != nullptr
                     ? match_name(presented, *name, common_name)
                     : match_address(presented, std::get<net::Address>(reference));
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace verify
