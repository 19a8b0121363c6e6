// src/smtp: the client's side of one SMTP connection (RFC 5321).
//
// body.h turns a message with LF line ends into what follows DATA; wire.h reads and
// writes in clear text or TLS; client.h speaks commands and replies. Where mail goes and
// what must be proved there is decided elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace smtp {

/// Why a message cannot be sent by SMTP as it is.
enum class BodyFault {
  none,
  carriage_return,  ///< a CR of its own, which SMTP has no place for (RFC 5321 2.3.8)
  no_line_end,      ///< the last line has no end
};

/// What must be known of a message before it is sent.
struct BodyFacts {
  std::uint64_t size = 0;  ///< octets on the wire, without the last dot
  bool eight_bit = false;  ///< some octet has its high bit set
  BodyFault fault = BodyFault::none;
};

/// Encodes a message for DATA, part by part: CRLF for LF, a dot before a dot that begins
/// a line (RFC 5321 4.5.2). Every other octet goes through as it is.
class BodyEncoder {
 public:
  /// Appends the encoding of the next part to `out`. Does nothing after a fault.
  void add(std::string_view part, std::string& out);
  /// Appends the last dot; nothing if there is a fault.
  BodyFault finish(std::string& out);
  [[nodiscard]] BodyFault fault() const { return fault_; }

 private:
  bool at_line_start_ = true;
  BodyFault fault_ = BodyFault::none;
};

/// Reads over a message, part by part, without sending it.
class BodyScanner {
 public:
  void add(std::string_view part);
  [[nodiscard]] BodyFacts finish() const;

 private:
  BodyFacts facts_;
  bool at_line_start_ = true;
};

}  // namespace smtp
