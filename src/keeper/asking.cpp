#include "src/keeper/asking.h"

#include <sys/socket.h>

#include "src/io/again.h"
#include "src/keeper/message.h"

namespace keeper {
void Asking::use(io::Descriptor channel, std::chrono::seconds patience) {
  channel_ = std::move(channel);
  const timeval span{patience.count(), 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    (void)setsockopt(channel_.get(), SOL_SOCKET, option, &span, sizeof span);
  }
}

// It blocks: the keeper has nothing to wait for, and without its answer there is no way
// on. A keeper that ends closes the channel; for one that hangs there is a limit.
std::optional<base::Bytes> Asking::ask(base::ByteView message) {
  const int fd = channel_.get();
  if (fd < 0) return std::nullopt;
  const ssize_t sent =
      io::again([&] { return ::send(fd, message.data(), message.size(), MSG_NOSIGNAL); });
  if (sent != static_cast<ssize_t>(message.size())) return std::nullopt;
  base::Bytes answer(kMostOctets);
  const ssize_t got =
      io::again([&] { return ::recv(fd, answer.data(), answer.size(), 0); });
  if (got <= 0) return std::nullopt;
  answer.resize(static_cast<std::size_t>(got));
  return answer;
}

base::Result<base::Bytes> Asking::sign(const tls::SigningRequest& request) {
  auto answer = ask(to_message(request));
  if (answer) return std::move(*answer);
  return base::fail(base::ErrorKind::internal, base::Code::tls,
                    "the keeper of the keys does not sign");
}

std::optional<base::Bytes> Asking::ticket_key(std::string_view words) {
  return ask(to_message(TicketQuestion{std::string(words)}));
}

}  // namespace keeper
