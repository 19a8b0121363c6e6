#pragma once

#include "resolver/answer_section.h"

namespace resolver {

/// The way from a question over its aliases to the records (RFC 1034 3.6.2), in one
/// answer.
struct AliasChain {
  dns::Name canonical;             ///< where it ends
  std::vector<dns::Name> aliases;  ///< owners of the aliases on the way
  std::optional<dns::Name>
      dname;  ///< the owner of the DNAME that makes the first of them
  std::vector<const AnswerSection::Record*> records;  ///< of the wanted type, at its end
  std::optional<std::chrono::seconds> ttl;            ///< the least of all that was used
  /// When the first signature of all that was used ends.
  std::optional<std::chrono::sys_seconds> signed_until;
  std::optional<dns::Signature> signature;  ///< over the records at its end
};

/// Follows the aliases of an answer, in whatever order they stand there; those of a
/// question for CNAME itself are not followed. Error kind `temporary`, codes `malformed`
/// (two aliases at one name, a broken name), `alias_loop` (a circle, or more than 16).
[[nodiscard]] base::Result<AliasChain> follow(const AnswerSection& message,
                                              const dns::Name& question, Type type);

/// What an answer with this response code says. The code is about the end of the chain
/// (RFC 2308 2.1), and where there are records they are there whatever it says.
[[nodiscard]] dns::Existence existence(const AliasChain& chain, int rcode);

}  // namespace resolver
