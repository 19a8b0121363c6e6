#pragma once

#include <string>
#include <vector>

#include "resolver/config.h"

struct ub_ctx;

namespace resolver {

/// Where Debian's dns-root-data has the keys of the root.
inline constexpr const char* kRootKeyFile = "/usr/share/dns/root.key";

/// What the trust anchors say of the root. One for another zone alone, or of an algorithm
/// that nobody knows, would make every answer of the world insecure without a word.
enum class RootKeys {
  must_be_secure,   ///< there is an anchor for the root
  may_be_insecure,  ///< the user's unbound.conf has anchors, and none for the root
};

/// Gives the context the trust anchors of `config`; with none named there or in its
/// unbound.conf, those of Debian's dns-root-data. A file that `config` names must have an
/// anchor that can validate, for the root unless unbound.conf has anchors of its own;
/// where unbound.conf has one for the root, it must be able to validate; where it names
/// files, something in them must. Those of its `trusted-keys-file` count as the root's.
/// Error kind `usage`, code `bad_trust_anchor`.
[[nodiscard]] base::Result<RootKeys> add_anchors(ub_ctx* context, const Config& config);

/// The files of trust anchors that the context itself keeps up to date (RFC 5011 2.3).
[[nodiscard]] std::vector<std::string> updated_anchor_files(ub_ctx* context);

}  // namespace resolver
