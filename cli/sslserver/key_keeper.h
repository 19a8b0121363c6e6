#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "cli/sslserver/child_report.h"
#include "cli/sslserver/own_records.h"
#include "cli/sslserver/sites.h"
#include "src/keeper/asking.h"

namespace cli::sslserver {

/// The password of the keys, where no process that hears strangers finds it: in a file in
/// memory, whose descriptor talkers close.
class KeyPassword {
 public:
  /// None.
  KeyPassword() = default;
  /// The password on descriptor 3 (-3). Errors: those of `cli::read_key_password`.
  [[nodiscard]] static base::Result<KeyPassword> from_descriptor_3();

  [[nodiscard]] std::string read() const;
  void forget() { file_.reset(); }

 private:
  io::Descriptor file_;
};

/// A keeper that has the keys, and what goes with them. One that has gone away cannot be
/// asked any more; its connections fail.
struct KeyKeeper {
  pid_t pid = 0;
  io::Descriptor control;                  ///< for keeper::open_channel
  std::unique_ptr<keeper::Asking> asking;  ///< the signer of the sites' credentials
  Sites sites;
  std::vector<ServedName> names;  ///< that are shown to clients that ask for them
};

/// A keeper that has been started and reads files.
class NewKeeper {
 public:
  /// Forks it. Where chain and key do not fit, they are read again until `patience` is
  /// over: renewals write one after the other. Error kind `internal`.
  [[nodiscard]] static base::Result<NewKeeper> start(std::vector<SiteSettings> settings,
                                                     const KeyPassword& password,
                                                     std::chrono::seconds patience);

  /// What comes of it.
  [[nodiscard]] ChildReport& report() { return report_; }
  [[nodiscard]] const ChildReport& report() const { return report_; }
  /// The keeper with its sites, once the report has come, or never will. Errors: kind
  /// `usage`, what is wrong with the files.
  [[nodiscard]] base::Result<KeyKeeper> finish(ClientDemand demand) &&;

 private:
  io::Descriptor control_;
  ChildReport report_;
  std::vector<SiteSettings> settings_;
};

}  // namespace cli::sslserver
