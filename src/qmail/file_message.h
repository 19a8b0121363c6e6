#pragma once

#include <sys/types.h>

#include <string>

#include "src/smtp/client.h"

namespace qmail {

/// The message on a descriptor, part by part, from its beginning, wherever the descriptor
/// stands: each attempt reads it anew.
class FileMessage final : public smtp::MessageSource {
 public:
  explicit FileMessage(int descriptor) : descriptor_(descriptor) {}

  /// Error kind `temporary`, code `read`.
  base::Result<std::string_view> next() override;

 private:
  int descriptor_;
  off_t at_ = 0;
  std::string buffer_ = std::string(std::size_t{64} * 1024, '\0');
};

}  // namespace qmail
