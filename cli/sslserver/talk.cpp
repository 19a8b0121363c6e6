#include "cli/sslserver/talk.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "src/io/pipe.h"

namespace cli::sslserver {
namespace {

constexpr std::size_t kMostOctets = std::size_t{4} * 1024 * 1024;
constexpr std::size_t kNumber = sizeof(std::uint32_t);

void put(std::string& out, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  out.append(reinterpret_cast<const char*>(&value), kNumber);
}

bool write_all(int to, std::string_view octets) {
  while (!octets.empty()) {
    ssize_t n = ::send(to, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_all(int from, char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::recv(from, into, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    into += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

/// Takes a number off the front of `octets`; nothing if there is none.
std::optional<std::size_t> take_number(std::string_view& octets) {
  std::uint32_t value = 0;
  if (octets.size() < kNumber) return std::nullopt;
  std::memcpy(&value, octets.data(), kNumber);
  octets.remove_prefix(kNumber);
  return value;
}

std::string optional_word(const std::optional<std::string>& value) {
  return value ? "+" + *value : "-";
}

bool read_optional(const std::string& word, std::optional<std::string>& out) {
  if (word == "-") {
    out.reset();
    return true;
  }
  if (!word.starts_with('+')) return false;
  out = word.substr(1);
  return true;
}

/// The variables that tell of a session. Not all that begin as these do: OpenSSL takes
/// its trust store from SSL_CERT_FILE, and our own programs their resolver from
/// DANE_FORWARD.
constexpr std::array<std::string_view, 22> kOfSession = {"SSL_PROTOCOL",
                                                         "SSL_SESSION_ID",
                                                         "SSL_CIPHER",
                                                         "SSL_CIPHER_EXPORT",
                                                         "SSL_CIPHER_USEKEYSIZE",
                                                         "SSL_CIPHER_ALGKEYSIZE",
                                                         "SSL_VERSION_INTERFACE",
                                                         "SSL_VERSION_LIBRARY",
                                                         "SSL_TLS_SNI",
                                                         "DANE_STATUS",
                                                         "DANE_REASON",
                                                         "DANE_DETAIL",
                                                         "DANE_POLICY",
                                                         "DANE_DNSSEC",
                                                         "DANE_TLSA",
                                                         "DANE_TLSA_OWNER",
                                                         "DANE_USAGE",
                                                         "DANE_SELECTOR",
                                                         "DANE_MATCHING",
                                                         "DANE_DEPTH",
                                                         "DANE_NAME",
                                                         "DANE_CHANNEL_BINDING"};

bool is_of_session(std::string_view name) {
  return name.starts_with("SSL_CLIENT_") || name.starts_with("SSL_SERVER_") ||
         std::ranges::find(kOfSession, name) != kOfSession.end();
}

}  // namespace

bool send_words(int to, const Words& words) {
  std::string body;
  for (const std::string& word : words) {
    put(body, word.size());
    body += word;
  }
  std::string message;
  put(message, body.size());
  return write_all(to, message + body);
}

std::optional<Words> receive_words(int from) {
  std::string message(kNumber, '\0');
  if (!read_all(from, message.data(), kNumber)) return std::nullopt;
  const std::size_t size = size_of_message(message).value_or(0);
  if (size < kNumber || size > kMostOctets) return std::nullopt;
  message.resize(size);
  if (!read_all(from, message.data() + kNumber, size - kNumber)) return std::nullopt;
  return words_in(message);
}

std::optional<std::size_t> size_of_message(std::string_view begin) {
  const auto size = take_number(begin);
  if (!size) return std::nullopt;
  return kNumber + *size;
}

std::optional<Words> words_in(std::string_view message) {
  message.remove_prefix(std::min(message.size(), kNumber));
  Words out;
  while (!message.empty()) {
    const auto length = take_number(message);
    if (!length || *length > message.size()) return std::nullopt;
    out.emplace_back(message.substr(0, *length));
    message.remove_prefix(*length);
  }
  return out;
}

base::Result<std::pair<io::Descriptor, io::Descriptor>> make_talk() {
  return io::make_socket_pair(SOCK_STREAM);
}

Words to_words(const ucspi::ConnectionNames& names) {
  return {optional_word(names.local_host), optional_word(names.remote_host),
          optional_word(names.remote_info)};
}

bool read_names(const Words& words, ucspi::ConnectionNames& names) {
  return words.size() == 3 && read_optional(words[0], names.local_host) &&
         read_optional(words[1], names.remote_host) &&
         read_optional(words[2], names.remote_info);
}

Words to_words(const ucspi::Environment& changes) {
  Words out;
  for (const auto& [name, value] : changes.changes()) {
    out.push_back(name);
    out.push_back(optional_word(value));
  }
  return out;
}

ucspi::Environment session_variables(const Words& words) {
  ucspi::Environment out;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const std::string& name = words[i];
    std::optional<std::string> value;
    if (!is_of_session(name) || !read_optional(words[i + 1], value)) continue;
    if (name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) continue;
    if (name.ends_with('*')) {
      out.unset_prefix(std::string_view(name).substr(0, name.size() - 1));
    } else if (value && !value->empty()) {
      out.set_text(name, *value);  // a certificate has several lines
    } else {
      out.set_or_unset(name, value);
    }
  }
  return out;
}

}  // namespace cli::sslserver
