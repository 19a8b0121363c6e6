#pragma once

#include <utility>

#include "resolver/alias_chain.h"
#include "resolver/raw_answer.h"
#include "resolver/record.h"

namespace resolver {

/// Follows the aliases of an answer from the question to its records and reads these;
/// records that are not of the wanted shape make the answer an error. Whether the answer
/// may be believed is asked before (`trusted`). Error kind `temporary`, codes
/// `malformed`, `alias_loop`, `bad_name`.
template <class Record>
[[nodiscard]] base::Result<dns::Answer<typename Record::Value>> decode(
    const dns::Name& question, const RawAnswer& raw) {
  const auto message = AnswerSection::parse(raw.packet);
  if (!message) return tl::unexpected(message.error());
  auto chain = follow(*message, question, Record::type);
  if (!chain) return tl::unexpected(chain.error());
  dns::Answer<typename Record::Value> out;
  for (const AnswerSection::Record* found : chain->records) {
    auto record = Record::read(*message, found->rdata);
    if (!record) return tl::unexpected(record.error());
    out.records.push_back(std::move(*record));
  }
  out.question = question;
  out.existence = existence(*chain, raw.rcode);
  out.canonical = std::move(chain->canonical);
  out.aliases = std::move(chain->aliases);
  out.dname = std::move(chain->dname);
  out.security = raw.security;
  out.ttl = chain->ttl.value_or(std::chrono::seconds(0));
  out.signed_until = chain->signed_until;
  out.signature = std::move(chain->signature);
  out.octets = raw.octets.value_or(raw.packet.size());
  return out;
}

}  // namespace resolver
