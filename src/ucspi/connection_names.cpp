#include "src/ucspi/connection_names.h"

#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>

#include "src/ucspi/ident.h"

namespace ucspi {

io::Task<std::optional<std::string>> NameLearner::host_of(net::Address address) {
  const auto answer = co_await resolver_.host_names(address);
  if (!answer) co_return std::nullopt;
  if (answer->records.empty()) co_return std::string();
  const dns::Name& name = answer->records.front();
  co_return name.is_host() ? name.text() : std::string();
}

io::Task<bool> NameLearner::leads_back(std::string name, net::Address address) {
  auto host = dns::Name::parse(name);
  if (!host) co_return false;
  const auto answer = co_await resolver_.addresses(std::move(*host), address.family);
  if (!answer) co_return false;
  for (const net::Address& one : answer->records) {
    if (base::equal(one.bytes(), address.bytes())) co_return true;
  }
  co_return false;
}

io::Task<ConnectionNames> NameLearner::learn(ConnectionNames names) {
  names.local_host = wanted_.local_host;
  if (!names.local_host) names.local_host = co_await host_of(names.local.address);
  if (wanted_.remote_host) names.remote_host = co_await host_of(names.remote.address);
  const std::string found = names.remote_host.value_or("");
  if (wanted_.confirmed_by_addresses && !found.empty()) {
    const bool is_its_own = co_await leads_back(found, names.remote.address);
    if (!is_its_own) names.remote_host.reset();
  }
  if (wanted_.remote_info) {
    names.remote_info =
        co_await ask_ident(loop_, names.local, names.remote, wanted_.ident_limit);
  }
  co_return names;
}

void NameLearner::start(const ConnectionNames& names) {
  asio::co_spawn(loop_, learn(names),
                 [this, names](const std::exception_ptr& error, ConnectionNames learned) {
                   learned_ = error ? names : std::move(learned);
                   learned_all_.cancel();
                 });
}

io::Task<ConnectionNames> NameLearner::finish() {
  if (!learned_) {
    asio::error_code woken;
    co_await learned_all_.async_wait(asio::redirect_error(io::kResume, woken));
  }
  co_return *learned_;
}

}  // namespace ucspi
