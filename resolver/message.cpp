#include "resolver/message.h"

#include <random>

#include "resolver/wire_name.h"

namespace resolver {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kEdns = 11;  // octets of a query behind its question

void put(base::Bytes& out, std::size_t number) {
  out.push_back(static_cast<std::byte>(number >> 8U & 0xFFU));
  out.push_back(static_cast<std::byte>(number & 0xFFU));
}

}  // namespace

base::Result<base::Bytes> query_of(const dns::Name& name, Type type,
                                   std::uint16_t flags) {
  constexpr std::size_t kIn = 1, kOpt = 41, kUdpSize = 1232, kDo = 0x8000;
  const auto owner = wire_form(name);
  if (!owner) {
    return base::fail(base::ErrorKind::temporary, base::Code::malformed,
                      "a name that cannot be asked for");
  }
  base::Bytes out;
  out.reserve(kHeader + owner->size() + 4 + kEdns);
  for (const std::size_t word :
       {std::size_t{random_number()}, std::size_t{flags}, std::size_t{1}, std::size_t{0},
        std::size_t{0}, std::size_t{1}}) {
    put(out, word);
  }
  // Not insert(): GCC 13 has a false alarm (-Wstringop-overflow) at one after push_back.
  for (const std::byte octet : *owner) out.push_back(octet);
  put(out, static_cast<std::size_t>(type));
  put(out, kIn);
  out.push_back(std::byte{0});
  for (const std::size_t word : {kOpt, kUdpSize, std::size_t{0}, kDo, std::size_t{0}}) {
    put(out, word);
  }
  return out;
}

std::uint16_t number_of(base::ByteView message) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(message[0]) << 8U |
                                    std::to_integer<unsigned>(message[1]));
}

void set_number(base::Bytes& query, std::uint16_t number) {
  query[0] = static_cast<std::byte>(number >> 8U);
  query[1] = static_cast<std::byte>(number & 0xFFU);
}

std::uint16_t random_number() {
  static thread_local std::random_device source;
  return static_cast<std::uint16_t>(source());
}

bool is_answer(base::ByteView message, base::ByteView query) {
  const std::size_t question = query.size() - kHeader - kEdns;
  if (message.size() < kHeader) return false;
  const bool is_reply = (message[2] & std::byte{0x80}) != std::byte{0};
  const int rcode = rcode_of(message);
  const bool no_question = message[4] == std::byte{0} && message[5] == std::byte{0};
  // Who cannot read the question, or does not want to, need not repeat it.
  if (no_question && (rcode == kFormerr || rcode == kNotimp || rcode == kRefused)) {
    return number_of(message) == number_of(query) && is_reply;
  }
  if (message.size() < kHeader + question) return false;
  const auto text = [&](base::ByteView whole) {
    return base::lower(base::as_text(whole.subspan(kHeader, question)));
  };
  return number_of(message) == number_of(query) && is_reply &&
         text(message) == text(query);
}

int rcode_of(base::ByteView message) {
  return std::to_integer<int>(message[3] & std::byte{0x0F});
}

bool is_cut(base::ByteView message) {
  return (message[2] & std::byte{0x02}) != std::byte{0};
}

bool is_authentic(base::ByteView message) {
  return (message[3] & std::byte{0x20}) != std::byte{0};
}

RawAnswer raw_of(base::ByteView message) {
  RawAnswer out;
  out.rcode = rcode_of(message);
  out.packet.assign(message.begin(), message.end());
  return out;
}

}  // namespace resolver
