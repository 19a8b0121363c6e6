#include "resolver/resolver.h"

#include "resolver/stub.h"
#include "resolver/unbound_source.h"

namespace resolver {
namespace {

/// The source that a configuration asks for.
base::Result<std::unique_ptr<Source>> make_source(io::Loop& loop, Config config) {
  if (config.validation == Validation::here) {
    return UnboundSource::create(loop, std::move(config));
  }
  auto stub = Stub::create(loop, config);
  if (!stub) return tl::unexpected(stub.error());
  return std::move(*stub);
}

}  // namespace

base::Result<std::unique_ptr<Resolver>> Resolver::create(io::Loop& loop, Config config) {
  auto source = make_source(loop, std::move(config));
  if (!source) return tl::unexpected(source.error());
  return std::make_unique<Resolver>(std::move(*source));
}

io::Task<base::Result<RawAnswer>> Resolver::ask(dns::Name name, Type type) {
  auto answer = (co_await source_->ask(name, type)).and_then(trusted);
  if (answer) co_return answer;
  co_return tl::unexpected(
      answer.error().in(std::string(to_text(type)) + " " + name.text()));
}

io::Task<base::Result<dns::Answer<net::Address>>> Resolver::addresses(
    dns::Name name, net::Family family) {
  if (family == net::Family::v4) return look_up<record::A>(std::move(name));
  return look_up<record::Aaaa>(std::move(name));
}

io::Task<base::Result<dns::Answer<dns::Name>>> Resolver::host_names(
    net::Address address) {
  auto name = dns::Name::from_dns(net::reverse_name(address));
  if (!name) co_return tl::unexpected(name.error());
  co_return co_await look_up<record::Ptr>(std::move(*name));
}

}  // namespace resolver
