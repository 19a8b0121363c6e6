#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/error.h"
#include "src/base/name.h"

namespace cli::sslclient {

/// Servers that promised to send a DNSSEC chain, and until when (RFC 9102 7). A file of
/// them has a line for each: `www.example.org 443 2026-12-30T10:00:00Z`.
class ChainPins {
 public:
  /// A server's promise counts so long at most, whatever it says: whoever loses his chain
  /// is not lost to his clients for years.
  static constexpr std::chrono::hours kLongest{30 * 24};

  /// Error kind `temporary`, code `bad_file`: a line that is none, or too many of them.
  [[nodiscard]] static base::Result<ChainPins> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  /// Until when the server must send a chain; nothing where it need not any more.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> until(
      const dns::Name& host, std::uint16_t port, std::chrono::sys_seconds now) const;
  /// Notes what a server that was proved has promised, in place of what it did before; no
  /// hours end it. What has run out is forgotten, and where there are 10,000 no further
  /// server is noted.
  void note(const dns::Name& host, std::uint16_t port, std::chrono::hours lifetime,
            std::chrono::sys_seconds now);

  /// Whether a promise changes so little that it need not be noted: it ends later than
  /// the noted one, by a tenth of its time at most.
  [[nodiscard]] bool is_noted(const dns::Name& host, std::uint16_t port,
                              std::chrono::hours lifetime,
                              std::chrono::sys_seconds now) const;

 private:
  std::map<std::pair<dns::Name, std::uint16_t>, std::chrono::sys_seconds> until_;
};

/// The pins in a file; none where there is no such file. Error kind `temporary`, code
/// `bad_file`: what it would have said is not known.
[[nodiscard]] base::Result<ChainPins> read_pins(const std::string& path);

/// Notes a promise in a file, under a lock and at once: whoever reads it sees the file
/// before or after. Error kind `temporary`, code `bad_file`.
[[nodiscard]] base::Result<void> note_pin(const std::string& path, const dns::Name& host,
                                          std::uint16_t port, std::chrono::hours lifetime,
                                          std::chrono::sys_seconds now);

}  // namespace cli::sslclient
