// src/smtp: the client's side of one SMTP connection (RFC 5321).
//
// body.h turns a message with LF line ends into what follows DATA; client.h speaks
// commands and replies, in clear text or TLS; address.h writes a local part with the
// quotes that it needs. Where mail goes and what must be proved there is decided
// elsewhere.
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

/// What becomes of a CR that no LF follows.
enum class LoneReturn { ends_line, fault };
/// What becomes of a last line that nothing ends.
enum class OpenLine { ended, fault };

/// How a message that is not made of whole lines is read. CR LF is one line end always.
struct BodyRules {
  LoneReturn lone_return = LoneReturn::ends_line;
  OpenLine open_line = OpenLine::fault;
};

/// What must be known of a message before it is sent.
struct BodyFacts {
  std::uint64_t size = 0;  ///< octets on the wire, without the last dot
  bool eight_bit = false;  ///< some octet has its high bit set
  BodyFault fault = BodyFault::none;
  BodyRules rules;  ///< by which this was found out; what is sent is read by the same
};

/// Cuts a message, which comes in parts of any size, into lines: LF, CR LF and a lone CR
/// end one, also where a part ends between CR and LF.
class LineCutter {
 public:
  /// Calls `take(text, ends)` for the octets of each line, or of what this part has of
  /// it; `ends` says that the end of the line is behind them.
  template <typename Take>
  void cut(std::string_view part, Take take);
  /// Whether some CR so far has no LF behind it; at the end of the message, one that is
  /// its last octet too.
  [[nodiscard]] bool has_lone_return() const { return lone_return_; }
  [[nodiscard]] bool ends_in_return() const { return after_return_; }

 private:
  bool after_return_ =
      false;  ///< its line has been ended; an LF that follows is no other
  bool lone_return_ = false;
};

template <typename Take>
void LineCutter::cut(std::string_view part, Take take) {
  // Most messages have no CR, and looking for one octet is much faster than for two.
  const bool has_return = part.find('\r') != std::string_view::npos;
  while (!part.empty()) {
    if (after_return_) {
      after_return_ = false;
      if (part.front() == '\n') {
        part.remove_prefix(1);
        continue;
      }
      lone_return_ = true;
    }
    const std::size_t end = has_return ? part.find_first_of("\r\n") : part.find('\n');
    if (end == std::string_view::npos) return take(part, false);
    take(part.substr(0, end), true);
    after_return_ = part[end] == '\r';
    part.remove_prefix(end + 1);
  }
}

/// Encodes a message for DATA, part by part: CRLF for each line end, a dot before a dot
/// that begins a line (RFC 5321 4.5.2). Every other octet goes through as it is.
class BodyEncoder {
 public:
  explicit BodyEncoder(BodyRules rules) : rules_(rules) {}
  /// Appends the encoding of the next part to `out`. Does nothing after a fault.
  void add(std::string_view part, std::string& out);
  /// Appends the last dot; nothing if there is a fault.
  BodyFault finish(std::string& out);
  [[nodiscard]] BodyFault fault() const { return fault_; }

 private:
  BodyRules rules_;
  LineCutter lines_;
  bool at_line_start_ = true;
  BodyFault fault_ = BodyFault::none;
};

/// Reads over a message, part by part, without sending it.
class BodyScanner {
 public:
  explicit BodyScanner(BodyRules rules) { facts_.rules = rules; }
  void add(std::string_view part);
  [[nodiscard]] BodyFacts finish() const;

 private:
  BodyFacts facts_;
  LineCutter lines_;
  bool at_line_start_ = true;
};

}  // namespace smtp
