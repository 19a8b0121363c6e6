#include "cli/dane/audit/sqlite.h"

#include <sqlite3.h>

#include <thread>

#include "cli/dane/audit/output.h"
#include "cli/version.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr std::int64_t kApplication = 0x44414E45;  // "DANE", in the file's header
constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchemaSql = R"(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS run (
  number INTEGER PRIMARY KEY, began TEXT NOT NULL, ended TEXT, whole INTEGER,
  domains INTEGER, version TEXT NOT NULL, options TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rejected (
  input TEXT PRIMARY KEY, detail TEXT NOT NULL, time TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS domain (
  domain TEXT PRIMARY KEY, grade TEXT NOT NULL, mx_dnssec TEXT, time TEXT NOT NULL,
  milliseconds INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (
  domain TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS mx (
  domain TEXT NOT NULL, preference INTEGER NOT NULL, host TEXT NOT NULL,
  access TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS host (
  host TEXT PRIMARY KEY, dnssec TEXT, tlsa TEXT NOT NULL, ttl INTEGER, signed_until TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  host TEXT NOT NULL, usage INTEGER NOT NULL, selector INTEGER NOT NULL,
  matching INTEGER NOT NULL, data TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS address (
  host TEXT NOT NULL, address TEXT NOT NULL, access TEXT NOT NULL, protocol TEXT,
  cipher TEXT, reason TEXT, spki_sha256 TEXT, not_after TEXT, error TEXT
);
CREATE INDEX IF NOT EXISTS domain_grade ON domain (grade);
CREATE INDEX IF NOT EXISTS finding_domain ON finding (domain);
CREATE INDEX IF NOT EXISTS finding_code ON finding (code);
CREATE INDEX IF NOT EXISTS mx_domain ON mx (domain);
CREATE INDEX IF NOT EXISTS mx_host ON mx (host);
CREATE INDEX IF NOT EXISTS record_host ON record (host);
CREATE INDEX IF NOT EXISTS address_host ON address (host);
CREATE INDEX IF NOT EXISTS address_key ON address (spki_sha256);
PRAGMA user_version = 1;
PRAGMA application_id = 0x44414E45;
COMMIT;
)";

constexpr std::size_t kRowsAtOnce = 1000;
constexpr std::chrono::seconds kRowsFor{1};

/// Waits for whoever else has locked the database, a minute at most.
int wait_for_others(void* /*unused*/, int times) {
  constexpr int kMost = 3000;
  constexpr std::chrono::milliseconds kTick{20};
  if (times >= kMost || is_ending()) return 0;
  std::this_thread::sleep_for(kTick);
  return 1;
}

}  // namespace

tl::unexpected<base::Error> Database::failed(base::ErrorKind kind) const {
  return base::fail(kind, base::Code::bad_file,
                    path_ + ": " + sqlite3_errmsg(database_.get()));
}

base::Result<void> Database::run(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK)
    return {};
  return failed(base::ErrorKind::temporary);
}

std::int64_t Database::number_of(const char* sql) {
  return Statement(database_.get(), sql).number();
}

bool Database::is_empty() {
  return number_of(
             "SELECT EXISTS (SELECT 1 FROM domain UNION ALL SELECT 1 FROM rejected)") ==
         0;
}

base::Result<void> Database::begin_run(const std::string& options,
                                       std::chrono::sys_seconds now) {
  const bool good = Statement(database_.get(),
                              "INSERT INTO run (began, version, options) VALUES (?,?,?)")
                        .bind(verify::to_text(now))
                        .bind(version())
                        .bind(options)
                        .run();
  if (!good) return failed(base::ErrorKind::temporary);
  run_ = sqlite3_last_insert_rowid(database_.get());
  return {};
}

base::Result<void> Database::end_run(std::chrono::sys_seconds now, bool whole) {
  if (auto done = commit(); !done) return done;
  const bool good =
      Statement(database_.get(),
                "UPDATE run SET ended = ?, whole = ?, domains = ? WHERE number = ?")
          .bind(verify::to_text(now))
          .bind(std::int64_t{whole ? 1 : 0})
          .bind(domains_)
          .bind(run_)
          .run();
  if (!good) return failed(base::ErrorKind::temporary);
  return {};
}

base::Result<void> Database::prepare() {
  const std::int64_t tables = number_of("SELECT count(*) FROM sqlite_master");
  if (tables < 0) return failed(base::ErrorKind::usage);
  const bool ours = number_of("PRAGMA application_id") == kApplication &&
                    number_of("PRAGMA user_version") == kSchemaVersion;
  if (tables > 0 && !ours) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path_ + " is a database of something else");
  }
  // To change its manner is the one thing that SQLite does not wait for.
  for (int times = 0; !run("PRAGMA journal_mode = WAL"); ++times) {
    const bool busy = sqlite3_errcode(database_.get()) == SQLITE_BUSY;
    if (!busy || wait_for_others(nullptr, times) == 0) {
      return failed(base::ErrorKind::usage);
    }
  }
  for (const char* sql : {"PRAGMA synchronous = NORMAL", kSchemaSql}) {
    if (!run(sql)) return failed(base::ErrorKind::usage);
  }
  return {};
}

