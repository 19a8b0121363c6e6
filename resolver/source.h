#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resolver/raw_answer.h"
#include "resolver/type.h"
#include "src/base/name.h"
#include "src/io/loop.h"

namespace resolver {

/// Where answers come from: one question in, one raw answer out. libunbound
/// (unbound_source.h), a resolver on this machine (stub.h), a file of an earlier day
/// (recorded_source.h), a map in a test. A source says what it got and what it knows of
/// DNSSEC; whether that is good enough the Resolver decides, for all of them alike.
class Source {
 public:
  Source() = default;
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// One answer, in whatever state. Errors, where there is none: kind `temporary`, codes
  /// `timeout`, `io`, `malformed`, `libunbound`, `not_validating`. `name` is absolute.
  [[nodiscard]] virtual io::Task<base::Result<RawAnswer>> ask(dns::Name name,
                                                              Type type) = 0;

  /// Whether answers can be had and validated at all. Error kind `temporary`, code
  /// `not_validating`, and those of a question.
  [[nodiscard]] virtual io::Task<base::Result<void>> check() = 0;

  /// One or two sentences for whoever sees look-ups fail: who was asked, and what may
  /// help. `setting` is where the user names other resolvers: `--forward`.
  [[nodiscard]] virtual std::string advice(std::string_view /*setting*/) const {
    return {};
  }

  /// The directories in which it writes while it works.
  [[nodiscard]] virtual std::vector<std::string> written_directories() const {
    return {};
  }
};

}  // namespace resolver
