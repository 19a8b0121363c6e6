#include "src/io/ahead.h"

#include <gtest/gtest.h>

#include <asio/post.hpp>
#include <stdexcept>
#include <string>

#include "src/io/run_task.h"

namespace io {
namespace {

Task<std::string> after(Loop& loop, int turns, std::string out, int* done) {
  for (; turns > 0; --turns) co_await asio::post(loop, kResume);
  ++*done;
  co_return out;
}

Task<std::string> never(Loop& loop) {
  Timer timer(loop, TimePoint::max());
  co_await timer.async_wait(kResume);
  co_return "";
}

Task<std::string> throwing() {
  throw std::runtime_error("why");
  co_return "";
}

TEST(Ahead, AResultThatIsThereWhenItIsWanted) {
  Loop loop;
  int done = 0;
  const auto conversation = [&]() -> Task<std::string> {
    Ahead<std::string> ahead(loop, after(loop, 1, "early", &done));
    for (int i = 0; i < 10; ++i) co_await asio::post(loop, kResume);
    EXPECT_EQ(done, 1);
    co_return co_await ahead.result();
  };
  EXPECT_EQ(run_task(loop, conversation()), "early");
}

TEST(Ahead, AResultThatIsWaitedFor) {
  Loop loop;
  int done = 0;
  const auto conversation = [&]() -> Task<std::string> {
    Ahead<std::string> ahead(loop, after(loop, 10, "late", &done));
    EXPECT_EQ(done, 0);
    co_return co_await ahead.result();
  };
  EXPECT_EQ(run_task(loop, conversation()), "late");
}

TEST(Ahead, OneThatIsNotWantedHoldsNobodyUp) {
  Loop loop;
  const auto conversation = [&]() -> Task<std::string> {
    const Ahead<std::string> ahead(loop, never(loop));
    co_return "done";
  };
  EXPECT_EQ(run_task(loop, conversation()), "done");
}

TEST(Ahead, WhatTheTaskThrowsIsThrownToWhoeverWantsTheResult) {
  Loop loop;
  const auto conversation = [&]() -> Task<std::string> {
    Ahead<std::string> ahead(loop, throwing());
    co_return co_await ahead.result();
  };
  EXPECT_THROW((void)run_task(loop, conversation()), std::runtime_error);
}

}  // namespace
}  // namespace io
