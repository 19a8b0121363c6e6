#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "resolver/context.h"
#include "resolver/source.h"
#include "resolver/unbound_events.h"

namespace resolver {

/// A libunbound that validates, on the caller's loop. An answer of its own word alone:
/// whether its trust anchor holds is the business of AnchoredSource, in front of it.
class UnboundSource final : public Source {
 public:
  /// libunbound, and behind an AnchoredSource, ready to be asked. Errors: those of
  /// `make_context`. The loop must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<Source>> create(io::Loop& loop,
                                                                    Config config);

  [[nodiscard]] io::Task<base::Result<RawAnswer>> ask(dns::Name name, Type type) override;
  /// Nothing that could be looked at without a question.
  [[nodiscard]] io::Task<base::Result<void>> check() override;
  [[nodiscard]] std::string advice(std::string_view setting) const override;
  /// The directories of trust anchors that libunbound keeps up to date (RFC 5011), which
  /// only a user's unbound.conf names.
  [[nodiscard]] std::vector<std::string> written_directories() const override;

 private:
  UnboundSource(io::Loop& loop, Config config);
  void ask_for_keys_above(const dns::Name& name, Type type);
  void ask_unheard(const std::string& name, Type type);

  io::Loop& loop_;
  Config config_;
  std::set<std::string> zones_asked_;  // whose keys are in the cache, or on their way
  UnboundEvents events_;               // outlives context_
  Context context_;
};

/// The state that libunbound's number stands for (unbound-event.h): 0 insecure, 1 bogus,
/// 2 secure. Whatever else it might say one day is bogus.
[[nodiscard]] dns::Security security_from_unbound(int state);

/// The response code of an answer. libunbound's own says only whether there is an answer
/// at all, and NOERROR also where that answer is REFUSED; then the packet's counts.
[[nodiscard]] int rcode_from_unbound(int rcode, base::ByteView packet);

}  // namespace resolver
