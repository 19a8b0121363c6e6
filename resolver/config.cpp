#include "resolver/config.h"

#include <charconv>
#include <fstream>
#include <sstream>

#include "src/base/address.h"
#include "src/base/bytes.h"

namespace resolver {
namespace {

bool is_port(std::string_view text) {
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && rest == end && port > 0 && port < 65536;
}

bool is_forwarder(std::string_view word) {
  const std::size_t at = word.find('@');
  if (at != std::string_view::npos && !is_port(word.substr(at + 1))) return false;
  return net::parse_address(word.substr(0, at)).has_value();
}

bool is_loopback(const net::Address& address) {
  if (address.family == net::Family::v4) return address.octets[0] == std::byte{127};
  return address == net::parse_address("::1");
}

bool is_systemd_stub(std::string_view text) {
  return text == "127.0.0.53" || text == "127.0.0.54";
}

}  // namespace

base::Result<Config> with_forward(Config config, std::string_view words) {
  config.forwarders.clear();
  if (words == "recursion") {
    config.upstream = Upstream::recursion;
    return config;
  }
  config.upstream = Upstream::forward;
  if (words == "resolv.conf") {
    config.forwarders = loopback_servers("/etc/resolv.conf");
    if (config.forwarders.empty()) {
      return base::fail(base::ErrorKind::usage, "bad_forwarder",
                        "/etc/resolv.conf names no resolver on this machine");
    }
    return config;
  }
  std::string spaced(words);
  for (char& c : spaced) c = c == ',' ? ' ' : c;
  std::istringstream in(spaced);
  for (std::string word; in >> word;) {
    if (!is_forwarder(word)) {
      return base::fail(base::ErrorKind::usage, "bad_forwarder",
                        base::printable(word, 80) + " is not ADDRESS or ADDRESS@PORT");
    }
    config.forwarders.push_back(word);
  }
  if (config.forwarders.empty()) {
    return base::fail(base::ErrorKind::usage, "bad_forwarder", "no address to forward to");
  }
  return config;
}

std::vector<std::string> loopback_servers(const std::string& path) {
  std::vector<std::string> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string keyword;
    std::string server;
    if (!(words >> keyword >> server) || keyword != "nameserver") continue;
    const auto address = net::parse_address(server);
    if (address && is_loopback(*address) && !is_systemd_stub(server)) out.push_back(server);
  }
  return out;
}

}  // namespace resolver
