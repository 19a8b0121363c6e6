#include "src/qmail/failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/codes.h"

namespace qmail {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

Failure failure(const std::string& code, Stage stage) {
  const base::Error error{ErrorKind::temporary, base::code_named(code),
                          "detail of " + code};
  return {"mx.example", error, stage, reason_of(error, std::nullopt)};
}

std::string told(const std::vector<Failure>& failures) {
  const Report report = report_of_failures(failures, "there.example");
  EXPECT_EQ(report.state, MessageState::temporary);
  return report.text;
}

TEST(Failures, TheWordsAreThoseOfReasons) {
  const base::Error refused{ErrorKind::temporary, base::Code::refused, "x"};
  verify::Verdict verdict;
  verdict.reason = verify::Reason::mismatch;
  EXPECT_EQ(reason_of(refused, verdict), "mismatch");
  verdict.reason = verify::Reason::name_mismatch;
  EXPECT_EQ(reason_of(refused, verdict), "name-mismatch");
  EXPECT_EQ(reason_of({ErrorKind::temporary, base::Code::starttls_not_offered, ""},
                      std::nullopt),
            "starttls-not-offered");
  EXPECT_THAT(told({failure("starttls-not-offered", Stage::connection)}),
              HasSubstr("mx.example: detail of starttls-not-offered "
                        "(starttls-not-offered)\n"));
}

TEST(Failures, RecordsThatCannotBeLookedUpAreAboutTheProof) {
  for (const char* code : {"servfail", "timeout", "dns-refused", "bogus", "no-tlsa"}) {
    EXPECT_THAT(told({failure(code, Stage::records)}), HasSubstr("(#4.7.5)")) << code;
  }
}

TEST(Failures, AddressesThatCannotBeLookedUpAreAboutTheDns) {
  for (const char* code : {"servfail", "timeout", "dns-refused"}) {
    EXPECT_THAT(told({failure(code, Stage::addresses)}), HasSubstr("(#4.4.3)")) << code;
  }
  EXPECT_THAT(told({failure("no-address", Stage::addresses)}), HasSubstr("(#4.4.1)"));
}

TEST(Failures, ConnectionsAndTheirTimeOutsAreAboutTheConnection) {
  for (const char* code : {"connect", "timeout", "closed", "greeting"}) {
    EXPECT_THAT(
        told({failure("servfail", Stage::addresses), failure(code, Stage::connection)}),
        HasSubstr("(#4.4.1)"))
        << code;
  }
  EXPECT_THAT(told({}), HasSubstr("(#4.4.1)"));
  EXPECT_THAT(told({failure("connect", Stage::connection),
                    failure("handshake", Stage::connection)}),
              HasSubstr("(#4.7.5)"));
}

TEST(Failures, WhatIsWrongOnThisMachineIsNoControlFile) {
  const Report local =
      control_trouble({ErrorKind::temporary, base::Code::local, "resolv.conf"});
  EXPECT_THAT(local.text, HasSubstr("System resources"));
  const Report control =
      control_trouble({ErrorKind::temporary, base::Code::control, "me"});
  EXPECT_THAT(control.text, HasSubstr("Unable to read control files. (#4.3.0)"));
}

Report route_failed(base::Code code) {
  return report_of_route({ErrorKind::temporary, code, "the detail"}, "there.example");
}

TEST(RouteFailures, ADomainThatIsNotThereIsPermanent) {
  for (const base::Code code : {base::Code::no_domain, base::Code::bad_name}) {
    const Report report = route_failed(code);
    EXPECT_EQ(report.state, MessageState::permanent);
    EXPECT_THAT(report.text, HasSubstr("(#5.1.2)"));
  }
}

TEST(RouteFailures, ANullMxIsPermanent_Rfc7505s3) {
  const Report report = route_failed(base::Code::null_mx);
  EXPECT_EQ(report.state, MessageState::permanent);
  EXPECT_THAT(report.text, HasSubstr("there.example takes no mail. (#5.1.10)\n"));
}

TEST(RouteFailures, WhateverElseFailsDelaysTheMail_Rfc7672s2_1_2) {
  for (const base::Code code :
       {base::Code::servfail, base::Code::timeout, base::Code::bogus,
        base::Code::dns_refused, base::Code::malformed, base::Code::no_mail_host,
        base::Code::not_validating, base::Code::local}) {
    const Report report = route_failed(code);
    EXPECT_EQ(report.state, MessageState::temporary) << base::to_text(code);
    EXPECT_THAT(report.text, HasSubstr("DNS lookup failed temporarily. (#4.4.3)\n"));
    EXPECT_THAT(report.text,
                HasSubstr("the detail (" + std::string(base::to_text(code)) + ")\n"));
  }
}

TEST(RouteFailures, AControlFileIsNoMatterOfTheDns) {
  const Report report = route_failed(base::Code::control);
  EXPECT_EQ(report.state, MessageState::temporary);
  EXPECT_THAT(report.text, HasSubstr("Unable to read control files. (#4.3.0)\n"));
}

TEST(Failures, NoFailureThatIsKnownIsNoReasonToBounce) {
  EXPECT_EQ(report_of_failures({}, "there.example").state, MessageState::temporary);
}

TEST(Failures, WhatEachPeerLacksIsAboutTheProof) {
  for (const char* code :
       {"refused", "starttls-not-offered", "starttls-refused", "starttls-injection",
        "handshake", "key-usage", "bad-certificate", "unsupported-key", "bogus"}) {
    EXPECT_THAT(
        told({failure("connect", Stage::connection), failure(code, Stage::connection)}),
        HasSubstr("(#4.7.5)"))
        << code;
  }
}

TEST(Failures, ALoopIsPermanent) {
  EXPECT_EQ(report_of_loop().state, MessageState::permanent);
  EXPECT_THAT(report_of_loop().text, HasSubstr("(#5.4.6)"));
}

}  // namespace
}  // namespace qmail
