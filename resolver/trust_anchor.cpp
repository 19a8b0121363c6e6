#include "resolver/trust_anchor.h"

#include <unbound.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "resolver/anchor_text.h"
#include "resolver/unbound_options.h"
#include "src/base/bytes.h"

namespace resolver {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::size_t kMaxAnchorFile = std::size_t{64} * 1024;

tl::unexpected<base::Error> bad_anchor(std::string detail) {
  return base::fail(ErrorKind::usage, base::Code::bad_trust_anchor, std::move(detail));
}

bool is_root(const Anchor& anchor) { return anchor.owner == "."; }
bool is_known(const Anchor& anchor) { return anchor.known; }

Result<std::string> text_of(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    const bool may_pass = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    return base::fail(
        may_pass ? ErrorKind::internal : ErrorKind::usage, base::Code::bad_trust_anchor,
        "unable to read trust anchor " + path + ": " + base::system_message(errno));
  }
  std::string text(kMaxAnchorFile, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

/// The lines of an option that may be given more than once.
std::vector<std::string> values_of(ub_ctx* context, const char* option) {
  std::vector<std::string> out;
  const std::string all = option_of(context, option);
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.empty()) out.emplace_back(line);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return out;
}

/// The anchors that unbound.conf brings.
struct OwnAnchors {
  bool any = false;
  bool unread = false;       ///< some stand in BIND's form, which is not read here
  std::vector<Anchor> read;  ///< as far as they are in zone-file form
};

OwnAnchors own_anchors(ub_ctx* context) {
  OwnAnchors out;
  const auto add = [&](std::string_view text) {
    out.any = true;
    std::ranges::move(anchors_in(text), std::back_inserter(out.read));
  };
  for (const std::string& record : values_of(context, "trust-anchor")) add(record);
  for (const char* option : {"trust-anchor-file", "auto-trust-anchor-file"}) {
    for (const std::string& path : values_of(context, option)) {
      // What cannot be read here libunbound complains of itself.
      add(text_of(path).value_or(""));
    }
  }
  out.unread = !option_of(context, "trusted-keys-file").empty();
  out.any = out.any || out.unread;
  return out;
}

/// Why none of a file's anchors will do.
std::string why_none(const std::vector<Anchor>& anchors) {
  const auto root = std::ranges::find_if(anchors, is_root);
  const Anchor& told = root == anchors.end() ? anchors.front() : *root;
  const std::string not_root = is_root(told) ? "" : "not for the root";
  const std::string unknown = told.known ? "" : "not known here";
  return told.what + ": " + not_root +
         (not_root.empty() || unknown.empty() ? "" : ", and ") + unknown;
}

/// A file that the user names, beside what unbound.conf has.
Result<void> check_file(const std::string& path, const OwnAnchors& own) {
  const auto text = text_of(path);
  if (!text) return tl::unexpected(text.error());
  const auto anchors = anchors_in(*text);
  if (anchors.empty()) {
    return bad_anchor(path + " holds no trust anchor (a DS or DNSKEY record)");
  }
  const bool fits = std::ranges::any_of(anchors, [&](const Anchor& anchor) {
    return anchor.known && (own.any || is_root(anchor));
  });
  if (fits) return {};
  return bad_anchor(path + " holds no trust anchor that can be used (" +
                    why_none(anchors) + ")");
}

/// What follows from unbound.conf's anchors where no other one is given. A file that is
/// empty, or whose name matches nothing, is no decision of the user's against the root.
Result<RootKeys> by_own(const OwnAnchors& own) {
  if (std::ranges::none_of(own.read, is_root)) {
    if (std::ranges::any_of(own.read, is_known)) return RootKeys::may_be_insecure;
    if (own.unread) return RootKeys::must_be_secure;
    return bad_anchor("unbound.conf names trust anchors, and none of them can be used");
  }
  const bool usable = std::ranges::any_of(
      own.read, [](const Anchor& anchor) { return is_root(anchor) && is_known(anchor); });
  if (usable) return RootKeys::must_be_secure;
  return bad_anchor("unbound.conf has no trust anchor for the root that can be used (" +
                    why_none(own.read) + ")");
}

/// Whether the anchors of a file, checked before, are for the root too.
bool has_root(const std::string& path) {
  const auto text = text_of(path);
  return text && std::ranges::any_of(anchors_in(*text), [](const Anchor& anchor) {
           return is_root(anchor) && is_known(anchor);
         });
}

}  // namespace

Result<RootKeys> add_anchors(ub_ctx* context, const Config& config) {
  const OwnAnchors own = own_anchors(context);
  const std::string& updated = config.auto_trust_anchor;
  bool root = false;
  if (!updated.empty()) {
    if (auto ok = check_file(updated, own); !ok) return tl::unexpected(ok.error());
    if (ub_ctx_add_ta_autr(context, updated.c_str()) != 0) {
      return bad_anchor("cannot use trust anchor " + updated);
    }
    root = has_root(updated);
  }
  if (!config.trust_anchor.empty() || (updated.empty() && !own.any)) {
    const std::string path =
        config.trust_anchor.empty() ? kRootKeyFile : config.trust_anchor;
    if (auto ok = check_file(path, own); !ok) return tl::unexpected(ok.error());
    if (ub_ctx_add_ta_file(context, path.c_str()) != 0) {
      return bad_anchor("cannot use trust anchor " + path);
    }
    root = root || has_root(path);
  }
  if (root) return RootKeys::must_be_secure;
  return by_own(own);
}

std::vector<std::string> updated_anchor_files(ub_ctx* context) {
  const std::string lines = option_of(context, "auto-trust-anchor-file");
  std::vector<std::string> out;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    if (end > at) out.push_back(lines.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace resolver
