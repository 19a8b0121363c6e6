#include "src/mail/domain_records.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/mail/report_uri.h"

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

constexpr std::string_view kVersion = "v=TLSRPTv1";
/// A domain says whom we write to: some, and not a crowd of strangers.
constexpr std::size_t kMostAddresses = 10;

std::string shown(std::string_view text) { return base::printable(text, base::kWord); }

/// A record may be 64 KiB of faults; the first ones will do.
void add_fault(TlsReportTargets& out, std::string fault) {
  constexpr std::size_t kMostFaults = 10;
  if (out.faults.size() < kMostFaults) out.faults.push_back(std::move(fault));
}

void read_target(std::string_view text, TlsReportTargets& out) {
  const auto uri = read_report_uri(text);
  if (!uri) {
    add_fault(out, "rua=" + shown(text) + ": " + uri.error().detail);
  } else if (uri->address.empty()) {
    out.others = true;
  } else if (std::ranges::find(out.addresses, uri->address) == out.addresses.end()) {
    if (out.addresses.size() < kMostAddresses) out.addresses.push_back(uri->address);
  }
}

/// A name of letters and digits, and `_`, `-`, `.` behind the first; `=`; characters that
/// can be seen, and none of `=` and `;`.
bool is_extension(std::string_view field) {
  constexpr std::size_t kMostName = 32;
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals > kMostName) return false;
  const std::string_view name = field.substr(0, equals), value = field.substr(equals + 1);
  const auto is_alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (base::lower(c) >= 'a' && base::lower(c) <= 'z');
  };
  return is_alphanumeric(name.front()) && !value.empty() &&
         std::ranges::all_of(name,
                             [&](char c) {
                               return is_alphanumeric(c) || c == '_' || c == '-' ||
                                      c == '.';
                             }) &&
         std::ranges::all_of(value,
                             [](char c) { return c > ' ' && c < 0x7F && c != '='; });
}

/// Whether a text begins as a TLSRPT record does (RFC 8460 3): the version, to the
/// letter, and a semicolon, before which there may be blanks.
bool is_report_record(std::string_view text) {
  if (!text.starts_with(kVersion)) return false;
  text.remove_prefix(kVersion.size());
  return base::trimmed(text.substr(0, text.find(';'))).empty() &&
         text.find(';') != std::string_view::npos;
}

void read_fields(std::string_view record, TlsReportTargets& out) {
  std::string_view rest = base::trimmed(record.substr(record.find(';') + 1));
  if (rest.ends_with(';')) rest.remove_suffix(1);
  bool any = false;
  if (rest.empty()) return add_fault(out, "no rua");
  each_part(rest, ';', [&](std::string_view field) {
    if (field.starts_with("rua=")) {
      any = true;
      each_part(field.substr(4), ',',
                [&](std::string_view uri) { read_target(uri, out); });
    } else if (!is_extension(field)) {
      add_fault(out, field.empty() ? "an empty field" : "no field: " + shown(field));
    }
  });
  if (!any) add_fault(out, "no rua");
}

}  // namespace

bool looks_like_report_record(std::string_view text) {
  constexpr std::string_view kAny = "v=tlsrpt";
  const std::string_view inner = base::trimmed(text);
  return base::lower(inner.substr(0, kAny.size())) == kAny;
}

TlsReportTargets read_targets(const std::vector<std::string>& records) {
  TlsReportTargets out;
  const auto found = std::ranges::count_if(records, is_report_record);
  if (found > 1) {
    out.faults.push_back(std::to_string(found) + " records, which count as none");
  } else if (found == 1) {
    read_fields(*std::ranges::find_if(records, is_report_record), out);
  } else if (const auto like = std::ranges::find_if(records, looks_like_report_record);
             like != records.end()) {
    out.faults.push_back(shown(*like) + ": does not begin with v=TLSRPTv1;");
  }
  out.valid = found == 1 && out.faults.empty();
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
