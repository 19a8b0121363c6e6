// What follows the handshake: data, ends, and peers that make work without any.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "tests/tls/attempt.h"
#include "tests/tls/ticket_flood.h"

namespace tls {
namespace {

using support::SeenClient;
using support::TlsServer;
using testing::HasSubstr;

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 251);
  return out;
}

class Records : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Each, Records, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(Records, GoBothWays) {
  const std::string down = pattern(300'000);
  TlsServer server(good_server(GetParam()), [&](gnutls_session_t session, auto& seen) {
    support::listen_to_the_end(session, seen);
    support::say(session, down);
    gnutls_bye(session, GNUTLS_SHUT_WR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const std::string up = pattern(200'000);
  ASSERT_TRUE(attempt.session().write(base::as_bytes(up)));
  EXPECT_GT(attempt.session().unsent(), up.size()) << "encrypted, and not sent so far";
  attempt.session().close_notify();
  EXPECT_TRUE(attempt.flush());
  EXPECT_EQ(attempt.session().unsent(), 0U);
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::closed) << "a half-close";
  EXPECT_TRUE(attempt.heard() == down);
  EXPECT_TRUE(server.seen().heard == up);
  EXPECT_TRUE(server.seen().heard_goodbye);
}

TEST_P(Records, AnEndWithoutCloseNotifyIsNoGoodEnd_Rfc8446s6_1) {
  TlsServer server(good_server(GetParam()), [](gnutls_session_t session, auto&) {
    support::say(session, "half");
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::truncated);
  EXPECT_EQ(attempt.heard(), "half");
  EXPECT_EQ(attempt.read_on().state, ReadState::truncated) << "and stays so";
}

// RFC 8446 6.1: only the peer's direction ends with its FIN.
TEST_P(Records, AfterTheEndOfThePeerOursIsOpen) {
  TlsServer server(good_server(GetParam()), [](gnutls_session_t session, auto& seen) {
    shutdown(gnutls_transport_get_int(session), SHUT_WR);
    support::listen_to_the_end(session, seen);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::truncated);
  ASSERT_TRUE(attempt.session().write(base::as_bytes("still here")));
  attempt.session().close_notify();
  EXPECT_TRUE(attempt.flush());
  EXPECT_EQ(server.seen().heard, "still here");
  EXPECT_TRUE(server.seen().heard_goodbye);
}

TEST_P(Records, NothingThereIsNoEnd) {
  TlsServer server(good_server(GetParam()), [](gnutls_session_t session, auto& seen) {
    support::listen_to_the_end(session, seen);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  std::array<std::byte, 16> buffer{};
  EXPECT_EQ(attempt.session().read(attempt.fd(), buffer).state, ReadState::wait);
}

TEST_P(Records, AResetIsAFailure) {
  TlsServer server(good_server(GetParam()), [](gnutls_session_t session, auto&) {
    char octet = 0;  // closed with unread data: the kernel resets
    (void)recv(gnutls_transport_get_int(session), &octet, 1, MSG_PEEK);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  ASSERT_TRUE(attempt.session().write(base::as_bytes("unread")));
  EXPECT_TRUE(attempt.flush());
  (void)server.seen();
  const ReadResult got = attempt.read_to_the_end();
  EXPECT_EQ(got.state, ReadState::failed);
  EXPECT_EQ(got.error.code, base::Code::io);
}

TEST_P(Records, ThePeersAlertIsAFailureWithItsName) {
  TlsServer server(good_server(GetParam()), [](gnutls_session_t session, auto&) {
    gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_INTERNAL_ERROR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const ReadResult got = attempt.read_to_the_end();
  EXPECT_EQ(got.state, ReadState::failed);
  EXPECT_EQ(got.error.code, base::Code::tls);
  EXPECT_THAT(got.error.detail, HasSubstr("the peer sent alert Internal error"));
  EXPECT_FALSE(attempt.session().write(base::as_bytes("x"))) << "the session is dead";
}

TEST_P(Records, APeerThatIsGoneCannotBeSentTo) {
  TlsServer server(good_server(GetParam()), [](gnutls_session_t, auto&) {});
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  (void)server.seen();
  ASSERT_TRUE(attempt.session().write(base::as_bytes("anybody there?")));
  const auto sent = attempt.flush();
  EXPECT_EQ(word(sent), "io");
  EXPECT_GT(attempt.session().unsent(), 0U);
  attempt.session().discard_unsent();
  EXPECT_EQ(attempt.session().unsent(), 0U);
}

TEST_P(Records, WhatASlowPeerDoesNotTakeStaysUnsent) {
  std::atomic<bool> listen = false;
  TlsServer server(good_server(GetParam()), [&](gnutls_session_t session, auto& seen) {
    while (!listen) std::this_thread::yield();
    support::listen_to_the_end(session, seen);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const std::string data = pattern(2'000'000);
  ASSERT_TRUE(attempt.session().write(base::as_bytes(data)));
  EXPECT_TRUE(attempt.session().flush(attempt.fd()));
  EXPECT_GT(attempt.session().unsent(), 0U);
  EXPECT_LT(attempt.session().unsent(), data.size());
  listen = true;
  attempt.session().close_notify();
  EXPECT_TRUE(attempt.flush());
  attempt.hang_up();
  EXPECT_TRUE(server.seen().heard == data) << "in order, nothing twice";
}

void warn(gnutls_session_t session, int times) {
  for (int i = 0; i < times; ++i) {
    gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME);
  }
}

TEST(Warnings, SomeAreNoHarm_Rfc5246s7_2_2) {
  TlsServer server(good_server("1.2"), [](gnutls_session_t session, auto&) {
    warn(session, 16);
    support::say(session, "data");
    gnutls_bye(session, GNUTLS_SHUT_WR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::closed);
  EXPECT_EQ(attempt.heard(), "data");
}

TEST(Warnings, WithoutEndAreAFailure) {
  TlsServer server(good_server("1.2"), [](gnutls_session_t session, auto&) {
    warn(session, 17);
    support::say(session, "never read");
    gnutls_bye(session, GNUTLS_SHUT_WR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const ReadResult got = attempt.read_to_the_end();
  EXPECT_EQ(got.state, ReadState::failed);
  EXPECT_EQ(got.error.code, base::Code::tls);
  EXPECT_THAT(got.error.detail, HasSubstr("it sends warnings for ever"));
  EXPECT_EQ(attempt.heard(), "");
}

// RFC 8446 6: but for two, each alert of TLS 1.3 is an error.
TEST(Warnings, AreFailuresInTls13_Rfc8446s6) {
  TlsServer server(good_server("1.3"),
                   [](gnutls_session_t session, auto&) { warn(session, 1); });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::failed);
}

/// Asks for a renegotiation and waits for the answer, again and again.
void ask_again(gnutls_session_t session, int times, SeenClient& seen) {
  for (int i = 0; i < times; ++i) {
    if (gnutls_rehandshake(session) != 0) return;
    char octet = 0;
    const auto rc = static_cast<int>(gnutls_record_recv(session, &octet, 1));
    if (rc == GNUTLS_E_WARNING_ALERT_RECEIVED &&
        gnutls_alert_get(session) == GNUTLS_A_NO_RENEGOTIATION) {
      seen.heard += 'n';
    }
  }
}

TEST(Renegotiation, IsDeclined_Rfc5246s7_2_2) {
  TlsServer server(good_server("1.2"), [](gnutls_session_t session, auto& seen) {
    support::say(session, "x");
    ask_again(session, 3, seen);
    support::say(session, "data");
    gnutls_bye(session, GNUTLS_SHUT_WR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  // What we answer lies in the buffer until it is flushed.
  ReadResult got;
  std::array<std::byte, 64> buffer{};
  do {
    got = attempt.session().read(attempt.fd(), buffer);
    ASSERT_TRUE(attempt.flush());
    if (got.state == ReadState::wait) {
      pollfd waiting{attempt.fd(), POLLIN, 0};
      ASSERT_GT(poll(&waiting, 1, 10'000), 0);
    }
  } while (got.state == ReadState::data || got.state == ReadState::wait);
  EXPECT_EQ(got.state, ReadState::closed);
  EXPECT_EQ(attempt.judgements(), 1) << "the keys stay those that were proved";
  EXPECT_EQ(server.seen().heard, "nnn");
}

TEST(Renegotiation, WithoutEndIsAFailure) {
  TlsServer server(good_server("1.2"), [](gnutls_session_t session, auto&) {
    for (int i = 0; i < 17; ++i) gnutls_rehandshake(session);
    support::say(session, "never read");
    gnutls_bye(session, GNUTLS_SHUT_WR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const ReadResult got = attempt.read_to_the_end();
  EXPECT_EQ(got.state, ReadState::failed);
  EXPECT_THAT(got.error.detail, HasSubstr("requests for renegotiation for ever"));
  EXPECT_EQ(attempt.heard(), "");
}

/// A server of TLS 1.3 whose records the test writes.
support::ServerRecipe forging_server() {
  auto out = good_server("1.3");
  out.priorities += ":-CIPHER-ALL:+AES-128-GCM";
  out.keylog = ForgedRecords::keep_secret;
  return out;
}

// GnuTLS takes tickets apart one by one and says "again" after each; a peer that has
// proved itself could keep whoever reads busy for ever.
TEST(Tickets, WithoutEndAreAFailure_Rfc8446s4_6_1) {
  TlsServer server(forging_server(), [](gnutls_session_t session, auto&) {
    ForgedRecords records(gnutls_transport_get_int(session));
    for (int i = 0; i < 4000; ++i) records.tickets(1);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const ReadResult got = attempt.read_to_the_end();
  EXPECT_EQ(got.state, ReadState::failed);
  EXPECT_EQ(got.error.code, base::Code::tls);
  EXPECT_THAT(got.error.detail, HasSubstr("messages of TLS for ever, and no data"));
}

TEST(Tickets, BetweenDataAreNoHarm) {
  TlsServer server(forging_server(), [](gnutls_session_t session, auto&) {
    ForgedRecords records(gnutls_transport_get_int(session));
    for (int i = 0; i < 5; ++i) {
      records.tickets(800);
      records.data("data");
    }
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::truncated);
  EXPECT_EQ(attempt.heard(), "datadatadatadatadata");
}

TEST(Tickets, ByTheRecordBetweenDataAreNoHarm) {
  TlsServer server(forging_server(), [](gnutls_session_t session, auto&) {
    ForgedRecords records(gnutls_transport_get_int(session));
    for (int i = 0; i < 3; ++i) {
      records.tickets_alone(600);
      records.data("data");
    }
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::truncated);
  EXPECT_EQ(attempt.heard(), "datadatadata");
}

TEST(Tickets, WithoutEndAreAFailure) {
  TlsServer server(forging_server(), [](gnutls_session_t session, auto&) {
    ForgedRecords records(gnutls_transport_get_int(session));
    records.data("data");
    records.tickets_alone(2500);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const ReadResult got = attempt.read_to_the_end();
  EXPECT_EQ(got.state, ReadState::failed);
  EXPECT_THAT(got.error.detail, HasSubstr("for ever, and no data"));
  EXPECT_EQ(attempt.heard(), "data");
}

TEST(KeyUpdates, SomeAreFollowed_Rfc8446s4_6_3) {
  TlsServer server(good_server("1.3"), [](gnutls_session_t session, auto&) {
    for (int i = 0; i < 3; ++i) {
      gnutls_session_key_update(session, 0);
      support::say(session, "data");
    }
    gnutls_bye(session, GNUTLS_SHUT_WR);
  });
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.read_to_the_end().state, ReadState::closed);
  EXPECT_EQ(attempt.heard(), "datadatadata");
}

}  // namespace
}  // namespace tls
