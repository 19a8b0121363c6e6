// src/io: what every moving part shares: the event loop, descriptors, connecting.
//
// One thread owns one Loop; every conversation on it is a coroutine (Task) that reads
// from top to bottom like the RFC it follows; run_task.h runs one to its end. Waiting is
// `co_await`, a time-out is a point of the Clock (clock.h). descriptor.h owns a
// descriptor, connect.h makes a connection of TCP, stream.h waits for one, file.h reads
// a file, replace_file.h puts one in the place of another, pipe.h makes a pipe,
// pass_descriptor.h gives a descriptor to another process, socket_address.h has the
// kernel's form of an endpoint, close_others.h ends what a forked process has nothing to
// do with, interfaces.h knows this machine's addresses. What a program promises about
// itself is in core_dumps.h (its secrets stay in memory), work_limit.h (it ends),
// landlock.h (what it may touch), forbid_connections.h and own_network.h (whom it may
// speak to). Nothing here knows about DNS, TLS or DANE.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>

#include "src/io/clock.h"

namespace io {

using Loop = asio::io_context;

/// A conversation that gives a T when it is over.
template <typename T>
using Task = asio::awaitable<T, asio::io_context::executor_type>;

using Duration = Clock::duration;
using TimePoint = Clock::time_point;
/// For deadlines of peers; what is not about a peer may use asio::steady_timer.
using Timer = asio::basic_waitable_timer<Clock>;

/// A completion token: resume this coroutine; errors come back as a value in `error`.
inline constexpr asio::use_awaitable_t<asio::io_context::executor_type> kResume{};

}  // namespace io
