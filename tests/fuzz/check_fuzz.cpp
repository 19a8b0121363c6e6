// The whole check: the input is a list of chunks, each with a two-octet length. The first
// chunk chooses the requirement, the next ones are TLSA rdata, the rest certificates.
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/chunks.h"
#include "verify/check.h"
#include "verify/roots.h"

namespace {

using base::ByteView;
using fuzz::next_chunk;

policy::Requirement requirement_from(ByteView chunk) {
  const auto octet = [&](std::size_t i) {
    return i < chunk.size() ? std::to_integer<unsigned>(chunk[i]) : 0U;
  };
  policy::Requirement out;
  out.proof = static_cast<policy::Proof>(octet(0) % 4);
  out.when_unusable = static_cast<policy::WhenUnusable>(octet(1) % 3);
  out.service = static_cast<policy::Service>(octet(2) % 2);
  out.common_name = static_cast<policy::CommonName>(octet(3) % 3);
  out.name_check = static_cast<policy::NameCheck>(octet(4) % 3);
  out.names = {dns::Name::parse("mail.example.org").value()};
  return out;
}

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView input(reinterpret_cast<const std::byte*>(data), size);
  const auto first = next_chunk(input);
  auto requirement = requirement_from(first);
  const auto count = first.size() > 5 ? std::to_integer<unsigned>(first[5]) % 4 : 1U;
  for (unsigned i = 0; i < count; ++i) {
    requirement.records.push_back(dns::tlsa_from_wire(next_chunk(input)));
  }
  verify::Certificates chain;
  while (!input.empty() && chain.size() < 40) {
    const auto chunk = next_chunk(input);
    chain.emplace_back(chunk.begin(), chunk.end());
  }
  static const verify::Roots kRoots;
  const auto verdict = verify::check(
      chain, requirement,
      {std::chrono::sys_seconds(std::chrono::seconds(1780315200)), &kRoots, {}});
  must(verdict.notes.size() == requirement.records.size());
  must((verdict.outcome == verify::Outcome::rejected) ==
       (verdict.reason != verify::Reason::none));
  must(verdict.outcome != verify::Outcome::dane || verdict.record.has_value());
  if (verdict.record) {
    const auto& note = verdict.notes.at(*verdict.record);
    must(note.state == verify::RecordState::matched);
  }
  // The order of records changes nothing (RFC 6698 4.1).
  auto reversed = requirement;
  std::ranges::reverse(reversed.records);
  must(verify::check(
           chain, reversed,
           {std::chrono::sys_seconds(std::chrono::seconds(1780315200)), &kRoots, {}})
           .outcome == verdict.outcome);
  return 0;
}
