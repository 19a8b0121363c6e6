#include "src/publish/zone_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "src/base/address.h"
#include "src/publish/zone_name.h"

namespace publish {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::pair<std::string_view, RecordType>, 15> kNeeded = {{
    {"a", RecordType::a},
    {"ns", RecordType::ns},
    {"cname", RecordType::cname},
    {"soa", RecordType::soa},
    {"mx", RecordType::mx},
    {"aaaa", RecordType::aaaa},
    {"srv", RecordType::srv},
    {"dname", RecordType::dname},
    {"rrsig", RecordType::rrsig},
    {"nsec", RecordType::nsec},
    {"nsec3", RecordType::nsec3},
    {"tlsa", RecordType::tlsa},
    {"alias", RecordType::alias},
    {"aname", RecordType::alias},
    {"lua", RecordType::alias},
}};

/// The other types of IANA's registry, each between blanks.
constexpr std::string_view kOthers =
    " md mf mb mg mr null wks ptr hinfo minfo txt rp afsdb x25 isdn rt nsap nsap-ptr sig "
    "key px gpos loc nxt eid nimloc atma naptr kx cert a6 sink opt apl ds sshfp ipseckey "
    "dnskey dhcid nsec3param smimea hip ninfo rkey talink cds cdnskey openpgpkey csync "
    "zonemd svcb https dsync hhit brid spf uinfo uid gid unspec nid l32 l64 lp eui48 "
    "eui64 nxname tkey tsig ixfr axfr mailb maila any uri caa avc doa amtrelay resinfo "
    "wallet cla ipn ta dlv ";

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_zone, std::move(detail));
}

template <typename Number>
std::optional<Number> number(std::string_view word) {
  Number out = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, out);
  if (error != std::errc() || rest != end) return std::nullopt;
  return out;
}

RecordType type_of(std::uint16_t value) {
  for (const auto& [word, type] : kNeeded) {
    const bool real = type != RecordType::alias;
    if (real && static_cast<std::uint16_t>(type) == value) return type;
  }
  return RecordType::other;
}

base::Result<void> take_target(Words words, std::size_t at,
                               const std::optional<dns::Name>& origin,
                               ZoneRecord& record) {
  if (words.size() != at + 1) {
    return bad(words.size() <= at ? "the name is missing" : "more than one name");
  }
  auto name = zone_name(words[at], origin);
  if (!name) return tl::unexpected(name.error());
  record.target = std::move(*name);
  return {};
}

base::Result<void> take_tlsa(Words words, ZoneRecord& record) {
  std::array<std::uint8_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto value = i < words.size() ? number<std::uint8_t>(words[i]) : std::nullopt;
    if (!value) return bad("TLSA begins with three numbers of 0 to 255 (RFC 6698 2.2)");
    numbers[i] = *value;
  }
  std::string digits;
  for (const std::string_view word : words.subspan(numbers.size())) digits += word;
  auto data = base::from_hex(digits);
  if (digits.empty()) return bad("TLSA without data (RFC 6698 2.2)");
  if (!data) {
    const bool odd = digits.size() % 2 != 0;
    return bad(odd ? "TLSA with an odd number of hexadecimal digits: one is missing"
                   : "the data of TLSA are hexadecimal digits (RFC 6698 2.2)");
  }
  record.tlsa = {numbers[0], numbers[1], numbers[2], std::move(*data)};
  return {};
}

base::Result<void> take_address(Words words, ZoneRecord& record) {
  const bool six = record.type == RecordType::aaaa;
  const bool good = words.size() == 1 && net::parse_address(words[0]) &&
                    (words[0].find(':') != std::string_view::npos) == six &&
                    !words[0].starts_with('[');
  if (!good)
    return bad(six ? "AAAA without an IPv6 address" : "A without an IPv4 address");
  return {};
}

base::Result<void> take_soa(Words words, ZoneRecord& record) {
  constexpr std::size_t kFields = 7;
  const auto minimum = words.size() == kFields ? zone_span(words.back()) : std::nullopt;
  if (!minimum) return bad("SOA has seven fields, the last a time (RFC 1035 3.3.13)");
  record.minimum = *minimum;
  return {};
}

base::Result<void> take_mx(Words words, const std::optional<dns::Name>& origin,
                           ZoneRecord& record) {
  if (words.empty() || !number<std::uint16_t>(words[0])) {
    return bad("MX begins with a preference of 0 to 65535");
  }
  return take_target(words, 1, origin, record);
}

base::Result<void> take_srv(Words words, const std::optional<dns::Name>& origin,
                            ZoneRecord& record) {
  for (std::size_t i = 0; i < 3; ++i) {
    const auto value = i < words.size() ? number<std::uint16_t>(words[i]) : std::nullopt;
    if (!value) return bad("SRV begins with three numbers of 0 to 65535 (RFC 2782)");
    record.port = *value;
  }
  return take_target(words, 3, origin, record);
}

