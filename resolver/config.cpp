#include "resolver/config.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>

#include "src/base/bytes.h"

namespace resolver {
namespace {

/// The words between any of the separators; never an empty one.
std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t start = text.find_first_not_of(separators);
    if (start == std::string_view::npos) return out;
    text.remove_prefix(start);
    out.push_back(text.substr(0, text.find_first_of(separators)));
    text.remove_prefix(out.back().size());
  }
}

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

tl::unexpected<base::Error> unreadable(const std::string& path, std::string_view why) {
  return base::fail(base::ErrorKind::temporary, base::Code::local,
                    "unable to read " + path + ": " + std::string(why));
}

/// The text of a small file; nothing if there is none.
base::Result<std::string> text_of(const std::string& path) {
  constexpr std::size_t kLimit = std::size_t{64} * 1024;
  const std::unique_ptr<std::FILE, FileClose> file(std::fopen(path.c_str(), "re"));
  if (!file && errno == ENOENT) return std::string();
  if (!file) return unreadable(path, base::system_message(errno));
  std::string text(kLimit, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return unreadable(path, base::system_message(errno));
  if (text.size() == kLimit) return unreadable(path, "it is too large");
  return text;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || rest != end || port == 0 || port >= 65536) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(port);
}

/// A resolver as libunbound wants it named: no brackets.
std::optional<std::string> forwarder(std::string_view word) {
  const auto server = server_of(word);
  if (!server) return std::nullopt;
  const std::size_t at = word.find('@');
  return net::to_text(server->address) +
         std::string(word.substr(std::min(at, word.size())));
}

bool is_systemd_stub(std::string_view text) {
  return text == "127.0.0.53" || text == "127.0.0.54";
}

}  // namespace

std::optional<net::Endpoint> server_of(std::string_view word) {
  constexpr std::uint16_t kPort = 53;
  const std::size_t at = word.find('@');
  const auto address = net::parse_address(word.substr(0, at));
  const auto port =
      at == std::string_view::npos ? std::optional(kPort) : port_of(word.substr(at + 1));
  if (!address || !port) return std::nullopt;
  return net::Endpoint{*address, *port};
}

base::Result<Config> with_forward(Config config, std::string_view words) {
  config.forwarders.clear();
  if (words == "recursion") {
    config.upstream = Upstream::recursion;
    return config;
  }
  config.upstream = Upstream::forward;
  if (words == "resolv.conf") {
    auto named = read_resolv_conf("/etc/resolv.conf");
    if (!named) return tl::unexpected(named.error());
    config.forwarders = std::move(named->local);
    if (config.forwarders.empty()) {
      return base::fail(base::ErrorKind::usage, base::Code::bad_forwarder,
                        "/etc/resolv.conf names no resolver on this machine");
    }
    return config;
  }
  for (const std::string_view word : split(words, ", \t")) {
    const auto server = forwarder(word);
    if (!server) {
      return base::fail(
          base::ErrorKind::usage, base::Code::bad_forwarder,
          base::printable(word, base::kWord) + " is not ADDRESS or ADDRESS@PORT");
    }
    config.forwarders.push_back(*server);
  }
  if (config.forwarders.empty()) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_forwarder,
                      "no address to forward to");
  }
  return config;
}

base::Result<ResolvConf> read_resolv_conf(const std::string& path) {
  const auto text = text_of(path);
  if (!text) return tl::unexpected(text.error());
  ResolvConf out;
  for (const std::string_view line : split(*text, "\n")) {
    const auto words = split(line, " \t\r");
    if (words.size() < 2 || words[0] != "nameserver") continue;
    const auto address = net::parse_address(words[1]);
    const bool local =
        address && net::is_loopback(*address) && !is_systemd_stub(words[1]);
    (local ? out.local : out.others).emplace_back(words[1]);
  }
  return out;
}

}  // namespace resolver
