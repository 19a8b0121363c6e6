#pragma once

#include <vector>

#include "src/base/address_block.h"
#include "src/qmail/control.h"

namespace qmail {

/// The addresses that are this machine. Mail that would go to one of them for a domain
/// that is not local would come back (RFC 5321 5.1), as often as qmail-smtpd lets it.
class OwnAddresses {
 public:
  /// 127.0.0.0/8, ::1, the unspecified addresses, those of the interfaces, and the blocks
  /// of control/moreipme, without those of control/notipme; where both speak of an
  /// address, the block with more bits counts, and notipme among equals. Error code
  /// `control`.
  [[nodiscard]] static base::Result<OwnAddresses> of(const Control& control);
  /// By the control files and these addresses of interfaces. Error code `control`.
  [[nodiscard]] static base::Result<OwnAddresses> of(
      const Control& control, const std::vector<net::Address>& interfaces);

  [[nodiscard]] bool has(const net::Address& as_written) const;

 private:
  std::vector<net::AddressBlock> mine_;
  std::vector<net::AddressBlock> not_mine_;
};

}  // namespace qmail