base::Result<Database> Database::open(const std::string& path) {
  sqlite3* database = nullptr;
  const int rc = sqlite3_open(path.c_str(), &database);
  Database out;
  out.database_.reset(database);
  out.path_ = path;
  if (rc != SQLITE_OK) return out.failed(base::ErrorKind::usage);
  sqlite3_busy_handler(database, wait_for_others, nullptr);
  if (auto ready = out.prepare(); !ready) return tl::unexpected(ready.error());
  return out;
}

bool Database::add_rejected(const DomainAudit& audited) {
  const auto& findings = audited.judgement.findings;
  return Statement(database_.get(), "INSERT OR REPLACE INTO rejected VALUES (?,?,?)")
      .bind(audited.item.word)
      .bind(findings.empty() ? std::string() : findings.front().detail)
      .bind(verify::to_text(audited.moment))
      .run();
}

base::Result<void> Database::add_rows(const DomainAudit& audited) {
  if (audited.judgement.grade == Grade::bad_input) {
    if (!add_rejected(audited)) return failed(base::ErrorKind::temporary);
    return {};
  }
  sqlite3* database = database_.get();
  const DomainSeen& facts = audited.seen;
  const std::string domain =
      facts.domain.text().empty() ? audited.item.word : facts.domain.text();
  bool good = true;
  for (const char* sql :
       {"DELETE FROM finding WHERE domain = ?", "DELETE FROM mx WHERE domain = ?"}) {
    good = good && Statement(database, sql).bind(domain).run();
  }
  std::optional<std::string_view> dnssec;
  if (!facts.error) dnssec = dns::to_text(facts.mx.security);
  good = good && Statement(database, "INSERT OR REPLACE INTO domain VALUES (?,?,?,?,?)")
                     .bind(domain)
                     .bind(audit::to_text(audited.judgement.grade))
                     .bind(dnssec)
                     .bind(verify::to_text(audited.moment))
                     .bind(std::int64_t{audited.took.count()})
                     .run();
  for (const Finding& finding : audited.judgement.findings) {
    const Kind& kind = kind_of(finding.code);
    good = good && Statement(database, "INSERT INTO finding VALUES (?,?,?,?,?)")
                       .bind(domain)
                       .bind(kind.word)
                       .bind(audit::to_text(kind.severity))
                       .bind(finding.subject)
                       .bind(finding.detail)
                       .run();
  }
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    const HostSeen& host = facts.hosts[i]->seen;
    const HostAccess& result = audited.judgement.hosts[i];
    good = good && Statement(database, "INSERT INTO mx VALUES (?,?,?,?)")
                       .bind(domain)
                       .bind(std::int64_t{facts.mx.hosts[i].preference})
                       .bind(host.name.text())
                       .bind(audit::to_text(result.access))
                       .run();
    good = good && add_host(host, result);
  }
  if (!good) return failed(base::ErrorKind::temporary);
  return {};
}

