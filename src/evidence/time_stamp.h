#pragma once

#include "src/evidence/bundle.h"

namespace evidence {

/// A nonce of 64 random bits, by which an answer is known to be fresh (RFC 3161 2.4.1).
[[nodiscard]] std::uint64_t random_nonce();

/// The DER of a TimeStampReq (RFC 3161 2.4.1) for a SHA-256; the authority's certificate
/// is to come with the answer.
[[nodiscard]] base::Bytes time_stamp_request(const Octets32& hash, std::uint64_t nonce);

/// The TimeStampToken of the DER of a TimeStampResp (RFC 3161 2.4.2); nothing of it is
/// verified. Error kind `temporary`, code `protocol`, also where the authority refuses.
[[nodiscard]] base::Result<base::Bytes> token_in(base::ByteView response);

/// What a token must be a stamp of.
struct Stamped {
  Octets32 hash{};                     ///< of the checkpoint
  std::optional<std::uint64_t> nonce;  ///< that was asked with; nobody knows it later
};

/// What a token says.
struct TimeStamp {
  std::chrono::sys_seconds moment;  ///< genTime; a part of a second counts as a whole one
  /// How far genTime may be from the truth; zero where the authority does not say.
  std::chrono::microseconds accuracy{};
  std::string authority;  ///< subject of its certificate, for people
  /// When that certificate ends; whoever verifies later than that should say so.
  std::chrono::sys_seconds certificate_until;

  /// Before this moment what is stamped existed.
  [[nodiscard]] std::chrono::sys_seconds latest() const {
    return moment + std::chrono::ceil<std::chrono::seconds>(accuracy);
  }
};

/// Reads certificates of authorities, blocks of PEM. Error kind `usage`, code
/// `bad_trust_store`, if there is none.
[[nodiscard]] base::Result<std::vector<base::Bytes>> read_stamp_roots(
    std::string_view pem);

/// Verifies the DER of a TimeStampToken against roots (DER), as of its own genTime. Error
/// kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<TimeStamp> verify_time_stamp(
    base::ByteView token, const Stamped& stamped, const std::vector<base::Bytes>& roots);

/// Likewise; nothing, and no error, where the roots know nothing of who signed it.
[[nodiscard]] base::Result<std::optional<TimeStamp>> verify_if_known(
    base::ByteView token, const Stamped& stamped, const std::vector<base::Bytes>& roots);

/// What a token says whose signature nobody looked at, and that it is a stamp of that.
/// Error as above.
[[nodiscard]] base::Result<TimeStamp> claimed_time_stamp(base::ByteView token,
                                                         const Stamped& stamped);

/// Whether a token is what RFC 3161 has, signed by the certificate in it, whoever that
/// is. Error as above.
[[nodiscard]] base::Result<void> check_time_stamp(base::ByteView token,
                                                  const Stamped& stamped);

}  // namespace evidence
