#include "resolver/answer_section.h"

#include <arpa/nameser.h>

#include <array>

// The C library's own reader of DNS messages (ns_initparse, ns_parserr) checks every
// bound and follows compression; see docs/dev/adr for why it is not ldns.

namespace resolver {
namespace {

constexpr int kMaxRecords = 4096;  // in one answer section

constexpr int kRrsig = 46;
constexpr std::size_t kRrsigAlgorithm = 2;
constexpr std::size_t kRrsigTtl = 4;
constexpr std::size_t kRrsigExpiration = 8;
constexpr std::size_t kRrsigInception = 12;
constexpr std::size_t kRrsigHeader = 18;

const unsigned char* octets(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

std::chrono::sys_seconds moment_at(base::ByteView rdata, std::size_t offset) {
  return std::chrono::sys_seconds(std::chrono::seconds(long_at(rdata, offset)));
}

/// RFC 4035 5.3.1: whoever signs a name has a zone that contains it.
bool may_sign(const dns::Name& signer, const dns::Name& owner) {
  return signer.text().empty() || signer == owner ||
         owner.text().ends_with("." + signer.text());
}

}  // namespace

tl::unexpected<base::Error> malformed(std::string_view what) {
  return base::fail(base::ErrorKind::temporary, base::Code::malformed,
                    "malformed answer: " + std::string(what));
}

std::uint16_t number_at(base::ByteView rdata, std::size_t offset) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(rdata[offset]) << 8U |
                                    std::to_integer<unsigned>(rdata[offset + 1]));
}

std::uint32_t long_at(base::ByteView rdata, std::size_t offset) {
  return std::uint32_t{number_at(rdata, offset)} << 16U | number_at(rdata, offset + 2);
}

void AnswerSection::keep(Record record) {
  const auto& rdata = record.rdata;
  if (record.type != kRrsig) {
    records_.push_back(std::move(record));
    return;
  }
  if (rdata.size() <= kRrsigHeader) return;
  std::string signer;
  if (!name_ends(rdata, kRrsigHeader, signer)) return;
  auto name = dns::Name::from_dns(signer);
  if (!name) return;
  dns::Signature content;
  content.signer = std::move(*name);
  content.algorithm = std::to_integer<std::uint8_t>(rdata[kRrsigAlgorithm]);
  content.original_ttl = std::chrono::seconds(long_at(rdata, kRrsigTtl));
  content.until = moment_at(rdata, kRrsigExpiration);
  content.since = moment_at(rdata, kRrsigInception);
  signatures_.push_back(
      {std::move(record.owner), number_at(rdata, 0), std::move(content)});
}

base::Result<AnswerSection> AnswerSection::parse(base::ByteView packet) {
  ns_msg message;
  if (packet.size() > NS_MAXMSG ||
      ns_initparse(octets(packet.data()), static_cast<int>(packet.size()), &message) !=
          0) {
    return malformed("not a DNS message");
  }
  const int count = ns_msg_count(message, ns_s_an);
  if (count > kMaxRecords) return malformed("too many records");
  AnswerSection out;
  out.packet_ = packet;
  for (int i = 0; i < count; ++i) {
    ns_rr rr;
    if (ns_parserr(&message, ns_s_an, i, &rr) != 0) return malformed("a broken record");
    if (ns_rr_class(rr) != ns_c_in) continue;
    const std::string_view owner = ns_rr_name(rr);
    auto name = dns::Name::from_dns(owner.empty() ? "." : owner);
    if (!name) return tl::unexpected(name.error());
    const auto offset = static_cast<std::size_t>(ns_rr_rdata(rr) - octets(packet.data()));
    out.keep({std::move(*name), ns_rr_type(rr), std::chrono::seconds(ns_rr_ttl(rr)),
              packet.subspan(offset, ns_rr_rdlen(rr))});
  }
  return out;
}

std::vector<const AnswerSection::Record*> AnswerSection::at(const dns::Name& owner,
                                                            Type type) const {
  std::vector<const Record*> out;
  for (const Record& record : records_) {
    if (record.type == static_cast<int>(type) && record.owner == owner) {
      out.push_back(&record);
    }
  }
  return out;
}

std::optional<dns::Name> AnswerSection::dname_above(const dns::Name& name) const {
  for (const Record& record : records_) {
    const bool makes_aliases = record.type == static_cast<int>(Type::dname);
    if (makes_aliases && name.text().ends_with("." + record.owner.text())) {
      return record.owner;
    }
  }
  return std::nullopt;
}

const dns::Signature* AnswerSection::signature(const dns::Name& owner, Type type) const {
  const dns::Signature* out = nullptr;
  for (const Covered& covered : signatures_) {
    if (covered.type != static_cast<int>(type) || covered.owner != owner) continue;
    if (!may_sign(covered.signature.signer, owner)) continue;
    if (out == nullptr || covered.signature.until < out->until) out = &covered.signature;
  }
  return out;
}

/// Reads the name at `offset`; how many octets of RDATA it takes, or nothing.
std::optional<std::size_t> AnswerSection::name_ends(base::ByteView rdata,
                                                    std::size_t offset,
                                                    std::string& text) const {
  std::array<char, NS_MAXDNAME> buffer{};
  const unsigned char* start = octets(packet_.data());
  const int used =
      ns_name_uncompress(start, start + packet_.size(), octets(rdata.data() + offset),
                         buffer.data(), buffer.size());
  if (used < 0 || static_cast<std::size_t>(used) > rdata.size() - offset) {
    return std::nullopt;
  }
  text = buffer[0] == '\0' ? "." : buffer.data();
  return static_cast<std::size_t>(used);
}

base::Result<dns::Name> AnswerSection::name_in(base::ByteView rdata,
                                               std::size_t offset) const {
  if (offset >= rdata.size()) return malformed("a name is missing");
  std::string text;
  const auto used = name_ends(rdata, offset, text);
  if (!used || *used != rdata.size() - offset) return malformed("a broken name");
  return dns::Name::from_dns(text);
}

}  // namespace resolver
