#include "src/qmail/own_addresses.h"

#include <algorithm>

#include "src/base/bytes.h"
#include "src/io/interfaces.h"

namespace qmail {
namespace {

using base::Result;
using Blocks = std::vector<net::AddressBlock>;

Result<void> add_blocks(const Control& control, std::string_view file, Blocks& out) {
  const auto lines = control.numbered_lines(file);
  if (!lines) return tl::unexpected(lines.error());
  for (const Line& line : *lines) {
    const auto block = net::parse_block(base::trimmed(line.text));
    if (!block) {
      return base::fail(base::ErrorKind::temporary, base::Code::control,
                        control.path(file) + ", line " + std::to_string(line.number) +
                            ": not ADDRESS, ADDRESS/BITS or ADDRESS/MASK");
    }
    out.push_back(*block);
  }
  return {};
}

/// The bits of the narrowest block that holds the address; -1 if none does.
int most_bits(const Blocks& blocks, const net::Address& address) {
  int out = -1;
  for (const net::AddressBlock& block : blocks) {
    if (net::contains(block, address)) out = std::max(out, static_cast<int>(block.bits));
  }
  return out;
}

}  // namespace

Result<OwnAddresses> OwnAddresses::of(const Control& control,
                                      const std::vector<net::Address>& interfaces) {
  OwnAddresses out;
  for (const char* text : {"127.0.0.0/8", "::1", "0.0.0.0", "::"}) {
    out.mine_.push_back(*net::parse_block(text));
  }
  for (const net::Address& address : interfaces) {
    out.mine_.push_back({address, static_cast<unsigned>(8 * address.bytes().size())});
  }
  if (auto read = add_blocks(control, "moreipme", out.mine_); !read) {
    return tl::unexpected(read.error());
  }
  if (auto read = add_blocks(control, "notipme", out.not_mine_); !read) {
    return tl::unexpected(read.error());
  }
  return out;
}

Result<OwnAddresses> OwnAddresses::of(const Control& control) {
  return of(control, io::own_addresses());
}

bool OwnAddresses::has(const net::Address& as_written) const {
  const net::Address address = net::unmapped(as_written);
  // An address that the kernel routes to itself need not be on any interface.
  const int whole = static_cast<int>(8 * address.bytes().size());
  const int mine = io::is_local(address) ? whole : most_bits(mine_, address);
  return mine > most_bits(not_mine_, address);
}

}  // namespace qmail
