#include "src/mail/sts_policy.h"

#include <charconv>
#include <optional>
#include <utility>

#include "src/base/bytes.h"

namespace mail {
namespace {

constexpr std::size_t kMostHosts = 1000;

tl::unexpected<base::Error> bad(const std::string& detail) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_policy, detail);
}

std::optional<StsMode> mode_of(std::string_view word) {
  for (const StsMode mode : {StsMode::none, StsMode::testing, StsMode::enforce}) {
    if (word == to_text(mode)) return mode;
  }
  return std::nullopt;
}

/// RFC 8461 3.2: 1 to 10 digits, a year at most.
std::optional<std::chrono::seconds> age_of(std::string_view word) {
  constexpr long long kMost = 31'557'600;
  constexpr std::size_t kMostDigits = 10;
  long long out = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, out);
  const bool digits = word.find_first_not_of("0123456789") == std::string_view::npos;
  if (word.empty() || !digits || word.size() > kMostDigits || error != std::errc() ||
      stop != end || out > kMost) {
    return std::nullopt;
  }
  return std::chrono::seconds(out);
}

/// A host, or `*.` and a domain, in A-labels.
bool is_pattern(std::string_view word) {
  if (word.starts_with("*.")) word.remove_prefix(2);
  const auto name = dns::Name::parse(word);
  return base::is_ascii(word) && !word.ends_with('.') && name && name->is_host() &&
         base::lower(word) == name->text();
}

/// The lines of a policy, as they are read.
class Reader {
 public:
  [[nodiscard]] base::Result<void> take(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty() ||
        name.find_first_of(" \t") != std::string_view::npos) {
      return bad("a line without a field: " + base::printable(line, base::kWord));
    }
    return take(name, base::trimmed(line.substr(colon + 1)));
  }

  [[nodiscard]] base::Result<StsPolicy> finish() {
    if (!version_) return bad("no version");
    if (!mode_) return bad("no mode");
    if (!age_) return bad("no max_age");
    if (out_.hosts.empty() && *mode_ != StsMode::none) return bad("no mx");
    out_.mode = *mode_;
    out_.max_age = *age_;
    return std::move(out_);
  }

 private:
  /// The first counts of a field that stands there twice (RFC 8461 3.2); fields of later
  /// days are left out.
  [[nodiscard]] base::Result<void> take(std::string_view name, std::string_view value) {
    const std::string shown = base::printable(value, base::kWord);
    if (name == "version" && !version_) {
      if (value != "STSv1") return bad("unknown version " + shown);
      version_ = true;
    } else if (name == "mode" && !mode_) {
      mode_ = mode_of(value);
      if (!mode_) return bad("unknown mode " + shown);
    } else if (name == "max_age" && !age_) {
      age_ = age_of(value);
      if (!age_) return bad("bad max_age " + shown);
    } else if (name == "mx") {
      if (!is_pattern(value)) return bad("bad mx " + shown);
      if (out_.hosts.size() == kMostHosts) return bad("too many mx");
      out_.hosts.push_back(base::lower(value));
    }
    return {};
  }

  StsPolicy out_;
  bool version_ = false;
  std::optional<StsMode> mode_;
  std::optional<std::chrono::seconds> age_;
};

}  // namespace

std::string_view to_text(StsMode mode) {
  switch (mode) {
    case StsMode::none:
      return "none";
    case StsMode::testing:
      return "testing";
    case StsMode::enforce:
      return "enforce";
  }
  return "?";
}

base::Result<StsPolicy> read_sts_policy(std::string_view text) {
  Reader reader;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    // A line end too much at the end is the world's way with files.
    if (line.empty()) continue;
    if (auto taken = reader.take(line); !taken) return tl::unexpected(taken.error());
  }
  return reader.finish();
}

bool matches(std::string_view pattern, const dns::Name& host) {
  std::string_view name = host.text();
  if (!pattern.starts_with("*.")) return pattern == name;
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 &&
         name.substr(dot + 1) == pattern.substr(2);
}

}  // namespace mail
