#include "verify/roots.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "verify/certificate.h"
#include "verify/der.h"

namespace verify {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";

tl::unexpected<base::Error> bad_store(std::size_t block, std::string_view why) {
  return base::fail(base::ErrorKind::usage, "bad_trust_store",
                    "certificate " + std::to_string(block) + ": " + std::string(why));
}

bool is_certificate_label(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" ||
         label == "TRUSTED CERTIFICATE";
}

struct Block {
  std::string_view label;
  std::string_view body;
  bool ended = false;
};

// Takes the next block off `pem`; its body ends at its own END line.
std::optional<Block> next_block(std::string_view& pem) {
  const auto begin = pem.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  pem.remove_prefix(begin + kBegin.size());
  const auto label_end = pem.substr(0, pem.find('\n')).find(kDashes);
  if (label_end == std::string_view::npos) return Block{};
  Block block;
  block.label = pem.substr(0, label_end);
  pem.remove_prefix(label_end + kDashes.size());
  const auto end = pem.find("-----END " + std::string(block.label) + "-----");
  block.ended = end != std::string_view::npos;
  block.body = pem.substr(0, end);
  if (block.ended) pem.remove_prefix(end + kDashes.size());
  return block;
}

constexpr std::array<int, 256> make_base64_values() {
  std::array<int, 256> values{};
  values.fill(-1);
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<int>(i);
  }
  return values;
}

// Strict base64 (RFC 4648 4) with white space between digits (RFC 7468 3).
std::optional<base::Bytes> from_base64(std::string_view text) {
  static constexpr auto kValues = make_base64_values();
  base::Bytes out;
  std::uint32_t group = 0;
  unsigned digits = 0, pads = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
    const int value = kValues[static_cast<unsigned char>(c)];
    if (c == '=') {
      ++pads;
    } else if (value < 0 || pads != 0) {
      return std::nullopt;
    }
    group = group << 6 | static_cast<std::uint32_t>(c == '=' ? 0 : value);
    if (++digits % 4 != 0) continue;
    if (pads > 2) return std::nullopt;
    for (unsigned i = 0; i < 3 - pads; ++i) {
      out.push_back(static_cast<std::byte>(group >> (16 - 8 * i) & 0xff));
    }
    group = 0;
  }
  if (digits % 4 != 0 || pads > 2) return std::nullopt;
  return out;
}

}  // namespace

base::Result<void> Roots::add(base::Bytes certificate) {
  const auto parsed = parse_certificate(certificate);
  if (!parsed) return bad_store(size() + 1, "not a certificate");
  if (contains(certificate)) return {};
  by_subject_[std::string(base::as_text(parsed->subject))].push_back(size());
  certificates_.push_back(std::move(certificate));
  return {};
}

base::Result<std::size_t> Roots::add_pem(std::string_view pem) {
  std::size_t held = 0;
  while (const auto block = next_block(pem)) {
    if (!is_certificate_label(block->label)) continue;
    ++held;
    if (!block->ended) return bad_store(held, "no END line");
    auto der = from_base64(block->body);
    if (!der) return bad_store(held, "not base64");
    // OpenSSL's TRUSTED CERTIFICATE may say after the certificate what it is not trusted
    // for; whoever wrote that must not be overruled.
    const auto first = der::Reader(*der).next(der::kSequence);
    if (first && first->whole.size() != der->size()) {
      return bad_store(held, "data after the certificate, which may limit its trust");
    }
    if (const auto added = add(std::move(*der)); !added) {
      return bad_store(held, "not a certificate");
    }
  }
  return held;
}

std::vector<base::ByteView> Roots::with_subject(base::ByteView subject) const {
  std::vector<base::ByteView> found;
  const auto entry = by_subject_.find(std::string(base::as_text(subject)));
  if (entry == by_subject_.end()) return found;
  for (const std::size_t index : entry->second) found.push_back(certificates_[index]);
  return found;
}

bool Roots::contains(base::ByteView certificate) const {
  const auto parsed = parse_certificate(certificate);
  if (!parsed) return false;
  const auto same = with_subject(parsed->subject);
  return std::any_of(same.begin(), same.end(),
                     [&](base::ByteView root) { return base::equal(root, certificate); });
}

}  // namespace verify
