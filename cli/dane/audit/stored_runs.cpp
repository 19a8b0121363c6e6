#include "cli/dane/audit/stored_runs.h"

#include <sqlite3.h>

#include <cerrno>
#include <fstream>

#include "cli/dane/audit/json_check.h"
#include "src/audit/facts_lines.h"
#include "src/base/bytes.h"

namespace cli::report {
namespace {

constexpr const char* kSchema = R"(
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE domain (
  run INTEGER, input TEXT, moment TEXT, grade TEXT, cause TEXT, findings TEXT,
  records TEXT, keys TEXT, unknown TEXT, silent TEXT, PRIMARY KEY (run, input)
) WITHOUT ROWID;
BEGIN;
)";

/// Lists within a value have a line for each member.
constexpr const char* kInsert = R"(
INSERT OR REPLACE INTO domain VALUES (
  ?1, json_extract(?2, '$.input'), json_extract(?2, '$.time'),
  json_extract(?2, '$.grade'), json_extract(?2, '$.cause'),
  (SELECT group_concat(json_extract(value, '$.code') || ' ' ||
                       json_extract(value, '$.subject'), char(10))
     FROM json_each(?2, '$.findings')
     WHERE json_extract(value, '$.severity') <> 'note'),
  (SELECT group_concat(json_extract(host.value, '$.name') || ' ' ||
                       json_extract(one.value, '$.usage') || ' ' ||
                       json_extract(one.value, '$.selector') || ' ' ||
                       json_extract(one.value, '$.matching') || ' ' ||
                       json_extract(one.value, '$.data'), char(10))
     FROM json_each(?2, '$.hosts') AS host,
          json_each(host.value, '$.tlsa.records') AS one),
  (SELECT group_concat(json_extract(host.value, '$.name') || ' ' ||
                       json_extract(one.value, '$.address') || ' ' ||
                       coalesce(json_extract(one.value, '$.chain[0].spki_sha256'),
                                json_extract(one.value, '$.raw_public_key_sha256')),
                       char(10))
     FROM json_each(?2, '$.hosts') AS host,
          json_each(host.value, '$.addresses') AS one),
  CASE WHEN json_extract(?2, '$.mx') IS NULL AND
            json_extract(?2, '$.grade') <> 'not-deployed' THEN '*' ELSE
  (SELECT group_concat(json_extract(value, '$.name'), char(10))
     FROM json_each(?2, '$.hosts')
     WHERE json_extract(value, '$.error') IS NOT NULL OR
           json_extract(value, '$.tlsa.state') = 'error') END,
  (SELECT group_concat(json_extract(host.value, '$.name') || ' ' ||
                       json_extract(one.value, '$.address'), char(10))
     FROM json_each(?2, '$.hosts') AS host,
          json_each(host.value, '$.addresses') AS one
     WHERE json_extract(one.value, '$.protocol') IS NULL)
))";

constexpr const char* kInBoth = R"(
SELECT new.input, new.moment, new.cause, old.grade, new.grade, old.findings,
       new.findings, old.records, new.records, old.keys, new.keys,
       new.unknown, new.silent
  FROM domain AS old JOIN domain AS new ON new.input = old.input
  WHERE old.run = 0 AND new.run = 1 ORDER BY new.input)";

void for_each_line(std::string_view text,
                   const std::function<void(std::string_view)>& take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

State state_of(const std::string& grade, const std::string& findings,
               const std::string& records, const std::string& keys) {
  State out;
  out.grade = audit::grade_from_text(grade).value_or(audit::Grade::undecided);
  for_each_line(findings, [&](std::string_view line) { out.findings.emplace(line); });
  for_each_line(records, [&](std::string_view line) {
    const auto words = audit::facts::words_in(line, 2);
    if (words.size() == 2) out.records[std::string(words[0])].emplace(words[1]);
  });
  for_each_line(keys, [&](std::string_view line) {
    const auto words = audit::facts::words_in(line, 3);
    if (words.size() == 3)
      out.keys[std::string(words[0])][std::string(words[1])] = words[2];
  });
  return out;
}

/// Leaves as it was what could not be looked at: records of hosts whose look-up failed
/// (`*`: of all, where nothing is known of the domain), keys at addresses that showed
/// none.
void keep_unseen(const State& was, const std::string& unknown, const std::string& silent,
                 State& is) {
  if (unknown == "*") {
    is.records = was.records;
    is.keys = was.keys;
    return;
  }
  for_each_line(unknown, [&](std::string_view line) {
    const std::string host(line);
    if (const auto at = was.records.find(host); at != was.records.end()) {
      is.records[host] = at->second;
    }
    if (const auto at = was.keys.find(host); at != was.keys.end()) {
      is.keys[host] = at->second;
    }
  });
  for_each_line(silent, [&](std::string_view line) {
    const auto words = audit::facts::words_in(line, 2);
    const auto host = was.keys.find(std::string(words.front()));
    if (words.size() != 2 || host == was.keys.end()) return;
    const auto key = host->second.find(std::string(words[1]));
    if (key != host->second.end()) is.keys[host->first].insert(*key);
  });
}

}  // namespace

StoredRuns::StoredRuns() : database_(open_scratch_database("")) {
  sqlite3_exec(database_.get(), kSchema, nullptr, nullptr, nullptr);
}

base::Result<void> StoredRuns::read(int which, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path + ": " + base::system_message(errno));
  }
  Statement insert(database_.get(), kInsert);
  JsonCheck json;
  std::string line;
  for (std::uint64_t at = 1; std::getline(file, line); ++at) {
    if (!json.is_result(line)) {
      if (file.eof()) break;  // a run that was killed leaves a line that is torn
      return base::fail(
          base::ErrorKind::usage, base::Code::bad_file,
          path + " is not the output of dane audit --json: line " + std::to_string(at));
    }
    (void)insert.bind(std::int64_t{which}).bind_in_place(line).run();
    if (!insert.restart()) {
      return base::fail(base::ErrorKind::temporary, base::Code::bad_file,
                        path + ": " + sqlite3_errmsg(database_.get()));
    }
  }
  if (!file.bad()) return {};
  return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                    path + ": " + base::system_message(errno));
}

void StoredRuns::for_each_in_both(const std::function<void(const InBoth&)>& take) const {
  Statement rows(database_.get(), kInBoth);
  while (rows.next()) {
    InBoth one{rows.text_in(0), rows.text_in(1), {}, {}, rows.text_in(2)};
    one.was =
        state_of(rows.text_in(3), rows.text_in(5), rows.text_in(7), rows.text_in(9));
    one.is =
        state_of(rows.text_in(4), rows.text_in(6), rows.text_in(8), rows.text_in(10));
    keep_unseen(one.was, rows.text_in(11), rows.text_in(12), one.is);
    take(one);
  }
}

StoredRuns::Sizes StoredRuns::sizes() const {
  const auto count = [&](const char* sql) {
    return static_cast<std::uint64_t>(Statement(database_.get(), sql).number());
  };
  return {count("SELECT count(*) FROM domain WHERE run = 0"),
          count("SELECT count(*) FROM domain WHERE run = 1"),
          count("SELECT count(*) FROM domain AS old JOIN domain AS new "
                "ON new.input = old.input WHERE old.run = 0 AND new.run = 1")};
}

}  // namespace cli::report
