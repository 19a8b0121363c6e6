#include "resolver/decode.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

// The C library's own reader of DNS messages (ns_initparse, ns_parserr) checks every
// bound and follows compression; see docs/adr for why it is not ldns.

namespace resolver {
namespace {

using base::ErrorKind;

constexpr std::size_t kMaxAliases = 16;
constexpr int kMaxRecords = 4096;  // in one answer section

tl::unexpected<base::Error> malformed(std::string_view what) {
  return base::fail(ErrorKind::temporary, base::Code::malformed,
                    "malformed answer: " + std::string(what));
}

/// One record of the answer section; RDATA as it came, in `message`.
struct Record {
  dns::Name owner;
  int type = 0;
  std::chrono::seconds ttl{0};
  base::ByteView rdata;
};

/// A signature and the RRset that it signs (RFC 4034 3.1).
struct Signature {
  dns::Name owner;
  int covered = 0;
  dns::Signature content;
};

constexpr int kRrsig = 46;
constexpr std::size_t kRrsigAlgorithm = 2;
constexpr std::size_t kRrsigTtl = 4;
constexpr std::size_t kRrsigExpiration = 8;
constexpr std::size_t kRrsigInception = 12;
constexpr std::size_t kRrsigHeader = 18;

const unsigned char* octets(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

std::uint16_t number_at(base::ByteView rdata, std::size_t offset) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(rdata[offset]) << 8U |
                                    std::to_integer<unsigned>(rdata[offset + 1]));
}

std::uint32_t long_at(base::ByteView rdata, std::size_t offset) {
  return std::uint32_t{number_at(rdata, offset)} << 16U | number_at(rdata, offset + 2);
}

std::chrono::sys_seconds moment_at(base::ByteView rdata, std::size_t offset) {
  return std::chrono::sys_seconds(std::chrono::seconds(long_at(rdata, offset)));
}

/// A whole answer, read once.
class Message {
 public:
  [[nodiscard]] static base::Result<Message> parse(base::ByteView packet);
  [[nodiscard]] std::vector<const Record*> at(const dns::Name& owner, Type type) const;
  /// The signature of an RRset that ends first, if it has one.
  [[nodiscard]] const dns::Signature* signature(const dns::Name& owner, Type type) const;
  /// The name that fills RDATA from `offset` to its end.
  [[nodiscard]] base::Result<dns::Name> name_in(base::ByteView rdata,
                                                std::size_t offset) const;

 private:
  void keep(Record record);
  [[nodiscard]] std::optional<std::size_t> name_ends(base::ByteView rdata,
                                                     std::size_t offset,
                                                     std::string& text) const;

  base::ByteView packet_;

