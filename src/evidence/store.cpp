// The runs of a store.
//
// What a bundle is when it is exported is hashed again and must be its leaf: a mistake of
// ours, of the disk or of a stranger's becomes an error, never another bundle.
#include "src/evidence/store.h"

#include <algorithm>

#include "src/evidence/bundle_bounds.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/checkpoint.h"
#include "src/evidence/compressor.h"
#include "src/evidence/merkle_tree.h"
#include "src/evidence/packed_bundle.h"
#include "src/evidence/run_table.h"
#include "src/evidence/stored_contents.h"
#include "src/evidence/stored_leaves.h"
#include "verify/hash.h"

namespace evidence {
namespace {

constexpr std::size_t kBundlesAtOnce = 1000;
constexpr std::chrono::seconds kBundlesFor{1};
constexpr std::size_t kMostDictionary = 32'768;  // what deflate can look back

Octets32 hash_of_subject(std::string_view subject) {
  return verify::sha256(base::as_bytes(subject));
}

}  // namespace

class Store::Inside {
 public:
  explicit Inside(StoreFile file)
      : file_(std::move(file)), contents_(file_), leaves_(file_), runs_(file_, leaves_) {}
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { roll_back(); }

  base::Result<std::vector<StoredRun>> runs() { return runs_.all(); }
  base::Result<StoredRun> finished_run(std::optional<std::int64_t> number);
  base::Result<StoredRun> begin_run(std::chrono::sys_seconds now);
  base::Result<StoredRun> begin_again(const StoredRun& empty,
                                      std::chrono::sys_seconds now);
  base::Result<std::optional<StoredRun>> resume_run();
  base::Result<bool> add(std::string_view subject, const Bundle& bundle);
  base::Result<bool> commit_if_due();
  base::Result<void> commit();
  base::Result<std::string> finish_run(Ending ending);
  base::Result<void> add_stamp(std::int64_t run, base::ByteView token);
  base::Result<std::vector<base::Bytes>> stamps(std::int64_t run);
  base::Result<bool> holds(std::int64_t run, std::string_view subject);
  base::Result<Bundle> bundle(std::string_view subject, std::optional<std::int64_t> run);
  base::Result<Bundle> bundle_at(std::int64_t run, std::uint64_t index);

 private:
  base::Result<Bundle> bundle_in(const OpenedRun& run, std::uint64_t index);
  [[nodiscard]] base::Result<void> check_whole() const;
  base::Result<void> begin();
  void roll_back();
  base::Result<void> put(std::string_view subject, const Bundle& bundle);
  base::Result<RunPlace> place_of(const StoredRun& run, std::uint64_t index,
                                  const Octets32& leaf);
  base::Result<std::optional<std::int64_t>> number_of(std::string_view subject,
                                                      std::int64_t from, std::int64_t to);

  StoreFile file_;
  StoredContents contents_;
  StoredLeaves leaves_;
  RunTable runs_;
  Compressor compressor_;

