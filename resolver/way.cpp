#include "resolver/way.h"

#include <algorithm>
#include <array>

#include "src/base/bytes.h"

namespace resolver {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : ", ") + base::printable(word, base::kWord);
  }
  return out;
}

/// Why resolution begins at the root, and what to do where that cannot be.
std::string about_recursion(const Way& way, const std::string& setting) {
  const std::string named =
      way.passed_over.empty() ? "" : " (only " + joined(way.passed_over) + ")";
  return "Asked: the name servers of each zone, from the root on, for /etc/resolv.conf "
         "names no resolver on this machine" +
         named + ". Where port 53 to the world is shut, name a resolver in " + setting +
         "; it must pass DNSSEC on, and what it says is still checked here.";
}

}  // namespace

base::Result<Way> way_of(const Config& config, const std::string& resolv_conf) {
  using Kind = Way::Kind;
  if (config.upstream == Upstream::forward) {
    return Way{Kind::forward, config.forwarders, {}};
  }
  const bool by_conf =
      !config.unbound_conf.empty() && config.validation == Validation::here;
  if (by_conf) return Way{Kind::configuration, {}, {}};
  if (config.upstream == Upstream::recursion) return Way{};
  auto named = read_resolv_conf(resolv_conf);
  if (!named) return tl::unexpected(named.error());
  const Kind kind = named->local.empty() ? Kind::recursion : Kind::resolv_conf;
  return Way{kind, std::move(named->local), std::move(named->others)};
}

base::Result<Way> way_of(const Config& config) {
  return way_of(config, "/etc/resolv.conf");
}

std::string advice(const Way& way, std::string_view setting) {
  const std::string where(setting);
  switch (way.kind) {
    case Way::Kind::recursion:
      return about_recursion(way, where);
    case Way::Kind::forward:
      return "Asked: " + joined(way.servers) + ", as " + where +
             " has it. Does it answer, and pass DNSSEC on?";
    case Way::Kind::resolv_conf:
      return "Asked: " + joined(way.servers) +
             " on this machine, as /etc/resolv.conf has it. Does it answer, and pass "
             "DNSSEC on? " +
             where + " names another one, or recursion.";
    case Way::Kind::configuration:
      return "Asked: as the given unbound.conf has it, and from the root on for what it "
             "forwards to nobody.";
  }
  return "";
}

bool is_unanswered(const base::Error& error) {
  constexpr std::array kCodes = {base::Code::servfail, base::Code::dns_refused,
                                 base::Code::timeout,  base::Code::rcode,
                                 base::Code::io,       base::Code::not_validating};
  return std::ranges::find(kCodes, error.code) != kCodes.end();
}

}  // namespace resolver
