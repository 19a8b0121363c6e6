#include "src/base/starttls.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace starttls {
namespace {

using namespace std::string_literals;

/// A talk: what the server says each time, and what the client answers to each.
struct Talk {
  const char* name;
  Protocol protocol;
  std::string opening;
  std::vector<std::string> server;
  std::vector<std::string> client;  ///< the last answer is the TLS hello
};

const std::string kXmppFeatures =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1'>"
    "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
    "<required/></starttls></stream:features>";
const std::string kProceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const std::string kLdapRequest =
    "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
    "1.3.6.1.4.1.1466.20037"s;
const std::string kLdapDone = "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"s;

std::string xmpp_opening(const std::string& space) {
  return "<?xml version='1.0'?><stream:stream to='peer.example' xmlns='" + space +
         "' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
}

const std::vector<Talk>& good_talks() {
  static const std::vector<Talk> kTalks = {
      {"Smtp",
       Protocol::smtp,
       "",
       {"220-mx.example\r\n220 ESMTP\r\n",
        "250-mx.example\r\n250-PIPELINING\r\n250 StartTLS\r\n", "220 go\r\n"},
       {"EHLO me.example\r\n", "STARTTLS\r\n", ""}},
      {"Lmtp",
       Protocol::lmtp,
       "",
       {"220 lmtp\r\n", "250-lmtp\r\n250 STARTTLS\r\n", "220 go\r\n"},
       {"LHLO me.example\r\n", "STARTTLS\r\n", ""}},
      {"Imap",
       Protocol::imap,
       "",
       {"* OK IMAP4rev1 ready\r\n",
        "* CAPABILITY IMAP4rev1 starttls LOGINDISABLED\r\na1 OK done\r\n",
        "* 1 EXISTS\r\na2 OK begin TLS\r\n"},
       {"a1 CAPABILITY\r\n", "a2 STARTTLS\r\n", ""}},
      {"ImapCapabilityInTheGreeting",
       Protocol::imap,
       "",
       {"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n", "a1 OK done\r\n",
        "a2 OK begin\r\n"},
       {"a1 CAPABILITY\r\n", "a2 STARTTLS\r\n", ""}},
      {"Pop3",
       Protocol::pop3,
       "",
       {"+OK ready <1@pop.example>\r\n", "+OK begin TLS\r\n"},
       {"STLS\r\n", ""}},
      {"Nntp",
       Protocol::nntp,
       "",
       {"201 no posting\r\n", "382 continue\r\n"},
       {"STARTTLS\r\n", ""}},
      {"Ftp",
       Protocol::ftp,
       "",
       {"220-Welcome\r\n220 ready\r\n", "234 AUTH ok\r\n"},
       {"AUTH TLS\r\n", ""}},
      {"Sieve",
       Protocol::sieve,
       "",
       {"\"IMPLEMENTATION\" \"x\"\r\n\"SASL\" \"\"\r\n\"StartTLS\"\r\nOK \"ready\"\r\n",
        "OK \"begin\"\r\n"},
       {"STARTTLS\r\n", ""}},
      {"Xmpp",
       Protocol::xmpp,
       xmpp_opening("jabber:client"),
       {kXmppFeatures, kProceed},
       {"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ""}},
      {"XmppServer",
       Protocol::xmpp_server,
       xmpp_opening("jabber:server"),
       {kXmppFeatures, kProceed},
       {"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ""}},
      {"Ldap", Protocol::ldap, kLdapRequest, {kLdapDone}, {""}},
      {"Postgres", Protocol::postgres, "\x00\x00\x00\x08\x04\xd2\x16\x2f"s, {"S"}, {""}},
  };
  return kTalks;
}

std::unique_ptr<Dialogue> make(Protocol protocol) {
  return make_dialogue(protocol, "me.example", "peer.example");
}

/// The code that the talk ends with, `tls`, or `waits`; answers are not looked at.
std::string outcome(Protocol protocol, const std::vector<std::string>& server) {
  const auto dialogue = make(protocol);
  for (const auto& part : server) {
    const auto step = dialogue->feed(part);
    if (!step) {
      EXPECT_EQ(step.error().kind, base::ErrorKind::temporary);
      EXPECT_LT(step.error().detail.size(), 400U);
      return std::string(base::to_text(step.error().code));
    }
    if (step->start_tls) return "tls";
  }
  return "waits";
}

class GoodTalk : public testing::TestWithParam<Talk> {
 protected:
  static void expect(std::size_t chunk) {
    const Talk& talk = GetParam();
    const auto dialogue = make(talk.protocol);
    EXPECT_EQ(dialogue->opening(), talk.opening);
    for (std::size_t turn = 0; turn < talk.server.size(); ++turn) {
      const std::string& said = talk.server[turn];
      for (std::size_t at = 0; at < said.size(); at += chunk) {
        const auto step = dialogue->feed(std::string_view(said).substr(at, chunk));
        ASSERT_TRUE(step) << step.error().detail;
        const bool whole = at + chunk >= said.size();
        EXPECT_EQ(step->send, whole ? talk.client[turn] : "");
        EXPECT_EQ(step->start_tls, whole && turn + 1 == talk.server.size());
      }
    }
  }
};

TEST_P(GoodTalk, AtOnce) { expect(std::string::npos / 2); }
TEST_P(GoodTalk, OctetByOctet) { expect(1); }
TEST_P(GoodTalk, InPiecesOfThree) { expect(3); }

TEST_P(GoodTalk, ClearTextBehindTheGoAheadIsAnInjection_Rfc3207s5) {
  const Talk& talk = GetParam();
  for (const auto& injected :
       {"\r\n"s, "250 OK\r\n"s, "\n"s, "\0"s, "a3 OK\r\n"s, "\x16\x03\x03"s, " "s}) {
    auto server = talk.server;
    server.back() += injected;
    EXPECT_EQ(outcome(talk.protocol, server), "starttls-injection");
  }
}

TEST_P(GoodTalk, TheInjectionIsFoundHoweverTheGoAheadIsCut_Rfc3207s5) {
  const Talk& talk = GetParam();
  const std::string& go_ahead = talk.server.back();
  for (std::size_t cut = 0; cut < go_ahead.size(); ++cut) {
    auto server = talk.server;
    server.back() = go_ahead.substr(0, cut);
    server.push_back(go_ahead.substr(cut) + "x");
    EXPECT_EQ(outcome(talk.protocol, server), "starttls-injection") << cut;
  }
}

TEST_P(GoodTalk, GarbageIsRefusedOrWaitedForNeverBelieved) {
  for (const auto& garbage :
       {"\xFF\xFE\xFD\xFC\r\n\r\n"s, "HTTP/1.1 400 Bad Request\r\n\r\n"s,
        std::string(64, '\0'), "\x16\x03\x01\x00\x05\r\n"s, "-\r\n-\r\n"s}) {
    const auto got = outcome(GetParam().protocol, {garbage});
    EXPECT_TRUE(got == "protocol" || got == "waits") << got;
  }
}

TEST_P(GoodTalk, NothingIsAskedForMoreThanOnce) {
  const Talk& talk = GetParam();
  const auto dialogue = make(talk.protocol);
  const auto step = dialogue->feed("");
  ASSERT_TRUE(step);
  EXPECT_EQ(step->send, "");
  EXPECT_FALSE(step->start_tls);
}

TEST_P(GoodTalk, InputWithoutEndIsNotGatheredForEver) {
  const auto dialogue = make(GetParam().protocol);
  const std::string part(4096, 'x');
  std::size_t fed = 0;
  while (fed < 1024 * 1024) {
    fed += part.size();
    if (!dialogue->feed(part)) break;
  }
  EXPECT_LE(fed, 128U * 1024U);
}

INSTANTIATE_TEST_SUITE_P(Protocols, GoodTalk, testing::ValuesIn(good_talks()),
                         [](const auto& test) { return test.param.name; });

TEST(Starttls, WordsThereAndBack) {
  EXPECT_EQ(protocol_from_text("smtp"), Protocol::smtp);
  EXPECT_EQ(protocol_from_text("xmpp-server"), Protocol::xmpp_server);
  EXPECT_EQ(protocol_from_text("SMTP"), std::nullopt);
  EXPECT_EQ(protocol_from_text(""), std::nullopt);
  EXPECT_NE(protocol_words().find("sieve, xmpp, xmpp-server"), std::string::npos);
}

TEST(Starttls, SmtpNotOffered) {
  EXPECT_EQ(outcome(Protocol::smtp, {"220 a\r\n", "250-mx STARTTLS\r\n250 HELP\r\n"}),
            "starttls-not-offered");
  EXPECT_EQ(outcome(Protocol::smtp, {"220 a\r\n", "250 STARTTLS\r\n"}),
            "starttls-not-offered");
  EXPECT_EQ(outcome(Protocol::smtp, {"220 a\r\n", "250-mx\r\n250 XSTARTTLS\r\n"}),
            "starttls-not-offered");
}

TEST(Starttls, SmtpRefused_Rfc3207s4) {
  const std::string hello = "250-mx\r\n250 STARTTLS\r\n";
  for (const auto* reply : {"454 not now\r\n", "501 syntax\r\n", "250 ok\r\n",
                            "221 bye\r\n", "220-a\r\n221 b\r\n", "554-\r\n554 no\r\n"}) {
    const auto got = outcome(Protocol::smtp, {"220 a\r\n", hello, reply});
    EXPECT_TRUE(got == "starttls-refused" || got == "protocol") << reply << got;
  }
}

TEST(Starttls, SmtpUnwelcome) {
  EXPECT_EQ(outcome(Protocol::smtp, {"554 go away\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::smtp, {"421 later\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::smtp, {"220 a\r\n", "502 what\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::smtp, {"220 a\r\n", "421 bye\r\n"}), "protocol");
}

TEST(Starttls, ImapNotOfferedRefusedUnwelcome) {
  const std::string ready = "* OK ready\r\n";
  EXPECT_EQ(outcome(Protocol::imap, {ready, "* CAPABILITY IMAP4rev1\r\na1 OK\r\n"}),
            "starttls-not-offered");
  EXPECT_EQ(outcome(Protocol::imap, {ready, "* OK try STARTTLS\r\na1 OK\r\n"}),
            "starttls-not-offered");
  const std::string offer = "* CAPABILITY STARTTLS\r\na1 OK\r\n";
  EXPECT_EQ(outcome(Protocol::imap, {ready, offer, "a2 NO\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::imap, {ready, offer, "a2 BAD\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::imap, {ready, offer, "+ what\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::imap, {"* BYE\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::imap, {"* PREAUTH hello\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::imap, {ready, "a1 BAD\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::imap, {ready, "* CAPABILITY STARTTLS\r\n"}), "waits");
}

TEST(Starttls, Pop3RefusedUnwelcome) {
  EXPECT_EQ(outcome(Protocol::pop3, {"-ERR busy\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::pop3, {"+OK\r\n", "-ERR no\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::pop3, {"+OK\r\n", "OK\r\n"}), "starttls-refused");
}

TEST(Starttls, NntpAndFtpRefusedUnwelcome) {
  EXPECT_EQ(outcome(Protocol::nntp, {"400 down\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::nntp, {"200 a\r\n", "580 no\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::nntp, {"200 a\r\n", "234 what\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::ftp, {"421 down\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::ftp, {"220 a\r\n", "534 no\r\n"}), "starttls-refused");
  EXPECT_EQ(outcome(Protocol::ftp, {"220 a\r\n", "334 more\r\n"}), "starttls-refused");
}

TEST(Starttls, FtpLinesInsideAReplyNeedNoCode_Rfc959s4_2) {
  const std::string greeting =
      "220-Welcome to\r\n  this server\r\n 220 and that\r\n220 ok\r\n";
  EXPECT_EQ(outcome(Protocol::ftp, {greeting, "234 ok\r\n"}), "tls");
}

TEST(Starttls, FtpLinesWithTheCodeAndAHyphenEndNoReply_Rfc959s4_2) {
  const std::string greeting = "220-Welcome to\r\n220-this server\r\n220 ok\r\n";
  EXPECT_EQ(outcome(Protocol::ftp, {greeting, "234 ok\r\n"}), "tls");
}

TEST(Starttls, SieveNotOfferedRefusedUnwelcome) {
  EXPECT_EQ(outcome(Protocol::sieve, {"\"SASL\" \"PLAIN\"\r\nOK\r\n"}),
            "starttls-not-offered");
  EXPECT_EQ(outcome(Protocol::sieve, {"\"SASL\" \"STARTTLS\"\r\nOK\r\n"}),
            "starttls-not-offered");
  EXPECT_EQ(outcome(Protocol::sieve, {"BYE \"busy\"\r\n"}), "protocol");
  EXPECT_EQ(outcome(Protocol::sieve, {"\"STARTTLS\"\r\nOK\r\n", "NO \"no\"\r\n"}),
            "starttls-refused");
}

TEST(Starttls, XmppNotOfferedRefused) {
  EXPECT_EQ(outcome(Protocol::xmpp, {"<stream:stream><stream:features><mechanisms/>"
                                     "</stream:features>"}),
            "starttls-not-offered");
  EXPECT_EQ(
      outcome(Protocol::xmpp,
              {kXmppFeatures, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}),
      "starttls-refused");
}

TEST(Starttls, XmppEmptyFeaturesOfferNothing_Rfc6120s4_3_2) {
  EXPECT_EQ(outcome(Protocol::xmpp, {"<stream:stream><stream:features/>"}),
            "starttls-not-offered");
}

TEST(Starttls, XmppProceedMayHaveAnEndTag_Rfc6120s5_4_2_3) {
  EXPECT_EQ(outcome(Protocol::xmpp,
                    {kXmppFeatures,
                     "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>"}),
            "tls");
}

TEST(Starttls, LdapRefusedUnwelcome) {
  EXPECT_EQ(outcome(Protocol::ldap,
                    {"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00"s}),
            "starttls-refused");
  EXPECT_EQ(outcome(Protocol::ldap,
                    {"\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00"s}),
            "protocol");
  EXPECT_EQ(outcome(Protocol::ldap, {"\x30\x03\x02\x01\x01"s}), "protocol");
  EXPECT_EQ(outcome(Protocol::ldap, {"\x30\x00"s}), "protocol");
}

TEST(Starttls, LdapLengthsMayBeLong_Rfc4511s5_1) {
  // As Active Directory writes them: four octets of length everywhere.
  EXPECT_EQ(
      outcome(Protocol::ldap, {"\x30\x84\x00\x00\x00\x10\x02\x01\x01"
                               "\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00"s}),
      "tls");
}

TEST(Starttls, PostgresNotOfferedUnwelcome) {
  EXPECT_EQ(outcome(Protocol::postgres, {"N"}), "starttls-not-offered");
  EXPECT_EQ(outcome(Protocol::postgres, {"E"}), "protocol");
  EXPECT_EQ(outcome(Protocol::postgres, {"\0"s}), "protocol");
}

RC_GTEST_PROP(StarttlsLaws, NoGarbageStartsTls, (const std::string& garbage)) {
  const auto talk = *rc::gen::elementOf(good_talks());
  if (talk.protocol == Protocol::postgres) return;
  RC_ASSERT(outcome(talk.protocol, {garbage, garbage}) != "tls");
}

RC_GTEST_PROP(StarttlsLaws, TheOutcomeDoesNotDependOnHowItArrives, ()) {
  const auto talk = *rc::gen::elementOf(good_talks());
  const auto dialogue = make(talk.protocol);
  bool started = false;
  for (const auto& said : talk.server) {
    for (std::size_t at = 0; at < said.size();) {
      const auto size = *rc::gen::inRange<std::size_t>(1, 30);
      const auto step = dialogue->feed(std::string_view(said).substr(at, size));
      RC_ASSERT(step.has_value());
      started = step->start_tls;
      at += size;
    }
  }
  RC_ASSERT(started);
}

}  // namespace
}  // namespace starttls
