#include "resolver/unbound_source.h"

#include <unbound-event.h>
#include <unbound.h>

#include <asio/redirect_error.hpp>
#include <utility>

#include "resolver/anchored_source.h"
#include "resolver/message.h"
#include "resolver/trust_anchor.h"
#include "resolver/way.h"
#include "resolver/why_bogus.h"

namespace resolver {
namespace {

/// One question in flight: the callback fills it in and wakes the coroutine that waits on
/// the timer, which is the deadline otherwise.
struct Question {
  io::Timer deadline;
  RawAnswer raw;
  bool answered = false;
};

void on_answer(void* data, int rcode, void* packet, int length, int security,
               char* why_bogus, int /*was_ratelimited*/) noexcept {
  auto& question = *static_cast<Question*>(data);
  question.answered = true;
  question.raw.security = security_from_unbound(security);
  const bool is_bogus = question.raw.security == dns::Security::bogus;
  if (is_bogus && why_bogus != nullptr)
    question.raw.why_bogus = why_bogus_in_words(why_bogus);
  if (packet != nullptr && length > 0) {
    const auto* bytes = static_cast<const std::byte*>(packet);
    question.raw.packet.assign(bytes, bytes + length);
  }
  question.raw.rcode = rcode_from_unbound(rcode, question.raw.packet);
  question.deadline.cancel();
}

/// Zones above a name whose keys are asked for. Nobody's host lies deeper, and a stranger
/// who names one that does gets nothing for it.
constexpr std::size_t kMostZones = 4;

void on_unheard_answer(void* /*data*/, int /*rcode*/, void* /*packet*/, int /*length*/,
                       int /*security*/, char* /*why_bogus*/,
                       int /*was_ratelimited*/) noexcept {}

}  // namespace

dns::Security security_from_unbound(int state) {
  if (state == 2) return dns::Security::secure;
  return state == 0 ? dns::Security::insecure : dns::Security::bogus;
}

int rcode_from_unbound(int rcode, base::ByteView packet) {
  constexpr std::size_t kHeader = 12;
  if (rcode != kNoError) return rcode;
  return packet.size() < kHeader ? kServfail : rcode_of(packet);
}

UnboundSource::UnboundSource(io::Loop& loop, Config config)
    : loop_(loop), config_(std::move(config)), events_(loop) {}

base::Result<std::unique_ptr<Source>> UnboundSource::create(io::Loop& loop,
                                                            Config config) {
  std::unique_ptr<UnboundSource> out(new UnboundSource(loop, std::move(config)));
  auto validator = make_context(out->events_.base(), out->config_);
  if (!validator) return tl::unexpected(validator.error());
  out->context_ = std::move(validator->context);
  return std::make_unique<AnchoredSource>(std::move(out), validator->root);
}

/// libunbound cancels it with its context.
void UnboundSource::ask_unheard(const std::string& name, Type type) {
  int id = 0;
  (void)ub_resolve_event(context_.get(), name.c_str(), static_cast<int>(type), 1, nullptr,
                         on_unheard_answer, &id);
}

// libunbound asks a forwarder for DNSKEY and DS records one after another, and only when
// it has the answer that they sign: five waits for a resolver that is five milliseconds
// or a hundred away. So they are asked for beside the first question, and are in its
// cache when it wants them. Only a domain may be a zone itself; a host hardly ever is
// one.
void UnboundSource::ask_for_keys_above(const dns::Name& name, Type type) {
  // Who is named by the user is perhaps far away; who asks for thousands has the keys.
  const bool is_worth_it =
      config_.upstream == Upstream::forward && !config_.busy && !config_.replay;
  if (!is_worth_it || type == Type::ds || type == Type::dnskey) return;
  std::vector<std::string_view> labels = name.labels();
  if (type != Type::mx && !labels.empty()) labels.erase(labels.begin());
  if (labels.size() > kMostZones) labels.erase(labels.begin(), labels.end() - kMostZones);
  if (zones_asked_.insert(".").second) ask_unheard(".", Type::dnskey);
  std::string zone;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    if (label->starts_with('_')) return;
    zone = std::string(*label) + "." + zone;
    if (!zones_asked_.insert(zone).second) continue;
    ask_unheard(zone, Type::ds);
    ask_unheard(zone, Type::dnskey);
  }
}

io::Task<base::Result<RawAnswer>> UnboundSource::ask(dns::Name name, Type type) {
  Question question{io::Timer(loop_, config_.deadline), {}, false};
  ask_for_keys_above(name, type);
  const std::string absolute = name.text() + ".";
  int id = 0;
  const int rc = ub_resolve_event(context_.get(), absolute.c_str(),
                                  static_cast<int>(type), 1, &question, on_answer, &id);
  if (rc != 0) {
    co_return base::fail(base::ErrorKind::temporary, base::Code::libunbound,
                         std::string("libunbound: ") + ub_strerror(rc));
  }
  if (!question.answered) {  // it may call back before it returns
    asio::error_code woken;
    co_await question.deadline.async_wait(asio::redirect_error(io::kResume, woken));
  }
  if (!question.answered) {
    ub_cancel(context_.get(), id);
    co_return base::fail(base::ErrorKind::temporary, base::Code::timeout,
                         "no answer in time");
  }
  co_return std::move(question.raw);
}

io::Task<base::Result<void>> UnboundSource::check() { co_return base::Result<void>(); }

std::string UnboundSource::advice(std::string_view setting) const {
  const auto way = way_of(config_);
  return way ? resolver::advice(*way, setting) : way.error().detail;
}

std::vector<std::string> UnboundSource::written_directories() const {
  std::vector<std::string> out;
  for (const std::string& file : updated_anchor_files(context_.get())) {
    const std::size_t slash = file.rfind('/');
    out.push_back(slash == std::string::npos ? "." : file.substr(0, slash + 1));
  }
  return out;
}

}  // namespace resolver
