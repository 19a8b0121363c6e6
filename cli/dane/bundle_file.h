#pragma once

#include <string>

#include "src/evidence/bundle.h"

namespace cli::dane {

/// The bundle in a file, `-` for standard input. Errors: those of reading it and of
/// `evidence::read_bundle`; they name the file. Error kind `usage`: it is a store.
[[nodiscard]] base::Result<evidence::Bundle> bundle_in(const std::string& path);

/// A file as errors and reports name it.
[[nodiscard]] std::string shown_path(const std::string& path);

}  // namespace cli::dane
