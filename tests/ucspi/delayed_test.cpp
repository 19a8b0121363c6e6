#include "src/ucspi/delayed.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace ucspi {
namespace {

using namespace std::string_literals;

std::string reply_to(const std::vector<std::string>& environment) {
  auto [ours, theirs] = make_control().value();
  reply_variables(std::move(ours), environment);
  std::string out;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(theirs.get(), buffer.data(), buffer.size());
    if (n <= 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

base::Result<TlsCommand> command(std::string_view words) {
  auto [ours, theirs] = make_control().value();
  EXPECT_EQ(::write(theirs.get(), words.data(), words.size()),
            static_cast<ssize_t>(words.size()));
  theirs.reset();
  return read_command(ours.get());
}

TEST(Delayed, Commands) {
  EXPECT_EQ(command("y").value(), TlsCommand::start);
  EXPECT_EQ(command("Y").value(), TlsCommand::start_env);
  EXPECT_EQ(command("").value(), TlsCommand::none);
  EXPECT_EQ(command("yY").value(), TlsCommand::start) << "one at a time";
}

TEST(Delayed, UnknownCommandsAreErrors) {
  for (const auto& word : {"n"s, "\n"s, "\0"s, "\xFF"s, " y"s}) {
    EXPECT_EQ(command(word).error().code, base::Code::bad_command);
  }
}

TEST(Delayed, DescriptorsThatOthersLeftOpenAreNotGivenOut) {
  const auto before = free_descriptors();
  std::vector<io::Descriptor> inherited;
  for (const int fd : before) {
    ASSERT_EQ(dup2(STDERR_FILENO, fd), fd);
    inherited.emplace_back(fd);
  }
  for (const int fd : free_descriptors()) {
    EXPECT_THAT(before, testing::Not(testing::Contains(fd)));
    EXPECT_GT(fd, STDERR_FILENO);
    EXPECT_NE(fd, kClientDescriptors.read);
    EXPECT_NE(fd, kClientDescriptors.write);
  }
  for (const io::Descriptor& fd : inherited) fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  EXPECT_EQ(free_descriptors(), before) << "what is closed on exec is not in the way";
}

TEST(Delayed, AReplyThatNobodyReadsHoldsNothingUp) {
  auto [ours, theirs] = make_control().value();
  reply_meanwhile(std::move(ours), {"SSL_SERVER_CERT=" + std::string(4'000'000, 'x')});
  std::array<char, 3> first{};
  EXPECT_EQ(::read(theirs.get(), first.data(), first.size()), 3);
}

TEST(Delayed, TheReplyIsVariablesAndOneNulMore) {
  EXPECT_EQ(reply_to({"SSL_PROTOCOL=TLSv1.3", "PATH=/bin", "DANE_STATUS=dane"}),
            "SSL_PROTOCOL=TLSv1.3\0DANE_STATUS=dane\0\0"s);
}

TEST(Delayed, AReplyWithoutVariablesIsTwoNuls) {
  EXPECT_EQ(reply_to({}), "\0\0"s);
  EXPECT_EQ(reply_to({"PATH=/bin", "SSLREMOTEIP=192.0.2.1", "SSL=1"}), "\0\0"s);
}

TEST(Delayed, AProgramThatIsGoneIsNoFault) {
  auto [ours, theirs] = make_control().value();
  theirs.reset();
  reply_variables(std::move(ours), {"SSL_PROTOCOL=TLSv1.3"});
}

TEST(Delayed, ALongReplyReachesASlowReader) {
  auto [ours, theirs] = make_control().value();
  const std::string value(1'000'000, 'x');
  std::thread writer([&ours = ours, &value] {
    reply_variables(std::move(ours), {"SSL_SERVER_CERT=" + value});
  });
  std::string out;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(theirs.get(), buffer.data(), buffer.size());
    if (n <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(n));
  }
  writer.join();
  EXPECT_EQ(out, "SSL_SERVER_CERT=" + value + "\0\0"s);
}

}  // namespace
}  // namespace ucspi
