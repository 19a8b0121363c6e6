#pragma once

#include <string>

#include "src/evidence/bundle.h"

namespace cli::dane {

/// The bundle in a file, `-` for standard input. Errors: those of reading it and of
/// `evidence::read_bundle`; they name the file. Error kind `usage`: it is a store.
[[nodiscard]] base::Result<evidence::Bundle> bundle_in(const std::string& path);

/// A bundle that came out of a store: whoever wrote that chose each number in it, so what
/// holds of the form of a file holds here. `from` is where it stood.
[[nodiscard]] base::Result<evidence::Bundle> bundle_of_store(
    const base::Result<evidence::Bundle>& stored, const std::string& from);

/// A file as errors and reports name it.
[[nodiscard]] std::string shown_path(const std::string& path);

}  // namespace cli::dane
