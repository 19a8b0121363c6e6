#include "src/server/rights.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "src/base/bytes.h"

namespace server {
namespace {

constexpr unsigned kNobody = 65534;
constexpr unsigned kUnowned = 0x70000000;  // systemd's table of users has nothing there

std::optional<unsigned> number_in(const std::string& word) {
  unsigned out = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, out);
  if (error != std::errc() || rest != end || word.empty()) return std::nullopt;
  // The kernel takes it for "leave as it is" (setuid(2)).
  if (out == static_cast<unsigned>(-1)) return std::nullopt;
  return out;
}

tl::unexpected<base::Error> unknown(const std::string& what, const std::string& word) {
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    what + " " + base::printable(word, base::kWord) + ": unknown");
}

tl::unexpected<base::Error> failed(std::string_view doing) {
  return base::fail(base::ErrorKind::internal, base::Code::local,
                    std::string(doing) + ": " + base::system_message(errno));
}

}  // namespace

base::Result<uid_t> user_number(const std::string& what, const std::string& word) {
  if (const auto number = number_in(word)) return *number;
  if (const passwd* entry = getpwnam(word.c_str())) return entry->pw_uid;
  return unknown(what, word);
}

base::Result<gid_t> group_number(const std::string& what, const std::string& word) {
  if (const auto number = number_in(word)) return *number;
  if (const group* entry = getgrnam(word.c_str())) return entry->gr_gid;
  return unknown(what, word);
}

base::Result<void> become(const Rights& rights) {
  // Only root has the right to; for others there is nothing to give up.
  const bool changes = rights.user || rights.group;
  if (changes && geteuid() == 0) {
    const gid_t group = rights.group.value_or(0);
    if (setgroups(rights.group ? 1 : 0, &group) != 0) {
      return failed("unable to set groups");
    }
  }
  if (rights.group) {
    if (setresgid(*rights.group, *rights.group, *rights.group) != 0) {
      return failed("unable to set the group");
    }
  }
  if (rights.user && setresuid(*rights.user, *rights.user, *rights.user) != 0) {
    return failed("unable to set the user");
  }
  return {};
}

base::Result<void> give_up_root(const Rights& rights) {
  if (geteuid() == 0) {
    const unsigned own = kUnowned + static_cast<unsigned>(getpid()) % kUnowned;
    const Rights unowned{rights.user.value_or(own), rights.group.value_or(own)};
    const Rights nobody{rights.user.value_or(kNobody), rights.group.value_or(kNobody)};
    if (!become(unowned)) {
      if (auto done = become(nobody); !done) return done;
    }
  } else if (auto done = become(rights); !done) {
    return done;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return {};
  return failed("unable to give up privileges");
}

base::Result<void> shut_in(const std::string& directory) {
  if (chdir(directory.c_str()) != 0 || chroot(".") != 0) {
    return failed("unable to change root to " + base::printable(directory, base::kWord));
  }
  return {};
}

}  // namespace server
