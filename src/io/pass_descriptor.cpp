#include "src/io/pass_descriptor.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "src/io/again.h"

namespace io {
namespace {

/// One octet with room for one descriptor beside it.
struct Parcel {
  Parcel() {
    word.iov_base = &octet;
    word.iov_len = 1;
    message.msg_iov = &word;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
  }
  Parcel(const Parcel&) = delete;
  Parcel& operator=(const Parcel&) = delete;

  char octet = 'd';
  iovec word{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  msghdr message{};
};

}  // namespace

bool send_descriptor(int through, int descriptor) {
  Parcel parcel;
  cmsghdr* header = CMSG_FIRSTHDR(&parcel.message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return again([&] {
           return ::sendmsg(through, &parcel.message, MSG_NOSIGNAL | MSG_DONTWAIT);
         }) == 1;
}

Arrival receive_descriptor(int through, Patience patience, Descriptor& out) {
  Parcel parcel;
  const int flags = MSG_CMSG_CLOEXEC | (patience == Patience::none ? MSG_DONTWAIT : 0);
  const ssize_t n = again([&] { return ::recvmsg(through, &parcel.message, flags); });
  if (n == 0) return Arrival::end;
  if (n < 0) {
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK;
    return later ? Arrival::nothing : Arrival::end;
  }
  const cmsghdr* header = CMSG_FIRSTHDR(&parcel.message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return Arrival::nothing;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  out = Descriptor(descriptor);
  return Arrival::descriptor;
}

}  // namespace io
