#include "resolver/resolver.h"

#include <unbound-event.h>
#include <unbound.h>

#include <asio/redirect_error.hpp>
#include <utility>

#include "resolver/message.h"
#include "resolver/trust_anchor.h"
#include "resolver/way.h"

namespace resolver {
namespace {

using base::ErrorKind;

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
  question.raw.rcode = rcode;
  // 0 insecure, 1 bogus, 2 secure (unbound-event.h); anything else is not trusted.
  question.raw.security = security == 2   ? dns::Security::secure
                          : security == 0 ? dns::Security::insecure
                                          : dns::Security::bogus;
  if (why_bogus != nullptr) question.raw.why_bogus = base::printable(why_bogus);
  if (packet != nullptr && length > 0) {
    const auto* bytes = static_cast<const std::byte*>(packet);
    question.raw.packet.assign(bytes, bytes + length);
  }
  // libunbound's own code says only whether there is an answer at all, also where that
  // answer is REFUSED.
  constexpr std::size_t kHeader = 12;
  if (rcode == kNoError) {
    const base::Bytes& whole = question.raw.packet;
    question.raw.rcode = whole.size() < kHeader ? kServfail : rcode_of(whole);
  }
  question.deadline.cancel();
}

/// RFC 7672 2.1.1: what is neither NOERROR nor NXDOMAIN, or bogus, is an error.
base::Result<RawAnswer> trusted(RawAnswer raw) {
  if (raw.security == dns::Security::bogus) {
    return base::fail(ErrorKind::temporary, base::Code::bogus,
                      "bogus (DNSSEC): " +
                          (raw.why_bogus.empty() ? "validation failed" : raw.why_bogus));
  }
  if (raw.rcode == kNoError || raw.rcode == kNxdomain) return raw;
  if (raw.rcode == kServfail) {
    const std::string why = raw.why_bogus.empty() ? "" : ": " + raw.why_bogus;
    return base::fail(ErrorKind::temporary, base::Code::servfail,
                      "the name servers fail (SERVFAIL)" + why);
  }
  if (raw.rcode == kRefused) {
    return base::fail(ErrorKind::temporary, base::Code::dns_refused,
                      "the name servers refuse to answer (REFUSED)");
  }
  return base::fail(ErrorKind::temporary, base::Code::rcode,
                    "the name servers answer with error " + std::to_string(raw.rcode));
}

/// Whether nothing follows from an insecure answer, so that it may be given where there
/// is no network to ask for the keys of the root: the names of this machine, which
/// libunbound knows itself (RFC 6761 6.3), and host names of addresses, which prove
/// nothing.
bool is_harmless(const dns::Name& name, Type type) {
  return type == Type::ptr || name.text() == "localhost" ||
         name.text().ends_with(".localhost");
}

template <typename T>
base::Result<T> about(base::Result<T> result, Type type, const std::string& name) {
  if (result) return result;
  return tl::unexpected(result.error().in(std::string(to_text(type)) + " " + name));
}

}  // namespace

Resolver::Resolver(io::Loop& loop, Config config)
    : loop_(loop), config_(std::move(config)), events_(loop) {}

base::Result<std::unique_ptr<Resolver>> Resolver::create(io::Loop& loop, Config config) {
  std::unique_ptr<Resolver> resolver(new Resolver(loop, std::move(config)));
  if (resolver->config_.validation == Validation::upstream) {
    auto stub = Stub::create(loop, resolver->config_);
    if (!stub) return tl::unexpected(stub.error());
    resolver->stub_ = std::move(*stub);
    return resolver;
  }
  auto validator = make_context(resolver->events_.base(), resolver->config_);
  if (!validator) return tl::unexpected(validator.error());
  resolver->context_ = std::move(validator->context);
  resolver->root_keys_ = validator->root;
  return resolver;
}

std::string Resolver::advice(std::string_view setting) const {
  const auto way = way_of(config_);
  return way ? resolver::advice(*way, setting) : way.error().detail;
}

std::vector<std::string> Resolver::written_directories() const {
  std::vector<std::string> out;
  if (!context_) return out;
  for (const std::string& file : updated_anchor_files(context_.get())) {
    const std::size_t slash = file.rfind('/');
    out.push_back(slash == std::string::npos ? "." : file.substr(0, slash + 1));
  }
  return out;
}

io::Task<base::Result<void>> Resolver::check() {
  if (stub_) co_return co_await stub_->check();
  const auto keys = co_await validate(dns::Name(), Type::dnskey);
  if (!keys) co_return tl::unexpected(keys.error().in("the keys of the root"));
  root_is_secure_ = keys->security == dns::Security::secure;
  if (root_is_secure_ || root_keys_ == RootKeys::may_be_insecure) {
    co_return base::Result<void>();
  }
  co_return base::fail(ErrorKind::temporary, base::Code::not_validating,
                       "the keys of the root are not secured by the trust anchor: no "
                       "answer can be believed");
}

