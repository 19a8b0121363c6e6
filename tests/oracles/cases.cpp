#include "tests/oracles/cases.h"

#include <gnutls/gnutls.h>

#include <algorithm>

#include "tests/support/peers.h"

namespace oracles {
namespace {

using support::kDay;
using support::kNow;
using support::Recipe;
using Kind = support::Key::Kind;

std::string kind_name(Kind kind) {
  switch (kind) {
    case Kind::p256:
      return "p256";
    case Kind::ed25519:
      return "ed25519";
    case Kind::rsa2048:
      return "rsa";
    case Kind::rsa1024:
      return "rsa1024";
  }
  return "?";
}

// --- what may be unusual

Variation at_depth(std::string name, std::size_t depth,
                   std::function<void(Recipe&)> change) {
  return {std::move(name),
          [=](Recipe& recipe, std::size_t at, std::size_t) {
            if (at == depth) change(recipe);
          },
          [](verify::Certificates&) {}, kHost};
}

Variation of_root(std::string name, std::function<void(Recipe&)> change) {
  return {std::move(name),
          [=](Recipe& recipe, std::size_t at, std::size_t length) {
            if (length > 1 && at + 1 == length) change(recipe);
          },
          [](verify::Certificates&) {}, kHost};
}

Variation as_sent(std::string name, std::function<void(verify::Certificates&)> change) {
  return {std::move(name), [](Recipe&, std::size_t, std::size_t) {}, std::move(change),
          kHost};
}

void expire(Recipe& recipe) { recipe.until = kNow - kDay; }
void not_yet(Recipe& recipe) { recipe.from = kNow + 15000 * kDay; }

std::vector<Variation> make_variations() {
  const auto stranger = support::make(support::ca("Stranger"));
  std::vector<Variation> out;
  out.push_back(as_sent("good", [](verify::Certificates&) {}));
  out.push_back(at_depth("expired-leaf", 0, expire));
  out.push_back(at_depth("future-leaf", 0, not_yet));
  out.push_back(at_depth("expired-issuer", 1, expire));
  out.push_back(of_root("expired-root", expire));
  out.push_back(
      at_depth("wrong-name", 0, [](Recipe& r) { r.dns = {"other.example.org"}; }));
  out.push_back(at_depth("wildcard", 0, [](Recipe& r) { r.dns = {"*.example.org"}; }));
  constexpr const char* kIdn = "mx.xn--bcher-kva.example.org";
  out.push_back(at_depth("idn", 0, [=](Recipe& r) { r.dns = {kIdn}; }));
  out.back().host = kIdn;
  out.push_back(at_depth("idn-wildcard", 0,
                         [](Recipe& r) { r.dns = {"*.xn--bcher-kva.example.org"}; }));
  out.back().host = kIdn;
  out.push_back(
      at_depth("partial-wildcard", 0, [](Recipe& r) { r.dns = {"m*.example.org"}; }));
  out.push_back(at_depth("common-name", 0, [](Recipe& r) {
    r.subject = kHost;
    r.key.name = "leaf";
    r.dns.clear();
  }));
  out.push_back(at_depth("no-name", 0, [](Recipe& r) { r.dns.clear(); }));
  out.push_back(at_depth("client-only", 0,
                         [](Recipe& r) { r.purposes = {support::kClientPurpose}; }));
  out.push_back(at_depth("no-ca-issuer", 1, [](Recipe& r) { r.ca = false; }));
  out.push_back(at_depth("no-sign-issuer", 1,
                         [](Recipe& r) { r.key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE; }));
  out.push_back(at_depth("short-path", 2, [](Recipe& r) { r.path_length = 0; }));
  out.push_back(as_sent("stranger", [stranger](verify::Certificates& sent) {
    sent.insert(sent.begin() + 1, stranger);
  }));
  out.push_back(as_sent("shuffled", [](verify::Certificates& sent) {
    if (sent.size() > 2) std::reverse(sent.begin() + 1, sent.end());
  }));
  return out;
}

// --- chains

std::string subject_at(std::size_t depth, std::size_t length) {
  if (depth == 0) return "leaf";
  return depth + 1 == length ? "Root" : "CA " + std::to_string(depth);
}

Recipe recipe_at(std::size_t depth, std::size_t length, Kind kind) {
  const bool self = depth + 1 == length;
  const std::string subject = subject_at(depth, length);
  const std::string issuer = self ? subject : subject_at(depth + 1, length);
  Recipe out = depth == 0 ? support::leaf(issuer, {kHost})
                          : support::ca(subject, self ? "" : issuer);
  out.subject = subject;
  out.key = {subject, kind};
  out.signer = {issuer, kind};
  // Valid at kNow and at the moment of the test alike: some oracles know no other clock.
  out.from = kNow - 1000 * kDay;
  out.until = kNow + 20000 * kDay;
  return out;
}

// --- records

dns::Tlsa wrong(dns::Tlsa record) {
  record.data[record.data.size() / 2] ^= std::byte{0x55};
  return record;
}

std::string target_name(std::size_t depth) { return "at" + std::to_string(depth); }

void each_record(const MadeChain& chain, bool every_matching,
                 const std::function<void(const dns::Tlsa&, std::size_t)>& take) {
  for (int usage = 0; usage <= 3; ++usage) {
    for (int selector = 0; selector <= 1; ++selector) {
      for (int matching = 0; matching <= (every_matching ? 2 : 1); ++matching) {
        for (std::size_t depth = 0; depth < chain.whole.size(); ++depth) {
          take(support::record(usage, selector, matching, chain.whole[depth]), depth);
        }
      }
    }
  }
}

Case case_of(const MadeChain& chain, std::vector<dns::Tlsa> records, std::string what,
             bool root_sent) {
  Case out;
  out.name = chain.name + " " + std::move(what) + (root_sent ? " full" : " rootless");
  out.sent = chain.sent;
  if (!root_sent) std::erase(out.sent, chain.whole.back());
  out.records = std::move(records);
  out.host = chain.host;
  out.root = chain.whole.back();
  return out;
}

void cases_of_chain(const MadeChain& chain, bool every_matching,
                    const std::function<void(const Case&)>& take) {
  for (const bool root_sent : {true, false}) {
    if (!root_sent && chain.whole.size() == 1) continue;
    each_record(chain, every_matching, [&](const dns::Tlsa& record, std::size_t depth) {
      take(case_of(chain, {record}, dns::parameters(record) + " " + target_name(depth),
                   root_sent));
    });
  }
}

/// Several records of which one, or none, is right (RFC 7671 9 among them).
void cases_of_sets(const MadeChain& chain, const std::function<void(const Case&)>& take) {
  const auto leaf = [&](int s, int m) {
    return support::record(3, s, m, chain.whole[0]);
  };
  const auto root = [&](int s, int m) {
    return support::record(2, s, m, chain.whole.back());
  };
  const std::vector<std::pair<std::string, std::vector<dns::Tlsa>>> sets = {
      {"one-of-three", {wrong(leaf(1, 1)), wrong(leaf(1, 1)), leaf(1, 1)}},
      {"ee-or-ta", {wrong(leaf(1, 1)), root(1, 1)}},
      {"none", {wrong(leaf(1, 1)), wrong(root(1, 1)), wrong(leaf(0, 2))}},
      {"agility-good", {wrong(leaf(1, 1)), leaf(1, 2)}},
      {"agility-bad", {leaf(1, 1), wrong(leaf(1, 2))}},
      {"agility-other-selector", {leaf(1, 1), wrong(leaf(0, 2))}},
      {"full-beside-digest", {leaf(1, 0), wrong(leaf(1, 2))}},
      {"unusable-and-good", {dns::Tlsa{3, 1, 1, base::Bytes(5)}, leaf(1, 1)}},
      {"unusable", {dns::Tlsa{3, 1, 1, base::Bytes(5)}}},
  };
  for (const auto& [name, records] : sets) {
    take(case_of(chain, records, "set " + name, true));
  }
}

}  // namespace

const std::vector<Variation>& variations() {
  static const std::vector<Variation> kAll = make_variations();
  return kAll;
}

MadeChain make_chain(std::size_t length, const Variation& variation, Kind kind) {
  MadeChain out;
  out.name = kind_name(kind) + " " + std::to_string(length) + " " + variation.name;
  for (std::size_t depth = 0; depth < length; ++depth) {
    auto recipe = recipe_at(depth, length, kind);
    variation.certificate(recipe, depth, length);
    if (length == 1) recipe.issuer = recipe.subject;
    out.whole.push_back(support::make(recipe));
  }
  out.sent = out.whole;
  variation.sent(out.sent);
  out.host = variation.host;
  return out;
}

void each_dane_case(const std::function<void(const Case&)>& take) {
  for (const Variation& variation : variations()) {
    const bool good = variation.name == "good";
    for (std::size_t length = 1; length <= 4; ++length) {
      const auto chain = make_chain(length, variation, Kind::p256);
      cases_of_chain(chain, good, take);
      if (!good) continue;
      cases_of_sets(chain, take);
      for (const Kind kind : {Kind::rsa2048, Kind::ed25519, Kind::rsa1024}) {
        cases_of_chain(make_chain(length, variation, kind), false, take);
      }
    }
  }
}

}  // namespace oracles
