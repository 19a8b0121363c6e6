// DNS answers made by hand, right and wrong ones.
#pragma once

#include <arpa/nameser.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "resolver/raw_answer.h"
#include "resolver/type.h"
#include "tests/support/names.h"

namespace resolver {

using std::string_literals::operator""s;

/// Two octets, most significant first.
inline std::string number16(unsigned value) {
  return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}

/// A name in wire form, no compression; `""` is the root.
inline std::string wire_name(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    out += static_cast<char>(label.size());
    out += label;
    text.remove_prefix(std::min(text.size(), label.size() + 1));
  }
  return out + '\0';
}

/// A compression pointer (RFC 1035 4.1.4).
inline std::string pointer_to(unsigned offset) { return number16(0xC000U | offset); }

/// Where the question's name starts in a packet.
inline constexpr unsigned kQuestion = 12;

/// An answer that grows record by record. What it says about itself may be a lie.
class Packet {
 public:
  Packet(std::string_view question, Type type)
      : question_(wire_name(question) + number16(static_cast<unsigned>(type)) +
                  number16(1)) {}

  /// A record whose owner and RDATA are in wire form already.
  Packet& raw(const std::string& owner, unsigned type, const std::string& rdata,
              std::uint32_t ttl = 300, unsigned rr_class = 1) {
    ++count_;
    answers_ += owner + number16(type) + number16(rr_class) + number16(ttl >> 16U) +
                number16(ttl) + number16(static_cast<unsigned>(rdata.size())) + rdata;
    return *this;
  }
  Packet& add(std::string_view owner, Type type, const std::string& rdata,
              std::uint32_t ttl = 300) {
    return raw(wire_name(owner), static_cast<unsigned>(type), rdata, ttl);
  }
  Packet& alias(std::string_view owner, std::string_view target,
                std::uint32_t ttl = 300) {
    return add(owner, Type::cname, wire_name(target), ttl);
  }
  /// Where the next record will start.
  [[nodiscard]] unsigned offset() const {
    return kQuestion + static_cast<unsigned>(question_.size() + answers_.size());
  }

  [[nodiscard]] std::string octets(unsigned rcode = 0) const {
    return number16(1) + number16(0x8180U | rcode) + number16(1) + number16(count_) +
           number16(0) + number16(0) + question_ + answers_;
  }

 private:
  std::string question_;
  std::string answers_;
  unsigned count_ = 0;
};

inline RawAnswer answer_of(std::string_view octets, int rcode = 0,
                           dns::Security security = dns::Security::secure) {
  const base::ByteView view = base::as_bytes(octets);
  return {rcode, security, "", {view.begin(), view.end()}};
}
inline RawAnswer answer_of(const Packet& packet, int rcode = 0) {
  return answer_of(packet.octets(static_cast<unsigned>(rcode)), rcode);
}

using support::name;

}  // namespace resolver
