#pragma once

namespace cli {

/// Yes or no, for the many letters that come in pairs.
enum class Switch { off, on };

}  // namespace cli
