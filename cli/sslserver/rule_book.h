#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/switches.h"
#include "src/rules/rule_file.h"
#include "src/ucspi/environment.h"

namespace cli::sslserver {

/// The rules of -x and -y as they are now. The files are read when they have changed:
/// tcprules puts a new one in place of the old, and the next connection has it.
class RuleBook {
 public:
  RuleBook(std::string rules, std::string address_rules, Switch may_be_missing);

  /// Reads what has changed; true if anything has.
  bool refresh();
  /// Why there are rules that cannot be read; nothing if all is well. Nobody is let in
  /// then.
  [[nodiscard]] std::optional<base::Error> trouble() const;

  struct Verdict {
    bool is_allowed = true;
    std::vector<std::pair<std::string, std::string>> variables;
  };
  /// What the rules say about an address before anybody has asked what it is called:
  /// those of -y, and of -x for a client without names. A denial by -y is final, one by
  /// -x only where no name is asked for.
  [[nodiscard]] base::Result<Verdict> judge_address(const net::Address& address) const;
  /// What they say in the end. A rule of -y that lets a client in makes -x superfluous.
  [[nodiscard]] base::Result<Verdict> judge(const ucspi::ConnectionNames& names) const;
  /// Whether -y alone has decided to deny this address.
  [[nodiscard]] base::Result<bool> denies_at_once(const net::Address& address) const;

  /// The variables that each rule sets.
  [[nodiscard]] base::Result<
      std::vector<std::vector<std::pair<std::string, std::string>>>>
  all_variables() const;

 private:
  /// A file, and what it was when it was read.
  struct Source {
    std::string path;
    Switch may_be_missing = Switch::off;
    std::optional<struct stat> seen;
    std::optional<rules::RuleFile> file;
    std::optional<base::Error> trouble;

    bool refresh();
  };

  [[nodiscard]] base::Result<Verdict> judge(const rules::Peer& peer) const;

  Source rules_;
  Source address_rules_;
};

}  // namespace cli::sslserver
