// Leaves are in the order in which bundles were added, and the leaf hashes stand in
// blocks of a thousand: a run of 23 million is 700 MB of them, and a proof reads one
// block of 32 KiB and the roots of the others. The last block of a run is written again
// with each transaction, so that a run which was interrupted has exactly the leaves of
// its bundles.
#include "src/evidence/stored_leaves.h"

#include <algorithm>
#include <tuple>

namespace evidence {
namespace {

constexpr std::uint64_t kBlock = 1024;  // leaves, a power of two

base::Bytes joined(const std::vector<Octets32>& hashes) {
  base::Bytes out;
  for (const Octets32& hash : hashes) out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

Octets32 root_of(const std::vector<Octets32>& hashes) {
  MerkleRoot tree;
  for (const Octets32& hash : hashes) tree.add(hash);
  return tree.root();
}

auto damaged(StoreFile& file) { return file.damaged("the leaves of a run"); }

}  // namespace

std::optional<std::vector<Octets32>> hashes_in(base::ByteView octets) {
  constexpr std::size_t kSize = std::tuple_size_v<Octets32>;
  if (octets.size() % kSize != 0) return std::nullopt;
  std::vector<Octets32> out(octets.size() / kSize);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const base::ByteView one = octets.subspan(i * kSize, kSize);
    std::copy(one.begin(), one.end(), out[i].begin());
  }
  return out;
}

base::Result<std::uint64_t> StoredLeaves::count(std::int64_t run) {
  StoreQuery& last = file_.query(
      "SELECT number, leaves FROM blocks WHERE number >= ? AND number < ? "
      "ORDER BY number DESC LIMIT 1");
  const auto row =
      file_.step(last.bind(run * kNumbersOfARun).bind((run + 1) * kNumbersOfARun));
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::uint64_t{0};
  const auto before = static_cast<std::uint64_t>(last.number(0) - run * kNumbersOfARun);
  const auto leaves = hashes_in(last.octets(1));
  last.again();
  if (!leaves || leaves->empty() || leaves->size() > kBlock ||
      before >= static_cast<std::uint64_t>(kNumbersOfARun) / kBlock) {
    return damaged(file_);
  }
  return before * kBlock + leaves->size();
}

base::Result<const StoredLeaves::Finished*> StoredLeaves::finished(std::int64_t run) {
  if (finished_ && finished_->run == run) return &*finished_;
  auto blocks = roots_of_blocks(run);
  if (!blocks) return tl::unexpected(blocks.error());
  Finished out{run, std::move(*blocks), {0, root_of({})}};
  if (!out.blocks.empty()) {
    const std::size_t whole = out.blocks.size() - 1;
    const auto last = block(run * kNumbersOfARun + static_cast<std::int64_t>(whole));
    if (!last) return tl::unexpected(last.error());
    out.sum = {whole * kBlock + last->size(), root_of(out.blocks)};
  }
  return &finished_.emplace(std::move(out));
}

base::Result<StoredLeaves::Sum> StoredLeaves::sum(std::int64_t run) {
  return finished(run).map([](const Finished* one) { return one->sum; });
}

base::Result<std::vector<Octets32>> StoredLeaves::path(std::int64_t run,
                                                       std::uint64_t index) {
  const auto one = finished(run);
  if (!one) return tl::unexpected(one.error());
  const std::vector<Octets32>& blocks = (*one)->blocks;
  const std::uint64_t which = index / kBlock;
  if (which >= blocks.size()) return damaged(file_);
  const auto leaves = block(run * kNumbersOfARun + static_cast<std::int64_t>(which));
  if (!leaves) return tl::unexpected(leaves.error());
  if (index % kBlock >= leaves->size()) return damaged(file_);
  std::vector<Octets32> out = inclusion_path(*leaves, index % kBlock);
  for (const Octets32& up : inclusion_path(blocks, which)) out.push_back(up);
  return out;
}

void StoredLeaves::begin(std::int64_t run) {
  run_ = run;
  blocks_ = {};
  open_.clear();
}

base::Result<void> StoredLeaves::resume(std::int64_t run, std::uint64_t leaves) {
  auto roots = roots_of_blocks(run);
  if (!roots) return tl::unexpected(roots.error());
  begin(run);
  if (leaves % kBlock != 0) {
    auto last =
        block(run * kNumbersOfARun + static_cast<std::int64_t>(roots->size()) - 1);
    if (!last) return tl::unexpected(last.error());
    open_ = std::move(*last);
    roots->pop_back();
  }
  for (const Octets32& root : *roots) blocks_.add(root);
  return {};
}

base::Result<void> StoredLeaves::add(const Octets32& leaf_hash) {
  open_.push_back(leaf_hash);
  if (open_.size() < kBlock) return {};
  return write();
}

base::Result<void> StoredLeaves::write() {
  if (open_.empty()) return {};
  const std::int64_t number =
      run_ * kNumbersOfARun + static_cast<std::int64_t>(blocks_.size());
  const Octets32 root = root_of(open_);
  const base::Bytes octets = joined(open_);
  StoreQuery& put = file_.query(
      "INSERT OR REPLACE INTO blocks (number, root, leaves) VALUES (?, ?, ?)");
  put.bind(number).bind(base::ByteView(root)).bind(octets);
  if (auto done = file_.run(put); !done) return done;
  if (open_.size() < kBlock) return {};
  blocks_.add(root);
  open_.clear();
  return {};
}

Octets32 StoredLeaves::root() const {
  MerkleRoot tree = blocks_;
  if (!open_.empty()) tree.add(root_of(open_));
  return tree.root();
}

base::Result<std::vector<Octets32>> StoredLeaves::block(std::int64_t number) {
  StoreQuery& row = file_.query("SELECT leaves FROM blocks WHERE number = ?");
  const auto found = file_.step(row.bind(number));
  if (!found) return tl::unexpected(found.error());
  auto out = *found ? hashes_in(row.octets(0)) : std::nullopt;
  row.again();
  if (!out || out->empty() || out->size() > kBlock) {
    return damaged(file_);
  }
  return std::move(*out);
}

base::Result<std::vector<Octets32>> StoredLeaves::roots_of_blocks(std::int64_t run) {
  std::vector<Octets32> out;
  StoreQuery& rows = file_.query(
      "SELECT number, root FROM blocks WHERE number >= ? AND number < ? "
      "ORDER BY number");
  rows.bind(run * kNumbersOfARun).bind((run + 1) * kNumbersOfARun);
  for (;;) {
    const auto row = file_.step(rows);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return out;
    const auto root = hashes_in(rows.octets(1));
    // None is missing, and none comes twice: a stranger's tree may lead in circles.
    if (rows.number(0) != run * kNumbersOfARun + static_cast<std::int64_t>(out.size()) ||
        !root || root->size() != 1) {
      rows.again();
      return damaged(file_);
    }
    out.push_back(root->front());
  }
}

}  // namespace evidence
