#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/bytes.h"

namespace base {

/// One block of textual encoding (RFC 7468 2).
struct PemBlock {
  std::string label;          ///< `CERTIFICATE`; empty if the BEGIN line is broken
  std::optional<Bytes> data;  ///< none without an END line of that label or not base64
};

/// Takes the next block off the front of `text`, with what stands before it; nothing when
/// there is none. Lines before blocks and headers of no format are skipped.
[[nodiscard]] std::optional<PemBlock> take_pem(std::string_view& text);

/// Strict base64 (RFC 4648 4), white space between digits allowed (RFC 7468 3).
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);

/// Base64 on one line, without its end.
[[nodiscard]] std::string to_base64(ByteView data);

/// Base64, 64 digits a line, each line with its end.
[[nodiscard]] std::string to_base64_lines(ByteView data);

/// The block as text: 64 digits a line, final newline.
[[nodiscard]] std::string to_pem(std::string_view label, ByteView data);

}  // namespace base
