#include "src/evidence/replay_source.h"

#include <algorithm>
#include <utility>

#include "resolver/rcode.h"
#include "resolver/unbound_source.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

/// The records of a set without their TTLs, which for unsigned ones are whatever a cache
/// had left, and without signatures: a server that signs each answer anew may have given
/// others with the same records in another answer, of which libunbound keeps the first.
std::vector<resolver::WireRecord> records_of(base::ByteView set) {
  auto out = resolver::records_in(set);
  std::erase_if(out,
                [](const resolver::WireRecord& record) { return record.type == kRrsig; });
  for (resolver::WireRecord& record : out) record.ttl = 0;
  return out;
}

/// Whether two answers have the same records in their answer sections. The other section
/// is for whoever validates; libunbound leaves out of it what proves nothing.
bool same_answer(const Told& a, const Told& b) {
  return std::ranges::equal(a.answer, b.answer, {}, records_of, records_of);
}

/// Whether a set begins with a record of this type.
bool has_type(const base::Bytes& set, std::uint16_t type) {
  const auto records = resolver::records_in(set);
  return !records.empty() && records.front().type == type;
}

/// What was told without aliases that nobody signed, where a DNAME can have made them.
Told without_made_aliases(Told told) {
  constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);
  const bool any = std::ranges::any_of(
      told.answer, [&](const base::Bytes& set) { return has_type(set, kDname); });
  if (!any) return told;
  std::erase_if(told.answer, [&](const base::Bytes& set) {
    return has_type(set, kCname) && resolver::records_in(set).back().type != kRrsig;
  });
  return told;
}

/// Whether no answer was had from any server, in the words of one (RFC 1035 4.1.1).
bool is_failure(const Told& told) {
  return !resolver::tells_existence(told.rcode) &&
         told.security == dns::Security::insecure;
}

/// What was told without the DNAME records that made its aliases. Below an unsigned one
/// libunbound gives what it remembers of the aliases, sometimes without what made them.
Told without_makers(Told told) {
  if (told.type == resolver::Type::dname) return told;
  std::erase_if(told.answer,
                [](const base::Bytes& set) { return has_type(set, kDname); });
  return told;
}

/// Whether libunbound can be set to this moment: it counts in 32 bits, and takes 0 for
/// today and -1 for a validator that looks at no dates.
bool can_be_set(std::chrono::sys_seconds moment) {
  constexpr std::int64_t kLast = 0xFFFF'FFFE;
  const auto seconds = moment.time_since_epoch().count();
  return seconds > 0 && seconds <= kLast;
}

}  // namespace

ReplaySource::ReplaySource(const DnsEvidence& dns,
                           std::unique_ptr<RecordedNameServer> server,
                           std::unique_ptr<resolver::Source> validator,
                           MadeAliases made_aliases)
    : dns_(dns),
      made_aliases_(made_aliases),
      server_(std::move(server)),
      validator_(std::move(validator)) {}

base::Result<std::unique_ptr<ReplaySource>> ReplaySource::create(
    io::Loop& loop, const DnsEvidence& dns, const ReplayTerms& terms) {
  if (!can_be_set(terms.moment)) {
    return does_not_hold("a moment before 1970 or after 2106");
  }
  auto server = RecordedNameServer::create(loop, dns);
  if (!server) return tl::unexpected(server.error());
  resolver::Config config;
  config.trust_anchor = terms.trust_anchor;
  config.upstream = resolver::Upstream::forward;
  config.forwarders = {(*server)->address()};
  config.replay = resolver::Replay{terms.moment, dns.skew.least, dns.skew.most};
  auto validator = resolver::UnboundSource::create(loop, std::move(config));
  if (!validator) return tl::unexpected(validator.error());
  return std::unique_ptr<ReplaySource>(new ReplaySource(
      dns, std::move(*server), std::move(*validator), terms.made_aliases));
}

base::Error ReplaySource::complain(std::string why) {
  base::Error error = does_not_hold(std::move(why)).value();
  if (!complaint_) complaint_ = error;
  return error;
}

io::Task<base::Result<resolver::RawAnswer>> ReplaySource::validate(Told recorded) {
  if (recorded.error) co_return tl::unexpected(*recorded.error);
  const bool is_bogus = recorded.security == dns::Security::bogus;
  // Where libunbound gave no records of a bogus answer on, that it was bogus is a claim.
  if (is_bogus && recorded.answer.empty() && recorded.authority.empty()) {
    co_return raw_answer(recorded);
  }
  // That a server failed is a claim too, and no records come of it.
  if (is_failure(recorded)) {
    recorded.answer.clear();
    recorded.authority.clear();
    co_return raw_answer(recorded);
  }
  server_->forget_missing();
  const auto raw = co_await validator_->ask(recorded.name, recorded.type);
  const std::string what = in_words({recorded.name, recorded.type}) + ": ";
  if (server_->missing()) {
    co_return tl::unexpected(complain(what + "its chain has no " + *server_->missing()));
  }
  if (!raw) co_return tl::unexpected(complain(what + raw.error().detail));
  const Told again = told(recorded.name, recorded.type, raw);
  if (again.security != recorded.security) {
    const std::string why = again.why_bogus.empty() ? "" : ": " + again.why_bogus;
    co_return tl::unexpected(
        complain(what + "told to be " + std::string(dns::to_text(recorded.security)) +
                 ", and is " + std::string(dns::to_text(again.security)) + why));
  }
  if (is_bogus) co_return raw_answer(recorded);
  const bool makes_aliases = made_aliases_ == MadeAliases::left_out;
  const bool same = makes_aliases
                        ? same_answer(without_made_aliases(again), recorded)
                        : same_answer(without_makers(again), without_makers(recorded));
  if (again.rcode != recorded.rcode || !same) {
    co_return tl::unexpected(
        complain(what + "a validator makes other records of the answer"));
  }
  co_return raw_answer(makes_aliases ? again : recorded);
}

io::Task<base::Result<resolver::RawAnswer>> ReplaySource::ask(dns::Name name,
                                                              resolver::Type type) {
  const Trail::Question question{name, type};
  if (const auto known = validated_.find(question); known != validated_.end()) {
    co_return known->second;
  }
  base::Result<resolver::RawAnswer> out;
  if (const Answer* answer = find_answer(dns_, question)) {
    out = co_await validate(told(dns_, *answer));
  } else {
    out = tl::unexpected(complain("the bundle has no answer to " + in_words(question)));
  }
  validated_.emplace(question, out);
  co_return out;
}

io::Task<base::Result<void>> ReplaySource::check() { return validator_->check(); }

io::Task<base::Result<void>> ReplaySource::ask_all() { return ask_each(dns_.answers); }

io::Task<base::Result<void>> ReplaySource::ask_each(std::span<const Answer> answers) {
  for (const Answer& answer : answers) {
    (void)co_await ask(answer.name, static_cast<resolver::Type>(answer.type));
  }
  if (complaint_) co_return tl::unexpected(*complaint_);
  co_return base::Result<void>();
}

}  // namespace evidence
