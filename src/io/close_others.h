#pragma once

#include <vector>

namespace io {

/// Closes every descriptor of this process but these, which need not be open. For a
/// process that was forked and has nothing to do with what its parent has open.
void close_others(std::vector<int> kept);

}  // namespace io
