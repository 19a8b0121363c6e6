#include "resolver/decode.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

namespace resolver {
namespace {

using base::ErrorKind;

constexpr std::size_t kMaxAliases = 16;

struct PacketFree {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct TextFree {
  void operator()(char* text) const { std::free(text); }  // NOLINT: ldns's malloc
};

tl::unexpected<base::Error> malformed(std::string_view what) {
  return base::fail(ErrorKind::temporary, "malformed",
                    "malformed answer: " + std::string(what));
}

base::ByteView data_of(const ldns_rdf* field) {
  return std::as_bytes(std::span(ldns_rdf_data(field), ldns_rdf_size(field)));
}

base::Result<dns::Name> name_of(const ldns_rdf* field) {
  if (field == nullptr || ldns_rdf_get_type(field) != LDNS_RDF_TYPE_DNAME) {
    return malformed("a name is missing");
  }
  const std::unique_ptr<char, TextFree> text(ldns_rdf2str(field));
  if (!text) return malformed("a name that cannot be printed");
  return dns::Name::from_dns(text.get());
}

std::optional<std::uint16_t> number_of(const ldns_rdf* field) {
  if (field == nullptr || ldns_rdf_get_type(field) != LDNS_RDF_TYPE_INT16) {
    return std::nullopt;
  }
  return ldns_rdf2native_int16(field);
}

/// The RDATA in wire form, as it came.
base::Bytes rdata_of(const ldns_rr* rr) {
  base::Bytes out;
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
    const base::ByteView field = data_of(ldns_rr_rdf(rr, i));
    out.insert(out.end(), field.begin(), field.end());
  }
  return out;
}

using RrList = std::vector<const ldns_rr*>;

/// The records of one owner and type in the answer section.
base::Result<RrList> records_at(const ldns_pkt* packet, const dns::Name& owner,
                                Type type) {
  RrList out;
  const ldns_rr_list* answer = ldns_pkt_answer(packet);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(answer); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(answer, i);
    if (static_cast<int>(ldns_rr_get_type(rr)) != static_cast<int>(type)) continue;
    const auto name = name_of(ldns_rr_owner(rr));
    if (!name) return tl::unexpected(name.error());
    if (*name == owner) out.push_back(rr);
  }
  return out;
}

std::chrono::seconds ttl_of(const RrList& records, std::chrono::seconds least) {
  for (const ldns_rr* rr : records) {
    least = std::min(least, std::chrono::seconds(ldns_rr_ttl(rr)));
  }
  return least;
}

/// Where the chain of aliases ends, and what is there.
struct Found {
  dns::Name canonical;
  std::vector<dns::Name> aliases;
  RrList records;
  std::chrono::seconds ttl = std::chrono::seconds::max();
};

base::Result<Found> follow(const ldns_pkt* packet, const dns::Name& question, Type type) {
  Found out;
  out.canonical = question;
  for (;;) {
    auto records = records_at(packet, out.canonical, type);
    if (!records) return tl::unexpected(records.error());
    out.ttl = ttl_of(*records, out.ttl);
    if (!records->empty() || type == Type::cname) {
      out.records = std::move(*records);
      return out;
    }
    const auto alias = records_at(packet, out.canonical, Type::cname);
    if (!alias) return tl::unexpected(alias.error());
    if (alias->empty()) return out;
    if (alias->size() > 1) return malformed("two CNAME records at one name");
    const auto target = name_of(ldns_rr_rdf(alias->front(), 0));
    if (!target) return tl::unexpected(target.error());
    out.ttl = ttl_of(*alias, out.ttl);
    out.aliases.push_back(out.canonical);
    out.canonical = *target;
    if (out.aliases.size() > kMaxAliases || std::ranges::count(out.aliases, *target) > 0) {
      return base::fail(ErrorKind::temporary, "alias_loop",
                        "aliases that lead in a circle, or too many of them");
    }
  }
}

dns::Existence existence_of(const Found& found, int rcode) {
  if (!found.records.empty()) return dns::Existence::found;
  return rcode == LDNS_RCODE_NXDOMAIN ? dns::Existence::no_name : dns::Existence::no_data;
}

template <typename Record, typename Decoder>
base::Result<dns::Answer<Record>> decode(const dns::Name& question, Type type,
                                         const RawAnswer& raw, Decoder decoder) {
  ldns_pkt* parsed = nullptr;
  const auto* wire = reinterpret_cast<const std::uint8_t*>(raw.packet.data());
  const ldns_status status = ldns_wire2pkt(&parsed, wire, raw.packet.size());
  const std::unique_ptr<ldns_pkt, PacketFree> packet(parsed);
  if (status != LDNS_STATUS_OK) return malformed(ldns_get_errorstr_by_id(status));
  auto found = follow(packet.get(), question, type);
  if (!found) return tl::unexpected(found.error());
  dns::Answer<Record> out;
  out.question = question;
  out.existence = existence_of(*found, raw.rcode);
  out.canonical = std::move(found->canonical);
  out.aliases = std::move(found->aliases);
  out.security = raw.security;
  out.ttl = found->ttl == std::chrono::seconds::max() ? std::chrono::seconds(0) : found->ttl;
  for (const ldns_rr* rr : found->records) {
    base::Result<Record> record = decoder(rr);
    if (!record) return tl::unexpected(record.error());
    out.records.push_back(std::move(*record));
  }
  return out;
}

}  // namespace

