#include "resolver/trust_anchor.h"

#include <unbound.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "src/base/bytes.h"

namespace resolver {
namespace {

using base::ErrorKind;

constexpr const char* kRootKey = "/usr/share/dns/root.key";
constexpr std::size_t kMaxAnchorFile = std::size_t{64} * 1024;

tl::unexpected<base::Error> bad_anchor(std::string detail) {
  return base::fail(ErrorKind::usage, "bad_trust_anchor", std::move(detail));
}

/// The value of one of the context's options as text, empty if it has none.
std::string option_of(ub_ctx* context, const char* name) {
  char* text = nullptr;
  if (ub_ctx_get_option(context, name, &text) != 0 || text == nullptr) return {};
  std::string out(text);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): libunbound's malloc
  return out;
}

bool has_anchor(ub_ctx* context) {
  return std::ranges::any_of(
      std::array{"trust-anchor", "trust-anchor-file", "auto-trust-anchor-file",
                 "trusted-keys-file"},
      [&](const char* name) { return !option_of(context, name).empty(); });
}

/// Whether a word of the text is DS or DNSKEY: libunbound takes a file without any for
/// one that is empty.
bool speaks_of_keys(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n(){}\"";
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find(';'));
    while (!line.empty()) {
      const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
      if (word == "DS" || word == "DNSKEY" || word == "trusted-keys") return true;
      line.remove_prefix(std::min(line.size(), word.size() + 1));
    }
  }
  return false;
}

base::Result<void> check_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    return bad_anchor("unable to read trust anchor " + path + ": " +
                      base::system_message(errno));
  }
  std::string text(kMaxAnchorFile, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  if (speaks_of_keys(text)) return {};
  return bad_anchor(path + " holds no trust anchor (a DS or DNSKEY record)");
}

}  // namespace

base::Result<void> add_anchors(ub_ctx* context, const Config& config) {
  const std::string& updated = config.auto_trust_anchor;
  if (!updated.empty()) {
    if (auto ok = check_file(updated); !ok) return ok;
    if (ub_ctx_add_ta_autr(context, updated.c_str()) != 0) {
      return bad_anchor("cannot use trust anchor " + updated);
    }
  }
  if (config.trust_anchor.empty() && (!updated.empty() || has_anchor(context))) return {};
  const std::string path = config.trust_anchor.empty() ? kRootKey : config.trust_anchor;
  if (auto ok = check_file(path); !ok) return ok;
  if (ub_ctx_add_ta_file(context, path.c_str()) != 0) {
    return bad_anchor("cannot use trust anchor " + path);
  }
  return {};
}

}  // namespace resolver
