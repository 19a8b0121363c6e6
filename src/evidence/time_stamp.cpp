// Time-stamps of RFC 3161: an authority signs that a hash was shown to it at a time.
//
// As of when is the path of the authority's certificate checked? At the time in the token
// (genTime), not now. A stamp is there to be verified when everything has expired: RFC
// 3161 4 lets tokens stand that were made before a certificate was superseded or the
// authority ceased, and RFC 5280 6.1 takes the moment as an argument. Two things follow.
// Whoever steals the key of an authority, even after its certificate has ended, can make
// tokens for any time in which it was valid: a stamp is worth what the authority's care
// for its old keys is worth, which is why `certificate_until` comes out, and why a run
// may have stamps of several authorities. And a key that was revoked since is not
// noticed: there is no network here. Lists of revoked certificates of that time could not
// say what was found out later, and lists of today are for whoever trusts the root file.
//
// That genTime is read before anything vouches for it does no harm: it only chooses the
// moment, and the signature that is then verified covers it.
//
// The certificate must be for nothing else than stamps, and say so critically (RFC 3161
// 2.3). Without that, anybody with a certificate of a root in the file could stamp.
#include "src/evidence/time_stamp.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <memory>
#include <new>

#include "src/base/pem.h"
#include "src/evidence/bundle_bounds.h"

namespace evidence {
namespace {

// To OpenSSL: RSA of 2048 bits, SHA-256 and what is as strong.
constexpr int kSecurityLevel = 2;

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* one) const {
    free(one);
  }
};
template <typename T, auto free>
using Handle = std::unique_ptr<T, Free<free>>;

using Certificate = Handle<X509, X509_free>;
using Response = Handle<TS_RESP, TS_RESP_free>;
using Store = Handle<X509_STORE, X509_STORE_free>;
using Token = Handle<PKCS7, PKCS7_free>;
using TokenInfo = Handle<TS_TST_INFO, TS_TST_INFO_free>;

/// What is only NULL where there is no memory.
template <typename T>
T* checked(T* one) {
  if (one == nullptr) throw std::bad_alloc();
  return one;
}

/// A configuration file of the machine, or of the environment, could add algorithms: what
/// verifies here must verify everywhere.
void use_no_configuration() {
  static const int kDone = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  (void)kDone;
}

tl::unexpected<base::Error> refused(std::string_view why) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence,
                    "the time-stamp " + std::string(why));
}

tl::unexpected<base::Error> bad_response(std::string_view why) {
  return base::fail(base::ErrorKind::temporary, base::Code::protocol,
                    "the time-stamp authority " + std::string(why));
}

const unsigned char* octets_of(base::ByteView der) {
  return reinterpret_cast<const unsigned char*>(der.data());
}

/// Reads DER that ends where the value in it ends.
template <typename Owner, typename T>
Owner decode(T* (*read)(T**, const unsigned char**, long), base::ByteView der) {
  const unsigned char* at = octets_of(der);
  Owner out(read(nullptr, &at, static_cast<long>(der.size())));
  const bool whole = at == octets_of(der) + der.size();
  ERR_clear_error();
  return whole ? std::move(out) : Owner();
}

template <typename T>
base::Bytes encode(int (*write)(const T*, unsigned char**), const T* value) {
  const int size = write(value, nullptr);
  if (size <= 0) throw std::bad_alloc();
  base::Bytes out(static_cast<std::size_t>(size));
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  write(value, &at);
  return out;
}

