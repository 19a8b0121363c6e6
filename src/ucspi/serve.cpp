#include "src/ucspi/serve.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "src/io/work_limit.h"

namespace ucspi {
namespace {

using base::Code;
using base::ErrorKind;

constexpr int kFailed = 111;

/// The plain connection while the program has it: blocking, as programs expect it, and
/// held a second time, so that what the program holds can be shut down.
class LentSocket {
 public:
  explicit LentSocket(const io::Descriptor& socket)
      : socket_(socket.get()),
        flags_(fcntl(socket_, F_GETFL)),
        ours_(fcntl(socket_, F_DUPFD_CLOEXEC, 0)) {}

  [[nodiscard]] bool is_held() const { return static_cast<bool>(ours_); }
  void lend() const { fcntl(socket_, F_SETFL, flags_ & ~O_NONBLOCK); }
  void take_back() const { fcntl(socket_, F_SETFL, flags_ | O_NONBLOCK); }
  void shut_down() const { shutdown(ours_.get(), SHUT_RDWR); }
  void let_go() { ours_.reset(); }

 private:
  int socket_;
  int flags_;
  io::Descriptor ours_;
};

/// Lets go of all that a program could wait for, then waits for it.
base::Result<int> release(DelayedProgram delayed) {
  delayed.control.reset();
  delayed.program.to_child.reset();
  delayed.program.from_child.reset();
  return wait_for(delayed.program.process.pid());
}

}  // namespace

int exit_status(const ServiceEnd& end) {
  return !end.relay.failure && end.status ? *end.status : kFailed;
}

ServiceEnd serve(ProvedPeer peer, Program program, const Options& options) {
  io::lift_work_limit();
  const pid_t pid = program.process.pid();
  ServiceEnd end;
  end.relay = relay::run(*peer.session,
                         {std::move(peer.socket), std::move(program.to_child),
                          std::move(program.from_child), std::move(program.process)},
                         options.relay);
  options.on_relay_end(end.relay);
  end.status = wait_for(pid);
  return end;
}

io::Task<base::Result<ServiceEnd>> serve_delayed(io::Descriptor socket,
                                                 const Options& options,
                                                 const DelayedTls& tls) {
  LentSocket lent(socket);
  if (!lent.is_held()) {
    co_return base::fail(ErrorKind::internal, Code::dup, base::system_message(errno));
  }
  lent.lend();
  auto delayed = tls.start(socket.get());
  if (!delayed) co_return tl::unexpected(delayed.error());
  const auto command = read_command(delayed->control.get());
  if (!command) {
    lent.shut_down();
    co_return base::fail(ErrorKind::temporary, Code::bad_command, command.error().detail);
  }
  if (*command == TlsCommand::none) {
    socket.reset();
    lent.let_go();
    auto status = release(std::move(*delayed));
    if (!status) co_return tl::unexpected(status.error());
    co_return ServiceEnd{{}, std::move(status)};
  }
  lent.take_back();
  auto peer = co_await tls.prove(std::move(socket));
  if (!peer) {
    lent.shut_down();
    (void)release(std::move(*delayed));  // its status does not count: it had no peer
    co_return tl::unexpected(peer.error());
  }
  if (*command == TlsCommand::start_env) {
    reply_meanwhile(std::move(delayed->control), tls.variables(*peer->session));
  }
  delayed->control.reset();
  co_return serve(std::move(*peer), std::move(delayed->program), options);
}

}  // namespace ucspi