/// The octets of `\# LENGTH HEX` (RFC 3597 5).
base::Result<base::Bytes> generic_octets(Words words) {
  const auto size = words.size() > 1 ? number<std::uint16_t>(words[1]) : std::nullopt;
  std::string digits;
  for (std::size_t i = 2; i < words.size(); ++i) digits += words[i];
  auto octets = base::from_hex(digits);
  if (!size || !octets || octets->size() != *size) {
    return bad(
        "\\# is followed by a length and as many octets in hexadecimal digits "
        "(RFC 3597 5)");
  }
  return std::move(*octets);
}

bool read_wire(base::ByteView rdata, ZoneRecord& record) {
  const auto take_name = [&](std::size_t skip) {
    if (rdata.size() < skip) return false;
    rdata = rdata.subspan(skip);
    auto name = take_wire_name(rdata);
    if (!name || !rdata.empty()) return false;
    record.target = std::move(*name);
    return true;
  };
  switch (record.type) {
    case RecordType::tlsa:
      record.tlsa = dns::tlsa_from_wire(rdata);
      return rdata.size() > 3;
    case RecordType::a:
      return rdata.size() == 4;
    case RecordType::aaaa:
      return rdata.size() == 16;
    case RecordType::mx:
      return take_name(2);
    case RecordType::srv:
      if (rdata.size() >= 6) {
        record.port =
            static_cast<std::uint16_t>(std::to_integer<unsigned>(rdata[4]) << 8U |
                                       std::to_integer<unsigned>(rdata[5]));
      }
      return take_name(6);
    case RecordType::ns:
    case RecordType::cname:
    case RecordType::dname:
      return take_name(0);
    default:
      return true;
  }
}

base::Result<void> read_generic(Words words, ZoneRecord& record) {
  const auto octets = generic_octets(words);
  if (!octets) return tl::unexpected(octets.error());
  if (!read_wire(*octets, record)) return bad("these octets are no data of this type");
  return {};
}

}  // namespace

std::optional<TypeWord> record_type(std::string_view word) {
  const std::string lower = base::lower(word);
  for (const auto& [name, type] : kNeeded) {
    if (lower == name) return TypeWord{type, true};
  }
  if (lower.starts_with("type")) {
    if (const auto value = number<std::uint16_t>(std::string_view(lower).substr(4))) {
      return TypeWord{type_of(*value), true};
    }
  }
  const bool possible =
      !lower.empty() && lower.front() >= 'a' && lower.front() <= 'z' &&
      std::ranges::all_of(lower, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      });
  if (!possible) return std::nullopt;
  return TypeWord{RecordType::other,
                  kOthers.find(" " + lower + " ") != std::string_view::npos};
}

std::optional<std::chrono::seconds> zone_span(std::string_view word) {
  constexpr std::uint64_t kMost = 0x7fffffff;
  std::uint64_t sum = 0;
  if (word.empty()) return std::nullopt;
  while (!word.empty()) {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || value > kMost) return std::nullopt;
    word.remove_prefix(static_cast<std::size_t>(end - word.data()));
    const char unit = word.empty() ? 's' : base::lower(word.front());
    if (!word.empty()) word.remove_prefix(1);
    switch (unit) {
      case 'w':
        sum += value * 604800;
        break;
      case 'd':
        sum += value * 86400;
        break;
      case 'h':
        sum += value * 3600;
        break;
      case 'm':
        sum += value * 60;
        break;
      case 's':
        sum += value;
        break;
      default:
        return std::nullopt;
    }
    if (sum > kMost) return std::nullopt;
  }
  return std::chrono::seconds(static_cast<std::int64_t>(sum));
}

base::Result<void> read_data(Words words, const std::optional<dns::Name>& origin,
                             ZoneRecord& record) {
  const bool needed = record.type != RecordType::other &&
                      record.type != RecordType::alias &&
                      record.type != RecordType::rrsig &&
                      record.type != RecordType::nsec && record.type != RecordType::nsec3;
  if (!needed) return {};
  if (!words.empty() && words[0] == "\\#") return read_generic(words, record);
  switch (record.type) {
    case RecordType::tlsa:
      return take_tlsa(words, record);
    case RecordType::a:
    case RecordType::aaaa:
      return take_address(words, record);
    case RecordType::soa:
      return take_soa(words, record);
    case RecordType::mx:
      return take_mx(words, origin, record);
    case RecordType::srv:
      return take_srv(words, origin, record);
    default:
      return take_target(words, 0, origin, record);
  }
}

}  // namespace publish
