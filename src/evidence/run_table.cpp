#include "src/evidence/run_table.h"

#include "src/evidence/checkpoint.h"

namespace evidence {
namespace {

constexpr std::int64_t kMostRuns = std::int64_t{1} << 30;
constexpr std::size_t kMostDictionary = 32'768;  // what deflate can look back

constexpr const char* kAll =
    "SELECT number, began, previous, dictionary, whole, checkpoint FROM runs "
    "ORDER BY number";
constexpr const char* kOne =
    "SELECT number, began, previous, dictionary, whole, checkpoint FROM runs "
    "WHERE number = ?";

/// Whether a moment has a date of four digits.
bool has_date(std::int64_t seconds) {
  constexpr std::int64_t kLast = 253'402'300'799;
  return seconds >= 0 && seconds <= kLast;
}

}  // namespace

base::Result<OpenedRun> RunTable::in_row(const StoreQuery& row) {
  OpenedRun out;
  out.run.number = row.number(0);
  out.run.began = std::chrono::sys_seconds(std::chrono::seconds(row.number(1)));
  const auto previous = hashes_in(row.octets(2));
  if (!previous || previous->size() != 1 || out.run.number < 1 ||
      out.run.number > kMostRuns || !has_date(row.number(1)) ||
      row.octets(3).size() > kMostDictionary) {
    return file_.damaged("a run");
  }
  out.run.previous = previous->front();
  out.dictionary = base::as_text(row.octets(3));
  out.run.whole = row.number(4) == 1;
  if (!row.is_null(5)) {
    const std::string text(base::as_text(row.octets(5)));
    const auto checkpoint = read_checkpoint(text);
    if (!checkpoint || checkpoint->previous != out.run.previous ||
        checkpoint->leaves > static_cast<std::uint64_t>(kNumbersOfARun)) {
      return file_.damaged("the checkpoint of a run");
    }
    out.run.leaves = checkpoint->leaves;
    out.run.checkpoint = text;
  }
  return out;
}

base::Result<std::vector<StoredRun>> RunTable::all() {
  std::vector<StoredRun> out;
  StoreQuery& rows = file_.query(kAll);
  for (;;) {
    const auto row = file_.step(rows);
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    auto one = in_row(rows);
    if (!one) return tl::unexpected(one.error());
    if (!out.empty() && one->run.number <= out.back().number) {
      return file_.damaged("the runs");
    }
    out.push_back(std::move(one->run));
  }
  for (StoredRun& run : out) {
    if (run.checkpoint) continue;
    const auto leaves = leaves_.count(run.number);
    if (!leaves) return tl::unexpected(leaves.error());
    run.leaves = *leaves;
  }
  return out;
}

base::Result<OpenedRun> RunTable::opened(std::int64_t number) {
  const std::string none = "there is no run " + std::to_string(number);
  if (number < 1 || number > kMostRuns) return misused(none);
  StoreQuery& row = file_.query(kOne).bind(number);
  const auto found = file_.step(row);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return misused(none);
  auto out = in_row(row);
  row.again();
  return out;
}

base::Result<OpenedRun> RunTable::finished(std::int64_t number) {
  auto out = opened(number);
  if (!out) return out;
  const std::string name = "run " + std::to_string(number);
  if (!out->run.checkpoint) return misused(name + " is not finished");
  const auto checkpoint = read_checkpoint(*out->run.checkpoint);
  const auto sum = leaves_.sum(number);
  if (!sum) return tl::unexpected(sum.error());
  if (checkpoint && sum->leaves == checkpoint->leaves && sum->root == checkpoint->root) {
    return out;
  }
  return file_.damaged("the checkpoint of " + name + " is not that of its leaves");
}

base::Result<OpenedRun> RunTable::finished_or_last(std::optional<std::int64_t> number) {
  if (number) return finished(*number);
  const auto runs = all();
  if (!runs) return tl::unexpected(runs.error());
  for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
    if (run->checkpoint) return finished(run->number);
  }
  return misused("no run of the store is finished");
}

}  // namespace evidence
