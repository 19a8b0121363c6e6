// cli: the programs, a folder each; parse, call the flow, print, exit.
//
// What they share is here: settings.h (numbers, files and environment variables become
// values, once), moment.h (a point in time that somebody wrote), key_password.h,
// version.h (what --version prints), terminal.h (colours), severity.h (how bad a finding
// is), layout.h (lines that fit the screen), waiting.h (what is waited for), suggest.h
// (what a mistyped word was meant to be), json_target.h (where --json writes), pins.h
// (what TLSA records of a command line need), start.h (descriptors and signals when a
// program begins) and library_environment.h (which variables the libraries see).
// sslclient/main.cpp is the program to read first.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resolver/config.h"
#include "src/base/error.h"

namespace cli {

/// The value of an environment variable; nothing if it is not set or empty.
[[nodiscard]] std::optional<std::string> environment_value(const char* name);

/// A decimal number from `least` to `most`; error kind `usage`, code `bad_number`, which
/// names `what`.
[[nodiscard]] base::Result<unsigned long> parse_number(
    std::string_view what, std::string_view text,
    std::pair<unsigned long, unsigned long> least_and_most);

/// A span in seconds, with up to three decimals (`1.5`), from a tenth of a second to an
/// hour; error kind `usage`, code `bad_number`, which names `what`.
[[nodiscard]] base::Result<std::chrono::milliseconds> parse_span(std::string_view what,
                                                                 std::string_view text);

/// A port from 1 to 65535, or the name of a TCP service. Error kind `usage`, code
/// `bad_port`.
[[nodiscard]] base::Result<std::uint16_t> parse_port(std::string_view text);

/// How to resolve as the environment has it: DANE_TRUST_ANCHOR, DANE_AUTO_TRUST_ANCHOR,
/// DANE_FORWARD, else DNSCACHEIP, DANE_UNBOUND_CONF and DANE_DNS_TIMEOUT. Options come on
/// top. Error kind `usage`.
[[nodiscard]] base::Result<resolver::Config> resolver_from_environment();

}  // namespace cli
