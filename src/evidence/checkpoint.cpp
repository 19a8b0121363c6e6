#include "src/evidence/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "src/base/pem.h"
#include "verify/hash.h"

namespace evidence {
namespace {

constexpr std::string_view kFirstLine = "ucspi-dane evidence v1";
constexpr std::uint64_t kMostLeaves = (std::uint64_t{1} << 53) - 1;
constexpr std::size_t kMostText = 256;

tl::unexpected<base::Error> bad(std::string_view why) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence,
                    "this is no checkpoint of a run: " + std::string(why));
}

/// Takes a line off the front of a text, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Zero for what is no number: the text that comes of it is another one.
std::uint64_t number_in(std::string_view line) {
  std::uint64_t out = 0;
  std::from_chars(line.data(), line.data() + line.size(), out);
  return out;
}

bool take_hash(std::string_view line, Octets32& out) {
  const auto hash = hash_from_base64(line);
  if (hash) out = *hash;
  return hash.has_value();
}

}  // namespace

std::string to_text(const Checkpoint& checkpoint) {
  return std::string(kFirstLine) + "\n" + std::to_string(checkpoint.leaves) + "\n" +
         base::to_base64_lines(checkpoint.root) +
         base::to_base64_lines(checkpoint.previous);
}

base::Result<Checkpoint> read_checkpoint(std::string_view text) {
  if (text.size() > kMostText) return bad("it is too long");
  std::string_view rest = text;
  if (take_line(rest) != kFirstLine) return bad("its first line is another one");
  Checkpoint out;
  out.leaves = number_in(take_line(rest));
  if (out.leaves > kMostLeaves) return bad("it has too many leaves");
  if (!take_hash(take_line(rest), out.root)) return bad("its root is no SHA-256");
  if (!take_hash(take_line(rest), out.previous)) {
    return bad("the hash of the run before is no SHA-256");
  }
  if (to_text(out) != text) return bad("it is written in another way");
  if (out.leaves == 0 && out.root != verify::sha256({})) {
    return bad("it has no leaves, and a root all the same");
  }
  return out;
}

std::optional<Octets32> hash_from_base64(std::string_view text) {
  const auto octets = base::from_base64(text);
  Octets32 out{};
  if (!octets || octets->size() != out.size()) return std::nullopt;
  std::ranges::copy(*octets, out.begin());
  return out;
}

Octets32 hash_of_checkpoint(std::string_view text) {
  return verify::sha256(base::as_bytes(text));
}

}  // namespace evidence
