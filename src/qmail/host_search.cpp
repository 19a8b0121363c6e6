#include "src/qmail/host_search.h"

#include <utility>

namespace qmail {
namespace {

/// All that it uses is its own, for it may run on when its search is gone.
io::Task<HostSearch::Found> find_all(io::Loop& loop, resolver::Resolver& resolver,
                                     std::vector<dns::Name> names) {
  HostSearch::Found out;
  std::deque<io::Ahead<base::Result<resolver::Host>>> asking;
  while (out.size() < names.size()) {
    while (asking.size() < HostSearch::kAtOnce &&
           out.size() + asking.size() < names.size()) {
      asking.emplace_back(loop, find_host(resolver, names[out.size() + asking.size()],
                                          resolver::Families::both));
    }
    out.push_back(co_await asking.front().result());
    asking.pop_front();
  }
  co_return out;
}

}  // namespace

void HostSearch::begin_next() {
  if (next_ == groups_.size()) return;
  std::vector<dns::Name> names;
  for (const mail::MailHost& host : groups_[next_]) names.push_back(host.name);
  ++next_;
  begun_.emplace_back(loop_, find_all(loop_, resolver_, std::move(names)));
}

io::Task<HostSearch::Found> HostSearch::take() {
  io::Ahead<Found> first = std::move(begun_.front());
  begun_.pop_front();
  co_return co_await first.result();
}

}  // namespace qmail
