#include "verify/certificate.h"

#include "verify/der.h"
#include "verify/key.h"
#include "verify/oids.h"

namespace verify {
namespace {

using der::Element;
using der::Reader;

/// The version, if written, is 0, 1 or 2 for v1, v2 and v3. Any other number is no fault
/// of the key, which is what DANE-EE asks for (RFC 7671 5.1), and no path's
/// (extensions.h).
std::optional<unsigned> read_version(Reader& tbs) {
  const auto wrapper = tbs.next(der::constructed(0));
  if (!wrapper) return 1U;
  const auto integer = der::only(wrapper->content, der::kInteger);
  if (!integer) return std::nullopt;
  const auto value = der::small_integer(integer->content);
  return value && *value <= 2 ? *value + 1 : kUnknownVersion;
}

/// Unique identifiers are skipped, extensions sliced; nothing may follow them.
bool read_optional_fields(Reader& tbs, Certificate& certificate) {
  (void)tbs.next(der::context(1));
  (void)tbs.next(der::context(2));
  if (const auto wrapper = tbs.next(der::constructed(3))) {
    const auto list = der::only(wrapper->content, der::kSequence);
    if (!list) return false;
    certificate.extensions = list->content;
  }
  return tbs.at_end();
}

bool read_tbs(base::ByteView content, Certificate& certificate) {
  Reader tbs(content);
  const auto version = read_version(tbs);
  if (!version) return false;
  const auto serial = tbs.next(der::kInteger);
  const auto algorithm = tbs.next(der::kSequence);
  const auto issuer = tbs.next(der::kSequence);
  const auto validity = tbs.next(der::kSequence);
  const auto subject = tbs.next(der::kSequence);
  const auto spki = tbs.next(der::kSequence);
  if (!serial || !algorithm || !issuer || !validity || !subject || !spki) return false;
  if (!is_spki(spki->whole)) return false;
  certificate.version = *version;
  certificate.issuer = issuer->whole;
  certificate.validity = validity->content;
  certificate.subject = subject->whole;
  certificate.spki = spki->whole;
  return read_optional_fields(tbs, certificate);
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// `text` is MMDDHHMMSSZ.
std::optional<std::chrono::sys_seconds> read_moment(int year, std::string_view text) {
  namespace chrono = std::chrono;
  const auto month = digits(text.substr(0, 2)), day = digits(text.substr(2, 2));
  const auto hour = digits(text.substr(4, 2)), minute = digits(text.substr(6, 2));
  const auto second = digits(text.substr(8, 2));
  if (!month || !day || !hour || !minute || !second || text[10] != 'Z')
    return std::nullopt;
  const chrono::year_month_day date(chrono::year(year),
                                    chrono::month(static_cast<unsigned>(*month)),
                                    chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) +
         chrono::seconds(*second);
}

std::optional<std::chrono::sys_seconds> read_time(const std::optional<Element>& element) {
  if (!element) return std::nullopt;
  const auto text = base::as_text(element->content);
  if (element->tag == der::kUtcTime && text.size() == 13) {
    const auto year = digits(text.substr(0, 2));
    if (!year) return std::nullopt;
    return read_moment(*year + (*year < 50 ? 2000 : 1900), text.substr(2));
  }
  if (element->tag == der::kGeneralizedTime && text.size() == 15) {
    const auto year = digits(text.substr(0, 4));
    if (!year) return std::nullopt;
    return read_moment(*year, text.substr(4));
  }
  return std::nullopt;
}

bool is_weak_signature(base::ByteView algorithm) {
  const auto oid = Reader(algorithm).next(der::kOid);
  if (!oid) return false;
  return base::equal(oid->content, oid::kMd5Rsa) ||
         base::equal(oid->content, oid::kSha1Rsa) ||
         base::equal(oid->content, oid::kSha1Ecdsa);
}

bool is_text(std::uint8_t tag) {
  return tag == der::kUtf8String || tag == der::kPrintableString ||
         tag == der::kIa5String;
}

}  // namespace

std::optional<Certificate> parse_certificate(base::ByteView der) {
  const auto outer = der::only(der, der::kSequence);
  if (!outer) return std::nullopt;
  Reader reader(outer->content);
  const auto tbs = reader.next(der::kSequence);
  const auto algorithm = reader.next(der::kSequence);
  const auto signature = reader.next(der::kBitString);
  if (!tbs || !algorithm || !signature || !reader.at_end()) return std::nullopt;
  Certificate certificate;
  certificate.whole = der;
  certificate.signature_algorithm = algorithm->content;
  if (!read_tbs(tbs->content, certificate)) return std::nullopt;
  return certificate;
}

bool is_spki(base::ByteView der) {
  const auto outer = der::only(der, der::kSequence);
  if (!outer) return false;
  Reader reader(outer->content);
  const auto algorithm = reader.next(der::kSequence);
  const auto key = reader.next(der::kBitString);
  if (!algorithm || !key || key->content.empty() || !reader.at_end()) return false;
  return Reader(algorithm->content).next(der::kOid).has_value();
}

bool self_issued(const Certificate& certificate) {
  return base::equal(certificate.issuer, certificate.subject);
}

std::optional<Validity> validity_of(const Certificate& certificate) {
  Reader reader(certificate.validity);
  const auto not_before = read_time(reader.next());
  const auto not_after = read_time(reader.next());
  if (!not_before || !not_after || !reader.at_end()) return std::nullopt;
  return Validity{*not_before, *not_after};
}

std::string to_text(std::chrono::sys_seconds time) {
  namespace chrono = std::chrono;
  const auto days = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(days);
  const chrono::hh_mm_ss clock(time - days);
  const auto two = [](auto value) {
    const auto text = std::to_string(value);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "Z";
}

std::optional<std::string> weakness_of(const Certificate& certificate) {
  const auto rsa = rsa_key(certificate.spki);
  if (rsa && rsa->modulus_bits < 2048) {
    return "RSA key of " + std::to_string(rsa->modulus_bits) + " bits";
  }
  if (!is_weak_signature(certificate.signature_algorithm)) return std::nullopt;
  return "signed with a broken hash (MD5 or SHA-1)";
}

std::optional<base::ByteView> common_name(const Certificate& certificate) {
  const auto name = der::only(certificate.subject, der::kSequence);
  std::optional<base::ByteView> found;
  Reader sets(name ? name->content : base::ByteView());
  while (const auto set = sets.next(der::kSet)) {
    Reader pairs(set->content);
    while (const auto pair = pairs.next(der::kSequence)) {
      Reader fields(pair->content);
      const auto type = fields.next(der::kOid);
      if (!type || !base::equal(type->content, oid::kCommonName)) continue;
      const auto value = fields.next();
      if (!value || !is_text(value->tag) || found) return std::nullopt;
      found = value->content;
    }
  }
  return found;
}

}  // namespace verify
