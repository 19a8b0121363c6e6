// The reader of other people's reports.
//
// Reporters differ in what they leave out, in numbers written as texts, and in a name
// that RFC 8460 itself has in two forms (`additional-information` in the text of 4.4,
// `additional-info-uri` in its table). So everything may be missing but the policies,
// without which a JSON object is no report. What is there must be right, though: a count
// that is no number would be a 0 to SQLite, and a day of failures would look like a good
// one. The JSON is read by SQLite, which bounds its depth; later versions also read
// JSON5, which no reporter sends, so json_valid is asked whether it is JSON.
#include "src/tlsrpt/received_report.h"

#include <sqlite3.h>

#include <charconv>
#include <functional>
#include <memory>
#include <optional>

#include "src/base/bytes.h"
#include "verify/hash.h"

namespace tlsrpt {
namespace {

constexpr std::size_t kMostPolicies = 10'000;
constexpr std::size_t kMostRows = 100'000;  // of failures, and of policy strings
constexpr std::uint64_t kMostSessions = 1'000'000'000'000;

constexpr const char* kHead =
    "SELECT json_valid(?1), json_type(?1, '$.policies') = 'array',"
    " json_extract(?1, '$.\"organization-name\"'),"
    " json_extract(?1, '$.\"contact-info\"'),"
    " json_extract(?1, '$.\"report-id\"'),"
    " json_extract(?1, '$.\"date-range\".\"start-datetime\"'),"
    " json_extract(?1, '$.\"date-range\".\"end-datetime\"')";

constexpr const char* kPolicies =
    "SELECT json_extract(value, '$.policy.\"policy-type\"'),"
    " json_extract(value, '$.policy.\"policy-domain\"'),"
    " json_type(value, '$.summary.\"total-successful-session-count\"'),"
    " json_extract(value, '$.summary.\"total-successful-session-count\"'),"
    " json_type(value, '$.summary.\"total-failure-session-count\"'),"
    " json_extract(value, '$.summary.\"total-failure-session-count\"')"
    " FROM json_each(?1, '$.policies')";

constexpr const char* kStrings =
    "SELECT p.key, s.value FROM json_each(?1, '$.policies') p,"
    " json_each(p.value, '$.policy.\"policy-string\"') s";

constexpr const char* kFailures =
    "SELECT p.key, json_extract(f.value, '$.\"result-type\"'),"
    " json_extract(f.value, '$.\"sending-mta-ip\"'),"
    " json_extract(f.value, '$.\"receiving-mx-hostname\"'),"
    " json_extract(f.value, '$.\"receiving-mx-helo\"'),"
    " json_extract(f.value, '$.\"receiving-ip\"'),"
    " json_extract(f.value, '$.\"failure-reason-code\"'),"
    " coalesce(json_extract(f.value, '$.\"additional-information\"'),"
    "  json_extract(f.value, '$.\"additional-info-uri\"')),"
    " json_type(f.value, '$.\"failed-session-count\"'),"
    " json_extract(f.value, '$.\"failed-session-count\"')"
    " FROM json_each(?1, '$.policies') p,"
    " json_each(p.value, '$.\"failure-details\"') f";

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(detail));
}

/// A row of an answer.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] std::string text(int column) const {
    const auto* octets = sqlite3_column_text(statement_, column);
    if (octets == nullptr) return {};
    return {reinterpret_cast<const char*>(octets),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  /// A count, its JSON type in `column` and its value behind it: an integer, or a text of
  /// digits alone; 0 where it is missing or null, nothing where it is something else.
  [[nodiscard]] std::optional<std::uint64_t> count(int column) const {
    const std::string type = text(column), digits = text(column + 1);
    if (type.empty() || type == "null") return 0;
    if (type != "integer" && type != "text") return std::nullopt;
    std::uint64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, fault] = std::from_chars(digits.data(), end, number);
    if (fault != std::errc{} || stopped != end) return std::nullopt;
    return number <= kMostSessions ? std::optional(number) : std::nullopt;
  }
  [[nodiscard]] std::size_t index(int column) const {
    return static_cast<std::size_t>(sqlite3_column_int64(statement_, column));
  }

 private:
  sqlite3_stmt* statement_;
};

