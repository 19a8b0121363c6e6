#include "src/keeper/ticket_secret.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

namespace keeper {
namespace {

constexpr std::chrono::hours kLife{24};
constexpr std::size_t kKeyOctets = 64;  // what GnuTLS wants of a ticket key

}  // namespace

TicketSecret::~TicketSecret() { gnutls_memset(octets_.data(), 0, octets_.size()); }

void TicketSecret::replace(Clock::time_point now) {
  if (gnutls_rnd(GNUTLS_RND_KEY, octets_.data(), octets_.size()) != 0) std::terminate();
  made_ = now;
}

base::Bytes TicketSecret::key_for(std::string_view words, Clock::time_point now) {
  if (now - made_ >= kLife) replace(now);
  base::Bytes out(kKeyOctets);
  const int rc = gnutls_hmac_fast(GNUTLS_MAC_SHA512, octets_.data(), octets_.size(),
                                  words.data(), words.size(), out.data());
  return rc == 0 ? out : base::Bytes();
}

}  // namespace keeper
