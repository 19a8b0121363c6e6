#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "src/base/error_code.h"

namespace base {

/// What a failure means for the caller's next step, and so for the exit status.
enum class ErrorKind {
  usage,      ///< the command line, a control file or the environment is wrong: 100
  permanent,  ///< trying again cannot help: 100
  temporary,  ///< trying again later may help: 111
  internal,   ///< the machine let us down (memory, descriptors, a library): 111
};

/// Why something could not be done: what it means, a code for programs, and one line for
/// people. Made where the cause is known, given context once at the edge of a module,
/// printed once by a main function. Nobody alters the code of an error that was made.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  Code code = Code::local;
  std::string detail;

  /// This error with `what: ` in front of its line for people.
  [[nodiscard]] Error in(std::string_view what) const {
    return {kind, code, std::string(what) + ": " + detail};
  }
};

/// A value, or why there is none. Functions that return one are marked `[[nodiscard]]`.
template <typename T>
using Result = tl::expected<T, Error>;

/// An Error on its way out of a function that returns a Result.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, Code code,
                                                std::string detail) {
  return tl::unexpected(Error{kind, code, std::move(detail)});
}

/// The exit status that users of UCSPI and qmail programs expect: 100 for what is wrong
/// for good, 111 for what may pass.
[[nodiscard]] constexpr int exit_status(ErrorKind kind) {
  return kind == ErrorKind::usage || kind == ErrorKind::permanent ? 100 : 111;
}

/// The text of an `errno` value.
[[nodiscard]] std::string system_message(int error_number);

}  // namespace base
