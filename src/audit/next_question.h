#pragma once

#include "src/audit/common.h"
#include "src/audit/judgement.h"

namespace audit {

/// What is asked of an address next.
struct Question {
  How how = How::usual;
  std::chrono::seconds wait{0};  ///< before it is asked, and up to half as much again
  [[nodiscard]] bool operator==(const Question&) const = default;
};

/// What questions to an address depend on beside what it has shown.
struct QuestionContext {
  const HostSeen& host;
  const SurveySettings& settings;
  std::chrono::sys_seconds now;
};

/// What to ask an address next; nothing when all is known that is wanted. Pure.
[[nodiscard]] std::optional<Question> next_question(const AddressSeen& address,
                                                    const QuestionContext& context);

/// What the connections to all addresses of one host have taken so far.
struct HostCost {
  io::Duration busy{0};          ///< the time of slow conversations
  std::size_t chain_octets = 0;  ///< the certificates that were shown
};

/// Whether the slow conversations with a host have taken six times as long as one reply
/// may take.
[[nodiscard]] bool takes_too_long(const HostCost& cost, io::Duration reply);

/// Whether a host has shown more than a MiB of certificates.
[[nodiscard]] bool shows_too_much(const HostCost& cost);

/// Which hosts of a domain have to be connected to although they have no TLSA records, so
/// that nobody did yet: those that count as a way in where every other host is refused or
/// does not answer. Pure.
[[nodiscard]] std::vector<std::size_t> hosts_left_to_try(const DomainSeen& domain,
                                                         Probe probe,
                                                         std::chrono::sys_seconds now);

}  // namespace audit
