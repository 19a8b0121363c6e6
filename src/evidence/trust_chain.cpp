// Chains of trust, for people to look at. Every state comes from the second validator:
// here is only found which of its answers, places and signatures belong behind each
// other, so that a picture of a verdict cannot say anything else than the verdict. A
// signature that broke a chain is shown too, since its dates are what people look for:
// they are its own words, and nobody's proof.
#include "src/evidence/trust_chain.h"

#include <algorithm>
#include <array>
#include <set>

#include "resolver/type.h"
#include "src/base/pem.h"
#include "src/evidence/answer_book.h"
#include "src/evidence/record_reader.h"
#include "src/evidence/signature_checks.h"

namespace evidence {
namespace {

constexpr auto number(resolver::Type type) { return static_cast<std::uint16_t>(type); }

constexpr std::uint16_t kDs = number(resolver::Type::ds);
constexpr std::uint16_t kDnskey = number(resolver::Type::dnskey);
constexpr std::uint16_t kCname = number(resolver::Type::cname);
/// Whose answers end a chain, in the order in which a delivery asks for them.
constexpr std::array<std::uint16_t, 4> kEnds = {
    number(resolver::Type::mx), number(resolver::Type::a), number(resolver::Type::aaaa),
    number(resolver::Type::tlsa)};
constexpr std::size_t kMostLinks = 128;
constexpr std::size_t kMostOctets = 16'384;  // of names and words

/// The state of what has no signature that counts.
LinkState state_of(const JudgedAnswer& judged) {
  if (judged.security == dns::Security::insecure) return LinkState::insecure;
  return judged.missing ? LinkState::missing : LinkState::broken;
}

/// A name that was walked to.
struct Place {
  WireName name;
  const JudgedPlace* judged = nullptr;
};

class Drawing {
 public:
  Drawing(const DnsEvidence& dns, const SecondOpinion& opinion,
          std::chrono::sys_seconds moment)
      : book_(dns.sets, dns.answers), opinion_(opinion), moment_(moment) {
    for (const JudgedPlace& place : opinion.places) {
      if (auto name = WireName::from(place.name)) {
        places_.push_back({std::move(*name), &place});
      }
    }
  }

  TrustChain draw() {
    for (const std::uint16_t type : kEnds) {
      for (std::size_t i = 0; i < book_.entries().size(); ++i) {
        if (book_.entries()[i].type == type) add_answer(i);
      }
    }
    return std::move(out_);
  }

 private:
  void add_answer(std::size_t index);
  void add_end(const BookEntry& entry, const JudgedAnswer& judged, TrustLink link);
  const Place* add_way(const WireName& name);
  void add_zone(const Place& place, const Place* parent);
  void add_insecure(const Place& place, const Place& parent);
  void add_broken(const Place& place, const Place* parent);
  void add(TrustLink link);

  [[nodiscard]] const SignedSet* alias_in(const BookEntry& entry) const;
  [[nodiscard]] const UsedSignature* used_over(const dns::Name& owner,
                                               std::uint16_t type) const;
  [[nodiscard]] const UsedSignature* first_to_end(
      const std::vector<std::size_t>& signatures,
      const std::vector<std::size_t>& without) const;
  [[nodiscard]] const UsedSignature* denial_of(const JudgedAnswer& judged) const;
  [[nodiscard]] std::optional<LinkSignature> claimed(const WireName& owner,
                                                     std::uint16_t type) const;

