#pragma once

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace evidence {

/// What bundles share, by kind.
enum class Content {
  sets,      ///< an RRset in wire form
  messages,  ///< a handshake message that repeats
  answers,   ///< an answer of the DNS
  peers,     ///< a handshake
  texts,     ///< a part of a JSON text
};

/// Keeps octets that are the same in many bundles once, by a number.
class Shelf {
 public:
  Shelf() = default;
  virtual ~Shelf() = default;
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  Shelf(Shelf&&) = default;
  Shelf& operator=(Shelf&&) = default;

  /// Where octets were put.
  struct Place {
    std::int64_t number = 0;
    bool is_new = false;  ///< they were not there before
  };
  /// Equal octets get one number.
  [[nodiscard]] virtual base::Result<Place> put(Content kind, base::ByteView octets) = 0;
  /// What was put there. An error where nothing was.
  [[nodiscard]] virtual base::Result<base::Bytes> take(Content kind,
                                                       std::int64_t number) = 0;
};

}  // namespace evidence
