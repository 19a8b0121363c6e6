// What UCSPI programs promise: variables, the child's descriptors, the control
// descriptor.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "src/ucspi/child.h"
#include "src/ucspi/delayed.h"
#include "src/ucspi/environment.h"

namespace {

using Entries = std::vector<std::string>;

bool has(const Entries& entries, const std::string& entry) {
  return std::ranges::count(entries, entry) == 1;
}

bool has_name(const Entries& entries, const std::string& name) {
  return std::ranges::any_of(
      entries, [&](const std::string& entry) { return entry.starts_with(name + "="); });
}

TEST(Environment, ChangesReplaceAndRemoveWhatIsInherited) {
  const std::array<const char*, 4> inherited = {"A=old", "AB=kept", "GONE=1", nullptr};
  ucspi::Environment changes;
  changes.set("A", "new");
  changes.unset("GONE");
  const Entries out = changes.applied_to(inherited.data());
  EXPECT_EQ(out, (Entries{"AB=kept", "A=new"}));
}

TEST(Environment, AStrangersValueStaysOnItsLine) {
  ucspi::Environment changes;
  changes.set("X", std::string_view("a\nb\0c\rd", 7));
  EXPECT_EQ(changes.applied_to(nullptr), Entries{"X=a?b?c?d"});
}

TEST(Environment, ConnectionHasItsUcspiNames) {
  ucspi::ConnectionNames names;
  names.local = {*net::parse_address("192.0.2.1"), 1234};
  names.remote = {*net::parse_address("2001:db8::1"), 443};
  names.remote_host = "peer.example";
  ucspi::Environment changes;
  ucspi::set_connection(changes, names, ucspi::TcpCopies::no);
  const std::array<const char*, 2> inherited = {"SSLLOCALHOST=stale", nullptr};
  const Entries out = changes.applied_to(inherited.data());
  EXPECT_TRUE(has(out, "PROTO=SSL"));
  EXPECT_TRUE(has(out, "SSLLOCALIP=192.0.2.1"));
  EXPECT_TRUE(has(out, "SSLLOCALPORT=1234"));
  EXPECT_TRUE(has(out, "SSLREMOTEIP=2001:db8::1"));
  EXPECT_TRUE(has(out, "SSLREMOTEHOST=peer.example"));
  EXPECT_FALSE(has_name(out, "SSLLOCALHOST"));
  EXPECT_FALSE(has_name(out, "SSLREMOTEINFO"));
  EXPECT_FALSE(has_name(out, "TCPREMOTEIP"));
}

TEST(Environment, TcpCopiesOnRequest) {
  ucspi::Environment changes;
  ucspi::set_connection(changes, {}, ucspi::TcpCopies::yes);
  EXPECT_TRUE(has_name(changes.applied_to(nullptr), "TCPREMOTEIP"));
}

/// Runs a shell command with a pipe as its descriptor 7; what it wrote there.
std::string said_on_7(const std::string& command, int* status) {
  auto pipe = ucspi::make_pipe();
  const auto child = ucspi::spawn({"sh", "-c", command}, {"PATH=/bin:/usr/bin"},
                                  {{pipe->second.get(), ucspi::kToPeer}});
  EXPECT_TRUE(child.has_value());
  pipe->second.reset();
  std::string out;
  std::array<char, 4096> part{};
  for (ssize_t n = 0; (n = read(pipe->first.get(), part.data(), part.size())) > 0;) {
    out.append(part.data(), static_cast<std::size_t>(n));
  }
  const auto ended = ucspi::wait_for(*child);
  *status = ended ? *ended : -1;
  return out;
}

TEST(Child, WritesToItsDescriptorAndItsStatusIsTold) {
  int status = 0;
  EXPECT_EQ(said_on_7("echo hello >&7; exit 42", &status), "hello\n");
  EXPECT_EQ(status, 42);
}

TEST(Child, GetsNoDescriptorOfOurs) {
  int status = 0;
  const auto secret = ucspi::make_pipe();
  const std::string path = "/proc/self/fd/" + std::to_string(secret->first.get());
  EXPECT_EQ(said_on_7("test -e " + path + " && echo leaked >&7", &status), "");
}

TEST(Child, KilledIsAnErrorAndNoStatus) {
  const auto child = ucspi::spawn({"sh", "-c", "kill -9 $$"}, {}, {});
  ASSERT_TRUE(child.has_value());
  const auto ended = ucspi::wait_for(*child);
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().code, "killed");
}

TEST(Child, NotFoundIsAnErrorAtOnce) {
  const auto child = ucspi::spawn({"/no/such/program"}, {}, {});
  ASSERT_FALSE(child.has_value());
  EXPECT_EQ(child.error().code, "exec");
}

TEST(DelayedTls, CommandsAreOneOctet) {
  const std::array<std::pair<std::string, ucspi::TlsCommand>, 3> table = {{
      {"y", ucspi::TlsCommand::start},
      {"Y", ucspi::TlsCommand::start_env},
      {"", ucspi::TlsCommand::none},
  }};
  for (const auto& [said, command] : table) {
    auto control = ucspi::make_control();
    ASSERT_EQ(write(control->second.get(), said.data(), said.size()),
              static_cast<ssize_t>(said.size()));
    control->second.reset();
    EXPECT_EQ(ucspi::read_command(control->first.get()).value(), command) << said;
  }
}

TEST(DelayedTls, AnotherOctetIsAnError) {
  auto control = ucspi::make_control();
  ASSERT_EQ(write(control->second.get(), "x", 1), 1);
  EXPECT_FALSE(ucspi::read_command(control->first.get()).has_value());
}

TEST(DelayedTls, ReplyEndsInTwoNulsAndCloses) {
  auto control = ucspi::make_control();
  ucspi::reply_variables(std::move(control->first), {"SSL_A=1", "SECRET=2", "SSL_B="});
  std::array<char, 64> reply{};
  const ssize_t n = recv(control->second.get(), reply.data(), reply.size(), MSG_WAITALL);
  ASSERT_GT(n, 0);
  EXPECT_EQ(std::string(reply.data(), static_cast<std::size_t>(n)),
            std::string("SSL_A=1\0SSL_B=\0\0", 16));
}

TEST(DelayedTls, NoVariablesAreTwoNuls) {
  auto control = ucspi::make_control();
  ucspi::reply_variables(std::move(control->first), {});
  std::array<char, 8> reply{};
  EXPECT_EQ(recv(control->second.get(), reply.data(), reply.size(), MSG_WAITALL), 2);
}

}  // namespace
