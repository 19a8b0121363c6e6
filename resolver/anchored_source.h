#pragma once

#include <memory>

#include "resolver/source.h"
#include "resolver/trust_anchor.h"

namespace resolver {

/// Gives the insecure answers of a validator on only when its trust anchor has been seen
/// to hold.
class AnchoredSource final : public Source {
 public:
  /// `root` says what the trust anchors are for: see `add_anchors`.
  AnchoredSource(std::unique_ptr<Source> validator, RootKeys root);

  /// One answer of the validator. Error kind `temporary`, code `not_validating` in place
  /// of an insecure one where the keys of the root are insecure too, and the errors of
  /// asking for them.
  [[nodiscard]] io::Task<base::Result<RawAnswer>> ask(dns::Name name, Type type) override;
  /// Whether the keys of the root are secure; where no anchor is meant for the root,
  /// whether they can be had.
  [[nodiscard]] io::Task<base::Result<void>> check() override;
  [[nodiscard]] std::string advice(std::string_view setting) const override;
  [[nodiscard]] std::vector<std::string> written_directories() const override;

 private:
  [[nodiscard]] bool is_doubtful(const RawAnswer& raw, const dns::Name& name,
                                 Type type) const;

  std::unique_ptr<Source> validator_;
  RootKeys root_keys_;
  bool root_is_secure_ = false;  // seen once: the anchor holds
};

}  // namespace resolver
