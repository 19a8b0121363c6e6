// src/ucspi: what UCSPI programs promise the program that they run.
//
// serve.h is the way in: it runs a program for a connection and relays until it exits, at
// once or when the program wants TLS. program_environment.h says what the program is
// told, from environment.h (the connection) and tls_variables.h (the session). child.h
// starts a program on its descriptors, connection_names.h and ident.h ask what the two
// ends are called and who owns the peer's, delayed.h is the talk on the control
// descriptor of UCSPI-TLS. Numbers, names and order are those of ucspi-ssl. Nothing here
// knows whether we are a client or a server, but for the descriptors that the program
// expects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/address.h"

namespace ucspi {

/// Changes to the environment that a program inherits.
class Environment {
 public:
  /// Line ends and NULs in `value` become `?`: it may be a stranger's word.
  void set(std::string_view name, std::string_view value);
  /// A value of several lines, such as PEM; removed when it is empty or too long to be
  /// passed on.
  void set_text(std::string_view name, std::string_view text);
  /// Removes the variable, even if it is inherited.
  void unset(std::string_view name);
  /// Removes all variables whose names start so.
  void unset_prefix(std::string_view prefix);
  /// Makes the changes of another, in their order, behind these.
  void add(const Environment& later);
  /// `value`, or its absence.
  void set_or_unset(std::string_view name, const std::optional<std::string>& value);

  /// The changes in the order in which they were made; no value: removed. A name that
  /// ends in `*` stands for all that start so.
  [[nodiscard]] const std::vector<std::pair<std::string, std::optional<std::string>>>&
  changes() const {
    return changes_;
  }
  /// `inherited` (NAME=value each) with the changes made.
  [[nodiscard]] std::vector<std::string> applied_to(const char* const* inherited) const;

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> changes_;
};

/// What a connection is called. What was not asked for, or not answered, is not set; a
/// look-up that said that there is no name is the empty word.
struct ConnectionNames {
  net::Endpoint local;
  net::Endpoint remote;
  std::optional<std::string> local_host;
  std::optional<std::string> remote_host;
  std::optional<std::string> remote_info;  ///< from IDENT (RFC 1413)
};

/// Whether the TCP* copies of ucspi-tcp are wanted too.
enum class TcpCopies { no, yes };

/// PROTO (`SSL`, or `SSL6` over IPv6), SSLLOCALIP, SSLREMOTEHOST and the rest.
void set_connection(Environment& environment, const ConnectionNames& names,
                    TcpCopies copies);

}  // namespace ucspi
