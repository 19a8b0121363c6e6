// A server may show one certificate to a sender that names it in the TLS hello and
// another to one that does not (RFC 7672 8.1 wants the name sent; old senders send none),
// one to those who sign with ECDSA and another to those who know RSA alone (RFC 7671 8:
// the records have to match both). A deployment whose usual certificate is proved can so
// be broken for somebody else, and its owner never sees it.
//
// What is seen without a name is not yet the doing of the name. An address may be a pool
// of servers of which one is wrong, and whoever connects twice meets two of them. To say
// "this server demands a name" of a pool would send its owner after the wrong fault. So
// the nameless question is asked a second time: if the usual certificate comes, it is
// chance that decides, and what was seen first is what anybody may get. If not, the usual
// question is asked once more: should that too bring another certificate which is
// refused, it is again chance, whatever the names.
//
// Where the second question could not be put, since the address had to be left alone,
// nothing is said about the first answer: nobody is accused of what was not seen.
#include "src/audit/opinions.h"

#include <algorithm>

namespace audit {
namespace {

constexpr std::size_t kMostSignatures = 32;  // on a chain that is looked at beside

/// The verdict on a chain that is another one than usual and wrong, if it is, for more
/// than its names.
std::optional<verify::Verdict> verdict_beside(const Shown& shown,
                                              const policy::Requirement& requirement,
                                              std::chrono::sys_seconds now) {
  if (!shown.session || shown.same_certificate) return std::nullopt;
  verify::Context context{now, nullptr, {}};
  context.budget.signatures = kMostSignatures;
  auto out = verify::check(shown.chain, requirement, context);
  if (out.reason == verify::Reason::name_mismatch) return std::nullopt;
  return out;
}

/// The conversations of one kind, in their order.
std::vector<const Shown*> all(const AddressSeen& address, How how) {
  std::vector<const Shown*> out;
  for (const Shown& shown : address.shown) {
    if (shown.how == how) out.push_back(&shown);
  }
  return out;
}

/// Whom a nameless certificate that is refused is shown to; nothing where the doubt about
/// the name could not be cleared up.
std::optional<How> who_gets_it(const AddressSeen& address) {
  const auto nameless = all(address, How::nameless);
  if (nameless.size() < 2) return std::nullopt;
  if (nameless.back()->same_certificate) return How::again;
  if (all(address, How::again).empty()) return std::nullopt;
  return How::nameless;
}

}  // namespace

std::vector<Opinion> opinions(const AddressSeen& address,
                              const policy::Requirement& requirement,
                              std::chrono::sys_seconds now) {
  std::vector<Opinion> out;
  bool is_first_nameless = true;
  for (const Shown& shown : address.shown) {
    if (shown.how == How::usual) continue;
    if (shown.how == How::nameless && !std::exchange(is_first_nameless, false)) continue;
    auto verdict = verdict_beside(shown, requirement, now);
    if (!verdict) continue;
    auto how = std::optional(shown.how);
    if (shown.how == How::nameless && !verify::accepted(verdict->outcome)) {
      how = who_gets_it(address);
    }
    if (how) out.push_back({*how, std::move(*verdict)});
  }
  return out;
}

bool is_name_in_doubt(const AddressSeen& address, const policy::Requirement& requirement,
                      std::chrono::sys_seconds now) {
  const auto nameless = all(address, How::nameless);
  if (nameless.size() != 1) return false;
  const auto verdict = verdict_beside(*nameless.front(), requirement, now);
  return verdict && !verify::accepted(verdict->outcome);
}

}  // namespace audit
