#include "cli/sslserver/log.h"

#include <unistd.h>

#include "src/base/bytes.h"

namespace cli::sslserver {
namespace {

/// A field of a line whose fields colons and spaces divide: as in ucspi-tcp, what is not
/// printable, 8-bit octets, `%` and what divides become `?`, and after 100 of them `...`
/// stands for the rest.
std::string field(const std::string& text) {
  constexpr std::size_t kMost = 100;
  std::string out;
  for (const char c : text) {
    if (out.size() == kMost) return out + "...";
    const bool plain = c > ' ' && c < 127 && c != '%' && c != ':';
    out += plain ? c : '?';
  }
  return out;
}

std::string ends_of(const ucspi::ConnectionNames& names) {
  return field(names.local_host.value_or("")) + ":" + net::to_text(names.local.address) +
         ":" + std::to_string(names.local.port) + " " +
         field(names.remote_host.value_or("")) + ":" +
         net::to_text(names.remote.address) + ":" +
         field(names.remote_info.value_or("")) + ":" + std::to_string(names.remote.port);
}

}  // namespace

void Log::write(std::string_view line) const {
  const std::string whole = "sslserver: " + base::printable(line, base::kMessage) + "\n";
  (void)!::write(STDERR_FILENO, whole.data(), whole.size());
}

void Log::warn(std::string_view line) const {
  if (verbosity_ != Verbosity::quiet) write("warning: " + std::string(line));
}

void Log::fail(std::string_view line) const {
  if (verbosity_ != Verbosity::quiet) write("fatal: " + std::string(line));
}

void Log::say(std::string_view line) const {
  if (verbosity_ >= Verbosity::all) write(line);
}

void Log::status(std::size_t connections, const Options& options) const {
  if (verbosity_ < Verbosity::all) return;
  const std::string each =
      options.per_client == 0 ? "" : "/" + std::to_string(options.per_client);
  write("status: " + std::to_string(connections) + "/" +
        std::to_string(options.concurrency) + each);
}

void Log::begins(pid_t pid, const net::Address& from) const {
  say("pid " + std::to_string(pid) + " from " + net::to_text(from));
}

void Log::judged(bool is_allowed, pid_t pid, const ucspi::ConnectionNames& names) const {
  if (verbosity_ < Verbosity::all) return;
  write((is_allowed ? "ok " : "deny ") + std::to_string(pid) + " " + ends_of(names));
}

void Log::shook_hands(pid_t pid, const tls::SessionFacts& facts) const {
  if (verbosity_ < Verbosity::all) return;
  std::string line = "tls " + std::to_string(pid) + " accept ";
  if (verbosity_ == Verbosity::with_tls) {
    line += facts.protocol + ":" + facts.cipher;
    if (facts.resumed) line += " resumed";
  }
  write(line);
}

void Log::ends(pid_t pid, int wait_status) const {
  say("end " + std::to_string(pid) + " status " + std::to_string(wait_status));
}

}  // namespace cli::sslserver
