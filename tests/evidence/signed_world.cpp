#include "tests/evidence/signed_world.h"

#include <algorithm>
#include <stdexcept>

#include "src/evidence/ldns.h"
#include "src/evidence/name_hashes.h"

namespace evidence::test {
namespace {

void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

struct Free {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
  void operator()(ldns_rr_list* list) const { ldns_rr_list_deep_free(list); }
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
  void operator()(ldns_key* key) const { ldns_key_deep_free(key); }
};
template <typename T>
using Held = std::unique_ptr<T, Free>;

base::Bytes octets_of(const ldns_buffer* buffer) {
  const auto* begin = reinterpret_cast<const std::byte*>(ldns_buffer_begin(buffer));
  return {begin, begin + ldns_buffer_position(buffer)};
}

Held<ldns_rdf> name_of(const std::string& name) {
  return Held<ldns_rdf>(ldns_dname_new_frm_str(name.c_str()));
}

/// RDATA in canonical form.
base::Bytes rdata_of(const ldns_rr* rr) {
  const Held<ldns_buffer> buffer(ldns_buffer_new(LDNS_MAX_PACKETLEN));
  const Held<ldns_rr> copy(ldns_rr_clone(rr));
  ldns_rr2canonical(copy.get());
  must(ldns_rr_rdata2buffer_wire(buffer.get(), copy.get()) == LDNS_STATUS_OK, "rdata");
  return octets_of(buffer.get());
}

void add(base::Bytes& out, const base::Bytes& more) {
  out.insert(out.end(), more.begin(), more.end());
}

void add_number(base::Bytes& out, std::uint64_t number, int octets) {
  for (int i = octets - 1; i >= 0; --i) {
    out.push_back(static_cast<std::byte>(number >> (8 * i) & 0xff));
  }
}

base::Bytes record(const Draft& draft, std::uint16_t type, const base::Bytes& rdata) {
  base::Bytes out = wire_name(draft.owner);
  add_number(out, type, 2);
  add_number(out, 1, 2);
  add_number(out, draft.ttl, 4);
  add_number(out, rdata.size(), 2);
  add(out, rdata);
  return out;
}

std::string base32(const Sha1& hash) {
  std::string out;
  for (std::size_t i = 0; i < 32; ++i) {
    unsigned digit = 0;
    for (std::size_t bit = 5 * i; bit < 5 * i + 5; ++bit) {
      const auto octet = std::to_integer<unsigned>(hash.at(bit / 8));
      digit = digit << 1U | (octet >> (7 - bit % 8) & 1U);
    }
    out += "0123456789abcdefghijklmnopqrstuv"[digit];
  }
  return out;
}

Sha1 moved(Sha1 hash, bool up) {
  for (auto octet = hash.rbegin(); octet != hash.rend(); ++octet) {
    const auto before = std::to_integer<unsigned>(*octet);
    *octet = static_cast<std::byte>(up ? before + 1 : before - 1);
    if (before != (up ? 0xffU : 0U)) break;
  }
  return hash;
}

/// By ldns, not by what is tested.
Sha1 hash_of(const std::string& name, const Nsec3Terms& terms) {
  const auto salt = base::from_hex(terms.salt).value();
  const Held<ldns_rdf> hashed(ldns_nsec3_hash_name(
      name_of(name).get(), 1, terms.iterations, static_cast<std::uint8_t>(salt.size()),
      reinterpret_cast<const std::uint8_t*>(salt.data())));
  must(hashed != nullptr, "hash");
  Sha1 out{};
  std::array<std::uint8_t, 64> octets{};
  const int size = ldns_b32_pton_extended_hex(
      reinterpret_cast<const char*>(ldns_rdf_data(hashed.get()) + 1), 32, octets.data(),
      octets.size());
  must(size == 20, "base32");
  std::ranges::transform(octets.begin(), octets.begin() + 20, out.begin(),
                         [](std::uint8_t octet) { return std::byte{octet}; });
  return out;
}

Draft nsec3(const SigningKey& key, const Sha1& owner, const Sha1& next,
            const std::string& types, const Nsec3Terms& terms) {
  const std::string zone = key.zone() == "." ? "" : key.zone();
  return key.sign(draft(
      base32(owner) + "." + zone, "NSEC3",
      {std::to_string(terms.hash) + " " + std::to_string(terms.flags) + " " +
       std::to_string(terms.iterations) + " " + (terms.salt.empty() ? "-" : terms.salt) +
       " " + base32(next) + " " + types}));
}

}  // namespace

base::Bytes wire_name(const std::string& name) {
  const auto rdf = name_of(name);
  must(rdf != nullptr, name.c_str());
  ldns_dname2canonical(rdf.get());
  const auto* begin = reinterpret_cast<const std::byte*>(ldns_rdf_data(rdf.get()));
  return {begin, begin + ldns_rdf_size(rdf.get())};
}

std::uint16_t type_number(const std::string& type) {
  return static_cast<std::uint16_t>(ldns_get_rr_type_by_name(type.c_str()));
}

base::Bytes Draft::wire() const {
  base::Bytes out;
  const auto add_all = [&](std::vector<base::Bytes> all, std::uint16_t of) {
    std::ranges::sort(all);
    for (const base::Bytes& rdata : all) add(out, record(*this, of, rdata));
  };
  add_all(records, type);
  add_all(signatures, 46);
  return out;
}

Draft Draft::at(std::string other) const {
  Draft out = *this;
  out.owner = std::move(other);
  return out;
}

Draft Draft::without_signatures() const {
  Draft out = *this;
  out.signatures.clear();
  return out;
}

Draft draft(const std::string& owner, const std::string& type,
            std::initializer_list<std::string> records) {
  Draft out{owner, type_number(type), 3600, {}, {}};
  for (const std::string& text : records) {
    ldns_rr* made = nullptr;
    const std::string line = owner + " 3600 IN " + type + " " + text;
    must(ldns_rr_new_frm_str(&made, line.c_str(), 3600, nullptr, nullptr) ==
             LDNS_STATUS_OK,
         line.c_str());
    const Held<ldns_rr> rr(made);
    out.records.push_back(rdata_of(rr.get()));
  }
  return out;
}

struct SigningKey::Parts {
  Held<ldns_key> key;
  Held<ldns_rr> record;
};

SigningKey::SigningKey(std::string zone, std::uint8_t algorithm, std::size_t bits)
    : zone_(std::move(zone)), parts_(std::make_shared<Parts>()) {
  const auto size = static_cast<std::uint16_t>(bits != 0 ? bits : 256);
  parts_->key.reset(
      ldns_key_new_frm_algorithm(static_cast<ldns_signing_algorithm>(algorithm), size));
  must(parts_->key != nullptr, "key");
  ldns_key* key = parts_->key.get();
  ldns_key_set_pubkey_owner(key, name_of(zone_).release());
  ldns_key_set_flags(key, 257);
  parts_->record.reset(ldns_key2rr(key));
  must(parts_->record != nullptr, "DNSKEY");
  ldns_key_set_keytag(key, ldns_calc_keytag(parts_->record.get()));
}

base::Bytes SigningKey::dnskey() const { return rdata_of(parts_->record.get()); }

base::Bytes SigningKey::ds(std::uint8_t digest) const {
  const ldns_hash hash =
      digest == 1 ? LDNS_SHA1 : (digest == 2 ? LDNS_SHA256 : LDNS_SHA384);
  const Held<ldns_rr> rr(ldns_key_rr2ds(parts_->record.get(), hash));
  must(rr != nullptr, "DS");
  return rdata_of(rr.get());
}

std::string SigningKey::text(bool ds) const {
  Held<ldns_rr> rr(ds ? ldns_key_rr2ds(parts_->record.get(), LDNS_SHA256)
                      : ldns_rr_clone(parts_->record.get()));
  char* text = ldns_rr2str(rr.get());
  std::string out(text);
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): ldns's malloc
  return out;
}

