#include "src/qmail/clear_text.h"

#include <gtest/gtest.h>

namespace qmail {
namespace {

using mail::TlsStart;
using policy::Tls;

policy::Requirement with(Tls tls) {
  policy::Requirement out;
  out.proof = policy::Proof::nothing;
  out.tls = tls;
  return out;
}

TEST(ClearText, AfterAHandshakeThatFailedWhereTlsIsLeftToThePeer_Rfc7672s2_2) {
  EXPECT_TRUE(may_go_plain(with(Tls::optional), TlsProgress::begun, TlsStart::starttls));
}

TEST(ClearText, NeverWhereTlsIsRequired) {
  for (const TlsProgress progress :
       {TlsProgress::not_begun, TlsProgress::begun, TlsProgress::established}) {
    EXPECT_FALSE(may_go_plain(with(Tls::required), progress, TlsStart::starttls));
    EXPECT_FALSE(may_go_plain(with(Tls::never), progress, TlsStart::starttls))
        << "it is in clear text already";
  }
}

TEST(ClearText, NotAfterASessionThatWorked) {
  EXPECT_FALSE(
      may_go_plain(with(Tls::optional), TlsProgress::established, TlsStart::starttls));
}

TEST(ClearText, NotForAFailureBeforeTls) {
  EXPECT_FALSE(
      may_go_plain(with(Tls::optional), TlsProgress::not_begun, TlsStart::starttls));
}

TEST(ClearText, NotOnAPortOfTls_Rfc8314s3_3) {
  EXPECT_FALSE(may_go_plain(with(Tls::optional), TlsProgress::begun, TlsStart::implicit));
}

TEST(TlsProgress, ASessionIsMoreThanABeginning) {
  mail::Facts facts;
  EXPECT_EQ(tls_progress(facts), TlsProgress::not_begun);
  facts.tls_began = true;
  EXPECT_EQ(tls_progress(facts), TlsProgress::begun);
  facts.session.emplace();
  EXPECT_EQ(tls_progress(facts), TlsProgress::established);
}

}  // namespace
}  // namespace qmail
