#include "src/evidence/packing.h"

namespace evidence {
namespace {

constexpr unsigned kBits = 7;
constexpr std::uint64_t kMore = 0x80;

/// Small numbers of either sign as small ones without: 0, -1, 1, -2, ...
std::uint64_t folded(std::uint64_t difference) {
  return difference << 1 ^ (difference >> 63 != 0 ? ~std::uint64_t{0} : 0);
}

std::uint64_t unfolded(std::uint64_t value) {
  return value >> 1 ^ ((value & 1) != 0 ? ~std::uint64_t{0} : 0);
}

}  // namespace

Packer& Packer::number(std::uint64_t value) {
  for (; value >= kMore; value >>= kBits) {
    out_.push_back(static_cast<std::byte>((value & (kMore - 1)) | kMore));
  }
  out_.push_back(static_cast<std::byte>(value));
  return *this;
}

Packer& Packer::raw(base::ByteView octets) {
  out_.insert(out_.end(), octets.begin(), octets.end());
  return *this;
}

Packer& Packer::numbers(const std::vector<std::int64_t>& values) {
  number(values.size());
  std::uint64_t last = 0;
  for (const std::int64_t value : values) {
    number(folded(static_cast<std::uint64_t>(value) - last));
    last = static_cast<std::uint64_t>(value);
  }
  return *this;
}

void Unpacker::fail() {
  failed_ = true;
  rest_ = {};
}

std::uint64_t Unpacker::number() {
  constexpr unsigned kAllBits = 64;
  std::uint64_t out = 0;
  for (unsigned at = 0; at < kAllBits && !rest_.empty(); at += kBits) {
    const auto octet = std::to_integer<std::uint64_t>(rest_.front());
    rest_ = rest_.subspan(1);
    out |= (octet & (kMore - 1)) << at;
    if (octet < kMore) return out;
  }
  fail();
  return 0;
}

base::ByteView Unpacker::raw(std::size_t size) {
  if (size > rest_.size()) fail();
  if (failed_) return {};
  const base::ByteView out = rest_.first(size);
  rest_ = rest_.subspan(size);
  return out;
}

std::size_t Unpacker::count() {
  const std::uint64_t out = number();
  if (out > rest_.size()) fail();
  return failed_ ? 0 : out;
}

std::vector<std::int64_t> Unpacker::numbers(std::size_t most) {
  std::vector<std::int64_t> out;
  std::uint64_t last = 0;
  std::size_t left = count();
  if (left > most) fail();
  for (; left > 0 && !failed_; --left) {
    last += unfolded(number());
    out.push_back(static_cast<std::int64_t>(last));
  }
  if (failed_) out.clear();
  return out;
}

}  // namespace evidence
