// A pin is what makes the absence of the extension mean something: without one, whoever
// sits in between takes it away and nobody knows (RFC 9102 7). So a file of pins that
// cannot be read, or has a line that nobody understands, is no file without pins.
#include "cli/sslclient/chain_pins.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cli/moment.h"
#include "cli/settings.h"
#include "src/base/bytes.h"
#include "src/io/descriptor.h"
#include "src/io/file.h"
#include "src/io/replace_file.h"
#include "verify/certificate.h"

namespace cli::sslclient {
namespace {

constexpr std::size_t kMostPins = 10'000;
constexpr std::size_t kMostOctets = std::size_t{4} * 1024 * 1024;

tl::unexpected<base::Error> bad_file(std::string what) {
  return base::fail(base::ErrorKind::temporary, base::Code::bad_file, std::move(what));
}

/// Takes the first of the words that single spaces part.
std::string_view take_word(std::string_view& rest) {
  const std::string_view out = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), out.size() + 1));
  return out;
}

}  // namespace

base::Result<ChainPins> ChainPins::parse(std::string_view text) {
  ChainPins out;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto host = dns::Name::parse(take_word(rest));
    const auto port = parse_number("port", take_word(rest), {1, 65'535});
    const auto until = parse_moment(rest);
    if (end == std::string_view::npos || !host || !port || !until ||
        verify::to_text(*until) != rest) {
      return bad_file("line " + std::to_string(number) +
                      " is not `host port until`, as in www.example.org 443 "
                      "2026-12-30T10:00:00Z");
    }
    if (out.until_.size() == kMostPins) return bad_file("there are too many pins");
    out.until_[{std::move(*host), static_cast<std::uint16_t>(*port)}] = *until;
  }
  return out;
}

std::string ChainPins::text() const {
  std::string out;
  for (const auto& [server, until] : until_) {
    out += server.first.text() + " " + std::to_string(server.second) + " " +
           verify::to_text(until) + "\n";
  }
  return out;
}

std::optional<std::chrono::sys_seconds> ChainPins::until(
    const dns::Name& host, std::uint16_t port, std::chrono::sys_seconds now) const {
  const auto found = until_.find({host, port});
  if (found == until_.end() || found->second <= now) return std::nullopt;
  return found->second;
}

void ChainPins::note(const dns::Name& host, std::uint16_t port,
                     std::chrono::hours lifetime, std::chrono::sys_seconds now) {
  std::erase_if(until_, [&](const auto& one) { return one.second <= now; });
  if (lifetime.count() == 0) {
    until_.erase({host, port});
  } else if (until_.contains({host, port}) || until_.size() < kMostPins) {
    until_[{host, port}] = now + std::min(lifetime, kLongest);
  }
}

bool ChainPins::is_noted(const dns::Name& host, std::uint16_t port,
                         std::chrono::hours lifetime,
                         std::chrono::sys_seconds now) const {
  const auto known = until(host, port, now);
  if (!known || lifetime.count() == 0) return !known && lifetime.count() == 0;
  const std::chrono::seconds promised = std::min(lifetime, kLongest);
  const std::chrono::seconds later = now + promised - *known;
  return later >= std::chrono::seconds(0) && later <= promised / 10;
}

base::Result<ChainPins> read_pins(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 && errno == ENOENT) return ChainPins();
  if (!S_ISREG(status.st_mode)) return bad_file(path + ": no file");
  const auto text = io::read_file(path, kMostOctets);
  if (!text) return bad_file(text.error().detail);
  auto pins = ChainPins::parse(*text);
  if (!pins) return tl::unexpected(pins.error().in(path));
  return pins;
}

base::Result<void> note_pin(const std::string& path, const dns::Name& host,
                            std::uint16_t port, std::chrono::hours lifetime,
                            std::chrono::sys_seconds now) {
  // Connections are many, and the file is one.
  auto pins = read_pins(path);
  if (!pins) return tl::unexpected(pins.error());
  if (pins->is_noted(host, port, lifetime, now)) return {};
  // Beside the file, which another one takes the place of.
  const std::string beside = io::target_of(path) + ".lock";
  const io::Descriptor lock(
      ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  constexpr int kTries = 50;  // some five seconds
  for (int i = 1; !lock || !io::lock_soon(lock.get()); ++i) {
    if (!lock || i == kTries) {
      return bad_file(beside + ": " + base::system_message(errno));
    }
  }
  pins = read_pins(path);
  if (!pins) return tl::unexpected(pins.error());
  const std::string before = pins->text();
  pins->note(host, port, lifetime, now);
  const std::string after = pins->text();
  if (after == before) return {};
  return io::replace_file(path, after);
}

}  // namespace cli::sslclient
