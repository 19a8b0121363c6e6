#include "src/qmail/unhonoured.h"

#include <array>

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

}  // namespace

base::Result<void> nothing_is_unhonoured(const Control& control) {
  for (const File& file : kFiles) {
    const auto there = control.exists(file.name);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    const auto lines = control.lines(file.name);
    if (!lines) return tl::unexpected(lines.error());
    if (lines->empty()) continue;
    return base::fail(base::ErrorKind::temporary, "control",
                      control.path(file.name) + " (" + file.what +
                          ") is not supported by this program, and mail does not go "
                          "another way than it says; remove or empty it");
  }
  return {};
}

}  // namespace qmail
