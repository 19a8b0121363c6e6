#pragma once

#include <memory>
#include <string>

#include "resolver/config.h"
#include "src/client/reach_target.h"
#include "src/evidence/evidence_files.h"
#include "src/witness/witness.h"

namespace witness {

/// A program that makes one connection and leaves evidence of it behind.
class ConnectEvidence {
 public:
  /// Who does, and where that goes.
  struct Place {
    std::string path;   ///< of `--evidence`: a file or a folder
    std::string maker;  ///< the program and its version
  };

  /// `config` is that of the resolver, of which another one is made. Error kind `usage`:
  /// it leaves validation to another one, or there is no place to write to. Loop and
  /// resolver must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<ConnectEvidence>> open(
      Place place, io::Loop& loop, resolver::Resolver& resolver,
      const resolver::Config& config);

  /// `client::reach_target`, and evidence for what comes of it, also where that is an
  /// error. Whoever gets an outcome has the file. Error kind `temporary`, code
  /// `bad_file`. What is wanted and the options must outlive the
  /// task.
  [[nodiscard]] io::Task<base::Result<client::Reached>> reach(
      const client::Wanted& wanted, const client::Options& options);

 private:
  ConnectEvidence(evidence::EvidenceFiles files, std::string maker, io::Loop& loop,
                  resolver::Resolver& resolver,
                  std::unique_ptr<resolver::Resolver> past_caches)
      : files_(std::move(files)),
        maker_(std::move(maker)),
        witness_(loop, resolver, std::move(past_caches)) {}

  evidence::EvidenceFiles files_;
  std::string maker_;
  Witness witness_;
};

}  // namespace witness
