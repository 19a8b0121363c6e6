#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/bytes.h"

struct z_stream_s;

namespace evidence {

/// Compresses many texts that are like one another: each against a text that the reader
/// has too (a dictionary of RFC 1950, the data of RFC 1951).
class Compressor {
 public:
  Compressor();
  [[nodiscard]] base::Bytes compress(std::string_view text, std::string_view dictionary);

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };
  std::unique_ptr<z_stream_s, End> stream_;
};

/// The text that was compressed; nothing if that is none, or longer than `most` octets.
[[nodiscard]] std::optional<std::string> decompress(base::ByteView data,
                                                    std::string_view dictionary,
                                                    std::size_t most);

}  // namespace evidence
