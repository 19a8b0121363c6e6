#include "src/qmail/unhonoured.h"

#include <array>
#include <filesystem>
#include <string_view>

namespace qmail {
namespace {

struct File {
  const char* name;
  const char* what;
};

// Files of s/qmail and aQmail, indimail, Sagredo's qmail, and patches for other addresses
// to connect from (outgoingip and its kin, local-bind) or for certificates.
constexpr std::array<File, 17> kFiles = {{
    {"authsenders", "relays with a user and a password, by sender"},
    {"qmtproutes", "relays by QMTP"},
    {"moreqmtproutes", "relays by QMTP"},
    {"moreqmtproutes.cdb", "relays by QMTP"},
    {"moresmtproutes", "more relays"},
    {"moresmtproutes.cdb", "more relays"},
    {"smtproutes.cdb", "more relays"},
    {"smtproutes6", "relays by IPv6"},
    {"smtproutes.dir", "relays"},
    {"redirectremote", "other recipients"},
    {"outgoingip6", "the address that connections by IPv6 come from"},
    {"outgoingips", "the address that connections come from, by sender"},
    {"domainbindings6", "the address that connections by IPv6 come from, by sender"},
    {"bindroutes", "the address that connections come from, by receiver"},
    {"bindroutes6", "the address that connections by IPv6 come from, by receiver"},
    {"remotecert", "a client certificate"},
    {"smtpbindaddr", "the address that connections come from"},
}};

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

base::Result<bool> is_empty_folder(const std::string& path) {
  std::error_code error;
  const bool out = fs::is_empty(path, error);
  if (!error) return out;
  return base::fail(base::ErrorKind::temporary, base::Code::control,
                    "unable to read " + path + ": " + error.message());
}

/// A database of cdb without a record is a table of 2048 octets that leads nowhere. None
/// is read as lines: its octets may look like a comment.
base::Result<bool> says_nothing(const Control& control, std::string_view name) {
  constexpr std::uintmax_t kTable = 2048;
  const std::string path = control.path(name);
  if (is_folder(path)) return is_empty_folder(path);
  std::error_code error;
  const std::uintmax_t octets = fs::file_size(path, error);
  if (name.ends_with(".cdb") && !error && octets >= kTable) return octets == kTable;
  return control.lines(name).map([](const auto& lines) { return lines.empty(); });
}

}  // namespace

base::Result<void> nothing_is_unhonoured(const Control& control) {
  for (const File& file : kFiles) {
    const auto there = control.exists(file.name);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    const auto silent = says_nothing(control, file.name);
    if (!silent) return tl::unexpected(silent.error());
    if (*silent) continue;
    return base::fail(base::ErrorKind::temporary, base::Code::control,
                      control.path(file.name) + " (" + file.what +
                          ") is not supported by this program, and mail does not go "
                          "another way than it says; remove or empty it");
  }
  return {};
}

}  // namespace qmail
