#pragma once

#include <memory>

#include "resolver/config.h"
#include "resolver/context.h"
#include "resolver/decode.h"
#include "resolver/stub.h"
#include "resolver/unbound_events.h"
#include "src/io/loop.h"

namespace resolver {

/// Asks the DNS through a validating libunbound on the caller's loop, or through a Stub
/// where the configuration says so. Names are absolute
/// (no search list); each question has the deadline of the configuration. Answers are
/// secure or insecure, never bogus: whatever is not trustworthy is an Error of kind
/// `temporary` whose code says why: `bogus`, `servfail`, `dns_refused`, `timeout`,
/// `rcode`, `malformed`, `alias_loop`, and whose detail names the question (RFC
/// 7672 2.1.1).
class Resolver {
 public:
  /// Errors: see `make_context` and `Stub::create`. The loop must outlive the resolver.
  [[nodiscard]] static base::Result<std::unique_ptr<Resolver>> create(io::Loop& loop,
                                                                      Config config);

  /// Whether answers can be had and validated at all, tried on the keys of the root.
  /// Errors: code `not_validating`, and those above. A Stub gives no answer before, and
  /// no insecure answer is given before either: where the anchor holds nothing, nothing
  /// is insecure, it is unknown.
  [[nodiscard]] io::Task<base::Result<void>> check();

  /// Who is asked, and what may help, for whoever sees look-ups fail (see `advice`).
  [[nodiscard]] std::string advice(std::string_view setting) const;

  /// The directories in which libunbound writes while it works: those of trust anchors
  /// that it keeps up to date (RFC 5011), which only a user's unbound.conf names.
  [[nodiscard]] std::vector<std::string> written_directories() const;

  /// Addresses of one family; `type` is `Type::a` or `Type::aaaa`.
  [[nodiscard]] io::Task<base::Result<dns::Answer<net::Address>>> addresses(
      dns::Name name, Type type);
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Tlsa>>> tlsa(dns::Name owner);
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Mx>>> mx(dns::Name domain);
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Srv>>> srv(dns::Name owner);
  [[nodiscard]] io::Task<base::Result<dns::Answer<std::string>>> texts(dns::Name owner);
  /// The CNAME at `name` itself: which hop of a chain is insecure is found by asking for
  /// the first one alone (RFC 7672 2.1.3).
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Name>>> cname(dns::Name name);
  /// A zone's name servers, keys, what its parent says about these, and how it denies.
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Name>>> name_servers(
      dns::Name zone);
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Dnskey>>> dnskey(dns::Name zone);
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Ds>>> ds(dns::Name zone);
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Nsec3Param>>> nsec3param(
      dns::Name zone);
  /// The host names of an address.
  [[nodiscard]] io::Task<base::Result<dns::Answer<dns::Name>>> host_names(
      net::Address address);

 private:
  Resolver(io::Loop& loop, Config config);
  io::Task<base::Result<RawAnswer>> ask(const dns::Name& name, Type type);
  io::Task<base::Result<RawAnswer>> validate(const dns::Name& name, Type type);

  io::Loop& loop_;
  Config config_;
  UnboundEvents events_;  // outlives context_
  Context context_;
  RootKeys root_keys_ = RootKeys::must_be_secure;
  bool root_is_secure_ = false;  // seen once: the anchor holds
  std::unique_ptr<Stub> stub_;   // in place of the context
};

}  // namespace resolver
