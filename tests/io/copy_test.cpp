#include "src/io/copy.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <string>

#include "src/io/pipe.h"
#include "src/io/write_all.h"
#include "tests/support/read_all.h"

namespace io {
namespace {

using support::read_all;

/// A copy between two pipes; what is written into the first is read from the second.
std::string copied(const std::string& text, int flags) {
  auto in = make_pipe().value();
  auto out = make_pipe().value();
  fcntl(in.first.get(), F_SETFL, flags);
  fcntl(out.second.get(), F_SETFL, flags);
  auto copy = std::async(std::launch::async, [&] {
    const CopyEnd end = copy_all(in.first.get(), out.second.get());
    out.second.reset();
    return end;
  });
  auto reader = std::async(std::launch::async, [&] { return read_all(out.first.get()); });
  EXPECT_TRUE(write_all(in.second.get(), text));
  in.second.reset();
  const CopyEnd end = copy.get();
  EXPECT_EQ(end.read_error, 0);
  EXPECT_EQ(end.write_error, 0);
  EXPECT_EQ(fcntl(in.first.get(), F_GETFL) & O_NONBLOCK, flags) << "flags are kept";
  return reader.get();
}

TEST(Copy, TakesEverythingUpToTheEnd) {
  const std::string text(1'000'000, 'x');
  EXPECT_EQ(copied(text, 0), text);
  EXPECT_EQ(copied(text, O_NONBLOCK), text);
  EXPECT_EQ(copied("", 0), "");
}

TEST(Copy, AReaderThatHasGoneIsTold) {
  std::signal(SIGPIPE, SIG_IGN);
  auto in = make_pipe().value();
  auto out = make_pipe().value();
  out.first.reset();
  ASSERT_TRUE(write_all(in.second.get(), "x"));
  const CopyEnd end = copy_all(in.first.get(), out.second.get());
  EXPECT_EQ(end.write_error, EPIPE);
  EXPECT_EQ(end.read_error, 0);
}

TEST(Copy, WhatCannotBeReadIsNoEnd) {
  const Descriptor folder(open("/", O_RDONLY | O_CLOEXEC));
  auto out = make_pipe().value();
  const CopyEnd end = copy_all(folder.get(), out.second.get());
  EXPECT_EQ(end.read_error, EISDIR);
  EXPECT_EQ(end.write_error, 0);
}

}  // namespace
}  // namespace io
