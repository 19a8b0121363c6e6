#include "src/publish/rollover.h"

#include <algorithm>

namespace publish {
namespace {

using Records = std::vector<dns::Tlsa>;
using std::chrono::seconds;

base::Result<dns::Tlsa> key_record(const Source& leaf) {
  return make_record(leaf, {dns::kDaneEe, dns::kSpki, dns::kSha256});
}

base::Result<dns::Tlsa> issuer_record(const Source& issuer) {
  return make_record(issuer, {dns::kDaneTa, dns::kSpki, dns::kSha256});
}

/// The records of one key by a scheme.
base::Result<Records> records_of(Scheme scheme, const ServerKey& key) {
  auto leaf = key_record(key.leaf);
  if (!leaf) return tl::unexpected(leaf.error());
  if (scheme == Scheme::two_keys) return Records{*leaf};
  if (!key.issuer) {
    return base::fail(base::ErrorKind::usage, base::Code::no_issuer,
                      "3 1 1 + 2 1 1 needs the issuer: name chains, leaf first");
  }
  auto issuer = issuer_record(*key.issuer);
  if (!issuer) return tl::unexpected(issuer.error());
  return Records{*leaf, *issuer};
}

Records both(const Records& a, const Records& b) {
  Records out = a;
  for (const dns::Tlsa& record : b) {
    if (std::ranges::find(out, record) == out.end()) out.push_back(record);
  }
  return out;
}

/// RFC 7671 8.1: two TTLs, so that no cache still holds the RRset before.
Step wait_for(const Timing& timing) {
  Step step;
  step.earliest = 2 * timing.ttl;
  step.certain = std::max(step.earliest, timing.signatures);
  return step;
}

std::vector<Step> plan_two_keys(const Records& current, const Records& next,
                                const Timing& timing) {
  Step announce;
  announce.rrset = both(current, next);
  announce.why = "announce the next key beside the present one";
  Step deploy = wait_for(timing);
  deploy.action = Action::deploy;
  deploy.rrset = announce.rrset;
  deploy.why =
      "two TTLs after the first step no cache holds records without the next key; a name "
      "server that still serves them is believed until their signatures end";
  Step clean = deploy;
  clean.action = Action::publish;
  clean.rrset = next;
  clean.why = "when every server shows the next key: remove the record of the old one";
  return {announce, deploy, clean};
}

std::vector<Step> plan_key_and_issuer(const Records& current, const Records& next,
                                      const Timing& timing) {
  const bool same_issuer = current.back() == next.back();
  Step announce;
  announce.rrset = same_issuer ? current : both(current, Records{next.back()});
  announce.why = same_issuer
                     ? "the issuer's record, which covers both keys; if it is published "
                       "for two TTLs already, go on at once"
                     : "announce the issuer of the next key";
  Step deploy = wait_for(timing);
  deploy.action = Action::deploy;
  deploy.rrset = announce.rrset;
  deploy.why =
      "the next key is covered by its issuer's record: the server must send the issuer's "
      "certificate, and the names and dates of the new one must be right";
  Step clean = deploy;
  clean.action = Action::publish;
  clean.rrset = next;
  clean.why =
      "when every server shows the next key: publish its record for the old one's";
  return {announce, deploy, clean};
}

}  // namespace

std::string_view to_text(Scheme scheme) {
  return scheme == Scheme::two_keys ? "3 1 1 + 3 1 1" : "3 1 1 + 2 1 1";
}

base::Result<std::vector<Step>> plan_rollover(Scheme scheme, const ServerKey& current,
                                              const ServerKey& next,
                                              const Timing& timing) {
  const auto old_records = records_of(scheme, current);
  if (!old_records) return tl::unexpected(old_records.error());
  const auto new_records = records_of(scheme, next);
  if (!new_records) return tl::unexpected(new_records.error());
  return scheme == Scheme::two_keys
             ? plan_two_keys(*old_records, *new_records, timing)
             : plan_key_and_issuer(*old_records, *new_records, timing);
}

}  // namespace publish
