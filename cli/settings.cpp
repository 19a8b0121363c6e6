#include "cli/settings.h"

#include <netdb.h>

#include <charconv>
#include <cstdlib>

#include "src/base/bytes.h"

namespace cli {
namespace {

using base::ErrorKind;

std::optional<unsigned long> number(std::string_view text) {
  unsigned long value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> environment_value(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

base::Result<unsigned long> parse_number(
    std::string_view what, std::string_view text,
    std::pair<unsigned long, unsigned long> least_and_most) {
  const auto value = number(text);
  if (value && *value >= least_and_most.first && *value <= least_and_most.second) {
    return *value;
  }
  return base::fail(ErrorKind::usage, base::Code::bad_number,
                    std::string(what) + " " + base::printable(text, base::kWord) +
                        " is not a number from " + std::to_string(least_and_most.first) +
                        " to " + std::to_string(least_and_most.second));
}

base::Result<std::chrono::milliseconds> parse_span(std::string_view what,
                                                   std::string_view text) {
  using std::chrono::milliseconds;
  constexpr milliseconds kLeast{100}, kMost{3'600'000};
  constexpr std::size_t kDecimals = 3;
  const std::size_t point = text.find('.');
  const auto seconds = number(text.substr(0, point));
  std::string decimals(point == std::string_view::npos ? "0" : text.substr(point + 1));
  const bool is_written_so =
      seconds && *seconds <= 3600 && is_digits(decimals) && decimals.size() <= kDecimals;
  if (is_written_so) {
    decimals.resize(kDecimals, '0');
    const milliseconds out(*seconds * 1000 + *number(decimals));
    if (out >= kLeast && out <= kMost) return out;
  }
  return base::fail(ErrorKind::usage, base::Code::bad_number,
                    std::string(what) + " " + base::printable(text, base::kWord) +
                        " is not a number of seconds from 0.1 to 3600");
}

base::Result<std::uint16_t> parse_port(std::string_view text) {
  const auto value = number(text);
  if (value && *value >= 1 && *value <= 65535) return static_cast<std::uint16_t>(*value);
  if (!is_digits(text)) {
    const servent* service = getservbyname(std::string(text).c_str(), "tcp");
    if (service != nullptr) {
      return static_cast<std::uint16_t>(
          ntohs(static_cast<std::uint16_t>(service->s_port)));
    }
  }
  return base::fail(
      ErrorKind::usage, base::Code::bad_port,
      "unable to figure out port number for " + base::printable(text, base::kWord));
}

base::Result<resolver::Config> resolver_from_environment() {
  resolver::Config config;
  config.trust_anchor = environment_value("DANE_TRUST_ANCHOR").value_or("");
  config.auto_trust_anchor = environment_value("DANE_AUTO_TRUST_ANCHOR").value_or("");
  config.unbound_conf = environment_value("DANE_UNBOUND_CONF").value_or("");
  for (const char* name : {"DANE_FORWARD", "DNSCACHEIP"}) {
    const auto words = environment_value(name);
    if (!words) continue;
    auto forwarding = resolver::with_forward(config, *words);
    if (!forwarding) return tl::unexpected(forwarding.error().in(name));
    config = std::move(*forwarding);
    break;
  }
  if (const auto seconds = environment_value("DANE_DNS_TIMEOUT")) {
    const auto value = parse_span("DANE_DNS_TIMEOUT", *seconds);
    if (!value) return tl::unexpected(value.error());
    config.deadline = *value;
  }
  return config;
}

}  // namespace cli
