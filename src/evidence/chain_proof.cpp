// The second validator goes first. It costs no socket, it says which ending of a denial a
// chain can prove, and its reasons are made to be read; what it does not accept
// libunbound never sees. What it accepts libunbound has to find too, from the same
// records and the same keys of the root: ReplaySource takes another state, or other
// records, for an error.
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

/// The answers in the first ending that the second validator believes, with the states
/// that it gives them. An error says why it believes none.
base::Result<DnsEvidence> believed(const ReceivedChain& chain,
                                   const Trail::Question& question,
                                   const ValidationBasis& basis) {
  std::string why;
  for (const ChainEnding ending : kEndings) {
    DnsEvidence dns = evidence_in(chain, question.first, ending);
    const Answer* answer = find_answer(dns, question);
    if (answer == nullptr) break;  // a name that cannot be
    const SecondOpinion opinion = second_opinion(dns.sets, dns.answers, basis);
    const auto& judged =
        opinion.answers[static_cast<std::size_t>(answer - dns.answers.data())];
    if (why.empty()) why = judged.reason;
    if (judged.security < dns::Security::insecure) continue;
    for (std::size_t i = 0; i < dns.answers.size(); ++i) {
      dns.answers[i].security = opinion.answers[i].security;
    }
    return dns;
  }
  return bogus(why);
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

}  // namespace

base::Result<policy::DnsFacts> tlsa_by_chain(const ReceivedChain& chain,
                                             const dns::Name& owner,
                                             const ChainTerms& terms) {
  const Trail::Question question{owner, resolver::Type::tlsa};
  if (!chain.speaks_of(owner)) return bogus("it does not speak of " + in_words(question));
  const auto basis = basis_of(terms);
  if (!basis) return tl::unexpected(basis.error());
  const auto dns = believed(chain, question, *basis);
  if (!dns) return tl::unexpected(dns.error());
  return validated(*dns, owner, terms);
}

}  // namespace evidence