Draft SigningKey::sign(Draft draft, const SigningTerms& terms) const {
  ldns_key* key = parts_->key.get();
  ldns_key_set_inception(key, terms.inception);
  ldns_key_set_expiration(key, terms.expiration);
  ldns_key_set_origttl(key, draft.ttl);
  Held<ldns_rr_list> list(ldns_rr_list_new());
  std::ranges::sort(draft.records);
  for (const base::Bytes& rdata : draft.records) {
    const base::Bytes wire = record(draft, draft.type, rdata);
    ldns_rr* rr = nullptr;
    std::size_t at = 0;
    must(ldns_wire2rr(&rr, reinterpret_cast<const std::uint8_t*>(wire.data()),
                      wire.size(), &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK,
         "record");
    ldns_rr_list_push_rr(list.get(), rr);
  }
  const Held<ldns_rr> rrsig(ldns_create_empty_rrsig(list.get(), key));
  if (terms.labels) {
    ldns_rr_rrsig_set_labels(rrsig.get(),
                             ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, *terms.labels));
  }
  if (terms.signer) {
    ldns_rr_rrsig_set_signame(rrsig.get(), name_of(*terms.signer).release());
  }
  if (terms.tag) {
    ldns_rr_rrsig_set_keytag(rrsig.get(),
                             ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, *terms.tag));
  }
  const Held<ldns_buffer> buffer(ldns_buffer_new(LDNS_MAX_PACKETLEN));
  must(ldns_rrsig2buffer_wire(buffer.get(), rrsig.get()) == LDNS_STATUS_OK &&
           ldns_rr_list2buffer_wire(buffer.get(), list.get()) == LDNS_STATUS_OK,
       "to be signed");
  ldns_rdf* signature = ldns_sign_public_buffer(buffer.get(), key);
  must(signature != nullptr, "signature");
  ldns_rr_rrsig_set_sig(rrsig.get(), signature);
  draft.signatures.push_back(rdata_of(rrsig.get()));
  return draft;
}

