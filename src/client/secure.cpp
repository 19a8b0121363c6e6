#include "src/client/secure.h"

#include <unistd.h>

#include <array>
#include <utility>

namespace client {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string name_for_hello(const Means& means, const Report& report,
                           const policy::Requirement& requirement) {
  if (means.server_name) {
    const bool literal = net::parse_address(*means.server_name).has_value();
    return literal ? std::string() : *means.server_name;
  }
  const bool dane = requirement.proof == policy::Proof::dane ||
                    requirement.proof == policy::Proof::dane_and_pkix;
  if (!dane && means.hello == ServerName::dane_only) return {};
  return server_name(report.facts, requirement);
}

base::Result<std::unique_ptr<tls::Session>> make_session(
    const Means& means, const Report& report, const policy::Requirement& requirement) {
  tls::Hello hello;
  hello.server_name = name_for_hello(means, report, requirement);
  hello.raw_keys = raw_keys(requirement);
  hello.key_usage =
      requirement.only_dane_ee ? tls::KeyUsage::leave_to_verify : tls::KeyUsage::enforce;
  return tls::make_client(means.tls, hello);
}

}  // namespace

io::Task<base::Result<std::unique_ptr<tls::Session>>> secure(
    io::Loop& loop, io::Descriptor& socket, const policy::Requirement& requirement,
    const Means& means, const verify::Context& context, Report& report) {
  const io::TimePoint deadline = io::Clock::now() + means.limit;
  io::Stream stream(loop, std::move(socket));
  if (means.starttls) {
    const std::string own = means.own_name.empty() ? host_name() : means.own_name;
    auto dialogue = starttls::make_dialogue(*means.starttls, own, means.peer_name);
    auto started = co_await start_tls(stream, std::move(dialogue), deadline);
    if (!started) co_return tl::unexpected(started.error());
  }
  auto session = make_session(means, report, requirement);
  if (!session) co_return session;
  auto judged = co_await prove(**session, stream, requirement, context, deadline);
  const bool reached = judged.result || judged.result.error().code == base::Code::refused;
  report.verdict = reached ? std::optional(std::move(judged.verdict)) : std::nullopt;
  if (reached) {
    report.chain = (*session)->chain();
    report.session = (*session)->facts();
  }
  if (!judged.result) co_return tl::unexpected(judged.result.error());
  socket = stream.release();
  co_return session;
}

}  // namespace client
