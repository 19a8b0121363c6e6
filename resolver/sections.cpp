#include "resolver/sections.h"

#include <arpa/nameser.h>

#include <array>
#include <optional>
#include <utility>

#include "resolver/answer_section.h"
#include "resolver/wire_name.h"

namespace resolver {
namespace {

constexpr int kMaxRecords = 4096;         // of one section
constexpr std::size_t kFixed = 10;        // type, class, TTL, RDLENGTH
constexpr std::size_t kLongest = 65'000;  // of a response that is sent over UDP

/// How the RDATA of a type begins, where names stand in it: so many octets, so many
/// names, in lower case for signatures or not (RFC 4034 6.2, RFC 6840 5.1). What is
/// behind the names is taken as it is.
struct Layout {
  int type;
  std::size_t before;
  int names;
  bool lower;
};

constexpr int kSoa = 6, kMd = 3, kMf = 4, kMb = 7, kMg = 8, kMr = 9, kMinfo = 14,
              kRp = 17, kAfsdb = 18, kRt = 21, kPx = 26, kKx = 36, kDname = 39,
              kRrsig = 46, kNsec = 47;

constexpr std::array<Layout, 20> kLayouts = {{{static_cast<int>(Type::ns), 0, 1, true},
                                              {kMd, 0, 1, true},
                                              {kMf, 0, 1, true},
                                              {static_cast<int>(Type::cname), 0, 1, true},
                                              {kSoa, 0, 2, true},
                                              {kMb, 0, 1, true},
                                              {kMg, 0, 1, true},
                                              {kMr, 0, 1, true},
                                              {static_cast<int>(Type::ptr), 0, 1, true},
                                              {kMinfo, 0, 2, true},
                                              {static_cast<int>(Type::mx), 2, 1, true},
                                              {kRp, 0, 2, true},
                                              {kAfsdb, 2, 1, true},
                                              {kRt, 2, 1, true},
                                              {kPx, 2, 2, true},
                                              {static_cast<int>(Type::srv), 6, 1, true},
                                              {kKx, 2, 1, true},
                                              {kDname, 0, 1, true},
                                              {kRrsig, 18, 1, true},
                                              {kNsec, 0, 1, false}}};

const Layout* layout_of(int type) {
  for (const Layout& layout : kLayouts) {
    if (layout.type == type) return &layout;
  }
  return nullptr;
}

const unsigned char* octets(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

/// Adds the name that begins at `at` in a message; how many octets of the message it
/// takes there.
std::optional<std::size_t> add_name(base::ByteView packet, const unsigned char* at,
                                    bool lower, base::Bytes& out) {
  std::array<unsigned char, NS_MAXCDNAME> name{};
  const unsigned char* start = octets(packet.data());
  const int used =
      ns_name_unpack(start, start + packet.size(), at, name.data(), name.size());
  if (used < 0) return std::nullopt;
  // In wire form only letters have the numbers of letters: lengths are below 64.
  for (std::size_t i = 0, label = 0; i < name.size(); ++i) {
    const char octet = static_cast<char>(name.at(i));
    out.push_back(static_cast<std::byte>(lower ? base::lower(octet) : octet));
    if (i != label) continue;
    if (octet == 0) break;
    label += name.at(i) + std::size_t{1};
  }
  return static_cast<std::size_t>(used);
}

std::optional<base::Bytes> rdata_of(base::ByteView packet, const ns_rr& rr) {
  const base::ByteView all(reinterpret_cast<const std::byte*>(ns_rr_rdata(rr)),
                           ns_rr_rdlen(rr));
  const Layout* layout = layout_of(ns_rr_type(rr));
  if (layout == nullptr) return base::Bytes(all.begin(), all.end());
  if (all.size() < layout->before) return std::nullopt;
  base::Bytes out(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(layout->before));
  std::size_t at = layout->before;
  for (int i = 0; i < layout->names; ++i) {
    if (at >= all.size()) return std::nullopt;
    const auto used = add_name(packet, octets(all.data()) + at, layout->lower, out);
    if (!used || *used > all.size() - at) return std::nullopt;
    at += *used;
  }
  out.insert(out.end(), all.begin() + static_cast<std::ptrdiff_t>(at), all.end());
  return out;
}

base::Result<std::vector<WireRecord>> records_of(base::ByteView packet, ns_msg& message,
                                                 ns_sect section) {
  std::vector<WireRecord> out;
  const int count = ns_msg_count(message, section);
  if (count > kMaxRecords) return malformed("too many records");
  for (int i = 0; i < count; ++i) {
    ns_rr rr;
    if (ns_parserr(&message, section, i, &rr) != 0) return malformed("a broken record");
    if (ns_rr_class(rr) != ns_c_in) continue;
    WireRecord record;
    const auto owner =
        dns::Name::from_dns(*ns_rr_name(rr) == '\0' ? "." : ns_rr_name(rr));
    if (!owner) return tl::unexpected(owner.error());
    auto wire = wire_form(*owner);
    auto rdata = rdata_of(packet, rr);
    if (!wire || !rdata) return malformed("a broken name");
    record.owner = std::move(*wire);
    record.type = ns_rr_type(rr);
    record.ttl = ns_rr_ttl(rr);
    record.rdata = std::move(*rdata);
    out.push_back(std::move(record));
  }
  return out;
}

void put(base::Bytes& out, std::uint32_t number, int octets_wanted) {
  for (int i = octets_wanted - 1; i >= 0; --i) {
    out.push_back(static_cast<std::byte>(number >> (8 * i) & 0xFFU));
  }
}

/// Takes the first record off.
std::optional<WireRecord> take_record(base::ByteView& octets) {
  std::size_t owner = 0;
  for (;;) {
    if (owner >= octets.size() || owner >= NS_MAXCDNAME) return std::nullopt;
    const auto length = std::to_integer<std::size_t>(octets[owner]);
    if (length > NS_MAXLABEL) return std::nullopt;
    owner += length + 1;
    if (length == 0) break;
  }
  if (owner > NS_MAXCDNAME || octets.size() < owner + kFixed) {
    return std::nullopt;
  }
  const base::ByteView fixed = octets.subspan(owner, kFixed);
  const std::size_t size = number_at(fixed, 8);
  if (number_at(fixed, 2) != ns_c_in) return std::nullopt;
  if (octets.size() - owner - kFixed < size) return std::nullopt;
  WireRecord out;
  const base::ByteView rdata = octets.subspan(owner + kFixed, size);
  out.owner.assign(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(owner));
  out.type = number_at(fixed, 0);
  out.ttl = long_at(fixed, 4);
  out.rdata.assign(rdata.begin(), rdata.end());
  octets = octets.subspan(owner + kFixed + size);
  return out;
}

}  // namespace

base::Result<Sections> sections_of(base::ByteView packet) {
  ns_msg message;
  if (packet.size() > NS_MAXMSG ||
      ns_initparse(octets(packet.data()), static_cast<int>(packet.size()), &message) !=
          0) {
    return malformed("not a DNS message");
  }
  auto answer = records_of(packet, message, ns_s_an);
  if (!answer) return tl::unexpected(answer.error());
  auto authority = records_of(packet, message, ns_s_ns);
  if (!authority) return tl::unexpected(authority.error());
  return Sections{std::move(*answer), std::move(*authority)};
}

void append(base::Bytes& out, const WireRecord& record) {
  out.insert(out.end(), record.owner.begin(), record.owner.end());
  put(out, record.type, 2);
  put(out, ns_c_in, 2);
  put(out, record.ttl, 4);
  put(out, static_cast<std::uint32_t>(record.rdata.size()), 2);
  out.insert(out.end(), record.rdata.begin(), record.rdata.end());
}

std::vector<WireRecord> records_in(base::ByteView octets) {
  std::vector<WireRecord> out;
  while (!octets.empty()) {
    auto record = take_record(octets);
    if (!record) break;
    out.push_back(std::move(*record));
  }
  return out;
}

base::Result<base::Bytes> response_of(const dns::Name& name, Type type, int rcode,
                                      Counts counts, base::ByteView sections) {
  constexpr std::uint32_t kResponse = 0x8000, kRecursion = 0x0180;  // QR; RD and RA
  const auto owner = wire_form(name);
  if (!owner) return malformed("a name that cannot be asked for");
  base::Bytes out;
  put(out, 0, 2);
  put(out, kResponse | kRecursion | (static_cast<std::uint32_t>(rcode) & 0xFU), 2);
  put(out, 1, 2);
  put(out, counts.answer, 2);
  put(out, counts.authority, 2);
  put(out, 0, 2);
  out.insert(out.end(), owner->begin(), owner->end());
  put(out, static_cast<std::uint32_t>(type), 2);
  put(out, ns_c_in, 2);
  out.insert(out.end(), sections.begin(), sections.end());
  if (out.size() > kLongest) return malformed("too large");
  return out;
}

}  // namespace resolver
