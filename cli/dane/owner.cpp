#include "cli/dane/owner.h"

#include <algorithm>

#include "cli/settings.h"
#include "src/base/address.h"

namespace cli::dane {
namespace {

/// The last label of an address in dots; no name of a host ends in one (RFC 3696 2).
bool is_number(std::string_view label) {
  return std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_address(std::string_view host) {
  if (net::parse_address(host)) return true;
  if (host.starts_with('[') || host.find("::") != std::string_view::npos) return true;
  const std::string_view bare = host.substr(0, host.find('%'));
  return bare.size() < host.size() && net::parse_address(bare);
}

/// What a name that begins with labels of a TLSA owner was meant to be.
std::string hint_for(const dns::Name& name) {
  const auto labels = name.labels();
  std::string_view host = name.text();
  std::string port = "PORT";
  for (const std::string_view label : labels) {
    if (!label.starts_with('_')) break;
    if (is_number(label.substr(1)) && label.size() > 1) port = label.substr(1);
    host.remove_prefix(std::min(label.size() + 1, host.size()));
  }
  return std::string(host.empty() ? "HOST" : host) + " " + port;
}

}  // namespace

base::Result<Owner> owner_of(const std::string& host, const std::string& port,
                             std::string_view transport) {
  const std::string shown = base::printable(host, base::kWord);
  if (looks_like_address(host)) {
    return usage_error(shown +
                       " is an address, and TLSA records belong to names: give the "
                       "host's name, as MX records or users have it");
  }
  if (host.find(':') != std::string::npos) {
    return usage_error(shown +
                       " is no host: give host and port as two words, such as "
                       "mx.example.org 25");
  }
  Owner out;
  auto name = dns::Name::parse(host);
  if (!name) return tl::unexpected(name.error());
  out.host = std::move(*name);
  const auto labels = out.host.labels();
  if (labels.front().starts_with('_')) {
    return usage_error(shown +
                       " is no host: give host and port, and the labels in front "
                       "are made: " +
                       hint_for(out.host));
  }
  if (is_number(labels.back())) {
    return usage_error(shown + " is no host: names do not end in a number");
  }
  const auto number = parse_port(port);
  if (!number) return tl::unexpected(number.error());
  out.port = *number;
  auto owner = out.host.tlsa_owner(*number, transport);
  if (!owner) return tl::unexpected(owner.error());
  out.name = std::move(*owner);
  return out;
}

base::Result<void> expect_host_and_port(const Arguments& arguments,
                                        std::string_view call) {
  const auto& words = arguments.words();
  if (words.size() > 1) return {};
  std::string missing = "HOST and PORT are", host = "mx.example.org", port = "25";
  if (!words.empty() && is_number(words[0])) {
    missing = "HOST is";
    port = words[0];
  } else if (!words.empty()) {
    if (auto ok = owner_of(words[0], port, "tcp"); !ok) {
      return tl::unexpected(ok.error());
    }
    missing = "PORT is";
    host = words[0];
  }
  return usage_error(missing + " missing: " + std::string(call) + " " + host + " " +
                     port);
}

}  // namespace cli::dane
