#include "src/evidence/authentication_chain.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "resolver/wire_name.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/signed_set.h"
#include "src/evidence/trail.h"

namespace evidence {
namespace {

constexpr std::size_t kLongest = 65'535;  // AuthenticationChain<1..2^16-1>

using SetKey = std::pair<base::Bytes, std::uint16_t>;

/// The sets of answers by owner and type. What the question itself was answered with goes
/// before what another question was answered with.
std::map<SetKey, std::size_t> sets_of(const DnsEvidence& dns, const Answer& first) {
  std::map<SetKey, std::size_t> out;
  const auto add = [&](const Answer& answer) {
    for (const auto* section : {&answer.answer, &answer.authority}) {
      for (const std::size_t index : *section) {
        const auto set = read_signed_set(dns.sets[index]);
        if (!set) continue;  // the second validator could not read it either
        const base::ByteView name = set->owner.octets();
        out.emplace(SetKey(base::Bytes(name.begin(), name.end()), set->type), index);
      }
    }
  };
  add(first);
  std::ranges::for_each(dns.answers, add);
  return out;
}

/// Signatures as a chain has them: what a zone signed stands before what its parent
/// signed, and the keys of a zone behind all that they signed.
std::vector<UsedSignature> in_order(const SecondOpinion& opinion,
                                    const JudgedAnswer& judged) {
  std::vector<UsedSignature> out;
  for (const std::size_t index : judged.signatures) {
    out.push_back(opinion.signatures[index]);
  }
  std::ranges::stable_sort(out, {}, [](const UsedSignature& one) {
    return std::tuple(-static_cast<int>(one.zone.labels().size()), one.zone,
                      one.ds_digest.has_value());
  });
  return out;
}

/// The sets that deny a zone cut at names between two zones of the chain. RFC 9102 does
/// without them, but a validator that asks for DS records at each label does not.
std::set<std::size_t> denied_cuts(const DnsEvidence& dns,
                                  const std::vector<UsedSignature>& used) {
  std::set<std::size_t> out;
  const auto is_zone = [&](const WireName& name) {
    return std::ranges::any_of(
        used, [&](const UsedSignature& one) { return WireName::from(one.zone) == name; });
  };
  for (const UsedSignature& one : used) {
    const auto zone = WireName::from(one.zone);
    for (std::size_t labels = 1; zone && labels < zone->count(); ++labels) {
      const WireName name = zone->last(labels);
      const Answer* answer =
          is_zone(name) ? nullptr : find_answer(dns, {name.name(), resolver::Type::ds});
      if (answer == nullptr) continue;
      for (const std::size_t index : answer->authority) {
        const auto set = read_signed_set(dns.sets[index]);
        if (set && is_denial(set->type)) out.insert(index);
      }
    }
  }
  return out;
}

}  // namespace

base::Result<base::Bytes> authentication_chain(const DnsEvidence& dns,
                                               const SecondOpinion& opinion,
                                               const dns::Name& owner) {
  const Trail::Question question{owner, resolver::Type::tlsa};
  const Answer* answer = find_answer(dns, question);
  if (answer == nullptr) {
    return does_not_hold("the bundle has no answer to " + in_words(question));
  }
  const auto& judged =
      opinion.answers[static_cast<std::size_t>(answer - dns.answers.data())];
  if (judged.security != dns::Security::secure) {
    return does_not_hold(in_words(question) + " is not secure: " + judged.reason);
  }
  const auto sets = sets_of(dns, *answer);
  std::vector<std::size_t> indices;
  const std::vector<UsedSignature> all = in_order(opinion, judged);
  for (const UsedSignature& used : all) {
    const auto wire = resolver::wire_form(used.owner);
    const auto found = wire ? sets.find({*wire, used.type}) : sets.end();
    if (found == sets.end()) {
      return does_not_hold("no set for a signature over " + used.owner.text());
    }
    indices.push_back(found->second);
  }
  for (const std::size_t index : denied_cuts(dns, all)) {
    if (std::ranges::find(indices, index) == indices.end()) indices.push_back(index);
  }
  base::Bytes out;
  for (const std::size_t index : indices) {
    const base::Bytes& set = dns.sets[index];
    if (out.size() + set.size() > kLongest) {
      return does_not_hold("the chain has more than 65,535 octets");
    }
    out.insert(out.end(), set.begin(), set.end());
  }
  return out;
}

}  // namespace evidence
