#include "resolver/anchor_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "src/base/bytes.h"
#include "src/base/pem.h"

namespace resolver {
namespace {

/// A record's words, and the comment behind it.
struct Record {
  std::vector<std::string> words;
  std::string comment;
};

void add_words(std::string_view line, Record& out) {
  constexpr std::string_view kBlanks = " \t\r()\"";
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return;
    line.remove_prefix(begin);
    out.words.emplace_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(out.words.back().size());
  }
}

std::vector<Record> records_in(std::string_view text) {
  std::vector<Record> out;
  int depth = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t semicolon = std::min(line.find(';'), line.size());
    const std::string_view said = line.substr(0, semicolon);
    if (depth <= 0) out.emplace_back();
    add_words(said, out.back());
    out.back().comment += line.substr(semicolon);
    depth +=
        static_cast<int>(std::ranges::count(said, '(') - std::ranges::count(said, ')'));
  }
  return out;
}

std::optional<unsigned> number_at(const Record& record, std::size_t at) {
  if (at >= record.words.size()) return std::nullopt;
  const std::string& word = record.words[at];
  unsigned value = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

/// RFC 8624 3.1, 3.3, less what no validator does any more (MD5, DSA, GOST).
bool is_known_algorithm(unsigned number) {
  constexpr std::array<unsigned, 8> kKnown = {5, 7, 8, 10, 13, 14, 15, 16};
  return std::ranges::find(kKnown, number) != kKnown.end();
}

bool is_known_digest(unsigned number) {
  constexpr std::array<unsigned, 3> kKnown = {1, 2, 4};
  return std::ranges::find(kKnown, number) != kKnown.end();
}

/// The number or mnemonic of an algorithm; 0 for another word.
unsigned algorithm_at(const Record& record, std::size_t at) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 9> kNames = {{
      {"rsasha1", 5},
      {"rsasha1-nsec3-sha1", 7},
      {"rsasha256", 8},
      {"rsasha512", 10},
      {"ecdsap256sha256", 13},
      {"ecdsap384sha384", 14},
      {"ed25519", 15},
      {"ed448", 16},
      {"dsa", 3},
  }};
  if (at >= record.words.size()) return 0;
  const std::string word = base::lower(record.words[at]);
  for (const auto& [name, number] : kNames) {
    if (name == word) return number;
  }
  return number_at(record, at).value_or(0);
}

/// Whether RFC 5011 lets a DNSKEY be an anchor: a key of the zone, not revoked, and valid
/// or missing (4.2) where libunbound has written its state behind it.
bool is_trusted_key(const Record& record, std::size_t type) {
  constexpr unsigned kZone = 0x100, kRevoked = 0x80, kProtocol = 3;
  const unsigned flags = number_at(record, type + 1).value_or(0);
  const bool fits = (flags & kZone) != 0 && (flags & kRevoked) == 0 &&
                    number_at(record, type + 2) == kProtocol;
  const std::size_t state = record.comment.find(";;state=");
  return fits && (state == std::string::npos ||
                  record.comment.find("VALID", state) != std::string::npos ||
                  record.comment.find("MISSING", state) != std::string::npos);
}

/// The digest or key at the end of a record, which may stand there in several words.
std::optional<base::Bytes> octets_at(const Record& record, std::size_t at, bool is_ds) {
  std::string digits;
  for (; at < record.words.size(); ++at) digits += record.words[at];
  return is_ds ? base::from_hex(digits) : base::from_base64(digits);
}

/// RFC 4034 2.1 and 5.1: two numbers, of which the first has two octets, an algorithm
/// behind or between them, and octets.
base::Bytes rdata_of(const Record& record, std::size_t type, bool is_ds) {
  const auto first = number_at(record, type + 1);
  const auto other = number_at(record, type + (is_ds ? 3 : 2));
  const unsigned algorithm = algorithm_at(record, type + (is_ds ? 2 : 3));
  const auto octets = octets_at(record, type + 4, is_ds);
  if (!first || *first > 0xffff || !other || *other > 0xff || algorithm > 0xff ||
      !octets || octets->empty()) {
    return {};
  }
  base::Bytes out = {static_cast<std::byte>(*first >> 8U), static_cast<std::byte>(*first),
                     static_cast<std::byte>(is_ds ? algorithm : *other),
                     static_cast<std::byte>(is_ds ? *other : algorithm)};
  out.insert(out.end(), octets->begin(), octets->end());
  return out;
}

std::optional<Anchor> anchor_in(const Record& record) {
  const auto type = std::ranges::find_if(record.words, [](const std::string& word) {
    const std::string lower = base::lower(word);
    return lower == "ds" || lower == "dnskey";
  });
  if (type == record.words.end() || type == record.words.begin()) return std::nullopt;
  const auto at = static_cast<std::size_t>(type - record.words.begin());
  const bool is_ds = base::lower(*type) == "ds";
  if (!is_ds && !is_trusted_key(record, at)) return std::nullopt;
  const std::size_t algorithm_word = is_ds ? at + 2 : at + 3;
  const unsigned algorithm = algorithm_at(record, algorithm_word);
  Anchor out;
  out.owner = base::lower(record.words.front());
  out.is_ds = is_ds;
  out.rdata = rdata_of(record, at, is_ds);
  out.known = is_known_algorithm(algorithm) &&
              (!is_ds || is_known_digest(number_at(record, at + 3).value_or(0)));
  out.what =
      std::string(is_ds ? "DS" : "DNSKEY") + " of " +
      base::printable(record.words.front(), base::kWord) + ", algorithm " +
      std::to_string(algorithm) +
      (is_ds ? ", digest " + std::to_string(number_at(record, at + 3).value_or(0)) : "");
  return out;
}

}  // namespace

std::vector<Anchor> anchors_in(std::string_view text) {
  std::vector<Anchor> out;
  std::string origin = ".";
  for (const Record& record : records_in(text)) {
    const bool names =
        record.words.size() > 1 && base::lower(record.words[0]) == "$origin";
    if (names) origin = base::lower(record.words[1]);
    auto anchor = anchor_in(record);
    if (!anchor) continue;
    if (anchor->owner == "@") anchor->owner = origin;
    out.push_back(std::move(*anchor));
  }
  return out;
}

}  // namespace resolver
