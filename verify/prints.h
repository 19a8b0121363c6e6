#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "src/base/tlsa.h"
#include "verify/certificate.h"
#include "verify/chain.h"
#include "verify/context.h"

namespace verify {

/// What the data of TLSA records can be for one certificate: its octets, those of its
/// key, and their digests, each made when a record first asks for it and then kept. A
/// thousand records and thirty long certificates would else be gigabytes to hash.
class Print {
 public:
  Print() = default;
  /// The certificate's octets must outlive the print.
  explicit Print(const Certificate& certificate)
      : whole_(certificate.whole), spki_(certificate.spki) {}
  /// The print of a raw public key, which has no certificate around it (RFC 7250 3).
  explicit Print(const RawPublicKey& key) : spki_(key.spki) {}

  /// Whether a usable record's data are those of this certificate or key, by its selector
  /// and matching type (RFC 6698 2.1.2, 2.1.3). Usage is the caller's.
  [[nodiscard]] bool matches(const dns::Tlsa& record);

 private:
  [[nodiscard]] std::optional<base::ByteView> selected(dns::Selector selector) const;

  std::optional<base::ByteView> whole_;
  std::optional<base::ByteView> spki_;
  std::map<std::pair<dns::Selector, dns::Matching>, base::Bytes> digests_;
};

/// The prints of all that a peer sent, for questions about records alone: no path, no
/// name and no date is looked at. `verify::check` is the judgement.
class Prints {
 public:
  /// Certificates that are none are left out, and so are those after `limit`. What the
  /// peer sent must outlive the prints.
  explicit Prints(const Chain& chain, std::size_t limit = Budget().certificates);
  explicit Prints(const Certificates& chain, std::size_t limit = Budget().certificates);
  Prints(Chain&&, std::size_t = 0) = delete;
  Prints(Certificates&&, std::size_t = 0) = delete;

  /// Whether a usable record matches where its usage looks: the leaf for PKIX-EE and
  /// DANE-EE, any other certificate that was sent for PKIX-TA and DANE-TA (RFC
  /// 6698 2.1.1, RFC 7671 5.2).
  [[nodiscard]] bool have(const dns::Tlsa& record);
  /// Whether a usable record matches anything that was sent, whatever its usage.
  [[nodiscard]] bool have_anywhere(const dns::Tlsa& record);

 private:
  void add(const Certificates& chain, std::size_t limit);
  [[nodiscard]] bool is_leaf(const dns::Tlsa& record);
  [[nodiscard]] bool is_issuer(const dns::Tlsa& record);

  std::optional<Print> leaf_;
  std::vector<Print> others_;
};

}  // namespace verify
