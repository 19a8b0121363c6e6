#include "src/qmail/session_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qmail {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

mail::Peer peer() {
  mail::Peer out;
  out.endpoint = {*net::parse_address("192.0.2.1"), 25};
  out.facts.state = policy::TlsaState::present;
  return out;
}

AttemptResult failed(base::Code code) {
  AttemptResult out;
  out.report = base::fail(base::ErrorKind::temporary, code, "why");
  return out;
}

AttemptResult refused() {
  AttemptResult out = failed(base::Code::refused);
  out.facts.verdict.emplace();
  out.facts.verdict->reason = verify::Reason::expired;
  return out;
}

/// A log and the ledger that it writes to, which is never written down itself.
struct Log {
  Ledger ledger{"", ""};
  SessionLog sessions{ledger, {"a.example", "192.0.2.99"}};
};

TEST(SessionLog, AnAttemptIsAnEventOfTheDomain) {
  Log log;
  log.sessions.add_attempt("mx.a.example", {}, peer(), refused());
  ASSERT_THAT(log.ledger.events(), SizeIs(1));
  const tlsrpt::TlsEvent& event = log.ledger.events().front();
  EXPECT_EQ(event.domain, "a.example");
  EXPECT_EQ(event.source, "192.0.2.99");
  EXPECT_EQ(event.host, "mx.a.example");
  EXPECT_EQ(event.address, "192.0.2.1");
  EXPECT_EQ(event.result, "certificate-expired");
  EXPECT_EQ(event.reason, "expired");
}

TEST(SessionLog, AGoodSessionIsASuccess) {
  Log log;
  AttemptResult good;
  good.report = report_of(MessageState::accepted, "");
  good.facts.error.reset();
  good.facts.progress = client::Progress::established;
  log.sessions.add_attempt("mx.a.example", {}, peer(), good);
  ASSERT_THAT(log.ledger.events(), SizeIs(1));
  EXPECT_EQ(log.ledger.events().front().result, "");
}

TEST(SessionLog, WhatWasMadeUpForIsCountedBeforeIt) {
  Log log;
  AttemptResult result = failed(base::Code::closed);
  result.earlier = {failed(base::Code::handshake)};
  log.sessions.add_attempt("mx.a.example", {}, peer(), result);
  ASSERT_THAT(log.ledger.events(), SizeIs(1)) << "the last one was in clear text";
  EXPECT_EQ(log.ledger.events().front().result, "validation-failure");
}

TEST(SessionLog, AFailedLookUpIsAnEvent_Rfc8460s4_3_2_1) {
  Log log;
  const base::Error bogus{base::ErrorKind::temporary, base::Code::bogus, "why"};
  log.sessions.add_failure("mx.a.example", {}, 25, bogus);
  EXPECT_THAT(log.ledger.events(), SizeIs(1));
  log.sessions.add_failure("mx.a.example", {}, 2525, bogus);
  log.sessions.add_failure("mx.a.example", {}, 25,
                           {base::ErrorKind::temporary, base::Code::servfail, "why"});
  EXPECT_THAT(log.ledger.events(), SizeIs(1));
}

TEST(SessionLog, PoliciesOfOursAreNoAffairOfTheDomains_Rfc8460s4_4) {
  Log log;
  MailPolicy pinned;
  pinned.level = policy::Level::dane_only;
  pinned.pinned.emplace();
  log.sessions.add_attempt("mx.a.example", pinned, peer(), refused());
  log.sessions.add_failure("mx.a.example", pinned, 25,
                           {base::ErrorKind::temporary, base::Code::no_tlsa, "why"});
  EXPECT_THAT(log.ledger.events(), IsEmpty());
}

TEST(SessionLog, NothingIsAboutTheDomainWhereTheUserSendsItElsewhere) {
  Route relayed, literal;
  relayed.relayed = true;
  literal.literal = net::parse_address("192.0.2.1");
  for (const Route& route : {relayed, literal}) {
    Log log;
    log.sessions.follow(route);
    log.sessions.add_attempt("mx.a.example", {}, peer(), refused());
    log.sessions.add_failure("mx.a.example", {}, 25,
                             {base::ErrorKind::temporary, base::Code::bogus, "why"});
    EXPECT_THAT(log.ledger.events(), IsEmpty());
  }
}

}  // namespace
}  // namespace qmail