base::ByteView octets_in(const ASN1_STRING* text) {
  return {reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// Why libcrypto refused; the first error is the cause, the others follow from it.
std::string take_reason() {
  std::string out = "it does not say why";
  const char* data = nullptr;
  int flags = 0;
  if (const auto code = ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags)) {
    const char* reason = ERR_reason_error_string(code);
    if (reason != nullptr) out = reason;
    if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0') out = data;
  }
  ERR_clear_error();
  constexpr std::string_view kPrefix = "Verify error:";
  if (out.starts_with(kPrefix)) out.erase(0, kPrefix.size());
  return base::printable(out, base::kWord);
}

std::string_view word_for_status(long status) {
  switch (status) {
    case TS_STATUS_REJECTION:
      return "rejection";
    case TS_STATUS_WAITING:
      return "waiting";
    case TS_STATUS_REVOCATION_WARNING:
      return "revocation is imminent";
    case TS_STATUS_REVOCATION_NOTIFICATION:
      return "its certificate is revoked";
    default:
      return "an unknown status";
  }
}

/// What the authority adds to its refusal, for people.
std::string text_of(const TS_STATUS_INFO* status) {
  std::string out;
  const STACK_OF(ASN1_UTF8STRING)* lines = TS_STATUS_INFO_get0_text(status);
  for (int i = 0; i < sk_ASN1_UTF8STRING_num(lines); ++i) {
    out += i == 0 ? ": " : " ";
    out += base::as_text(octets_in(sk_ASN1_UTF8STRING_value(lines, i)));
  }
  return base::printable(out, base::kLine);
}

// YYYYMMDDhhmmss[.s...]Z (RFC 3161 2.4.2)
struct Moment {
  std::chrono::sys_seconds whole;
  bool has_part = false;  // of a second
};

std::optional<Moment> moment_in(std::string_view text) {
  using namespace std::chrono;
  constexpr std::size_t kWhole = 14;
  if (text.size() <= kWhole || !text.ends_with('Z')) return std::nullopt;
  const std::string_view part = text.substr(kWhole, text.size() - kWhole - 1);
  const std::string_view digits = text.substr(0, kWhole);
  const auto is_number = [](std::string_view all) {
    return !all.empty() && all.find_first_not_of("0123456789") == all.npos;
  };
  if (!is_number(digits)) return std::nullopt;
  if (!part.empty() && (part[0] != '.' || !is_number(part.substr(1)))) {
    return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    unsigned out = 0;
    std::from_chars(digits.data() + at, digits.data() + at + size, out);
    return out;
  };
  const year_month_day date{year(static_cast<int>(number(0, 4))), month(number(4, 2)),
                            day(number(6, 2))};
  const unsigned hour = number(8, 2), minute = number(10, 2), second = number(12, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return Moment{sys_days(date) + hours(hour) + minutes(minute) + seconds(second),
                part.find_first_not_of(".0") != part.npos};
}

/// A part of the accuracy; nothing where it is no number of that kind.
std::optional<std::int64_t> part_of_accuracy(const ASN1_INTEGER* part,
                                             std::int64_t most) {
  if (part == nullptr) return 0;
  std::int64_t out = 0;
  if (ASN1_INTEGER_get_int64(&out, part) != 1 || out < 0 || out > most) {
    ERR_clear_error();
    return std::nullopt;
  }
  return out;
}

std::optional<std::chrono::microseconds> accuracy_of(TS_TST_INFO* info) {
  const TS_ACCURACY* accuracy = TS_TST_INFO_get_accuracy(info);
  if (accuracy == nullptr) return std::chrono::microseconds(0);
  constexpr std::int64_t kYear = 366LL * 86'400, kMostParts = 999;
  const auto seconds = part_of_accuracy(TS_ACCURACY_get_seconds(accuracy), kYear);
  const auto millis = part_of_accuracy(TS_ACCURACY_get_millis(accuracy), kMostParts);
  const auto micros = part_of_accuracy(TS_ACCURACY_get_micros(accuracy), kMostParts);
  if (!seconds || !millis || !micros) return std::nullopt;
  return std::chrono::seconds(*seconds) + std::chrono::milliseconds(*millis) +
         std::chrono::microseconds(*micros);
}

/// Whether the token is one for that, whoever signed it.
base::Result<void> check_content(TS_TST_INFO* info, const Stamped& stamped) {
  if (TS_TST_INFO_get_version(info) != 1) return refused("has another version");
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  if (OBJ_obj2nid(algorithm) != NID_sha256 ||
      !base::equal(octets_in(TS_MSG_IMPRINT_get_msg(imprint)), stamped.hash)) {
    return refused("is for something else");
  }
  if (stamped.nonce) {
    std::uint64_t nonce = 0;
    const ASN1_INTEGER* shown = TS_TST_INFO_get_nonce(info);
    const bool is_number =
        shown != nullptr && ASN1_INTEGER_get_uint64(&nonce, shown) == 1;
    ERR_clear_error();
    if (!is_number || nonce != *stamped.nonce) return refused("has another nonce");
  }
  if (TS_TST_INFO_get_ext_by_critical(info, 1, -1) >= 0) {
    return refused("has an extension that nobody knows");
  }
  return {};
}

/// The one who signed, as the certificates in the token say.
base::Result<X509*> signer_of(PKCS7* token) {
  const STACK_OF(PKCS7_SIGNER_INFO)* all = PKCS7_get_signer_info(token);
  if (sk_PKCS7_SIGNER_INFO_num(all) != 1) return refused("has not one signature");
  X509_ALGOR* digest = nullptr;
  PKCS7_SIGNER_INFO_get0_algs(sk_PKCS7_SIGNER_INFO_value(all, 0), nullptr, &digest,
                              nullptr);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
  const int hash = OBJ_obj2nid(algorithm);
  if (hash != NID_sha256 && hash != NID_sha384 && hash != NID_sha512) {
    return refused("is signed with a hash that is not trusted");
  }
  STACK_OF(X509)* signers = PKCS7_get0_signers(token, nullptr, 0);
  X509* out = sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : nullptr;
  sk_X509_free(signers);
  ERR_clear_error();
  if (out == nullptr) return refused("has no certificate of who signed it");
  return out;
}

bool is_for_stamps_alone(X509* certificate) {
  int critical = 0;
  const Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> purposes(
      static_cast<EXTENDED_KEY_USAGE*>(
          X509_get_ext_d2i(certificate, NID_ext_key_usage, &critical, nullptr)));
  ERR_clear_error();
  return purposes != nullptr && critical == 1 &&
         sk_ASN1_OBJECT_num(purposes.get()) == 1 &&
         OBJ_obj2nid(sk_ASN1_OBJECT_value(purposes.get(), 0)) == NID_time_stamp;
}

/// The trust store of one verification.
base::Result<Store> store_of(const std::vector<base::Bytes>& roots,
                             std::chrono::sys_seconds moment) {
  Store out(checked(X509_STORE_new()));
  for (const base::Bytes& der : roots) {
    const auto root = decode<Certificate>(d2i_X509, der);
    if (!root) {
      return base::fail(base::ErrorKind::usage, base::Code::bad_trust_store,
                        "a root for time-stamps is no certificate");
    }
    X509_STORE_add_cert(out.get(), root.get());
  }
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(out.get());
  X509_VERIFY_PARAM_set_time(param, moment.time_since_epoch().count());
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  // Whatever is in the file is trusted, be it a root or an authority below one.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  ERR_clear_error();
  return out;
}

std::string subject_of(X509* certificate) {
  const Handle<BIO, BIO_free_all> text(checked(BIO_new(BIO_s_mem())));
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* octets = nullptr;
  const long size = BIO_get_mem_data(text.get(), &octets);
  return base::printable({octets, static_cast<std::size_t>(std::max(size, 0L))});
}

std::chrono::sys_seconds end_of(X509* certificate) {
  std::tm parts{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts);
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

std::uint64_t random_nonce() {
  use_no_configuration();
  std::array<unsigned char, 8> octets{};
  if (RAND_bytes(octets.data(), octets.size()) != 1) std::terminate();
  std::uint64_t out = 0;
  for (const unsigned char octet : octets) out = out << 8 | octet;
  return out;
}

base::Bytes time_stamp_request(const Octets32& hash, std::uint64_t nonce) {
  use_no_configuration();
  const Handle<TS_REQ, TS_REQ_free> request(checked(TS_REQ_new()));
  const Handle<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(
      checked(TS_MSG_IMPRINT_new()));
  const Handle<X509_ALGOR, X509_ALGOR_free> algorithm(checked(X509_ALGOR_new()));
  const Handle<ASN1_INTEGER, ASN1_INTEGER_free> number(checked(ASN1_INTEGER_new()));
  Octets32 copy = hash;
  auto* octets = reinterpret_cast<unsigned char*>(copy.data());
  const bool good =
      X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) ==
          1 &&
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
      TS_MSG_IMPRINT_set_msg(imprint.get(), octets, static_cast<int>(copy.size())) == 1 &&
      TS_REQ_set_version(request.get(), 1) == 1 &&
      TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
      ASN1_INTEGER_set_uint64(number.get(), nonce) == 1 &&
      TS_REQ_set_nonce(request.get(), number.get()) == 1 &&
      TS_REQ_set_cert_req(request.get(), 1) == 1;
  if (!good) throw std::bad_alloc();
  return encode(i2d_TS_REQ, request.get());
}

base::Result<base::Bytes> token_in(base::ByteView response) {
  use_no_configuration();
  const auto read = decode<Response>(d2i_TS_RESP, response);
  if (!read) return bad_response("gave no answer of RFC 3161");
  const TS_STATUS_INFO* info = TS_RESP_get_status_info(read.get());
  const long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));
  if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) {
    return bad_response("refuses (" + std::string(word_for_status(status)) + ")" +
                        text_of(info));
  }
  PKCS7* token = TS_RESP_get_token(read.get());
  if (token == nullptr) return bad_response("grants a time-stamp and gives none");
  base::Bytes out = encode<PKCS7>(i2d_PKCS7, token);
  if (out.size() > kMostToken) return bad_response("gave a time-stamp that is too long");
  return out;
}

