#include "src/audit/limits.h"

#include <algorithm>

namespace audit {
namespace {

using Steady = std::chrono::steady_clock;  // the loops share it

/// The first octets of an address: its network.
std::string network_of(const net::Address& address) {
  constexpr std::size_t kV4 = 3, kV6 = 6;
  const std::size_t octets = address.family == net::Family::v4 ? kV4 : kV6;
  return "net " + std::string(base::as_text(address.bytes().first(octets)));
}

io::Task<void> wait_until(io::Loop& loop, Steady::time_point turn) {
  asio::steady_timer timer(loop, turn);
  asio::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(io::kResume, ignored));
}

}  // namespace

Steady::time_point Limits::next_turn() {
  const std::chrono::duration<double> gap(1 / settings_.each_second);
  const Steady::time_point turn = std::max(next_, Steady::now());
  next_ = turn + std::chrono::duration_cast<Steady::duration>(gap);
  return turn;
}

io::Task<void> Limits::pass_door(io::Loop& loop, std::string key, std::size_t most) {
  Waiting::Place place;
  {
    const std::lock_guard lock(mutex_);
    Door& door = doors_[key];
    if (door.inside < most) {
      ++door.inside;
      co_return;
    }
    place = door.waiting.take_place(loop);
  }
  co_await woken(place);
}

io::Task<Limits::Pass> Limits::enter(io::Loop& loop, net::Address address) {
  const std::string whole(base::as_text(address.bytes()));
  const std::string network = network_of(address);
  co_await pass_door(loop, whole, settings_.for_address);
  co_await pass_door(loop, network, settings_.for_network);
  Pass pass(*this, whole, network);
  co_await take_turn(loop);
  co_return pass;
}

io::Task<void> Limits::take_turn(io::Loop& loop) {
  Steady::time_point turn;
  {
    const std::lock_guard lock(mutex_);
    turn = next_turn();
  }
  co_await wait_until(loop, turn);
}

void Limits::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Limits::leave(const std::string& address, const std::string& network) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  for (const std::string* key : {&address, &network}) {
    const auto at = doors_.find(*key);
    if (at->second.waiting.wake_one()) continue;
    if (--at->second.inside == 0) doors_.erase(at);
  }
}

}  // namespace audit
