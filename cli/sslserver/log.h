#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "cli/sslserver/options.h"
#include "src/ucspi/environment.h"

namespace cli::sslserver {

/// What is said on standard error: lines of the form that ucspi-tcp and ucspi-ssl have,
/// each written at once, since many processes write there.
class Log {
 public:
  explicit Log(Verbosity verbosity) : verbosity_(verbosity) {}

  /// What an administrator has to know, unless -q.
  void warn(std::string_view line) const;
  void fail(std::string_view line) const;

  // With -v:
  void say(std::string_view line) const;
  /// `status: 1/40`, and `/LIMIT` for each client if there is one.
  void status(std::size_t connections, const Options& options) const;
  /// `pid P from IP`.
  void begins(pid_t pid, const net::Address& from) const;
  /// `ok P LHOST:LIP:LPORT RHOST:RIP:INFO:RPORT`, or `deny …`.
  void judged(bool is_allowed, pid_t pid, const ucspi::ConnectionNames& names) const;
  /// `tls P accept `, with -V also what was negotiated.
  void shook_hands(pid_t pid, const tls::SessionFacts& facts) const;
  /// `end P status W`: as wait(2) has it.
  void ends(pid_t pid, int wait_status) const;

 private:
  void write(std::string_view line) const;

  Verbosity verbosity_;
};

}  // namespace cli::sslserver
