// A whole bundle of evidence, as a stranger's file has it. The first octet chooses: the
// text as it is, or written in canonical form first, so that what is changed in it gets
// past the form. What is read is written again as the same octets, and what it says is
// checked within small bounds of work.
#include <cstdlib>
#include <string>

#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/peer_check.h"
#include "src/evidence/strength.h"

namespace {

/// The DS record of the root of the seeds.
constexpr const char* kAnchor =
    ". IN DS 281 13 2 7e06c954a094d25fcb986e9"
    "11a4faa63e5c43fff8029fd1bf333980f409467fd";

evidence::ValidationBasis basis_of(const evidence::Bundle& bundle) {
  evidence::ValidationBasis out;
  out.anchors.push_back({kAnchor, {}, {}});
  out.moment = bundle.moment;
  out.bounds.checks_a_question = 16;
  out.bounds.checks = 64;
  out.bounds.hashes_a_question = 32;
  out.bounds.hashes = 64;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 1) {
    const auto value = evidence::read_json(text);
    if (!value) return 0;
    text = evidence::canonical(*value);
  }
  const auto bundle = evidence::read_bundle(text);
  if (!bundle) {
    if (bundle.error().code != base::Code::bad_evidence) std::abort();
    return 0;
  }
  if (text.ends_with('\n')) text.pop_back();
  if (evidence::to_json(*bundle) != text) std::abort();
  (void)evidence::hash_of(*bundle);
  const auto peers = evidence::check_peers(*bundle);
  if (peers && peers->size() != bundle->peers.size()) std::abort();
  const auto opinion = evidence::second_opinion(bundle->dns, basis_of(*bundle));
  if (opinion.answers.size() != bundle->dns.answers.size()) std::abort();
  (void)evidence::words_of({evidence::signed_window(opinion), {}, {}});
  return 0;
}
