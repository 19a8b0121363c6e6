#include "src/qmail/published_policy.h"

#include <gtest/gtest.h>

namespace qmail {
namespace {

mail::Peer peer_with(policy::TlsaState state) {
  mail::Peer out;
  out.endpoint.port = 25;
  out.facts.state = state;
  return out;
}

TEST(Sessions, PoliciesOfOursAreNotReported_Rfc8460s4_4) {
  using policy::Level;
  using policy::TlsaState;
  const MailPolicy usual;
  EXPECT_TRUE(is_domains_own(usual, peer_with(TlsaState::present)));
  EXPECT_TRUE(is_domains_own(usual, peer_with(TlsaState::absent)));
  EXPECT_TRUE(is_domains_own(usual, peer_with(TlsaState::insecure)));
  mail::Peer elsewhere = peer_with(TlsaState::present);
  elsewhere.endpoint.port = 2525;
  EXPECT_FALSE(is_domains_own(usual, elsewhere));
  MailPolicy only;
  only.level = Level::dane_only;
  EXPECT_TRUE(is_domains_own(only, peer_with(TlsaState::present)));
  MailPolicy pinned = only;
  pinned.pinned.emplace();
  EXPECT_FALSE(is_domains_own(pinned, peer_with(TlsaState::present)));
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    MailPolicy own;
    own.level = level;
    EXPECT_FALSE(is_domains_own(own, peer_with(TlsaState::not_asked)));
  }
  MailPolicy both;
  both.level = Level::dane_and_pkix;
  EXPECT_FALSE(is_domains_own(both, peer_with(TlsaState::present)));
  MailPolicy store;
  store.without_tlsa = policy::WithoutTlsa::pkix;
  EXPECT_FALSE(is_domains_own(store, peer_with(TlsaState::absent)));
  EXPECT_TRUE(is_domains_own(store, peer_with(TlsaState::present)))
      << "there the records decide";
}

TEST(Sessions, LookUpsForAPolicyOfOursAreNotReported_Rfc8460s4_4) {
  using policy::Level;
  const std::uint16_t port = 25;
  for (const Level level : {Level::dane, Level::dane_only, Level::dane_and_pkix}) {
    MailPolicy asks;
    asks.level = level;
    EXPECT_TRUE(is_domains_own(asks, port));
    for (const std::uint16_t other : std::initializer_list<std::uint16_t>{465, 2525}) {
      EXPECT_FALSE(is_domains_own(asks, other));
    }
    asks.pinned.emplace();
    EXPECT_FALSE(is_domains_own(asks, port));
  }
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    MailPolicy own;
    own.level = level;
    EXPECT_FALSE(is_domains_own(own, port));
  }
}

}  // namespace
}  // namespace qmail
