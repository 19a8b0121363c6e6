#include "src/evidence/authentication_chain.h"

#include <algorithm>
#include <map>
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
  base::Bytes out;
  for (const UsedSignature& used : in_order(opinion, judged)) {
    const auto wire = resolver::wire_form(used.owner);
    const auto found = wire ? sets.find({*wire, used.type}) : sets.end();
    if (found == sets.end()) {
      return does_not_hold("no set for a signature over " + used.owner.text());
    }
    const base::Bytes& set = dns.sets[found->second];
    if (out.size() + set.size() > kLongest) {
      return does_not_hold("the chain has more than 65,535 octets");
    }
    out.insert(out.end(), set.begin(), set.end());
  }
  return out;
}

}  // namespace evidence
