#include "src/mail/domain_records.h"

#include <algorithm>

#include "src/base/bytes.h"

namespace mail {
namespace {

/// Calls `take` with each part of a text between these.
template <typename Take>
void each_part(std::string_view text, char between, Take take) {
  for (;;) {
    const std::size_t at = text.find(between);
    take(base::trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + 1);
  }
}

/// An address that may stand in a header line: letters that make no second one.
bool is_address(std::string_view text) {
  return text.find('@') != std::string_view::npos && text.size() < 320 &&
         base::is_ascii(text) &&
         text.find_first_of(std::string_view(" \t\r\n,;<>()\"\0", 12)) ==
             std::string_view::npos;
}

void read_target(std::string_view uri, TlsReportTargets& out) {
  constexpr std::string_view kMail = "mailto:";
  const bool is_mail = base::lower(uri.substr(0, kMail.size())) == kMail;
  const std::string_view address =
      is_mail ? uri.substr(kMail.size(), uri.find('?') - kMail.size()) : "";
  if (is_mail && is_address(address)) {
    out.addresses.emplace_back(address);
  } else if (!uri.empty()) {
    out.others = true;
  }
}

}  // namespace

TlsReportTargets read_targets(const std::vector<std::string>& records) {
  TlsReportTargets out;
  std::size_t found = 0;
  for (const std::string& record : records) {
    bool first = true, ours = false;
    each_part(record, ';', [&](std::string_view part) {
      if (first) ours = part == "v=TLSRPTv1";
      first = false;
      if (!ours || !part.starts_with("rua=")) return;
      each_part(part.substr(4), ',',
                [&](std::string_view uri) { read_target(uri, out); });
    });
    if (ours) ++found;
  }
  if (found != 1) return {};  // RFC 8460 3: none, or several, is no policy
  out.valid = !out.addresses.empty() || out.others;
  return out;
}

std::optional<std::string> sts_id(const std::vector<std::string>& records) {
  constexpr std::size_t kLongestId = 32;
  std::size_t found = 0;
  std::optional<std::string> out;
  for (const std::string& record : records) {
    bool first = true, ours = false;
    each_part(record, ';', [&](std::string_view part) {
      if (first) ours = part == "v=STSv1";
      first = false;
      if (ours && part.starts_with("id=")) out = part.substr(3);
    });
    if (ours) ++found;
  }
  const auto is_alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (base::lower(c) >= 'a' && base::lower(c) <= 'z');
  };
  if (found != 1 || !out || out->empty() || out->size() > kLongestId ||
      !std::ranges::all_of(*out, is_alphanumeric)) {
    return std::nullopt;
  }
  return out;
}

}  // namespace mail