base::Result<std::vector<base::Bytes>> read_stamp_roots(std::string_view pem) {
  std::vector<base::Bytes> out;
  while (auto block = base::take_pem(pem)) {
    if (block->label != "CERTIFICATE" || !block->data) continue;
    const auto read = decode<Certificate>(d2i_X509, *block->data);
    if (read) out.push_back(std::move(*block->data));
  }
  if (!out.empty()) return out;
  return base::fail(base::ErrorKind::usage, base::Code::bad_trust_store,
                    "there is no certificate of a time-stamp authority in it");
}

namespace {

/// A token that could be read and is a stamp of what it must be, whoever signed it.
struct ReadToken {
  Token token;
  X509* signer = nullptr;  // of the token
  std::chrono::sys_seconds whole;
  TimeStamp says;
};

base::Result<ReadToken> read_token(base::ByteView token, const Stamped& stamped) {
  use_no_configuration();
  if (token.size() > kMostToken) return refused("is too long");
  ReadToken out;
  out.token = decode<Token>(d2i_PKCS7, token);
  if (!out.token || PKCS7_type_is_signed(out.token.get()) == 0) return refused("is none");
  const TokenInfo info(PKCS7_to_TS_TST_INFO(out.token.get()));
  ERR_clear_error();
  if (!info) return refused("is none");
  if (auto good = check_content(info.get(), stamped); !good) {
    return tl::unexpected(good.error());
  }
  const auto moment =
      moment_in(base::as_text(octets_in(TS_TST_INFO_get_time(info.get()))));
  const auto accuracy = accuracy_of(info.get());
  if (!moment || !accuracy) return refused("has no time that can be read");
  const auto signer = signer_of(out.token.get());
  if (!signer) return tl::unexpected(signer.error());
  out.signer = *signer;
  out.whole = moment->whole;
  out.says.moment = moment->whole + std::chrono::seconds(moment->has_part ? 1 : 0);
  out.says.accuracy = *accuracy;
  out.says.authority = subject_of(*signer);
  out.says.certificate_until = end_of(*signer);
  return out;
}

/// Whether libcrypto has refused since no root is above who signed; other errors of a
/// path, such as a date, are those of a path that leads to a root.
bool is_of_nobody() {
  const char* data = nullptr;
  int flags = 0;
  const auto code = ERR_peek_error_all(nullptr, nullptr, nullptr, &data, &flags);
  if (ERR_GET_LIB(code) != ERR_LIB_TS ||
      ERR_GET_REASON(code) != TS_R_CERTIFICATE_VERIFY_ERROR || data == nullptr) {
    return false;
  }
  const std::string_view text(data);
  constexpr std::array kLackOfARoot = {
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
      X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN};
  return std::ranges::any_of(kLackOfARoot, [&](long error) {
    return text.ends_with(X509_verify_cert_error_string(error));
  });
}

/// What is proved of a token; nothing where no root is above who signed it, and why.
struct Proved {
  std::optional<TimeStamp> stamp;
  std::string why_not;
};

base::Result<Proved> prove(base::ByteView token, const Stamped& stamped,
                           const std::vector<base::Bytes>& roots) {
  auto read = read_token(token, stamped);
  if (!read) return tl::unexpected(read.error());
  if (!is_for_stamps_alone(read->signer)) {
    return refused("is signed with a certificate that is not for time-stamps alone");
  }
  auto store = store_of(roots, read->whole);
  if (!store) return tl::unexpected(store.error());
  Token& signed_token = read->token;
  if (TS_RESP_verify_signature(signed_token.get(), nullptr, store->get(), nullptr) == 1) {
    return Proved{std::move(read->says), ""};
  }
  const bool of_nobody = is_of_nobody();
  std::string why = "is not proved: " + take_reason();
  if (of_nobody) return Proved{std::nullopt, std::move(why)};
  return refused(why);
}

}  // namespace

