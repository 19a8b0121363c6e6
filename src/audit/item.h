#pragma once

#include <functional>
#include <optional>
#include <string>

#include "src/audit/judgement.h"

namespace audit {

/// A domain of the input.
struct Item {
  std::uint64_t number = 0;  ///< counted from 1 among the domains
  std::string word;          ///< as it stands there
};

/// Gives the items in their order, one at a time, nothing at the end; may block.
using DomainStream = std::function<std::optional<Item>()>;

/// A domain that is done: what was seen, and what is thought of it.
struct DomainAudit {
  Item item;
  DomainSeen seen;
  Judgement judgement;
  std::chrono::sys_seconds moment;  ///< when it was done, and judged
  std::chrono::milliseconds took{0};
};

/// Takes results as they come, one at a time, on a thread of its own: it may wait for
/// whoever reads them.
using Sink = std::function<void(const DomainAudit&)>;

}  // namespace audit
