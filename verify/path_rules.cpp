#include "verify/path_rules.h"

#include "src/base/counted.h"
#include "verify/directory_name.h"
#include "verify/name_constraints.h"

namespace verify {
namespace {

std::string name_of(std::size_t depth) {
  return depth == 0 ? "leaf" : "issuer at depth " + std::to_string(depth);
}

RuleBreach failed(Reason reason, std::size_t depth, std::string_view why) {
  return {reason, name_of(depth) + " " + std::string(why)};
}

/// A v1 certificate cannot say that it is a CA: it is one only where the user or the
/// record says so out of band, as the anchor (RFC 5280 6.1.4 k).
std::optional<RuleBreach> check_issuer(const Link& link, std::size_t depth, bool anchor) {
  const auto& extensions = link.extensions;
  if (link.certificate.version < 3 && anchor) return std::nullopt;
  if (!extensions.basic || !extensions.basic->ca) {
    return failed(Reason::not_a_ca, depth, "is not a CA");
  }
  if (extensions.key_usage && (*extensions.key_usage & kKeyCertSign) == 0) {
    return failed(Reason::not_a_ca, depth, "may not sign certificates (key usage)");
  }
  return std::nullopt;
}

std::optional<RuleBreach> check_issuers(std::span<Link* const> path) {
  for (std::size_t depth = 1; depth < path.size(); ++depth) {
    const bool anchor = depth + 1 == path.size();
    if (auto breach = check_issuer(*path[depth], depth, anchor)) return breach;
  }
  return std::nullopt;
}

/// RFC 5280 4.2.1.9: intermediates below it that are not self-issued, the leaf not
/// counted.
std::optional<RuleBreach> check_lengths(std::span<Link* const> path,
                                        const PathRules& rules) {
  const std::size_t between = path.size() > 2 ? path.size() - 2 : 0;
  if (rules.max_intermediates && between > *rules.max_intermediates) {
    return RuleBreach{Reason::path_too_long,
                      base::counted(between, "intermediate") + ", " +
                          std::to_string(*rules.max_intermediates) + " allowed"};
  }
  std::size_t below = 0;
  for (std::size_t depth = 1; depth < path.size(); ++depth) {
    const auto& basic = path[depth]->extensions.basic;
    if (basic && basic->path_length && below > *basic->path_length) {
      return failed(
          Reason::path_too_long, depth,
          "has a path length constraint of " + std::to_string(*basic->path_length));
    }
    const auto& own = path[depth]->certificate;
    if (!same_name(own.subject, own.issuer)) ++below;
  }
  return std::nullopt;
}

std::optional<RuleBreach> check_extensions(std::span<Link* const> path) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const auto& extensions = path[depth]->extensions;
    if (extensions.malformed) {
      return failed(Reason::constraint, depth, "has malformed extensions");
    }
    if (extensions.unknown_critical) {
      return failed(Reason::constraint, depth, "has an unknown critical extension");
    }
  }
  return std::nullopt;
}

/// A server's key may have served for key exchange (RFC 5246 7.4.2); a client's always
/// signs (RFC 5246 7.4.6, RFC 8446 4.4.3).
unsigned usable_bits(policy::PeerRole role) {
  if (role == policy::PeerRole::client) return kDigitalSignature;
  return kDigitalSignature | kKeyEncipherment | kKeyAgreement;
}

std::optional<RuleBreach> check_purposes(std::span<Link* const> path,
                                         policy::PeerRole role) {
  const bool is_client = role == policy::PeerRole::client;
  const auto& usage = path[0]->extensions.key_usage;
  if (usage && (*usage & usable_bits(role)) == 0) {
    return failed(Reason::key_purpose, 0, "may not be used for TLS (key usage)");
  }
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const auto& purposes = path[depth]->extensions.purposes;
    if (!purposes || (is_client ? purposes->client : purposes->server)) continue;
    return failed(Reason::key_purpose, depth,
                  is_client ? "is not for TLS clients (extended key usage)"
                            : "is not for TLS servers (extended key usage)");
  }
  return std::nullopt;
}

std::optional<RuleBreach> check_times(std::span<Link* const> path,
                                      const PathRules& rules) {
  const bool bare = rules.anchor == AnchorKind::key;
  for (std::size_t depth = 0; depth < path.size() - (bare ? 1 : 0); ++depth) {
    auto breach = check_validity(path[depth]->certificate, rules.now, name_of(depth));
    if (breach) return breach;
  }
  return std::nullopt;
}

}  // namespace

std::optional<RuleBreach> check_validity(const Certificate& certificate,
                                         std::chrono::sys_seconds now,
                                         const std::string& what) {
  const auto validity = validity_of(certificate);
  if (!validity) {
    return RuleBreach{Reason::expired, what + " has no readable validity period"};
  }
  if (now < validity->not_before) {
    return RuleBreach{Reason::not_yet_valid,
                      what + " not valid before " + to_text(validity->not_before)};
  }
  if (now > validity->not_after) {
    return RuleBreach{Reason::expired, what + " expired " + to_text(validity->not_after)};
  }
  return std::nullopt;
}

std::optional<RuleBreach> broken_rule(std::span<Link* const> path,
                                      const PathRules& rules) {
  if (auto breach = check_issuers(path)) return breach;
  if (auto breach = check_lengths(path, rules)) return breach;
  if (auto breach = check_extensions(path)) return breach;
  if (auto breach = check_name_constraints(path, rules.stands_for)) return breach;
  if (auto breach = check_purposes(path, rules.peer_role)) return breach;
  return check_times(path, rules);
}

}  // namespace verify
