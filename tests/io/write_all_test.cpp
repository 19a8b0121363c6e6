#include "src/io/write_all.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

#include "src/io/descriptor.h"
#include "src/io/host_name.h"

namespace io {
namespace {

TEST(WriteAll, WritesMoreThanAPipeHolds) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  const std::string text(1'000'000, 'x');
  std::string heard;
  std::thread reader([&] {
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
      if (n <= 0) return;
      heard.append(buffer.data(), static_cast<std::size_t>(n));
    }
  });
  EXPECT_TRUE(write_all(to.get(), text));
  to.reset();
  reader.join();
  EXPECT_TRUE(heard == text);
}

TEST(WriteAll, SaysWhenNobodyReads) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Descriptor to(ends[1]);
  close(ends[0]);
  const auto written = write_all(to.get(), "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, base::Code::io);
  EXPECT_TRUE(write_all(to.get(), "")) << "nothing is always written";
}

TEST(WriteAll, SaysWhenAFileTakesAPartOnly) {
  std::signal(SIGXFSZ, SIG_IGN);
  std::string name = testing::TempDir() + "write_all.XXXXXX";
  const Descriptor file(mkstemp(name.data()));
  unlink(name.c_str());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit five{5, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &five), 0);
  const auto written = write_all(file.get(), "0123456789");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(lseek(file.get(), 0, SEEK_END), 5);
  EXPECT_FALSE(written);
}

TEST(HostName, IsTheKernels) {
  std::array<char, 256> name{};
  ASSERT_EQ(gethostname(name.data(), name.size() - 1), 0);
  EXPECT_EQ(host_name(), name.data());
}

}  // namespace
}  // namespace io
