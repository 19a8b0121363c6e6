#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "src/io/descriptor.h"
#include "src/tls/served_certificate.h"

namespace keeper {

/// A talker's end of its channel to the keeper.
class Asking final : public tls::Signer {
 public:
  /// Whom to ask from now on, and how long to wait for an answer; without one, nobody
  /// signs.
  void use(io::Descriptor channel, std::chrono::seconds patience);
  /// The channel, -1 for none.
  [[nodiscard]] int descriptor() const { return channel_.get(); }
  /// From here on nothing is asked.
  void end() { channel_.reset(); }

  /// Errors: kind `internal`, code `tls`, also where the keeper has gone or has signed
  /// for this connection already.
  [[nodiscard]] base::Result<base::Bytes> sign(
      const tls::SigningRequest& request) override;
  /// The 64 octets from which the tickets for these words are made; nothing where there
  /// are none to be had.
  [[nodiscard]] std::optional<base::Bytes> ticket_key(std::string_view words);

 private:
  [[nodiscard]] std::optional<base::Bytes> ask(base::ByteView message);

  io::Descriptor channel_;
};

}  // namespace keeper
