#include "src/evidence/stored_contents.h"

#include "verify/hash.h"

namespace evidence {
namespace {

constexpr std::size_t kRemembered = 32'768;  // of a kind, twice

struct Statements {
  const char* find;
  const char* add;
  const char* take;
};

// By Content.
constexpr std::array<Statements, 5> kStatements{{
    {"SELECT number, octets FROM sets WHERE hash = ?",
     "INSERT INTO sets (hash, octets) VALUES (?, ?)",
     "SELECT octets FROM sets WHERE number = ?"},
    {"SELECT number, octets FROM messages WHERE hash = ?",
     "INSERT INTO messages (hash, octets) VALUES (?, ?)",
     "SELECT octets FROM messages WHERE number = ?"},
    {"SELECT number, octets FROM answers WHERE hash = ?",
     "INSERT INTO answers (hash, octets) VALUES (?, ?)",
     "SELECT octets FROM answers WHERE number = ?"},
    {"SELECT number, octets FROM peers WHERE hash = ?",
     "INSERT INTO peers (hash, octets) VALUES (?, ?)",
     "SELECT octets FROM peers WHERE number = ?"},
    {"SELECT number, octets FROM texts WHERE hash = ?",
     "INSERT INTO texts (hash, octets) VALUES (?, ?)",
     "SELECT octets FROM texts WHERE number = ?"},
}};

}  // namespace

std::int64_t short_hash(const Octets32& hash) {
  constexpr std::size_t kOctets = 6;
  std::int64_t out = 0;
  for (std::size_t i = 0; i < kOctets; ++i) {
    out = out << 8 | std::to_integer<std::int64_t>(hash[i]);
  }
  return out;
}

std::optional<std::int64_t> StoredContents::recall(Lately& lately, const Octets32& hash) {
  if (const auto at = lately.newer.find(hash); at != lately.newer.end()) {
    return at->second;
  }
  const auto at = lately.older.find(hash);
  if (at == lately.older.end()) return std::nullopt;
  const std::int64_t number = at->second;
  remember(lately, hash, number);
  return number;
}

void StoredContents::remember(Lately& lately, const Octets32& hash, std::int64_t number) {
  if (lately.newer.size() == kRemembered) {
    lately.older = std::move(lately.newer);
    lately.newer.clear();
  }
  lately.newer[hash] = number;
}

base::Result<Shelf::Place> StoredContents::put(Content kind, base::ByteView octets) {
  const auto which = static_cast<std::size_t>(kind);
  const Octets32 hash = verify::sha256(octets);
  if (const auto number = recall(lately_[which], hash)) return Place{*number, false};
  StoreQuery& find = file_.query(kStatements[which].find).bind(short_hash(hash));
  for (;;) {
    const auto row = file_.step(find);
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    if (!base::equal(find.octets(1), octets)) continue;
    const Place out{find.number(0), false};
    find.again();
    remember(lately_[which], hash, out.number);
    return out;
  }
  StoreQuery& add = file_.query(kStatements[which].add);
  if (auto done = file_.run(add.bind(short_hash(hash)).bind(octets)); !done) {
    return tl::unexpected(done.error());
  }
  const Place out{file_.last_row(), true};
  remember(lately_[which], hash, out.number);
  return out;
}

base::Result<base::Bytes> StoredContents::take(Content kind, std::int64_t number) {
  const auto which = static_cast<std::size_t>(kind);
  StoreQuery& one = file_.query(kStatements[which].take).bind(number);
  const auto row = file_.step(one);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return file_.damaged("a row is missing");
  const base::ByteView octets = one.octets(0);
  base::Bytes out(octets.begin(), octets.end());
  one.again();
  return out;
}

}  // namespace evidence