base::Result<TimeStamp> claimed_time_stamp(base::ByteView token, const Stamped& stamped) {
  auto read = read_token(token, stamped);
  if (!read) return tl::unexpected(read.error());
  return std::move(read->says);
}

base::Result<void> check_time_stamp(base::ByteView token, const Stamped& stamped) {
  const auto read = read_token(token, stamped);
  if (!read) return tl::unexpected(read.error());
  const auto proved =
      verify_time_stamp(token, stamped, {encode<X509>(i2d_X509, read->signer)});
  if (!proved) return tl::unexpected(proved.error());
  return {};
}

base::Result<TimeStamp> verify_time_stamp(base::ByteView token, const Stamped& stamped,
                                          const std::vector<base::Bytes>& roots) {
  auto proved = prove(token, stamped, roots);
  if (!proved) return tl::unexpected(proved.error());
  if (!proved->stamp) return refused(proved->why_not);
  return std::move(*proved->stamp);
}

base::Result<std::optional<TimeStamp>> verify_if_known(
    base::ByteView token, const Stamped& stamped, const std::vector<base::Bytes>& roots) {
  auto proved = prove(token, stamped, roots);
  if (!proved) return tl::unexpected(proved.error());
  return std::move(proved->stamp);
}

}  // namespace evidence
