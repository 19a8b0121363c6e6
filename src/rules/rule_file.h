// src/rules: who may connect, and with which variables.
//
// tcpserver and sslserver look a peer up in a file of rules, which tcprules makes of
// lines such as `10.0.:allow,RELAYCLIENT=""` or `=.example:deny`. The first key that the
// file has decides, and without one the peer is let in; so a file that cannot be read as
// a whole is an error, never an empty one. rule_file.h is the way in. peer_keys.h says
// under which keys a rule for a peer may stand, and in what order; rule.h reads what
// stands there; database.h is the file itself, a constant database (cdb). Whether a
// peer's names are right is not asked here: whoever calls has looked them up.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "src/rules/database.h"
#include "src/rules/peer_keys.h"
#include "src/rules/rule.h"

namespace rules {

/// A file of rules, read into memory and looked through as a whole.
class RuleFile {
 public:
  // Errors are of kind `usage`, code `bad_file`; their detail starts with the path.

  /// Reads a file of at most 64 MiB. An error if it is not there, is no database or a
  /// damaged one, or if one of its rules is no rule.
  [[nodiscard]] static base::Result<RuleFile> open(const std::string& path);
  /// Takes the octets of a file for what stands at `path`, which is for errors alone.
  [[nodiscard]] static base::Result<RuleFile> read(std::string octets, std::string path);

  /// The rule for a peer; nothing if none is for it, which lets it in.
  [[nodiscard]] base::Result<std::optional<Rule>> find(const Peer& peer) const;
  /// All rules, in the order of the lines that they were made of; of two with one key the
  /// first one counts.
  [[nodiscard]] base::Result<std::vector<Rule>> all() const;

 private:
  RuleFile(std::string path, Database database)
      : path_(std::move(path)), database_(std::move(database)) {}

  std::string path_;
  Database database_;
  std::vector<BlockKey> blocks_;
};

}  // namespace rules