World::World() {
  basis.moment = kNow;
  zones_.emplace(".", SigningKey(".", 13));
  const SigningKey& root = zone(".");
  basis.anchors = {{root.text(true), {}, {}}};
  Draft keys{".", type_number("DNSKEY"), 3600, {root.dnskey()}, {}};
  answer(".", "DNSKEY", 0, {root.sign(std::move(keys))});
}

const SigningKey& World::zone(const std::string& name) const { return zones_.at(name); }

const SigningKey& World::add_zone(const std::string& name, std::uint8_t algorithm,
                                  std::size_t bits) {
  std::string parent = name;
  do {
    parent.erase(0, parent.find('.') + 1);
    if (parent.empty()) parent = ".";
  } while (!zones_.contains(parent));
  const SigningKey& key =
      zones_.insert_or_assign(name, SigningKey(name, algorithm, bits)).first->second;
  answer(name, "DS", 0,
         {zone(parent).sign({name, type_number("DS"), 3600, {key.ds(2)}, {}})});
  answer(name, "DNSKEY", 0,
         {key.sign({name, type_number("DNSKEY"), 3600, {key.dnskey()}, {}})});
  return key;
}

std::vector<std::size_t> World::places_of(const std::vector<Draft>& drafts) {
  std::vector<std::size_t> out;
  for (const Draft& draft : drafts) {
    const base::Bytes wire = draft.wire();
    const auto found = std::ranges::find(sets, wire);
    out.push_back(static_cast<std::size_t>(found - sets.begin()));
    if (found == sets.end()) sets.push_back(wire);
  }
  std::ranges::sort(out);
  return out;
}

void World::forget(const std::string& name, const std::string& type) {
  std::erase_if(answers, [&](const Answer& answer) {
    return answer.name == dns::Name::from_dns(name).value() &&
           answer.type == type_number(type);
  });
}

void World::answer(const std::string& name, const std::string& type, int rcode,
                   const std::vector<Draft>& answer,
                   const std::vector<Draft>& authority) {
  forget(name, type);
  Answer out;
  out.name = dns::Name::from_dns(name).value();
  out.type = type_number(type);
  out.rcode = rcode;
  out.answer = places_of(answer);
  out.authority = places_of(authority);
  answers.push_back(std::move(out));
}

SecondOpinion World::judge() const { return second_opinion(sets, answers, basis); }

JudgedAnswer World::judge(const std::string& name, const std::string& type) const {
  const SecondOpinion opinion = judge();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].name == dns::Name::from_dns(name).value() &&
        answers[i].type == type_number(type)) {
      return opinion.answers[i];
    }
  }
  throw std::runtime_error("no such answer");
}

std::string World::told(const std::string& name, const std::string& type) const {
  const JudgedAnswer judged = judge(name, type);
  return std::string(dns::to_text(judged.security)) +
         (judged.reason.empty() ? "" : ": " + judged.reason);
}

Draft nsec(const SigningKey& key, const std::string& owner, const std::string& next,
           const std::string& types) {
  return key.sign(draft(owner, "NSEC", {next + " " + types}));
}

Draft nsec3_at(const SigningKey& key, const std::string& name, const std::string& types,
               const Nsec3Terms& terms) {
  const Sha1 hash = hash_of(name, terms);
  return nsec3(key, hash, moved(hash, true), types, terms);
}

Draft nsec3_over(const SigningKey& key, const std::string& name, const std::string& types,
                 const Nsec3Terms& terms) {
  const Sha1 hash = hash_of(name, terms);
  return nsec3(key, moved(hash, false), moved(hash, true), types, terms);
}

}  // namespace evidence::test
