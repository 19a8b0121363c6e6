#include <gtest/gtest.h>

#include "cli/dane/command.h"
#include "cli/dane/connect_words.h"

namespace cli::dane {
namespace {

client::Report report(verify::Outcome outcome) {
  client::Report out;
  out.host = "mx1.example.org";
  out.port = 25;
  out.peer = net::Endpoint{*net::parse_address("192.0.2.25"), 25};
  out.facts.state = policy::TlsaState::present;
  out.facts.records = {dns::Tlsa{dns::kDaneEe, dns::kSpki, dns::kSha256,
                                 base::Bytes(32, std::byte{0x4A})}};
  out.verdict.emplace().outcome = outcome;
  if (outcome != verify::Outcome::pkix) out.verdict->record = 0;
  out.session.emplace().protocol = "TLSv1.3";
  return out;
}

TEST(VerdictLine, SaysByWhatThePeerIsVerified) {
  const std::string peer = "mx1.example.org [192.0.2.25]:25 ";
  EXPECT_EQ(verdict_line(report(verify::Outcome::dane)),
            peer + "verified by DANE (3 1 1 4a4a4a4a…), TLS 1.3");
  EXPECT_EQ(verdict_line(report(verify::Outcome::pkix)),
            peer + "verified by a certificate authority, TLS 1.3");
  EXPECT_EQ(
      verdict_line(report(verify::Outcome::dane_and_pkix)),
      peer +
          "verified by DANE (3 1 1 4a4a4a4a…) and by a certificate authority, TLS 1.3");
  EXPECT_EQ(verdict_line(report(verify::Outcome::unauthenticated)),
            peer + "encrypted, but nobody is verified, TLS 1.3");
}

TEST(VerdictLine, ARecordOfTheCommandLineIsNotOfTheDns) {
  auto one = report(verify::Outcome::dane);
  one.facts.are_pins = true;
  EXPECT_EQ(verdict_line(one),
            "mx1.example.org [192.0.2.25]:25 verified by the given record "
            "(3 1 1 4a4a4a4a…), TLS 1.3");
}

TEST(VerdictLine, AnAddressStandsThereOnce) {
  auto one = report(verify::Outcome::dane);
  for (const char* host : {"192.0.2.25", "[192.0.2.25]"}) {
    one.host = host;
    EXPECT_EQ(peer_words(one), "[192.0.2.25]:25");
  }
  one.peer.reset();
  one.host = "mx1.example.org";
  EXPECT_EQ(peer_words(one), "mx1.example.org:25");
}

TEST(RefusalLine, OnlyAPeerThatWasSeenIsNotVerified) {
  auto one = report(verify::Outcome::rejected);
  one.verdict->reason = verify::Reason::mismatch;
  one.verdict->detail = "matches nothing";
  one.error =
      base::Error{base::ErrorKind::temporary, base::Code::refused, "matches nothing"};
  EXPECT_EQ(refusal_line(one),
            "mx1.example.org [192.0.2.25]:25 not verified: matches nothing (mismatch)");
  client::Report other;
  other.host = "mx1.example.org";
  other.port = 25;
  other.error = base::Error{base::ErrorKind::temporary, base::Code::servfail, "SERVFAIL"};
  EXPECT_EQ(refusal_line(other), "mx1.example.org:25: SERVFAIL (servfail)");
}

}  // namespace
}  // namespace cli::dane