  std::vector<Record> records_;
  std::vector<Signature> signatures_;
};

void Message::keep(Record record) {
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

base::Result<Message> Message::parse(base::ByteView packet) {
  ns_msg message;
  if (packet.size() > NS_MAXMSG ||
      ns_initparse(octets(packet.data()), static_cast<int>(packet.size()), &message) !=
          0) {
    return malformed("not a DNS message");
  }
  const int count = ns_msg_count(message, ns_s_an);
  if (count > kMaxRecords) return malformed("too many records");
  Message out;
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

std::vector<const Record*> Message::at(const dns::Name& owner, Type type) const {
  std::vector<const Record*> out;
  for (const Record& record : records_) {
    if (record.type == static_cast<int>(type) && record.owner == owner) {
      out.push_back(&record);
    }
  }
  return out;
}

/// RFC 4035 5.3.1: whoever signs a name has a zone that contains it.
bool may_sign(const dns::Name& signer, const dns::Name& owner) {
  return signer.text().empty() || signer == owner ||
         owner.text().ends_with("." + signer.text());
}

const dns::Signature* Message::signature(const dns::Name& owner, Type type) const {
  const dns::Signature* out = nullptr;
  for (const Signature& signature : signatures_) {
    if (signature.covered != static_cast<int>(type) || signature.owner != owner) continue;
    if (!may_sign(signature.content.signer, owner)) continue;
    if (out == nullptr || signature.content.until < out->until) out = &signature.content;
  }
  return out;
}

/// Reads the name at `offset`; how many octets of RDATA it takes, or nothing.
std::optional<std::size_t> Message::name_ends(base::ByteView rdata, std::size_t offset,
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

base::Result<dns::Name> Message::name_in(base::ByteView rdata, std::size_t offset) const {
  if (offset >= rdata.size()) return malformed("a name is missing");
  std::string text;
  const auto used = name_ends(rdata, offset, text);
  if (!used || *used != rdata.size() - offset) return malformed("a broken name");
  return dns::Name::from_dns(text);
}

/// Where the chain of aliases ends, and what is there.
struct Found {
  dns::Name canonical;
  std::vector<dns::Name> aliases;
  std::vector<const Record*> records;
  std::chrono::seconds ttl = std::chrono::seconds::max();
  std::chrono::sys_seconds signed_until = std::chrono::sys_seconds::max();
  const dns::Signature* signature = nullptr;  ///< of the last RRset that was used

  void use(const Message& message, Type type, const Record& record) {
    ttl = std::min(ttl, record.ttl);
    signature = message.signature(canonical, type);
    if (signature != nullptr) signed_until = std::min(signed_until, signature->until);
  }
};

base::Result<Found> follow(const Message& message, const dns::Name& question, Type type) {
  Found out;
  out.canonical = question;
  for (;;) {
    out.records = message.at(out.canonical, type);
    for (const Record* record : out.records) out.use(message, type, *record);
    if (!out.records.empty() || type == Type::cname) return out;
    const auto alias = message.at(out.canonical, Type::cname);
    if (alias.empty()) return out;
    if (alias.size() > 1) return malformed("two CNAME records at one name");
    auto target = message.name_in(alias.front()->rdata, 0);
    if (!target) return tl::unexpected(target.error());
    out.use(message, Type::cname, *alias.front());
    out.aliases.push_back(out.canonical);
    out.canonical = std::move(*target);
    if (out.aliases.size() > kMaxAliases ||
        std::ranges::count(out.aliases, out.canonical) > 0) {
      return base::fail(ErrorKind::temporary, base::Code::alias_loop,
                        "aliases that lead in a circle, or too many of them");
    }
  }
}

dns::Existence existence_of(const Found& found, int rcode) {
  if (!found.records.empty()) return dns::Existence::found;
  return rcode == ns_r_nxdomain ? dns::Existence::no_name : dns::Existence::no_data;
}

/// The answer with each record's RDATA made a T by `decoder(message, rdata)`.
template <typename T, typename Decoder>
base::Result<dns::Answer<T>> decode(const dns::Name& question, Type type,
                                    const RawAnswer& raw, Decoder decoder) {
  const auto message = Message::parse(raw.packet);
  if (!message) return tl::unexpected(message.error());
  auto found = follow(*message, question, type);
  if (!found) return tl::unexpected(found.error());
  dns::Answer<T> out;
  out.question = question;
  out.existence = existence_of(*found, raw.rcode);
  out.canonical = std::move(found->canonical);
  out.aliases = std::move(found->aliases);
  out.security = raw.security;
  out.ttl =
      found->ttl == std::chrono::seconds::max() ? std::chrono::seconds(0) : found->ttl;
  if (found->signed_until != std::chrono::sys_seconds::max()) {
    out.signed_until = found->signed_until;
  }
  if (found->signature != nullptr && !found->records.empty()) {
    out.signature = *found->signature;
  }
  out.octets = raw.packet.size();
  for (const Record* found_record : found->records) {
    base::Result<T> record = decoder(*message, found_record->rdata);
    if (!record) return tl::unexpected(record.error());
    out.records.push_back(std::move(*record));
  }
  return out;
}

}  // namespace

std::optional<base::Bytes> wire_form(const dns::Name& name) {
  std::array<unsigned char, NS_MAXCDNAME> octets{};
  if (ns_name_pton(name.text().c_str(), octets.data(), octets.size()) < 0) {
    return std::nullopt;
  }
  std::size_t size = 1;
  while (octets.at(size - 1) != 0) size += octets.at(size - 1) + std::size_t{1};
  const auto wire = std::as_bytes(std::span(octets)).first(size);
  return base::Bytes(wire.begin(), wire.end());
}

std::string_view to_text(Type type) {
  switch (type) {
    case Type::a:
      return "A";
    case Type::ns:
      return "NS";
    case Type::cname:
      return "CNAME";
    case Type::ptr:
      return "PTR";
    case Type::mx:
      return "MX";
    case Type::txt:
      return "TXT";
    case Type::aaaa:
      return "AAAA";
    case Type::srv:
      return "SRV";
    case Type::ds:
      return "DS";
    case Type::dnskey:
      return "DNSKEY";
    case Type::nsec3param:
      return "NSEC3PARAM";
    case Type::tlsa:
      return "TLSA";
  }
  return "?";
}

base::Result<dns::Answer<net::Address>> decode_addresses(const dns::Name& question,
                                                         Type type,
                                                         const RawAnswer& raw) {
  return decode<net::Address>(
      question, type, raw,
      [type](const Message&, base::ByteView rdata) -> base::Result<net::Address> {
        const auto address = net::address_from_bytes(rdata);
        if (!address || rdata.size() != (type == Type::a ? 4 : 16)) {
          return malformed("an address of the wrong length");
        }
        return *address;
      });
}

base::Result<dns::Answer<dns::Tlsa>> decode_tlsa(const dns::Name& question,
                                                 const RawAnswer& raw) {
  return decode<dns::Tlsa>(
      question, Type::tlsa, raw,
      [](const Message&, base::ByteView rdata) -> base::Result<dns::Tlsa> {
        return dns::tlsa_from_wire(rdata);
      });
}

base::Result<dns::Answer<dns::Mx>> decode_mx(const dns::Name& question,
                                             const RawAnswer& raw) {
  return decode<dns::Mx>(
      question, Type::mx, raw,
      [](const Message& message, base::ByteView rdata) -> base::Result<dns::Mx> {
        auto host = message.name_in(rdata, 2);
        if (!host) return tl::unexpected(host.error());
        return dns::Mx{number_at(rdata, 0), std::move(*host)};
      });
}

base::Result<dns::Answer<dns::Srv>> decode_srv(const dns::Name& question,
                                               const RawAnswer& raw) {
  return decode<dns::Srv>(
      question, Type::srv, raw,
      [](const Message& message, base::ByteView rdata) -> base::Result<dns::Srv> {
        auto target = message.name_in(rdata, 6);
        if (!target) return tl::unexpected(target.error());
        return dns::Srv{number_at(rdata, 0), number_at(rdata, 2), number_at(rdata, 4),
                        std::move(*target)};
      });
}

base::Result<dns::Answer<std::string>> decode_texts(const dns::Name& question,
                                                    const RawAnswer& raw) {
  return decode<std::string>(
      question, Type::txt, raw,
      [](const Message&, base::ByteView rdata) -> base::Result<std::string> {
        std::string out;
        while (!rdata.empty()) {
          const auto length = std::to_integer<std::size_t>(rdata[0]);
          if (length >= rdata.size()) return malformed("a string that is cut off");
          out += base::as_text(rdata.subspan(1, length));
          rdata = rdata.subspan(1 + length);
        }
        return out;
      });
}

namespace {

/// RFC 3110 2: the length of the exponent in one octet, or in two behind a zero. Other
/// algorithms of the DNS have nothing but their key.
std::size_t key_bits(std::uint8_t algorithm, base::ByteView key) {
  constexpr std::array<int, 4> kRsa = {5, 7, 8, 10};
  constexpr std::size_t kOctet = 8;
  if (std::ranges::find(kRsa, algorithm) == kRsa.end()) return key.size() * kOctet;
  if (key.empty()) return 0;
  std::size_t header = 1;
  std::size_t exponent = std::to_integer<std::size_t>(key[0]);
  if (exponent == 0 && key.size() > 2) {
    header = 3;
    exponent = number_at(key, 1);
  }
  if (key.size() <= header + exponent) return 0;
  base::ByteView modulus = key.subspan(header + exponent);
  while (!modulus.empty() && modulus[0] == std::byte{0}) modulus = modulus.subspan(1);
  return modulus.size() * kOctet;
}

}  // namespace

base::Result<dns::Answer<dns::Dnskey>> decode_dnskey(const dns::Name& question,
                                                     const RawAnswer& raw) {
  return decode<dns::Dnskey>(
      question, Type::dnskey, raw,
      [](const Message&, base::ByteView rdata) -> base::Result<dns::Dnskey> {
        if (rdata.size() < 4) return malformed("a short key");
        const auto algorithm = std::to_integer<std::uint8_t>(rdata[3]);
        return dns::Dnskey{number_at(rdata, 0), algorithm,
                           key_bits(algorithm, rdata.subspan(4))};
      });
}

base::Result<dns::Answer<dns::Ds>> decode_ds(const dns::Name& question,
                                             const RawAnswer& raw) {
  return decode<dns::Ds>(
      question, Type::ds, raw,
      [](const Message&, base::ByteView rdata) -> base::Result<dns::Ds> {
        if (rdata.size() < 4) return malformed("a short DS");
        return dns::Ds{number_at(rdata, 0), std::to_integer<std::uint8_t>(rdata[2]),
                       std::to_integer<std::uint8_t>(rdata[3])};
      });
}

base::Result<dns::Answer<dns::Nsec3Param>> decode_nsec3param(const dns::Name& question,
                                                             const RawAnswer& raw) {
  return decode<dns::Nsec3Param>(
      question, Type::nsec3param, raw,
      [](const Message&, base::ByteView rdata) -> base::Result<dns::Nsec3Param> {
        if (rdata.size() < 5) return malformed("a short NSEC3PARAM");
        return dns::Nsec3Param{number_at(rdata, 2),
                               std::to_integer<std::size_t>(rdata[4])};
      });
}

base::Result<dns::Answer<dns::Name>> decode_names(const dns::Name& question, Type type,
                                                  const RawAnswer& raw) {
  return decode<dns::Name>(question, type, raw,
                           [](const Message& message, base::ByteView rdata) {
                             return message.name_in(rdata, 0);
                           });
}

}  // namespace resolver