std::string_view to_text(Type type) {
  switch (type) {
    case Type::a: return "A";
    case Type::cname: return "CNAME";
    case Type::ptr: return "PTR";
    case Type::mx: return "MX";
    case Type::aaaa: return "AAAA";
    case Type::srv: return "SRV";
    case Type::tlsa: return "TLSA";
  }
  return "?";
}

base::Result<dns::Answer<net::Address>> decode_addresses(const dns::Name& question,
                                                         Type type, const RawAnswer& raw) {
  return decode<net::Address>(
      question, type, raw, [](const ldns_rr* rr) -> base::Result<net::Address> {
        const auto address = net::address_from_bytes(rdata_of(rr));
        if (!address) return malformed("an address of another length than 4 or 16");
        return *address;
      });
}

base::Result<dns::Answer<dns::Tlsa>> decode_tlsa(const dns::Name& question,
                                                 const RawAnswer& raw) {
  return decode<dns::Tlsa>(
      question, Type::tlsa, raw, [](const ldns_rr* rr) -> base::Result<dns::Tlsa> {
        return dns::tlsa_from_wire(rdata_of(rr));
      });
}

base::Result<dns::Answer<dns::Mx>> decode_mx(const dns::Name& question,
                                             const RawAnswer& raw) {
  return decode<dns::Mx>(
      question, Type::mx, raw, [](const ldns_rr* rr) -> base::Result<dns::Mx> {
        const auto preference = number_of(ldns_rr_rdf(rr, 0));
        if (!preference || ldns_rr_rd_count(rr) != 2) return malformed("a short MX record");
        auto host = name_of(ldns_rr_rdf(rr, 1));
        if (!host) return tl::unexpected(host.error());
        return dns::Mx{*preference, std::move(*host)};
      });
}

base::Result<dns::Answer<dns::Srv>> decode_srv(const dns::Name& question,
                                               const RawAnswer& raw) {
  return decode<dns::Srv>(
      question, Type::srv, raw, [](const ldns_rr* rr) -> base::Result<dns::Srv> {
        if (ldns_rr_rd_count(rr) != 4) return malformed("a short SRV record");
        const auto priority = number_of(ldns_rr_rdf(rr, 0));
        const auto weight = number_of(ldns_rr_rdf(rr, 1));
        const auto port = number_of(ldns_rr_rdf(rr, 2));
        auto target = name_of(ldns_rr_rdf(rr, 3));
        if (!target) return tl::unexpected(target.error());
        if (!priority || !weight || !port) return malformed("an SRV record");
        return dns::Srv{*priority, *weight, *port, std::move(*target)};
      });
}

base::Result<dns::Answer<dns::Name>> decode_names(const dns::Name& question, Type type,
                                                  const RawAnswer& raw) {
  return decode<dns::Name>(question, type, raw, [](const ldns_rr* rr) {
    return ldns_rr_rd_count(rr) == 1 ? name_of(ldns_rr_rdf(rr, 0)) : name_of(nullptr);
  });
}

}  // namespace resolver