bool Database::add_host(const HostSeen& host, const HostAccess& result) {
  sqlite3* database = database_.get();
  const std::string name = host.name.text();
  bool good = true;
  for (const char* sql :
       {"DELETE FROM record WHERE host = ?", "DELETE FROM address WHERE host = ?"}) {
    good = good && Statement(database, sql).bind(name).run();
  }
  std::optional<std::string_view> dnssec;
  if (!host.error) dnssec = dns::to_text(host.host.security);
  std::optional<std::int64_t> ttl;
  if (host.signature) ttl = host.signature->original_ttl.count();
  std::optional<std::string> until;
  if (host.tlsa.signed_until) until = verify::to_text(*host.tlsa.signed_until);
  good = good && Statement(database, "INSERT OR REPLACE INTO host VALUES (?,?,?,?,?)")
                     .bind(name)
                     .bind(dnssec)
                     .bind(host.tlsa_error ? "error" : policy::to_text(host.tlsa.state))
                     .bind(ttl)
                     .bind(until)
                     .run();
  for (const dns::Tlsa& record : host.tlsa.records) {
    good = good && Statement(database, "INSERT INTO record VALUES (?,?,?,?,?)")
                       .bind(name)
                       .bind(std::int64_t{dns::number(record.usage)})
                       .bind(std::int64_t{dns::number(record.selector)})
                       .bind(std::int64_t{dns::number(record.matching)})
                       .bind(base::to_hex(record.data))
                       .run();
  }
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    good = good && add_address(name, host.addresses[i], result.addresses[i]);
  }
  return good;
}

bool Database::add_address(const std::string& host, const AddressSeen& address,
                           const AddressAccess& result) {
  std::optional<std::string> protocol, cipher, reason, key, until, error;
  const Shown& shown = usual(address);
  if (const auto& session = shown.session) {
    protocol = session->protocol;
    cipher = session->cipher;
  }
  if (result.verdict) reason = verify::to_text(result.verdict->reason);
  if (shown.error) error = shown.error->detail;
  const auto* chain = std::get_if<verify::Certificates>(&shown.chain);
  if (chain != nullptr && !chain->empty()) {
    if (const auto leaf = verify::parse_certificate(chain->front())) {
      key = base::to_hex(verify::sha256(leaf->spki));
      if (const auto validity = verify::validity_of(*leaf)) {
        until = verify::to_text(validity->not_after);
      }
    }
  }
  return Statement(database_.get(), "INSERT INTO address VALUES (?,?,?,?,?,?,?,?,?)")
      .bind(host)
      .bind(net::to_text(address.address))
      .bind(audit::to_text(result.access))
      .bind(protocol)
      .bind(cipher)
      .bind(reason)
      .bind(key)
      .bind(until)
      .bind(error)
      .run();
}

base::Result<bool> Database::add(const DomainAudit& audited) {
  // The lock first: a transaction that begins by reading may not be let write.
  if (waiting_ == 0) {
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) return tl::unexpected(begun.error());
    begun_ = io::Clock::now();
  }
  if (auto added = add_rows(audited); !added) return tl::unexpected(added.error());
  ++domains_;
  if (++waiting_ < kRowsAtOnce) return commit_if_due();
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  return true;
}

base::Result<bool> Database::commit_if_due() {
  if (waiting_ == 0 || io::Clock::now() < begun_ + kRowsFor) return false;
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  return true;
}

base::Result<void> Database::commit() {
  if (waiting_ == 0) return {};
  waiting_ = 0;
  return run("COMMIT");
}

}  // namespace cli::report