  // of the run that is written
  std::optional<StoredRun> run_;
  std::string dictionary_;
  std::size_t waiting_ = 0;  // bundles in the transaction
  bool in_transaction_ = false;
  io::Clock::time_point begun_;  // the transaction
  bool broken_ = false;
};

// -------------------------------------------------------------------------------- runs

base::Result<StoredRun> Store::Inside::finished_run(std::optional<std::int64_t> number) {
  return runs_.finished_or_last(number).map(
      [](const OpenedRun& opened) { return opened.run; });
}

base::Result<StoredRun> Store::Inside::begin_run(std::chrono::sys_seconds now) {
  const auto all = runs();
  if (!all) return tl::unexpected(all.error());
  StoredRun run;
  run.number = 1;
  run.began = now;
  if (!all->empty()) {
    const StoredRun& last = all->back();
    if (!last.checkpoint) return begin_again(last, now);
    run.number = last.number + 1;
    run.previous = hash_of_checkpoint(*last.checkpoint);
  }
  StoreQuery& add = file_.query(
      "INSERT INTO runs (number, began, previous, dictionary) VALUES (?, ?, ?, ?)");
  add.bind(run.number)
      .bind(now.time_since_epoch().count())
      .bind(base::ByteView(run.previous))
      .bind(std::string_view());
  // Somebody else who begins a run at this moment takes the number.
  if (auto done = file_.run(add); !done) return tl::unexpected(done.error());
  run_ = run;
  dictionary_.clear();
  leaves_.begin(run.number);
  return run;
}

/// A run that was begun and has nothing: it begins now.
base::Result<StoredRun> Store::Inside::begin_again(const StoredRun& empty,
                                                   std::chrono::sys_seconds now) {
  if (empty.leaves > 0) {
    return misused("run " + std::to_string(empty.number) + " is not finished");
  }
  run_.reset();
  auto run = resume_run();
  if (!run) return tl::unexpected(run.error());
  StoreQuery& change = file_.query("UPDATE runs SET began = ? WHERE number = ?");
  change.bind(now.time_since_epoch().count()).bind(empty.number);
  if (auto done = file_.run(change); !done) return tl::unexpected(done.error());
  run_->began = now;
  return *run_;
}

base::Result<std::optional<StoredRun>> Store::Inside::resume_run() {
  if (run_) return run_;
  const auto all = runs();
  if (!all) return tl::unexpected(all.error());
  if (all->empty() || all->back().checkpoint) return std::optional<StoredRun>();
  const StoredRun& last = all->back();
  auto one = runs_.opened(last.number);
  if (!one) return tl::unexpected(one.error());
  if (auto done = leaves_.resume(last.number, last.leaves); !done) {
    return tl::unexpected(done.error());
  }
  dictionary_ = std::move(one->dictionary);
  run_ = last;
  return run_;
}

// ----------------------------------------------------------------------------- writing

/// An error where one before this has left less than was added.
base::Result<void> Store::Inside::check_whole() const {
  if (!broken_) return {};
  return base::fail(base::ErrorKind::internal, base::Code::bad_file,
                    "the store cannot be written to since an error");
}

base::Result<void> Store::Inside::begin() {
  if (auto good = check_whole(); !good) return good;
  if (in_transaction_) return {};
  // The lock first: a transaction that begins by reading may not be let write.
  if (auto done = file_.run("BEGIN IMMEDIATE"); !done) return done;
  in_transaction_ = true;
  begun_ = io::Clock::now();
  return {};
}

void Store::Inside::roll_back() {
  if (in_transaction_) (void)file_.run("ROLLBACK");
  in_transaction_ = false;
}

base::Result<void> Store::Inside::put(std::string_view subject, const Bundle& bundle) {
  const auto packed = pack(bundle, contents_);
  if (!packed) return tl::unexpected(packed.error());
  if (run_->leaves == 0) {
    dictionary_ = packed->substr(0, kMostDictionary);
    StoreQuery& set = file_.query("UPDATE runs SET dictionary = ? WHERE number = ?");
    if (auto done = file_.run(set.bind(dictionary_).bind(run_->number)); !done) {
      return done;
    }
  }
  const base::Bytes small = compressor_.compress(*packed, dictionary_);
  StoreQuery& add = file_.query(
      "INSERT INTO bundles (number, hash, subject, packed) VALUES (?, ?, ?, ?)");
  add.bind(run_->number * kNumbersOfARun + static_cast<std::int64_t>(run_->leaves))
      .bind(short_hash(hash_of_subject(subject)))
      .bind(subject)
      .bind(small);
  if (auto done = file_.run(add); !done) return done;
  ++run_->leaves;
  return leaves_.add(leaf_hash(hash_of(bundle)));
}

base::Result<bool> Store::Inside::add(std::string_view subject, const Bundle& bundle) {
  if (!run_) return misused("no run was begun");
  if (run_->leaves >= static_cast<std::uint64_t>(kNumbersOfARun)) {
    return misused("the run has as many bundles as a run may have");
  }
  if (auto done = begin(); !done) return tl::unexpected(done.error());
  if (auto done = put(subject, bundle); !done) {
    roll_back();
    broken_ = true;
    return tl::unexpected(done.error());
  }
  if (++waiting_ < kBundlesAtOnce) return commit_if_due();
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  return true;
}

base::Result<bool> Store::Inside::commit_if_due() {
  if (waiting_ == 0 || io::Clock::now() < begun_ + kBundlesFor) return false;
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  return true;
}

base::Result<void> Store::Inside::commit() {
  if (!in_transaction_) return {};
  base::Result<void> done = leaves_.write();
  if (done) done = file_.run("COMMIT");
  if (!done) {
    roll_back();
    broken_ = true;
    return done;
  }
  in_transaction_ = false;
  waiting_ = 0;
  return {};
}

base::Result<std::string> Store::Inside::finish_run(Ending ending) {
  if (!run_) return misused("no run was begun");
  if (auto good = check_whole(); !good) return tl::unexpected(good.error());
  if (auto done = commit(); !done) return tl::unexpected(done.error());
  const std::string text =
      to_text(Checkpoint{run_->leaves, leaves_.root(), run_->previous});
  // What witnesses will sign outlives a loss of power: this commit goes to the disk.
  if (auto done = file_.run("PRAGMA synchronous = FULL"); !done) {
    return tl::unexpected(done.error());
  }
  StoreQuery& set =
      file_.query("UPDATE runs SET whole = ?, checkpoint = ? WHERE number = ?");
  set.bind(std::int64_t{ending == Ending::whole ? 1 : 0}).bind(text).bind(run_->number);
  auto done = file_.run(set);
  (void)file_.run("PRAGMA synchronous = NORMAL");
  if (!done) return tl::unexpected(done.error());
  run_.reset();
  // The run is finished, also where the log must stay for a while: a full disk, a reader.
  (void)file_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  return text;
}

base::Result<void> Store::Inside::add_stamp(std::int64_t run, base::ByteView token) {
  const auto one = runs_.finished(run);
  if (!one) return tl::unexpected(one.error());
  const auto before = stamps(run);
  if (!before) return tl::unexpected(before.error());
  if (before->size() >= kMostStamps) {
    return misused("run " + std::to_string(run) + " has " + std::to_string(kMostStamps) +
                   " time-stamps, and a bundle takes no more");
  }
  StoreQuery& add = file_.query("INSERT INTO stamps (run, token) VALUES (?, ?)");
  return file_.run(add.bind(run).bind(token));
}

// ----------------------------------------------------------------------------- reading

base::Result<std::optional<std::int64_t>> Store::Inside::number_of(
    std::string_view subject, std::int64_t from, std::int64_t to) {
  constexpr int kMostOthers = 1000;  // that have the same 48 bits of a hash
  StoreQuery& rows = file_.query(
      "SELECT number, subject FROM bundles WHERE hash = ? AND number >= ? "
      "AND number < ? ORDER BY number DESC");
  rows.bind(short_hash(hash_of_subject(subject))).bind(from).bind(to);
  std::optional<std::int64_t> out;
  for (int others = 0; !out && others < kMostOthers; ++others) {
    const auto row = file_.step(rows);
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    if (base::as_text(rows.octets(1)) == subject) out = rows.number(0);
  }
  rows.again();
  return out;
}

base::Result<bool> Store::Inside::holds(std::int64_t run, std::string_view subject) {
  const auto number =
      number_of(subject, run * kNumbersOfARun, (run + 1) * kNumbersOfARun);
  if (!number) return tl::unexpected(number.error());
  return number->has_value();
}

base::Result<Bundle> Store::Inside::bundle(std::string_view subject,
                                           std::optional<std::int64_t> run) {
  const auto last = runs_.finished_or_last(run);
  if (!last) return tl::unexpected(last.error());
  const std::int64_t from = run ? *run * kNumbersOfARun : 0;
  const std::int64_t to = (last->run.number + 1) * kNumbersOfARun;
  const auto number = number_of(subject, from, to);
  if (!number) return tl::unexpected(number.error());
  if (!*number) {
    return misused("there is no bundle of " + base::printable(subject, base::kName));
  }
  return bundle_at(**number / kNumbersOfARun,
                   static_cast<std::uint64_t>(**number % kNumbersOfARun));
}

base::Result<RunPlace> Store::Inside::place_of(const StoredRun& run, std::uint64_t index,
                                               const Octets32& leaf) {
  RunPlace out;
  out.checkpoint = *run.checkpoint;
  out.index = index;
  auto path = leaves_.path(run.number, index);
  if (!path) return tl::unexpected(path.error());
  out.path = std::move(*path);
  const auto checkpoint = read_checkpoint(out.checkpoint);
  const auto root = root_by_path(leaf, {index, run.leaves}, out.path);
  if (!checkpoint || root != checkpoint->root) {
    return file_.damaged("it is not what its run was finished with");
  }
  auto stamped = stamps(run.number);
  if (!stamped) return tl::unexpected(stamped.error());
  out.stamps = std::move(*stamped);
  return out;
}

base::Result<std::vector<base::Bytes>> Store::Inside::stamps(std::int64_t run) {
  std::vector<base::Bytes> out;
  StoreQuery& rows = file_.query("SELECT token FROM stamps WHERE run = ? ORDER BY rowid");
  rows.bind(run);
  while (out.size() < kMostStamps) {
    const auto row = file_.step(rows);
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    const base::ByteView token = rows.octets(0);
    if (token.size() > kMostToken) return file_.damaged("a time-stamp is too long");
    out.emplace_back(token.begin(), token.end());
  }
  rows.again();
  return out;
}

base::Result<Bundle> Store::Inside::bundle_at(std::int64_t run, std::uint64_t index) {
  const auto one = runs_.finished(run);
  if (!one) return tl::unexpected(one.error());
  if (index >= one->run.leaves) {
    return misused("run " + std::to_string(run) + " has no bundle " +
                   std::to_string(index + 1));
  }
  auto out = bundle_in(*one, index);
  if (!out) return tl::unexpected(out.error().in(bundle_words(run, index)));
  return out;
}

base::Result<Bundle> Store::Inside::bundle_in(const OpenedRun& run, std::uint64_t index) {
  StoreQuery& row = file_.query("SELECT packed FROM bundles WHERE number = ?");
  const auto found = file_.step(
      row.bind(run.run.number * kNumbersOfARun + static_cast<std::int64_t>(index)));
  if (!found) return tl::unexpected(found.error());
  if (!*found) return file_.damaged("it is missing");
  // The first bundle of a run is its own dictionary.
  const auto packed = decompress(row.octets(0), run.dictionary, kMostOctets);
  row.again();
  if (!packed) return file_.damaged("it is not what was compressed");
  auto out = unpack(*packed, contents_);
  if (!out) return out;
  auto place = place_of(run.run, index, leaf_hash(hash_of(*out)));
  if (!place) return tl::unexpected(place.error());
  out->run = std::move(*place);
  return out;
}

// ------------------------------------------------------------------------------- store

namespace {

/// What a store says of itself, which its file is named in.
template <typename T>
base::Result<T> named(base::Result<T> said, const std::string& path) {
  if (said) return said;
  return tl::unexpected(said.error().in(base::printable(path, base::kLine)));
}

}  // namespace

std::string bundle_words(std::int64_t run, std::uint64_t index) {
  return "bundle " + std::to_string(index + 1) + " of run " + std::to_string(run);
}

Store::Store(StoreFile file, std::string path)
    : path_(std::move(path)), inside_(std::make_unique<Inside>(std::move(file))) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

base::Result<Store> Store::open(const std::string& path) {
  auto file = named(StoreFile::open_to_write(path), path);
  if (!file) return tl::unexpected(file.error());
  return Store(std::move(*file), path);
}

base::Result<Store> Store::open_to_read(const std::string& path) {
  auto file = named(StoreFile::open_to_read(path), path);
  if (!file) return tl::unexpected(file.error());
  return Store(std::move(*file), path);
}

base::Result<std::vector<StoredRun>> Store::runs() {
  return named(inside_->runs(), path_);
}
base::Result<StoredRun> Store::finished_run(std::optional<std::int64_t> number) {
  return named(inside_->finished_run(number), path_);
}
base::Result<StoredRun> Store::begin_run(std::chrono::sys_seconds now) {
  return named(inside_->begin_run(now), path_);
}
base::Result<std::optional<StoredRun>> Store::resume_run() {
  return named(inside_->resume_run(), path_);
}
base::Result<bool> Store::add(std::string_view subject, const Bundle& bundle) {
  return named(inside_->add(subject, bundle), path_);
}
base::Result<bool> Store::commit_if_due() {
  return named(inside_->commit_if_due(), path_);
}
base::Result<void> Store::commit() { return named(inside_->commit(), path_); }
base::Result<std::string> Store::finish_run(Ending ending) {
  return named(inside_->finish_run(ending), path_);
}
base::Result<void> Store::add_stamp(std::int64_t run, base::ByteView token) {
  return named(inside_->add_stamp(run, token), path_);
}
base::Result<std::vector<base::Bytes>> Store::stamps(std::int64_t run) {
  return named(inside_->stamps(run), path_);
}
base::Result<bool> Store::holds(std::int64_t run, std::string_view subject) {
  return named(inside_->holds(run, subject), path_);
}
base::Result<Bundle> Store::bundle(std::string_view subject,
                                   std::optional<std::int64_t> run) {
  return named(inside_->bundle(subject, run), path_);
}
base::Result<Bundle> Store::bundle_at(std::int64_t run, std::uint64_t index) {
  return named(inside_->bundle_at(run, index), path_);
}

}  // namespace evidence