  AnswerBook book_;
  const SecondOpinion& opinion_;
  std::chrono::sys_seconds moment_;
  std::vector<Place> places_;
  std::set<std::pair<dns::Name, std::uint16_t>> drawn_;
  std::size_t octets_ = 0;
  TrustChain out_;
};

LinkSignature signature_of(const UsedSignature& used) {
  return {used.zone, used.key_tag, used.algorithm, used.inception, used.expiration};
}

/// What a set that is proved looks like as a link.
TrustLink proved(const UsedSignature& used) {
  TrustLink out;
  out.zone = used.zone;
  out.owner = used.owner;
  out.type = used.type;
  out.state = LinkState::proved;
  out.signature = signature_of(used);
  return out;
}

void Drawing::add(TrustLink link) {
  if (!drawn_.emplace(link.owner, link.type).second) return;
  std::size_t octets = link.why.size();
  for (const dns::Name* name : {&link.zone, &link.owner}) octets += name->text().size();
  // Once one is left out so are all behind it, which might hang from it.
  if (out_.left_out > 0 || out_.links.size() == kMostLinks ||
      octets_ + octets > kMostOctets) {
    ++out_.left_out;
    return;
  }
  octets_ += octets;
  out_.links.push_back(std::move(link));
}

const UsedSignature* Drawing::used_over(const dns::Name& owner,
                                        std::uint16_t type) const {
  const auto found =
      std::ranges::find_if(opinion_.signatures, [&](const UsedSignature& used) {
        return used.type == type && used.owner == owner;
      });
  return found == opinion_.signatures.end() ? nullptr : &*found;
}

const UsedSignature* Drawing::first_to_end(
    const std::vector<std::size_t>& signatures,
    const std::vector<std::size_t>& without) const {
  const UsedSignature* out = nullptr;
  for (const std::size_t index : signatures) {
    const UsedSignature& used = opinion_.signatures[index];
    if (std::ranges::find(without, index) != without.end()) continue;
    if (out == nullptr || used.expiration < out->expiration) out = &used;
  }
  return out;
}

std::optional<LinkSignature> Drawing::claimed(const WireName& owner,
                                              std::uint16_t type) const {
  const auto place = book_.find(owner, type);
  if (!place) return std::nullopt;
  const BookEntry& entry = book_.entries()[*place];
  if (!entry.fault.empty() || entry.answer->error) return std::nullopt;
  const auto set = book_.among(entry.answer->answer, owner, type);
  if (!set || book_.set(*set).signatures.empty()) return std::nullopt;
  const Rrsig& first = book_.set(*set).signatures.front();
  return LinkSignature{first.signer.name(), first.key_tag, first.algorithm,
                       moment_of(first.inception, moment_),
                       moment_of(first.expiration, moment_)};
}

/// Draws the zones from the root down to that of a name, or to where that way ends, and
/// returns the last of them. Nothing where the root was not walked to.
const Place* Drawing::add_way(const WireName& name) {
  const Place* parent = nullptr;
  for (const Place& place : places_) {
    if (!name.is_within(place.name)) continue;
    const dns::Security state = place.judged->state.security;
    if (state == dns::Security::insecure && parent != nullptr) {
      add_insecure(place, *parent);
      return &place;
    }
    if (state != dns::Security::secure) {
      add_broken(place, parent);
      return &place;
    }
    if (!place.judged->is_zone) continue;
    add_zone(place, parent);
    parent = &place;
  }
  return parent;
}

void Drawing::add_zone(const Place& place, const Place* parent) {
  const dns::Name& zone = place.judged->name;
  const UsedSignature* ds = used_over(zone, kDs);
  if (parent != nullptr && ds != nullptr) add(proved(*ds));
  if (const UsedSignature* keys = used_over(zone, kDnskey)) add(proved(*keys));
}

void Drawing::add_insecure(const Place& place, const Place& parent) {
  TrustLink link;
  link.zone = parent.judged->name;
  link.owner = place.judged->name;
  link.type = kDs;
  link.state = LinkState::insecure;
  const JudgedAnswer& state = place.judged->state;
  link.why = state.reason;
  link.denied = used_over(link.owner, kDs) == nullptr;
  const auto* used = first_to_end(state.signatures, parent.judged->state.signatures);
  if (used != nullptr) link.signature = signature_of(*used);
  add(std::move(link));
}

/// Where DS records are proved it is the keys that are not.
void Drawing::add_broken(const Place& place, const Place* parent) {
  const JudgedAnswer& state = place.judged->state;
  const UsedSignature* ds =
      parent == nullptr ? nullptr : used_over(place.judged->name, kDs);
  if (ds != nullptr) add(proved(*ds));
  TrustLink link;
  link.owner = place.judged->name;
  const bool at_keys = parent == nullptr || ds != nullptr;
  link.type = at_keys ? kDnskey : kDs;
  link.zone = at_keys ? link.owner : parent->judged->name;
  link.state = state_of(state);
  link.why = state.reason;
  link.signature = claimed(place.name, link.type);
  add(std::move(link));
}

/// The alias that leads from the name that was asked for to another one: one above it
/// makes that at the name itself (RFC 6672).
const SignedSet* Drawing::alias_in(const BookEntry& entry) const {
  const auto& section = entry.answer->answer;
  for (const std::size_t index : section) {
    const SignedSet& set = book_.set(index);
    if (set.type == kDname && entry.name.is_below(set.owner)) return &set;
  }
  const auto cname = book_.among(section, entry.name, kCname);
  return cname ? &book_.set(*cname) : nullptr;
}

void Drawing::add_answer(std::size_t index) {
  const BookEntry& entry = book_.entries()[index];
  const JudgedAnswer& judged = opinion_.answers[index];
  TrustLink link;
  link.owner = entry.name.name();
  link.type = entry.type;
  const bool readable = entry.fault.empty() && !entry.answer->error;
  if (const SignedSet* alias = readable ? alias_in(entry) : nullptr) {
    link.owner = alias->owner.name();
    link.type = alias->type;
    RecordReader reader(alias->records.front());
    link.target = reader.name().name();
  } else if (readable && judged.security >= dns::Security::insecure) {
    link.denied = !book_.among(entry.answer->answer, entry.name, entry.type);
  }
  // A host that has addresses of one family is one that has addresses.
  const bool is_address = entry.type == kEnds[1] || entry.type == kEnds[2];
  if (is_address && link.denied) return;
  add_end(entry, judged, std::move(link));
}

/// The signature over a denial that ends first, of those of the deepest zone.
const UsedSignature* Drawing::denial_of(const JudgedAnswer& judged) const {
  const UsedSignature* out = nullptr;
  const auto depth = [](const UsedSignature& one) { return one.zone.labels().size(); };
  for (const std::size_t index : judged.signatures) {
    const UsedSignature& one = opinion_.signatures[index];
    if (!is_denial(one.type)) continue;
    const bool is_better =
        out == nullptr || depth(one) > depth(*out) ||
        (depth(one) == depth(*out) && one.expiration < out->expiration);
    if (is_better) out = &one;
  }
  return out;
}

/// An alias may be proved although nothing is where it leads.
void Drawing::add_end(const BookEntry& entry, const JudgedAnswer& judged,
                      TrustLink link) {
  const UsedSignature* used = nullptr;
  if (link.target || judged.security == dns::Security::secure) {
    used = link.denied ? denial_of(judged) : used_over(link.owner, link.type);
  }
  const auto zone = used == nullptr ? std::nullopt : WireName::from(used->zone);
  const Place* place = add_way(zone ? *zone : entry.name);
  if (place != nullptr) link.zone = place->judged->name;
  if (used != nullptr) {
    link.state = LinkState::proved;
    link.signature = signature_of(*used);
    add(std::move(link));
    return;
  }
  link.state = state_of(judged);
  const bool is_told = place != nullptr && place->judged->state.reason == judged.reason;
  if (!is_told) link.why = judged.reason;
  if (link.state == LinkState::broken) link.signature = claimed(entry.name, link.type);
  add(std::move(link));
}

}  // namespace

std::string_view to_text(LinkState state) {
  switch (state) {
    case LinkState::proved:
      return "proved";
    case LinkState::insecure:
      return "insecure";
    case LinkState::missing:
      return "missing";
    case LinkState::broken:
      break;
  }
  return "broken";
}

TrustChain trust_chain(const DnsEvidence& dns, const SecondOpinion& opinion,
                       std::chrono::sys_seconds moment) {
  return Drawing(dns, opinion, moment).draw();
}

std::vector<RootAnchor> root_keys_in(const DnsEvidence& dns) {
  const AnswerBook book(dns.sets, dns.answers);
  const auto place = book.find(WireName(), kDnskey);
  if (!place) return {};
  const BookEntry& entry = book.entries()[*place];
  const bool is_believed = entry.fault.empty() && !entry.answer->error &&
                           entry.answer->security == dns::Security::secure;
  const auto set =
      is_believed ? book.among(entry.answer->answer, WireName(), kDnskey) : std::nullopt;
  if (!set) return {};
  RootAnchor out;
  for (const base::ByteView rdata : book.set(*set).records) {
    RecordReader reader(rdata);
    const auto flags = reader.two();
    const auto protocol = reader.octet();
    const auto algorithm = reader.octet();
    if (!reader.is_good()) continue;
    out.text += ". IN DNSKEY " + std::to_string(flags) + ' ' + std::to_string(protocol) +
                ' ' + std::to_string(algorithm) + ' ' + base::to_base64(reader.rest()) +
                '\n';
  }
  return {out};
}

}  // namespace evidence