// RFC 4035 5: insecure is what a chain from the anchor says is not signed. Under an
// anchor that holds nothing (another zone's, an algorithm that libunbound lacks)
// everything would be, and TLSA records with it; so the root itself is looked at before
// the first insecure answer is believed. Its keys are in the cache by then.
io::Task<base::Result<RawAnswer>> Resolver::ask(const dns::Name& name, Type type) {
  if (stub_) co_return (co_await stub_->ask(name, type)).and_then(trusted);
  auto answer = co_await validate(name, type);
  const bool doubtful = answer && answer->security != dns::Security::secure &&
                        !root_is_secure_ && root_keys_ == RootKeys::must_be_secure &&
                        !is_harmless(name, type);
  if (!doubtful) co_return answer;
  const auto holds = co_await check();
  if (!holds) co_return tl::unexpected(holds.error());
  co_return answer;
}

io::Task<base::Result<RawAnswer>> Resolver::validate(const dns::Name& name, Type type) {
  Question question{io::Timer(loop_, config_.deadline), {}, false};
  const std::string absolute = name.text() + ".";
  int id = 0;
  const int rc = ub_resolve_event(context_.get(), absolute.c_str(),
                                  static_cast<int>(type), 1, &question, on_answer, &id);
  if (rc != 0) {
    co_return base::fail(ErrorKind::temporary, base::Code::libunbound,
                         std::string("libunbound: ") + ub_strerror(rc));
  }
  if (!question.answered) {  // it may call back before it returns
    asio::error_code woken;
    co_await question.deadline.async_wait(asio::redirect_error(io::kResume, woken));
  }
  if (!question.answered) {
    ub_cancel(context_.get(), id);
    co_return base::fail(ErrorKind::temporary, base::Code::timeout, "no answer in time");
  }
  co_return trusted(std::move(question.raw));
}

io::Task<base::Result<dns::Answer<net::Address>>> Resolver::addresses(dns::Name name,
                                                                      Type type) {
  auto result = (co_await ask(name, type)).and_then([&](const RawAnswer& raw) {
    return decode_addresses(name, type, raw);
  });
  co_return about(std::move(result), type, name.text());
}

io::Task<base::Result<dns::Answer<dns::Tlsa>>> Resolver::tlsa(dns::Name owner) {
  auto result = (co_await ask(owner, Type::tlsa)).and_then([&](const RawAnswer& raw) {
    return decode_tlsa(owner, raw);
  });
  co_return about(std::move(result), Type::tlsa, owner.text());
}

io::Task<base::Result<dns::Answer<dns::Mx>>> Resolver::mx(dns::Name domain) {
  auto result = (co_await ask(domain, Type::mx)).and_then([&](const RawAnswer& raw) {
    return decode_mx(domain, raw);
  });
  co_return about(std::move(result), Type::mx, domain.text());
}

io::Task<base::Result<dns::Answer<dns::Srv>>> Resolver::srv(dns::Name owner) {
  auto result = (co_await ask(owner, Type::srv)).and_then([&](const RawAnswer& raw) {
    return decode_srv(owner, raw);
  });
  co_return about(std::move(result), Type::srv, owner.text());
}

io::Task<base::Result<dns::Answer<std::string>>> Resolver::texts(dns::Name owner) {
  auto result = (co_await ask(owner, Type::txt)).and_then([&](const RawAnswer& raw) {
    return decode_texts(owner, raw);
  });
  co_return about(std::move(result), Type::txt, owner.text());
}

io::Task<base::Result<dns::Answer<dns::Name>>> Resolver::cname(dns::Name name) {
  auto result = (co_await ask(name, Type::cname)).and_then([&](const RawAnswer& raw) {
    return decode_names(name, Type::cname, raw);
  });
  co_return about(std::move(result), Type::cname, name.text());
}

io::Task<base::Result<dns::Answer<dns::Dnskey>>> Resolver::dnskey(dns::Name zone) {
  auto result = (co_await ask(zone, Type::dnskey)).and_then([&](const RawAnswer& raw) {
    return decode_dnskey(zone, raw);
  });
  co_return about(std::move(result), Type::dnskey, zone.text());
}

io::Task<base::Result<dns::Answer<dns::Ds>>> Resolver::ds(dns::Name zone) {
  auto result = (co_await ask(zone, Type::ds)).and_then([&](const RawAnswer& raw) {
    return decode_ds(zone, raw);
  });
  co_return about(std::move(result), Type::ds, zone.text());
}

io::Task<base::Result<dns::Answer<dns::Nsec3Param>>> Resolver::nsec3param(
    dns::Name zone) {
  auto result =
      (co_await ask(zone, Type::nsec3param)).and_then([&](const RawAnswer& raw) {
        return decode_nsec3param(zone, raw);
      });
  co_return about(std::move(result), Type::nsec3param, zone.text());
}

io::Task<base::Result<dns::Answer<dns::Name>>> Resolver::name_servers(dns::Name zone) {
  auto result = (co_await ask(zone, Type::ns)).and_then([&](const RawAnswer& raw) {
    return decode_names(zone, Type::ns, raw);
  });
  co_return about(std::move(result), Type::ns, zone.text());
}

io::Task<base::Result<dns::Answer<dns::Name>>> Resolver::host_names(
    net::Address address) {
  auto name = dns::Name::from_dns(net::reverse_name(address));
  if (!name) co_return tl::unexpected(name.error());
  auto result = (co_await ask(*name, Type::ptr)).and_then([&](const RawAnswer& raw) {
    return decode_names(*name, Type::ptr, raw);
  });
  co_return about(std::move(result), Type::ptr, name->text());
}

}  // namespace resolver
