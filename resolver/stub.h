#pragma once

#include <memory>
#include <string>
#include <vector>

#include "resolver/config.h"
#include "resolver/source.h"
#include "src/base/address.h"
#include "src/io/loop.h"

namespace resolver {

/// Asks validating resolvers on this machine and believes what they say of DNSSEC (RFC
/// 4035 4.9.3, RFC 7672 2.1.1): their AD bit, over no network that anybody else is on.
/// One after the other is asked until one answers.
class Stub final : public Source {
 public:
  /// Error kind `usage`, code `bad_forwarder`: none of the configuration, or one that is
  /// not on a loopback address. Kind `internal`, code `local`: no socket.
  [[nodiscard]] static base::Result<std::unique_ptr<Stub>> create(io::Loop& loop,
                                                                  const Config& config);
  ~Stub() override;

  /// Whether one of the resolvers validates: the keys of the root come with AD. No answer
  /// is taken from one of which that has not been seen, a minute ago at most. Error kind
  /// `temporary`, code `not_validating`, and those of `ask`.
  [[nodiscard]] io::Task<base::Result<void>> check() override;

  /// One answer; bogus where the resolvers fail again and again but would answer if they
  /// did not check.
  /// Errors, kind `temporary`: codes `timeout`, `io`, `malformed`.
  [[nodiscard]] io::Task<base::Result<RawAnswer>> ask(dns::Name name, Type type) override;

  [[nodiscard]] std::string advice(std::string_view setting) const override;

 private:
  class Channel;

  Stub(io::Loop& loop, Config config);
  io::Task<base::Result<void>> check(Channel& channel, io::TimePoint deadline);
  io::Task<base::Result<base::Bytes>> exchange(base::Bytes query, io::TimePoint deadline);
  io::Task<base::Result<base::Bytes>> exchange_with(Channel& channel, base::Bytes query,
                                                    io::TimePoint deadline);

  io::Loop& loop_;
  Config config_;
  std::vector<std::unique_ptr<Channel>> channels_;
};

}  // namespace resolver
