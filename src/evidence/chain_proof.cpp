// The second validator goes first. It costs no socket, it says which ending of a denial a
// chain can prove, and its reasons are made to be read; what it does not accept
// libunbound never sees. What it accepts libunbound has to find too, from the same
// records and the same keys of the root: ReplaySource takes another state, or other
// records, for an error.
//
// Whether this machine's libunbound knows Ed448 is not asked: where that makes another
// state, the second validator says both, and the one that libunbound finds counts.
#include "src/evidence/chain_proof.h"

#include <array>

#include "resolver/resolver.h"
#include "resolver/tlsa_records.h"
#include "resolver/trust_anchor.h"
#include "src/evidence/assemble.h"
#include "src/evidence/replay_source.h"
#include "src/evidence/second_validator.h"
#include "src/io/file.h"
#include "src/io/run_task.h"

namespace evidence {
namespace {

constexpr std::size_t kMostAnchors = std::size_t{64} * 1024;
constexpr std::array<ChainEnding, 3> kEndings = {
    ChainEnding::no_records, ChainEnding::no_name, ChainEnding::without_keys};

tl::unexpected<base::Error> bogus(std::string why) {
  return base::fail(base::ErrorKind::temporary, base::Code::bogus, std::move(why));
}

base::Result<ValidationBasis> basis_of(const ChainTerms& terms) {
  const auto text = io::read_file(
      terms.trust_anchor.empty() ? resolver::kRootKeyFile : terms.trust_anchor,
      kMostAnchors);
  if (!text) return tl::unexpected(text.error());
  ValidationBasis out;
  out.anchors.push_back({*text, std::nullopt, std::nullopt});
  out.moment = terms.moment;
  return out;
}

/// The answers of a chain as a bundle has them.
DnsEvidence evidence_in(const ReceivedChain& chain, const dns::Name& owner,
                        ChainEnding ending) {
  Trail trail;
  for (Told& told : chain.answers_about(owner, ending)) {
    trail.add(std::make_shared<const Told>(std::move(told)));
  }
  return dns_evidence({&trail});
}

/// What the second validator makes of a chain by what it knows.
struct Belief {
  std::optional<DnsEvidence> dns;  ///< in the first ending that it believes
  std::string why;                 ///< why it believes none
  bool lacked_ed448 = false;
};

Belief belief_in(const ReceivedChain& chain, const Trail::Question& question,
                 const ValidationBasis& basis) {
  Belief out;
  for (const ChainEnding ending : kEndings) {
    DnsEvidence dns = evidence_in(chain, question.first, ending);
    const Answer* answer = find_answer(dns, question);
    if (answer == nullptr) break;  // a name that cannot be
    const SecondOpinion opinion = second_opinion(dns.sets, dns.answers, basis);
    out.lacked_ed448 = out.lacked_ed448 || opinion.lacked_ed448;
    const auto& judged =
        opinion.answers[static_cast<std::size_t>(answer - dns.answers.data())];
    if (out.why.empty()) out.why = judged.reason;
    if (judged.security < dns::Security::insecure) continue;
    for (std::size_t i = 0; i < dns.answers.size(); ++i) {
      dns.answers[i].security = opinion.answers[i].security;
    }
    out.dns = std::move(dns);
    break;
  }
  return out;
}

base::Result<policy::DnsFacts> validated(const DnsEvidence& dns, const dns::Name& owner,
                                         const ChainTerms& terms) {
  io::Loop loop(1);
  auto source = ReplaySource::create(
      loop, dns, {terms.trust_anchor, terms.moment, MadeAliases::left_out});
  if (!source) return tl::unexpected(source.error());
  resolver::Resolver resolver(std::move(*source));
  auto facts = io::run_task(loop, resolver::tlsa_records_at(resolver, owner));
  if (facts || facts.error().code != base::Code::bad_evidence) return facts;
  return bogus(facts.error().detail);
}

Trail::Question question_at(const dns::Name& owner) {
  return {owner, resolver::Type::tlsa};
}

}  // namespace

base::Result<std::vector<DnsEvidence>> believed_answers(const ReceivedChain& chain,
                                                        const dns::Name& owner,
                                                        ValidationBasis basis) {
  std::vector<DnsEvidence> out;
  std::string why;
  for (const Ed448 ed448 : {Ed448::unknown, Ed448::known}) {
    basis.ed448 = ed448;
    Belief belief = belief_in(chain, question_at(owner), basis);
    if (why.empty()) why = std::move(belief.why);
    if (belief.dns) out.push_back(std::move(*belief.dns));
    if (!belief.lacked_ed448) break;
  }
  if (out.empty()) return bogus(std::move(why));
  return out;
}

base::Result<policy::DnsFacts> tlsa_by_chain(const ReceivedChain& chain,
                                             const dns::Name& owner,
                                             const ChainTerms& terms) {
  if (!chain.speaks_of(owner)) {
    return bogus("it does not speak of " + in_words(question_at(owner)));
  }
  const auto basis = basis_of(terms);
  if (!basis) return tl::unexpected(basis.error());
  const auto believed = believed_answers(chain, owner, *basis);
  if (!believed) return tl::unexpected(believed.error());
  base::Result<policy::DnsFacts> facts;
  for (const DnsEvidence& dns : *believed) {
    facts = validated(dns, owner, terms);
    if (facts || facts.error().code != base::Code::bogus) break;
  }
  return facts;
}

}  // namespace evidence
