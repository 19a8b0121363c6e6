#include "src/ucspi/delayed.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <thread>

#include "src/io/pipe.h"

namespace ucspi {
namespace {

/// Whether somebody above us left this descriptor open for the program. What is ours is
/// closed on exec.
bool is_inherited(int fd) {
  const int flags = fcntl(fd, F_GETFD);
  return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

}  // namespace

std::array<int, 3> free_descriptors() {
  std::array<int, 3> out{};
  std::size_t found = 0;
  const auto take = [&](int fd) {
    if (found < out.size() && !is_inherited(fd)) out[found++] = fd;
  };
  for (const int fd : {8, 9, 5, 4, 3}) take(fd);
  for (int fd = 10; found < out.size(); ++fd) take(fd);
  return out;
}

base::Result<std::pair<io::Descriptor, io::Descriptor>> make_control() {
  return io::make_socket_pair(SOCK_STREAM);
}

base::Result<DelayedProgram> spawn_delayed(const std::vector<std::string>& argv,
                                           std::vector<std::string> environment,
                                           int socket, PeerDescriptors peer) {
  const auto [talk, read, write] = free_descriptors();
  auto control = make_control();
  if (!control) return tl::unexpected(control.error());
  environment.push_back("SSLCTLFD=" + std::to_string(talk));
  environment.push_back("SSLREADFD=" + std::to_string(read));
  environment.push_back("SSLWRITEFD=" + std::to_string(write));
  DescriptorMap more = {
      {socket, peer.read}, {socket, peer.write}, {control->second.get(), talk}};
  auto program = spawn_on_pipes(argv, environment, {read, write}, std::move(more));
  if (!program) return tl::unexpected(program.error());
  return DelayedProgram{std::move(*program), std::move(control->first)};
}

base::Result<TlsCommand> read_command(int control) {
  char command = 0;
  ssize_t n = 0;
  do {
    n = ::read(control, &command, 1);
  } while (n < 0 && errno == EINTR);
  if (n <= 0) return TlsCommand::none;
  if (command == 'y') return TlsCommand::start;
  if (command == 'Y') return TlsCommand::start_env;
  return base::fail(base::ErrorKind::permanent, base::Code::bad_command,
                    "the program sent an unknown command on its control descriptor");
}

void reply_variables(io::Descriptor control,
                     const std::vector<std::string>& environment) {
  std::string reply;
  for (const std::string& entry : environment) {
    if (!entry.starts_with("SSL_") && !entry.starts_with("DANE_")) continue;
    reply += entry;
    reply += '\0';
  }
  if (reply.empty()) reply += '\0';
  reply += '\0';
  std::string_view rest = reply;
  while (!rest.empty()) {
    const ssize_t n = ::send(control.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

void reply_meanwhile(io::Descriptor control, std::vector<std::string> environment) {
  std::thread([to = std::move(control), what = std::move(environment)]() mutable {
    reply_variables(std::move(to), what);
  }).detach();
}

}  // namespace ucspi
