#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "src/base/error.h"

namespace server {

/// Whose rights a process is to have; what is not set stays.
struct Rights {
  std::optional<uid_t> user;
  std::optional<gid_t> group;
};

/// The number of a user or a group: the number itself or a name of this machine's. Error
/// kind `usage`, code `usage`, which names `what`.
[[nodiscard]] base::Result<uid_t> user_number(const std::string& what,
                                              const std::string& word);
[[nodiscard]] base::Result<gid_t> group_number(const std::string& what,
                                               const std::string& word);

/// Gives this process these rights for good, and no other groups. Error kind `internal`,
/// code `local`.
[[nodiscard]] base::Result<void> become(const Rights& rights);

/// Gives up all rights for good, capabilities and what programs could give among them. As
/// root, this process also becomes `rights`, and where these say nothing a user and a
/// group that no file and no other process has: their number is made of the process's
/// own, or where that cannot be (a user namespace) it is 65534. Whoever is not root can
/// become nobody else, and `rights` must say nothing else. Error kind `internal`, code
/// `local`.
[[nodiscard]] base::Result<void> give_up_root(const Rights& rights);

/// Makes `directory` the root of this process. Error kind `internal`, code `local`.
[[nodiscard]] base::Result<void> shut_in(const std::string& directory);

}  // namespace server
