#include "verify/extensions.h"

#include <algorithm>
#include <vector>

#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

using der::Reader;

struct Extension {
  base::ByteView oid;
  bool critical = false;
  base::ByteView value;
};

std::optional<Extension> read_extension(base::ByteView content) {
  Reader reader(content);
  const auto oid = reader.next(der::kOid);
  const auto critical = reader.next(der::kBoolean);
  const auto value = reader.next(der::kOctetString);
  if (!oid || !value || !reader.at_end()) return std::nullopt;
  if (critical && critical->content.size() != 1) return std::nullopt;
  const bool is_critical = critical && critical->content[0] != std::byte{0};
  return Extension{oid->content, is_critical, value->content};
}

bool read_basic(base::ByteView value, Extensions& out) {
  const auto sequence = der::only(value, der::kSequence);
  if (!sequence) return false;
  Reader reader(sequence->content);
  BasicConstraints basic;
  if (const auto ca = reader.next(der::kBoolean)) {
    if (ca->content.size() != 1) return false;
    basic.ca = ca->content[0] != std::byte{0};
  }
  if (const auto length = reader.next(der::kInteger)) {
    basic.path_length = der::small_integer(length->content);
    if (!basic.path_length) return false;
  }
  out.basic = basic;
  return reader.at_end();
}

bool read_key_usage(base::ByteView value, Extensions& out) {
  const auto bits = der::only(value, der::kBitString);
  if (!bits || bits->content.empty()) return false;
  out.key_usage =
      bits->content.size() > 1 ? std::to_integer<unsigned>(bits->content[1]) : 0U;
  return true;
}

bool read_purposes(base::ByteView value, Extensions& out) {
  const auto list = der::only(value, der::kSequence);
  if (!list || list->content.empty()) return false;
  Reader reader(list->content);
  Purposes found;
  while (const auto purpose = reader.next(der::kOid)) {
    const bool any = base::equal(purpose->content, oid::kAnyPurpose);
    found.server = found.server || any || base::equal(purpose->content, oid::kServerAuth);
    found.client = found.client || any || base::equal(purpose->content, oid::kClientAuth);
  }
  out.purposes = found;
  return reader.at_end();
}

bool read_authority_key(base::ByteView value, Extensions& out) {
  const auto sequence = der::only(value, der::kSequence);
  if (!sequence) return false;
  if (const auto id = Reader(sequence->content).next(der::context(0))) {
    out.authority_key_id = id->content;
  }
  return true;
}

bool read_subject_key(base::ByteView value, Extensions& out) {
  const auto id = der::only(value, der::kOctetString);
  if (id) out.subject_key_id = id->content;
  return id.has_value();
}

/// Whether a critical extension may stay unread: it changes nothing for us.
bool is_harmless(base::ByteView oid) {
  return base::equal(oid, oid::kIssuerAltName) ||
         base::equal(oid, oid::kCertificatePolicies);
}

/// Keeps what an extension says; false if we know the extension and cannot read it.
bool take(const Extension& extension, Extensions& out) {
  const auto is = [&](base::ByteView oid) { return base::equal(extension.oid, oid); };
  if (is(oid::kBasicConstraints)) return read_basic(extension.value, out);
  if (is(oid::kKeyUsage)) return read_key_usage(extension.value, out);
  if (is(oid::kExtendedKeyUsage)) return read_purposes(extension.value, out);
  if (is(oid::kAuthorityKeyId)) return read_authority_key(extension.value, out);
  if (is(oid::kSubjectKeyId)) return read_subject_key(extension.value, out);
  if (is(oid::kSubjectAltName)) {
    out.alternative_names = extension.value;
  } else if (is(oid::kNameConstraints)) {
    out.name_constraints = extension.value;
  } else if (is(oid::kTlsFeature)) {
    out.tls_features = true;
  } else if (extension.critical && !is_harmless(extension.oid)) {
    out.unknown_critical = true;
  }
  return true;
}

bool has_duplicates(std::vector<std::string_view>& oids) {
  std::sort(oids.begin(), oids.end());
  return std::adjacent_find(oids.begin(), oids.end()) != oids.end();
}

}  // namespace

base::Bytes without_constraints(const Certificate& certificate) {
  base::Bytes out;
  Reader list(certificate.extensions);
  while (const auto sequence = list.next(der::kSequence)) {
    const auto extension = read_extension(sequence->content);
    if (!extension) return {};
    if (base::equal(extension->oid, oid::kBasicConstraints) ||
        base::equal(extension->oid, oid::kNameConstraints)) {
      continue;
    }
    out.insert(out.end(), sequence->whole.begin(), sequence->whole.end());
  }
  return out;
}

Extensions read_extensions(const Certificate& certificate) {
  Extensions out;
  out.malformed = certificate.version == kUnknownVersion;  // nobody knows what they mean
  std::vector<std::string_view> oids;
  Reader list(certificate.extensions);
  while (!list.at_end()) {
    const auto sequence = list.next(der::kSequence);
    const auto extension = sequence ? read_extension(sequence->content) : std::nullopt;
    if (!extension) {
      out.malformed = true;
      return out;
    }
    oids.push_back(base::as_text(extension->oid));
    if (!take(*extension, out)) out.malformed = true;
  }
  if (has_duplicates(oids)) out.malformed = true;
  return out;
}

}  // namespace verify
