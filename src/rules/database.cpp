// The constant database (cdb) of Bernstein, as tcprules writes it, in memory.
//
// It begins with 256 pairs of numbers, of four octets each, the lowest first: where a
// hash table is, and how many slots it has. Then come the records, each with the lengths
// of key and data before them, and then the tables one behind the other. A slot is a pair
// too: the hash of a key, and where its record begins, or 0 if the slot is empty. Table
// `hash % 256` has the record; slot `hash / 256 % slots` is where the search begins, and
// it goes on, round the end, to an empty slot or until all were seen.
//
// Who looks into a damaged one with a reader that goes by what stands there may find
// nothing: a file of 2048 zeros is a database without records, and tcpserver lets
// everybody in by it. So all that leads to a record is compared with all that must lead
// there before anything is looked up: the tables fill the end of the file, the records
// fill what is before them, and each record is in a slot that a search for its key comes
// by. Keys are covered by their hashes; what data says, rule.h checks.
//
// libcdb's search bounds what it reads, its walk over all records (cdb_seqnext) does not:
// a length near 2^32 wraps round and is believed. Its cdb_init maps the file, and whoever
// then writes a shorter one over it ends the process (SIGBUS). So records are counted
// here, and the search is given octets that nobody else can change.
#include "src/rules/database.h"

#include <cdb.h>

#include <algorithm>
#include <array>

namespace rules {
namespace {

constexpr std::size_t kTables = 256, kPair = 8, kFirstRecord = kTables * kPair;

using Positions = std::vector<std::uint32_t>;

const unsigned char* at(std::string_view octets, std::size_t position) {
  return reinterpret_cast<const unsigned char*>(octets.data()) + position;
}

std::uint32_t number(std::string_view octets, std::size_t position) {
  return cdb_unpack(at(octets, position));
}

/// The record that begins at a position which is known to be one.
Database::Record record(std::string_view octets, std::size_t position) {
  const std::size_t key = number(octets, position), data = number(octets, position + 4);
  octets.remove_prefix(position + kPair);
  return {octets.substr(0, key), octets.substr(key, data)};
}

struct Slot {
  std::uint32_t hash = 0;
  std::uint32_t position = 0;  ///< of a record; 0 for an empty slot
};

struct Table {
  std::string_view octets;  ///< of the whole database
  std::size_t begin = 0;
  std::size_t slots = 0;

  [[nodiscard]] Slot slot(std::size_t i) const {
    return {number(octets, begin + kPair * i), number(octets, begin + kPair * i + 4)};
  }
};

using Tables = std::array<Table, kTables>;

/// The hash tables; nothing if they do not fill the end of the file, in their order.
std::optional<Tables> tables_of(std::string_view octets) {
  Tables out;
  std::size_t end = 0;
  for (std::size_t i = 0; i < kTables; ++i) {
    out[i] = {octets, number(octets, kPair * i), number(octets, kPair * i + 4)};
    if (i == 0 ? out[i].begin < kFirstRecord : out[i].begin != end) return std::nullopt;
    end = out[i].begin + kPair * out[i].slots;
    if (end > octets.size()) return std::nullopt;
  }
  return end == octets.size() ? std::optional(out) : std::nullopt;
}

/// Where records begin; nothing if they do not fill the file up to `end`.
std::optional<Positions> positions_of(std::string_view octets, std::size_t end) {
  Positions out;
  std::size_t position = kFirstRecord;
  while (position < end) {
    if (end - position < kPair) return std::nullopt;
    out.push_back(static_cast<std::uint32_t>(position));
    const std::uint64_t key = number(octets, position);
    const std::uint64_t data = number(octets, position + 4);
    position += kPair;
    if (key + data > end - position) return std::nullopt;
    position += key + data;
  }
  return out;
}

/// Whether the taken slots of a table are records with their hashes, in the table of
/// these. Which ones is noted in `seen`, where each may be only once.
bool holds_records(const Table& table, std::size_t number_of_table,
                   const Positions& positions, std::vector<bool>& seen) {
  for (std::size_t i = 0; i < table.slots; ++i) {
    const Slot slot = table.slot(i);
    if (slot.position == 0 && slot.hash == 0) continue;
    const auto found = std::ranges::lower_bound(positions, slot.position);
    if (found == positions.end() || *found != slot.position) return false;
    const auto index = static_cast<std::size_t>(found - positions.begin());
    const std::string_view key = record(table.octets, slot.position).key;
    if (seen[index] || slot.hash % kTables != number_of_table ||
        slot.hash != cdb_hash(key.data(), static_cast<unsigned>(key.size()))) {
      return false;
    }
    seen[index] = true;
  }
  return true;
}

/// Whether searches come by all taken slots of a table: none is empty between the slot
/// where a search begins and the one where it is to end.
bool is_searchable(const Table& table) {
  std::size_t empty = 0;
  while (empty < table.slots && table.slot(empty).position != 0) ++empty;
  if (empty == table.slots) return true;  // a search sees all
  std::size_t taken = 0;                  // slots in a row, up to the one before
  for (std::size_t i = 1; i < table.slots; ++i) {
    const std::size_t place = (empty + i) % table.slots;
    const Slot slot = table.slot(place);
    const std::size_t begin = slot.hash / kTables % table.slots;
    const std::size_t steps = (place + table.slots - begin) % table.slots;
    if (slot.position != 0 && steps > taken) return false;
    taken = slot.position != 0 ? taken + 1 : 0;
  }
  return true;
}

/// Whether each record is found by its key.
bool is_indexed(const Tables& tables, const Positions& positions) {
  std::vector<bool> seen(positions.size());
  for (std::size_t i = 0; i < kTables; ++i) {
    if (!holds_records(tables[i], i, positions, seen) || !is_searchable(tables[i])) {
      return false;
    }
  }
  return std::ranges::find(seen, false) == seen.end();
}

tl::unexpected<base::Error> bad(std::string why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(why));
}

}  // namespace

base::Result<Database> Database::read(std::string octets) {
  if (octets.size() > kMostOctets) return bad("the file is too large");
  if (octets.size() < kFirstRecord) return bad("the file is no cdb, or was cut off");
  const auto tables = tables_of(octets);
  if (!tables) return bad("the file is no cdb, or was cut off");
  auto positions = positions_of(octets, tables->front().begin);
  if (!positions || !is_indexed(*tables, *positions)) return bad("the cdb is damaged");
  Database out(std::move(octets));
  out.positions_ = *std::move(positions);
  return out;
}

base::Result<std::optional<std::string_view>> Database::find(std::string_view key) const {
  if (key.size() > octets_.size()) return std::optional<std::string_view>();
  struct cdb whole = {};
  whole.cdb_fd = -1;
  whole.cdb_fsize = static_cast<unsigned>(octets_.size());
  whole.cdb_dend = number(octets_, 0);
  whole.cdb_mem = at(octets_, 0);
  const int found = cdb_find(&whole, key.data(), static_cast<unsigned>(key.size()));
  if (found < 0) return bad("the cdb is damaged");
  if (found == 0) return std::optional<std::string_view>();
  return std::optional(
      std::string_view(octets_).substr(cdb_datapos(&whole), cdb_datalen(&whole)));
}

std::vector<Database::Record> Database::records() const {
  std::vector<Record> out;
  out.reserve(positions_.size());
  for (const std::uint32_t position : positions_) {
    out.push_back(record(octets_, position));
  }
  return out;
}

}  // namespace rules
