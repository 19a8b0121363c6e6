// An anchor that holds nothing.
//
// A validator calls an answer insecure when a chain from its trust anchor says that the
// zone is not signed (RFC 4035 5.2), and DANE then asks for no TLSA records: mail goes
// unproved, as it has to for most of the world. But it says the same where no chain
// begins: when the only anchor is for another zone, or of an algorithm or digest that the
// library does not know (RFC 4035 5.2 again, RFC 6840 5.2: such a DS is as good as none).
// Then the whole world is insecure without a word, every signed domain included, and an
// administrator who put a wrong file into --trust-anchor has switched DANE off.
//
// So an insecure answer is doubtful until the keys of the root have been seen to be
// secure, once. They are asked for when the first insecure answer comes and not before:
// who meets signed zones alone pays nothing, and behind an insecure answer they are in
// the cache already, for the proof that there is no DS began with them. Where they cannot
// be had, the error is given in place of the answer; an answer that waits can come again,
// mail that went to the wrong server cannot.
//
// Two exceptions. An administrator may have anchors of private zones alone, in an
// unbound.conf of their own; then an insecure root is what they said. And some questions
// have answers from which nothing follows, so that they may be had without a network:
// the names of this machine, which libunbound knows itself (RFC 6761 6.3), and the host
// names of addresses, which prove nothing.
#include "resolver/anchored_source.h"

#include <utility>

namespace resolver {
namespace {

bool is_harmless(const dns::Name& name, Type type) {
  return type == Type::ptr || name.text() == "localhost" ||
         name.text().ends_with(".localhost");
}

}  // namespace

AnchoredSource::AnchoredSource(std::unique_ptr<Source> validator, RootKeys root)
    : validator_(std::move(validator)), root_keys_(root) {}

bool AnchoredSource::is_doubtful(const RawAnswer& raw, const dns::Name& name,
                                 Type type) const {
  if (root_is_secure_ || root_keys_ == RootKeys::may_be_insecure) return false;
  return raw.security == dns::Security::insecure && tells_existence(raw.rcode) &&
         !is_harmless(name, type);
}

io::Task<base::Result<RawAnswer>> AnchoredSource::ask(dns::Name name, Type type) {
  auto answer = co_await validator_->ask(name, type);
  if (!answer || !is_doubtful(*answer, name, type)) co_return answer;
  const auto holds = co_await check();
  if (!holds) co_return tl::unexpected(holds.error());
  co_return answer;
}

io::Task<base::Result<void>> AnchoredSource::check() {
  const auto raw = co_await validator_->ask(dns::Name(), Type::dnskey);
  const auto keys = raw ? trusted(*raw) : raw;
  if (!keys) co_return tl::unexpected(keys.error().in("the keys of the root"));
  root_is_secure_ = keys->security == dns::Security::secure;
  if (root_is_secure_ || root_keys_ == RootKeys::may_be_insecure) {
    co_return base::Result<void>();
  }
  co_return base::fail(base::ErrorKind::temporary, base::Code::not_validating,
                       "the keys of the root are not secured by the trust anchor: no "
                       "answer can be believed");
}

std::string AnchoredSource::advice(std::string_view setting) const {
  return validator_->advice(setting);
}

std::vector<std::string> AnchoredSource::written_directories() const {
  return validator_->written_directories();
}

}  // namespace resolver
