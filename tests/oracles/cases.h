// Generated chains and records, and what is required of them: the same for every
// verifier.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "tests/support/certificates.h"
#include "verify/chain.h"

namespace oracles {

/// The name that good leaves are for.
inline constexpr const char* kHost = "mail.example.org";

/// What is unusual about a chain.
struct Variation {
  std::string name;
  /// Changes the recipe of the certificate at `depth` of a chain of `length`.
  std::function<void(support::Recipe& recipe, std::size_t depth, std::size_t length)>
      certificate = [](support::Recipe&, std::size_t, std::size_t) {};
  /// Changes what is sent.
  std::function<void(verify::Certificates& sent)> sent = [](verify::Certificates&) {};
  std::string host = kHost;  ///< that is asked for
};

/// A chain that exists: leaf first, root last.
struct MadeChain {
  std::string name;  ///< `p256 3 expired-leaf`
  verify::Certificates whole;
  verify::Certificates sent;  ///< with the variation's changes
  std::string host;
};

/// One question to all verifiers.
struct Case {
  std::string name;  ///< the chain's, then record, depth of its target, what is sent
  verify::Certificates sent;
  std::vector<dns::Tlsa> records;
  std::string host;
  base::Bytes root;  ///< the trust store, for usages 0 and 1
};

/// The variations that are tried with every record.
[[nodiscard]] const std::vector<Variation>& variations();

/// A chain of `length` certificates: a self-signed leaf for 1, else leaf, intermediates
/// and root, all with keys of this kind.
[[nodiscard]] MadeChain make_chain(std::size_t length, const Variation& variation,
                                   support::Key::Kind kind);

/// Every usage, selector, matching type and target, with and without the root sent, for
/// chains of 1 to 4 of every variation and kind of key; and sets of several records.
void each_dane_case(const std::function<void(const Case&)>& take);

}  // namespace oracles
