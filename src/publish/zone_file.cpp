#include "src/publish/zone_file.h"

#include <ldns/ldns.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

namespace publish {
namespace {

constexpr std::uint32_t kDefaultTtl = 3600;  // as ldns-signzone has it

tl::unexpected<base::Error> bad(const std::string& path, std::size_t line,
                                const std::string& why) {
  const std::string where = line == 0 ? path : path + ":" + std::to_string(line);
  return base::fail(base::ErrorKind::usage, "bad_zone", where + ": " + why);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;
using Record = std::unique_ptr<ldns_rr, FreeRecord>;

/// A name that ldns owns and changes while it reads.
class LdnsName {
 public:
  explicit LdnsName(ldns_rdf* name) : name_(name) {}
  ~LdnsName() { ldns_rdf_deep_free(name_); }
  LdnsName(const LdnsName&) = delete;
  LdnsName& operator=(const LdnsName&) = delete;
  [[nodiscard]] ldns_rdf** address() { return &name_; }

 private:
  ldns_rdf* name_;
};

base::Result<dns::Name> name_of(const ldns_rdf* rdf) {
  const std::unique_ptr<char, decltype(&std::free)> text(ldns_rdf2str(rdf), std::free);
  return dns::Name::from_dns(text ? text.get() : "");
}

dns::Tlsa tlsa_of(const ldns_rr* record) {
  base::Bytes wire;
  for (std::size_t i = 0; i < ldns_rr_rd_count(record); ++i) {
    const ldns_rdf* field = ldns_rr_rdf(record, i);
    const auto* data = reinterpret_cast<const std::byte*>(ldns_rdf_data(field));
    wire.insert(wire.end(), data, data + ldns_rdf_size(field));
  }
  return dns::tlsa_from_wire(wire);
}

base::Result<void> keep(const ldns_rr* record, std::size_t line, Zone& zone) {
  auto owner = name_of(ldns_rr_owner(record));
  if (!owner) return tl::unexpected(owner.error());
  switch (ldns_rr_get_type(record)) {
    case LDNS_RR_TYPE_TLSA:
      zone.tlsa.push_back({line, std::move(*owner), tlsa_of(record),
                           std::chrono::seconds(ldns_rr_ttl(record))});
      break;
    case LDNS_RR_TYPE_SOA:
      zone.origin = std::move(*owner);
      break;
    case LDNS_RR_TYPE_A:
    case LDNS_RR_TYPE_AAAA:
    case LDNS_RR_TYPE_CNAME:
      zone.hosts.insert(std::move(*owner));
      break;
    default:
      break;
  }
  return {};
}

/// The lines that say nothing: ldns reads over them together with what follows.
std::vector<bool> empty_lines(const std::string& path) {
  std::vector<bool> out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto start = line.find_first_not_of(" \t\r");
    out.push_back(start == std::string::npos || line[start] == ';');
  }
  return out;
}

bool is_directive(ldns_status status) {
  return status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
         status == LDNS_STATUS_SYNTAX_ORIGIN;
}

}  // namespace

base::Result<Zone> read_zone(const std::string& path,
                             const std::optional<dns::Name>& origin) {
  const File file(std::fopen(path.c_str(), "re"));
  if (!file) return bad(path, 0, base::system_message(errno));
  const std::vector<bool> empty = empty_lines(path);
  Zone zone;
  if (origin) zone.origin = *origin;
  const std::string start = zone.origin.text() + ".";
  LdnsName at(ldns_dname_new_frm_str(start.c_str()));
  LdnsName previous(nullptr);
  std::uint32_t ttl = kDefaultTtl;
  int line = 0;
  while (std::feof(file.get()) == 0) {
    auto begin = static_cast<std::size_t>(line) + 1;
    while (begin <= empty.size() && empty[begin - 1]) ++begin;
    ldns_rr* raw = nullptr;
    const ldns_status status = ldns_rr_new_frm_fp_l(&raw, file.get(), &ttl, at.address(),
                                                    previous.address(), &line);
    const Record record(raw);
    if (std::ferror(file.get()) != 0) return bad(path, 0, base::system_message(errno));
    if (is_directive(status)) continue;
    if (status == LDNS_STATUS_SYNTAX_INCLUDE) {
      return bad(path, begin, "$INCLUDE is not followed: name the file itself");
    }
    if (status != LDNS_STATUS_OK) {
      return bad(path, begin, ldns_get_errorstr_by_id(status));
    }
    if (auto kept = keep(raw, begin, zone); !kept) {
      return bad(path, begin, kept.error().detail);
    }
  }
  return zone;
}

}  // namespace publish