/// A JSON text, asked by SQL. Without a database: SQLite's functions alone.
class Json {
 public:
  explicit Json(std::string_view text) : text_(text) {
    sqlite3* database = nullptr;
    sqlite3_open(":memory:", &database);
    database_.reset(database);
  }

  /// Hands over each row of an answer. False for a text that is not JSON, for more rows
  /// than that, and when a row is refused.
  [[nodiscard]] bool ask(const char* question, std::size_t most,
                         const std::function<bool(const Row&)>& take) const {
    sqlite3_stmt* raw = nullptr;
    sqlite3_prepare_v2(database_.get(), question, -1, &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, Close> statement(raw);
    sqlite3_bind_text64(raw, 1, text_.data(), text_.size(), SQLITE_STATIC, SQLITE_UTF8);
    for (std::size_t rows = 0;; ++rows) {
      const int step = sqlite3_step(raw);
      if (step == SQLITE_DONE) return true;
      if (step != SQLITE_ROW || rows == most || !take(Row(raw))) return false;
    }
  }

 private:
  std::string_view text_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// Reads the policies into a report, with all that is below them.
class Policies {
 public:
  Policies(const Json& json, ReceivedReport& out) : json_(json), out_(out) {}

  /// Why they are not those of a report; empty if they are.
  [[nodiscard]] std::string_view take() {
    if (take_policies() && take_strings() && take_failures()) return {};
    return why_;
  }

 private:
  bool refuse_count() {
    why_ = "a count of sessions in it is no whole number, or too large";
    return false;
  }
  bool take_policies();
  bool take_strings();
  bool take_failures();

  const Json& json_;
  ReceivedReport& out_;
  std::string_view why_ = "its policies are not those of one, or too many";
};

bool Policies::take_policies() {
  return json_.ask(kPolicies, kMostPolicies, [&](const Row& row) {
    const auto good = row.count(2), failed = row.count(4);
    if (!good || !failed) return refuse_count();
    out_.policies.push_back({row.text(0), row.text(1), {}, *good, *failed, {}});
    return true;
  });
}

bool Policies::take_strings() {
  return json_.ask(kStrings, kMostRows, [&](const Row& row) {
    out_.policies.at(row.index(0)).strings.push_back(row.text(1));
    return true;
  });
}

bool Policies::take_failures() {
  return json_.ask(kFailures, kMostRows, [&](const Row& row) {
    const auto sessions = row.count(8);
    if (!sessions) return refuse_count();
    out_.policies.at(row.index(0))
        .failures.push_back({row.text(1), row.text(2), row.text(3), row.text(4),
                             row.text(5), row.text(6), row.text(7), *sessions});
    return true;
  });
}

tl::unexpected<base::Error> no_report(std::string_view why) {
  return bad("it is not a TLS report: " + std::string(why) + " (RFC 8460 4.4)");
}

}  // namespace

base::Result<ReceivedReport> read_report(std::string_view json) {
  // SQLite would stop there.
  if (json.find('\0') != std::string_view::npos) return bad("it is not JSON");
  const Json text(json);
  ReceivedReport out;
  bool has_policies = false;
  const bool is_json = text.ask(kHead, 1, [&](const Row& row) {
    has_policies = row.index(1) == 1;
    out.organization = row.text(2);
    out.contact = row.text(3);
    out.id = row.text(4);
    out.begin = row.text(5);
    out.end = row.text(6);
    return row.index(0) == 1;
  });
  if (!is_json) return bad("it is not JSON");
  if (!has_policies) return no_report("it has no policies");
  if (const auto why = Policies(text, out).take(); !why.empty()) return no_report(why);
  out.digest = verify::sha256(base::as_bytes(json));
  return out;
}

}  // namespace tlsrpt
