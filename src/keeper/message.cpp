#include "src/keeper/message.h"

namespace keeper {
namespace {

constexpr std::byte kSignData{'s'};
constexpr std::byte kSignHash{'h'};
constexpr std::byte kTicketKey{'t'};
constexpr std::size_t kNumber = 4;
constexpr std::size_t kMostWords = 1024;

void put(base::Bytes& out, std::uint32_t number) {
  for (unsigned shift = 32; shift > 0;) {
    shift -= 8;
    out.push_back(static_cast<std::byte>(number >> shift));
  }
}

std::uint32_t number_at(base::ByteView octets, std::size_t at) {
  std::uint32_t out = 0;
  for (const std::byte octet : octets.subspan(at, kNumber)) {
    out = (out << 8U) | std::to_integer<std::uint32_t>(octet);
  }
  return out;
}

base::Bytes message(const tls::SigningRequest& request) {
  base::Bytes out{request.is_hash ? kSignHash : kSignData};
  put(out, request.key);
  put(out, request.algorithm);
  put(out, request.flags);
  out.insert(out.end(), request.octets.begin(), request.octets.end());
  return out;
}

base::Bytes message(const TicketQuestion& question) {
  base::Bytes out{kTicketKey};
  const base::ByteView words = base::as_bytes(question.words);
  out.insert(out.end(), words.begin(), words.end());
  return out;
}

std::optional<Question> read_signing(base::ByteView rest, bool is_hash) {
  constexpr std::size_t kBefore = 3 * kNumber;
  if (rest.size() <= kBefore) return std::nullopt;
  return tls::SigningRequest{number_at(rest, 0), number_at(rest, kNumber),
                             number_at(rest, 2 * kNumber), is_hash,
                             rest.subspan(kBefore)};
}

}  // namespace

base::Bytes to_message(const Question& question) {
  return std::visit([](const auto& one) { return message(one); }, question);
}

std::optional<Question> read_question(base::ByteView octets) {
  if (octets.empty() || octets.size() > kMostOctets) return std::nullopt;
  const base::ByteView rest = octets.subspan(1);
  if (octets[0] == kSignData || octets[0] == kSignHash) {
    return read_signing(rest, octets[0] == kSignHash);
  }
  if (octets[0] != kTicketKey || rest.size() > kMostWords) return std::nullopt;
  return TicketQuestion{std::string(base::as_text(rest))};
}

}  // namespace keeper
