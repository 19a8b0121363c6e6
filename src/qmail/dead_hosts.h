#pragma once

#include <chrono>
#include <string>

#include "src/base/address.h"

namespace qmail {

/// Remembers addresses that did not answer a connection, for all processes together, in
/// one small file of fixed size. An address is dead after it failed twice, two minutes or
/// more apart, and stays so for an hour after the last failure; a connection that comes
/// about forgets it, and so does qmail-tcpok (and each start of qmail-rspawn), which
/// writes to the stock program's `tcpto` beside it: what failed before that file was last
/// changed is forgotten. The file must be there already: without it, or without leave to
/// write to it, nothing is remembered and no mail is held up.
class DeadHosts {
 public:
  explicit DeadHosts(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] bool is_dead(const net::Address& address,
                             std::chrono::sys_seconds now) const;
  void failed(const net::Address& address, std::chrono::sys_seconds now) const;
  void answered(const net::Address& address) const;

 private:
  std::string path_;
};

}  // namespace qmail
