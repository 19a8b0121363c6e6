#pragma once

#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/io/descriptor.h"

namespace cli {

/// Where the JSON of `--json=FILE|FD` goes.
struct JsonTarget {
  int descriptor = -1;  ///< that is open already, unless there is a file
  std::string file;
};

/// The target that a word names: a descriptor if it is made of digits, else a file. Error
/// kind `usage`.
[[nodiscard]] base::Result<JsonTarget> json_target(std::string_view word);

/// An error of kind `usage` if the target is a descriptor that is not open for writing:
/// what is opened next would be taken for it.
[[nodiscard]] base::Result<void> expect_open(const JsonTarget& target);

/// A descriptor of our own for the target: its file, which keeps what is in it until
/// `empty_json`, or a copy of its descriptor. Error kind `usage`, code `bad_file`.
[[nodiscard]] base::Result<io::Descriptor> open_json(const JsonTarget& target);

/// Takes out what is in the file that a descriptor is, if it is one: something is going
/// to be written that replaces it.
void empty_json(int descriptor);

/// Writes a JSON text and a line end to a descriptor. Error kind `temporary`, code
/// `bad_file`, if it does not take all of it.
[[nodiscard]] base::Result<void> write_json(int descriptor, const std::string& json);

}  // namespace cli
