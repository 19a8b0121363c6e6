#include "src/qmail/policies.h"

#include "src/qmail/dane_policy.h"
#include "src/qmail/idle_line.h"
#include "src/qmail/tls_destinations.h"
#include "src/qmail/tls_hosts.h"

namespace qmail {

using base::Result;

namespace {

Result<MailPolicy> effective_policy(const Control& control,
                                    const PolicyQuestion& question) {
  auto own = dane_policy(control, question.domain);
  if (!own) return tl::unexpected(own.error());
  if (*own) return std::move(**own);
  auto by_host = tls_host_policy(control, question.host);
  if (!by_host) return tl::unexpected(by_host.error());
  if (*by_host) return std::move(**by_host);
  auto destination = tls_destination_policy(control, question);
  if (!destination) return tl::unexpected(destination.error());
  return *destination ? std::move(**destination) : MailPolicy();
}

}  // namespace

Result<MailPolicy> policy_of(const Control& control, const PolicyQuestion& question) {
  const auto idle = idle_line(control, question);
  if (!idle) return tl::unexpected(idle.error());
  return effective_policy(control, question).map([&](MailPolicy&& policy) {
    policy.idle = *idle;
    return std::move(policy);
  });
}

}  // namespace qmail
