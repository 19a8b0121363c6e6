#pragma once

#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "src/io/loop.h"

namespace io {

/// A task that runs while something else is done, and whose result is fetched later, if
/// at all. It goes on without its Ahead until its loop ends, so that nobody has to wait
/// for what he no longer wants: what it refers to must live as long as the loop.
template <typename T>
class Ahead {
 public:
  Ahead(Loop& loop, Task<T> task) : state_(std::make_shared<State>(loop)) {
    asio::co_spawn(loop, std::move(task),
                   [state = state_](const std::exception_ptr& error, T value) {
                     state->thrown = error;
                     state->value.emplace(std::move(value));
                     state->over.cancel();
                   });
  }

  /// The result, once. Rethrows what the task throws.
  [[nodiscard]] Task<T> result() {
    const auto state = state_;
    asio::error_code ignored;
    while (!state->value) {
      co_await state->over.async_wait(asio::redirect_error(kResume, ignored));
    }
    if (state->thrown) std::rethrow_exception(state->thrown);
    co_return std::move(*state->value);
  }

 private:
  struct State {
    explicit State(Loop& loop) : over(loop, TimePoint::max()) {}
    Timer over;  // never fires; it is cancelled when there is a result
    std::optional<T> value;
    std::exception_ptr thrown;
  };
  std::shared_ptr<State> state_;
};

}  // namespace io
