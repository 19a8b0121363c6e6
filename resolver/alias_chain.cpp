#include "resolver/alias_chain.h"

#include <algorithm>

#include "resolver/rcode.h"

namespace resolver {
namespace {

constexpr std::size_t kMaxAliases = 16;

/// The lesser of the two; nothing is no bound.
template <typename T>
void lower(std::optional<T>& bound, T value) {
  bound = bound ? std::min(*bound, value) : value;
}

/// Counts the RRset at the end of the chain so far.
void use(AliasChain& chain, const AnswerSection& message, Type type,
         const std::vector<const AnswerSection::Record*>& rrset) {
  for (const AnswerSection::Record* record : rrset) lower(chain.ttl, record->ttl);
  const dns::Signature* signature = message.signature(chain.canonical, type);
  if (!rrset.empty() && signature != nullptr) lower(chain.signed_until, signature->until);
}

bool is_circle(const AliasChain& chain) {
  return std::ranges::find(chain.aliases, chain.canonical) != chain.aliases.end();
}

}  // namespace

base::Result<AliasChain> follow(const AnswerSection& message, const dns::Name& question,
                                Type type) {
  AliasChain out;
  out.canonical = question;
  for (;;) {
    out.records = message.at(out.canonical, type);
    use(out, message, type, out.records);
    if (!out.records.empty()) {
      const dns::Signature* signature = message.signature(out.canonical, type);
      if (signature != nullptr) out.signature = *signature;
      return out;
    }
    if (type == Type::cname) return out;
    const auto alias = message.at(out.canonical, Type::cname);
    if (alias.empty()) return out;
    if (alias.size() > 1) return malformed("two CNAME records at one name");
    auto target = message.name_in(alias.front()->rdata, 0);
    if (!target) return tl::unexpected(target.error());
    use(out, message, Type::cname, alias);
    if (out.aliases.empty()) out.dname = message.dname_above(question);
    out.aliases.push_back(out.canonical);
    out.canonical = std::move(*target);
    if (out.aliases.size() > kMaxAliases || is_circle(out)) {
      return base::fail(base::ErrorKind::temporary, base::Code::alias_loop,
                        "aliases that lead in a circle, or too many of them");
    }
  }
}

dns::Existence existence(const AliasChain& chain, int rcode) {
  if (!chain.records.empty()) return dns::Existence::found;
  return rcode == kNxdomain ? dns::Existence::no_name : dns::Existence::no_data;
}

}  // namespace resolver
