#include "src/qmail/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <asio/post.hpp>

#include "src/client/wall_clock.h"
#include "tests/qmail/home.h"
#include "tests/support/map_source.h"

namespace qmail {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

net::Address address(const std::string& text) { return *net::parse_address(text); }

/// What a peer must prove, in a word.
std::string word_of(const policy::Requirement& requirement) {
  switch (requirement.proof) {
    case policy::Proof::dane:
      return "dane";
    case policy::Proof::pkix:
      return "pkix";
    case policy::Proof::dane_and_pkix:
      return "dane+pkix";
    case policy::Proof::nothing:
      break;
  }
  switch (requirement.tls) {
    case policy::Tls::required:
      return "encrypt";
    case policy::Tls::optional:
      return "may";
    case policy::Tls::never:
      return "plain";
  }
  return "";
}

/// A message for a domain in a world of the DNS. Each attempt is written down, as
/// `192.0.2.1 dane`, and comes to what the test says of its address: the server takes the
/// mail unless it `fails` or `answers` otherwise.
class Sending {
 public:
  explicit Sending(std::string_view world) : world_(world) {
    home_.file("deadhosts", "");
  }

  Sending& control(const std::string& file, std::string_view text) {
    home_.file(file, text);
    return *this;
  }
  Sending& fails(const std::string& where, base::Code code) {
    AttemptResult result;
    result.report = base::fail(base::ErrorKind::temporary, code, "why");
    result.connected = code != base::Code::timeout && code != base::Code::connect;
    return comes_to(where, result);
  }
  Sending& answers(const std::string& where, MessageState state) {
    AttemptResult result;
    result.report = report_of(state, "said\n");
    result.connected = true;
    return comes_to(where, result);
  }
  Sending& comes_to(const std::string& where, const AttemptResult& result) {
    results_[where] = result;
    return *this;
  }
  Sending& own(const std::string& where) {
    own_.push_back(address(where));
    return *this;
  }
  Sending& unreachable(const std::string& where) {
    unreachable_.push_back(address(where));
    return *this;
  }

  Report to(const std::string& host) {
    const Job job{host, "me@here.example", {"you@" + host}, -1};
    const Control control = home_.control();
    const auto is_in = [](const std::vector<net::Address>& all) {
      return [&all](const net::Address& one) {
        return std::ranges::find(all, one) != all.end();
      };
    };
    DeliveryTools tools{world_.loop,
                        world_.resolver,
                        control,
                        ledger_,
                        [this](const Approach& approach) { return attempt(approach); },
                        is_in(own_),
                        [this](const net::Address& one) {
                          return std::ranges::find(unreachable_, one) ==
                                 unreachable_.end();
                        },
                        "192.0.2.99"};
    Delivery delivery(std::move(tools), job);
    return world_.run(delivery.run());
  }

  [[nodiscard]] const std::vector<std::string>& tried() const { return tried_; }
  [[nodiscard]] const std::vector<std::vector<std::string>>& names() const {
    return names_;
  }
  [[nodiscard]] const std::vector<std::chrono::seconds>& greetings() const {
    return greetings_;
  }
  [[nodiscard]] const std::vector<mail::TlsStart>& starts() const { return starts_; }
  [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }
  [[nodiscard]] const std::vector<Circumstances>& circumstances() const {
    return circumstances_;
  }
  [[nodiscard]] const std::vector<std::string>& asked() const {
    return world_.source.asked();
  }
  /// The questions that had been asked when an attempt ended.
  [[nodiscard]] const std::vector<std::vector<std::string>>& asked_meanwhile() const {
    return asked_meanwhile_;
  }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  Sending& hold(std::string_view question) {
    world_.source.hold(question);
    return *this;
  }
  [[nodiscard]] std::string dead_hosts() const { return home_.path("deadhosts"); }

 private:
  io::Task<AttemptResult> attempt(const Approach& approach) {
    const std::string where = net::to_text(approach.endpoint.address);
    const auto terms = co_await approach.terms();
    if (!terms) {
      AttemptResult out;
      out.report = tl::unexpected(terms.error());
      co_return out;
    }
    tried_.push_back(where + " " + word_of(terms->requirement));
    for (int turns = 0; turns < 10; ++turns) {  // a server takes its time
      co_await asio::post(world_.loop, io::kResume);
    }
    asked_meanwhile_.push_back(asked());
    greetings_.push_back(approach.greeting_limit);
    circumstances_.push_back(approach.circumstances);
    starts_.push_back(approach.start);
    ports_.push_back(approach.endpoint.port);
    std::vector<std::string> names;
    for (const auto& name : terms->requirement.names) {
      names.push_back(policy::to_text(name));
    }
    names_.push_back(std::move(names));
    AttemptResult out;
    out.connected = true;
    out.report = report_of(MessageState::accepted, "taken\n");
    if (const auto other = results_.find(where); other != results_.end()) {
      out = other->second;
    }
    co_return out;
  }

  support::DnsWorld world_;
  Home home_;
  Ledger ledger_{home_.path("deadhosts"), home_.path("tlsrpt")};
  std::map<std::string, AttemptResult> results_;
  std::vector<net::Address> own_;
  std::vector<net::Address> unreachable_;
  std::vector<std::string> tried_;
  std::vector<std::vector<std::string>> names_;
  std::vector<std::vector<std::string>> asked_meanwhile_;
  std::vector<std::chrono::seconds> greetings_;
  std::vector<Circumstances> circumstances_;
  std::vector<mail::TlsStart> starts_;
  std::vector<std::uint16_t> ports_;
};

/// A domain whose only mail host has TLSA records, all of it secure.
const std::string kOne = R"(
  a.example              MX   10 mx.a.example
  mx.a.example           A    192.0.2.1
  _25._tcp.mx.a.example  TLSA 3 1 1 AB*32
)";
/// A domain of two hosts, of which the second has TLSA records.
const std::string kTwo = R"(
  a.example               MX   10 mx1.a.example
  a.example               MX   20 mx2.a.example
  mx1.a.example           A    192.0.2.1
  mx2.a.example           A    192.0.2.2
  _25._tcp.mx2.a.example  TLSA 3 1 1 AB*32
)";

void expect_delayed(const Report& report, const char* code) {
  EXPECT_EQ(report.state, MessageState::temporary);
  EXPECT_THAT(report.text, HasSubstr(code));
}

// --- what a host must prove (RFC 7672 2.2)

TEST(Delivery, AHostWithSecureRecordsIsProvedByThem_Rfc7672s2_2) {
  Sending mail(kOne);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 dane"));
  EXPECT_THAT(mail.names()[0], ElementsAre("mx.a.example", "a.example"));
}

TEST(Delivery, WithoutRecordsTlsIsLeftToTheHost_Rfc7672s2_2) {
  Sending mail(kTwo);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, InsecureRecordsAreNone_Rfc7672s2_2) {
  Sending mail(R"(
    a.example              MX   10 mx.a.example
    mx.a.example           A    192.0.2.1
    _25._tcp.mx.a.example  TLSA 3 1 1 AB*32 insecure
  )");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, RecordsOfAHostWithInsecureAddressesAreNotAskedFor_Rfc7672s2_2_2) {
  Sending mail(R"(
    a.example              MX   10 mx.a.example
    mx.a.example           A    192.0.2.1 insecure
    mx.a.example           AAAA nodata insecure
    _25._tcp.mx.a.example  TLSA 3 1 1 AB*32
  )");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
  EXPECT_THAT(mail.asked(), Not(Contains("TLSA _25._tcp.mx.a.example")));
}

TEST(Delivery, RecordsThatCannotBeLookedUpRuleTheHostOut_Rfc7672s2_1_2) {
  for (const char* state : {"servfail", "refused", "timeout", "malformed"}) {
    Sending mail(std::string("a.example MX 10 mx.a.example\n"
                             "mx.a.example A 192.0.2.1\n"
                             "_25._tcp.mx.a.example TLSA ") +
                 state + "\n");
    expect_delayed(mail.to("a.example"), "(#4.7.5)");
    EXPECT_THAT(mail.tried(), IsEmpty()) << state;
  }
}

TEST(Delivery, BogusRecordsRuleTheHostOutAndTheNextOneIsTried_Rfc7672s2_1_2) {
  Sending mail(kTwo + "_25._tcp.mx1.a.example TLSA 3 1 1 AB*32 bogus\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.2 dane"));
}

TEST(Delivery, AddressesThatCannotBeLookedUpRuleTheHostOut_Rfc7672s2_1_2) {
  Sending mail(R"(
    a.example               MX   10 mx1.a.example
    a.example               MX   20 mx2.a.example
    mx1.a.example           *    servfail
    mx2.a.example           A    192.0.2.2
  )");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.2 may"));
}

TEST(Delivery, AnAliasHasItsRecordsAtBothNames_Rfc7672s2_2_2) {
  const std::string alias = R"(
    a.example        MX    10 mx.a.example
    mx.a.example     CNAME real.b.example
    real.b.example   A     192.0.2.1
  )";
  Sending at_its_end(alias + "_25._tcp.real.b.example TLSA 3 1 1 AB*32\n");
  EXPECT_EQ(at_its_end.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(at_its_end.tried(), ElementsAre("192.0.2.1 dane"));
  EXPECT_THAT(at_its_end.names()[0], Contains("real.b.example"));
  Sending at_its_begin(alias + "_25._tcp.mx.a.example TLSA 3 1 1 AB*32\n");
  EXPECT_EQ(at_its_begin.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(at_its_begin.tried(), ElementsAre("192.0.2.1 dane"));
}

// --- where the mail goes (RFC 7672 2.2.1, RFC 5321 5.1)

TEST(Delivery, TheOrderIsThatOfTheMxRecords_Rfc7672s2_2_1) {
  Sending mail(kTwo);
  mail.fails("192.0.2.1", base::Code::connect);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may", "192.0.2.2 dane"))
      << "records make no host a better one";
}

TEST(Delivery, EachHostIsJudgedAlone_Rfc7672s2_2_1) {
  for (const base::Code code : {base::Code::refused, base::Code::starttls_not_offered,
                                base::Code::handshake, base::Code::greeting}) {
    Sending mail(kTwo);
    mail.fails("192.0.2.1", code);
    EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
    EXPECT_THAT(mail.tried(), SizeIs(2));
  }
}

TEST(Delivery, AServerThatWasReachedDecides) {
  for (const MessageState state :
       {MessageState::permanent, MessageState::temporary, MessageState::accepted}) {
    Sending mail(kTwo);
    mail.answers("192.0.2.1", state);
    const Report report = mail.to("a.example");
    EXPECT_EQ(report.state, state);
    EXPECT_EQ(report.text, "said\n");
    EXPECT_THAT(mail.tried(), SizeIs(1)) << "no other host is asked";
  }
}

TEST(Delivery, WhereNobodyProvesItTheMailWaits) {
  Sending mail(kOne);
  mail.fails("192.0.2.1", base::Code::refused);
  const Report report = mail.to("a.example");
  expect_delayed(report, "(#4.7.5)");
  EXPECT_THAT(report.text, HasSubstr("mx.a.example: 192.0.2.1: why"));
}

TEST(Delivery, BehindInsecureMxRecordsTheHostIsProvedAndNotTheDomain_Rfc7672s2_2_1) {
  Sending mail(kOne + "a.example MX 10 mx.a.example insecure\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), Each("192.0.2.1 dane"));
  EXPECT_THAT(mail.names()[0], ElementsAre("mx.a.example"));
  EXPECT_TRUE(mail.circumstances()[0].insecure_mx);
}

TEST(Delivery, BehindInsecureMxRecordsADutyCannotBeDone_Rfc7672s2_2_1) {
  Sending mail(kOne + "a.example MX 10 mx.a.example insecure\n");
  mail.control("danepolicy", "a.example:dane-only\n");
  expect_delayed(mail.to("a.example"), "(#4.7.5)");
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, MxRecordsThatCannotBeLookedUpDelayTheMail_Rfc7672s2_1_2) {
  for (const char* state : {"servfail", "refused", "timeout", "10 mx.a.example bogus"}) {
    Sending mail(std::string("a.example A 192.0.2.7\nmx.a.example A 192.0.2.1\n") +
                 "a.example MX " + state + "\n");
    expect_delayed(mail.to("a.example"), "(#4.4.3)");
    EXPECT_THAT(mail.tried(), IsEmpty()) << state;
  }
}

TEST(Delivery, WithoutMxRecordsTheDomainIsTheHost_Rfc7672s2_2_2) {
  Sending mail("a.example A 192.0.2.7\n_25._tcp.a.example TLSA 3 1 1 AB*32\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.7 dane"));
}

TEST(Delivery, WhereThereIsNowhereToGoTheMailComesBack) {
  Sending nothing("b.example A 192.0.2.7\n");
  const Report unknown = nothing.to("a.example");
  EXPECT_EQ(unknown.state, MessageState::permanent);
  EXPECT_THAT(unknown.text, HasSubstr("(#5.1.2)"));
  Sending null_mx("a.example MX 0 .\na.example A 192.0.2.7\n");
  const Report none = null_mx.to("a.example");
  EXPECT_EQ(none.state, MessageState::permanent);
  EXPECT_THAT(none.text, HasSubstr("(#5.1.10)"));
  EXPECT_THAT(null_mx.tried(), IsEmpty());
}

TEST(Delivery, AnAddressLiteralIsConnectedTo) {
  Sending mail("");
  EXPECT_EQ(mail.to("[192.0.2.5]").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.5 may"));
  EXPECT_THAT(mail.asked(), IsEmpty());
}

// --- addresses of the next hosts

TEST(Delivery, TheNextHostIsLookedUpWhileTheFirstIsTried) {
  Sending mail(std::string(kTwo) + "a.example MX 30 mx3.a.example\n" +
               "mx3.a.example A 192.0.2.3\n");
  mail.fails("192.0.2.1", base::Code::timeout);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may", "192.0.2.2 dane"));
  EXPECT_THAT(mail.asked_meanwhile()[0], Contains("A mx2.a.example"));
  EXPECT_THAT(mail.asked_meanwhile()[0], Not(Contains("A mx3.a.example")));
  EXPECT_THAT(mail.asked_meanwhile()[1], Contains("A mx3.a.example"));
}

TEST(Delivery, MailThatWasTakenDoesNotWaitForTheNextHost) {
  Sending mail(kTwo);
  mail.hold("A mx2.a.example");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
  EXPECT_THAT(mail.asked(), Contains("A mx2.a.example"));
}

// --- relays of smtproutes (RFC 7672 2.2.3)

TEST(Delivery, ARelayIsProvedByItsOwnRecords_Rfc7672s2_2_3) {
  Sending mail(kOne + "relay.b.example A 192.0.2.9\n" +
               "_26._tcp.relay.b.example TLSA 3 1 1 AB*32\n");
  mail.control("smtproutes", ":relay.b.example:26\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.9 dane"));
  EXPECT_THAT(mail.ports(), ElementsAre(26));
  EXPECT_THAT(mail.asked(), Not(Contains("MX a.example")));
}

TEST(Delivery, ARelayThatIsThisMachineIsUsed) {
  Sending mail("relay.b.example A 192.0.2.9\n");
  mail.control("smtproutes", ":relay.b.example:26\n").own("192.0.2.9");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), SizeIs(1));
  Sending by_address("");
  by_address.control("smtproutes", ":[192.0.2.9]:26\n").own("192.0.2.9");
  EXPECT_EQ(by_address.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(by_address.tried(), SizeIs(1));
}

TEST(Delivery, PortsOfTlsFromTheFirstOctet_Rfc8314s3_3) {
  Sending mail("relay.b.example A 192.0.2.9\n");
  mail.control("smtproutes", ":relay.b.example:465\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.starts(), ElementsAre(mail::TlsStart::implicit));
}

// --- this machine (RFC 5321 5.1)

TEST(Delivery, ADomainWhoseBestHostIsThisMachineBounces_Rfc5321s5_1) {
  Sending mail(kTwo);
  mail.own("192.0.2.1");
  const Report report = mail.to("a.example");
  EXPECT_EQ(report.state, MessageState::permanent);
  EXPECT_THAT(report.text, HasSubstr("(#5.4.6)"));
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, AHostBehindThisMachineIsNotUsed_Rfc5321s5_1) {
  Sending mail(kTwo + "a.example MX 10 mx1.a.example\na.example MX 20 mx2.a.example\n" +
               "a.example MX 30 mx3.a.example\nmx3.a.example A 192.0.2.3\n");
  mail.own("192.0.2.2").fails("192.0.2.1", base::Code::connect);
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, AHostOfThisMachinesPreferenceIsNotUsed_Rfc5321s5_1) {
  Sending mail(R"(
    a.example      MX 10 mx1.a.example
    a.example      MX 20 mx2.a.example
    a.example      MX 20 mx3.a.example
    mx1.a.example  A  192.0.2.1
    mx2.a.example  A  192.0.2.2
    mx3.a.example  A  192.0.2.3
  )");
  mail.own("192.0.2.3").fails("192.0.2.1", base::Code::connect);
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, AnAddressLiteralOfThisMachineBounces_Rfc5321s5_1) {
  Sending mail("");
  mail.own("192.0.2.5");
  EXPECT_EQ(mail.to("[192.0.2.5]").state, MessageState::permanent);
  EXPECT_THAT(mail.tried(), IsEmpty());
}

// --- addresses

std::string many_addresses(int count) {
  std::string out = "a.example MX 10 mx.a.example\n";
  for (int i = 1; i <= count; ++i) {
    out += "mx.a.example A 198.51.100." + std::to_string(i) + "\n";
  }
  return out;
}

TEST(Delivery, AHostHasNoMoreAddressesThanAreTried) {
  Sending mail(many_addresses(70));
  for (int i = 1; i <= 70; ++i) {
    mail.fails("198.51.100." + std::to_string(i), base::Code::connect);
  }
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.tried(), SizeIs(64));
}

TEST(Delivery, AnAddressWithoutARouteCostsNoAttempt) {
  Sending mail(many_addresses(2));
  mail.unreachable("198.51.100.1");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("198.51.100.2 may"));
  Sending alone(kOne);
  alone.unreachable("192.0.2.1");
  const Report report = alone.to("a.example");
  expect_delayed(report, "(#4.4.1)");
  EXPECT_THAT(report.text, HasSubstr("no route to 192.0.2.1"));
}

TEST(Delivery, AnAddressThatWasSilentLatelyIsLeftAlone) {
  Sending mail(kTwo);
  const auto now = client::wall_clock();
  const DeadHosts dead(mail.dead_hosts());
  dead.failed(address("192.0.2.1"), now - std::chrono::seconds(300));
  dead.failed(address("192.0.2.1"), now - std::chrono::seconds(100));
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.2 dane"));
}

/// Whether two failures of a kind, the first five minutes ago, make an address dead.
bool makes_dead(base::Code code) {
  Sending mail(kOne);
  const auto now = client::wall_clock();
  const DeadHosts dead(mail.dead_hosts());
  dead.failed(address("192.0.2.1"), now - std::chrono::seconds(300));
  mail.fails("192.0.2.1", code);
  expect_delayed(mail.to("a.example"), "(#4.");
  mail.ledger().write();
  return dead.is_dead(address("192.0.2.1"), client::wall_clock());
}

TEST(Delivery, OnlySilenceMakesAnAddressDead) {
  EXPECT_TRUE(makes_dead(base::Code::timeout));
  EXPECT_FALSE(makes_dead(base::Code::connect)) << "a refused connection";
  EXPECT_FALSE(makes_dead(base::Code::greeting)) << "it answers";
}

TEST(Delivery, TheLastAddressOfTheLastHostIsWaitedForLongest_Rfc5321s4_5_3_2_1) {
  using std::chrono::seconds;
  Sending mail(kTwo + "mx2.a.example A 192.0.2.2\nmx2.a.example A 192.0.2.3\n");
  for (const char* where : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    mail.fails(where, base::Code::greeting);
  }
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.greetings(), ElementsAre(seconds(60), seconds(60), seconds(300)));
  Sending literal("");
  EXPECT_EQ(literal.to("[192.0.2.5]").state, MessageState::accepted);
  EXPECT_THAT(literal.greetings(), ElementsAre(seconds(300)));
}

// --- policies

TEST(Delivery, APolicyIsThatOfTheDomainOfTheMail) {
  Sending mail(kTwo);
  mail.control("danepolicy", "a.example:encrypt\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 encrypt"));
  EXPECT_EQ(mail.circumstances()[0].policy, "danepolicy: a.example:encrypt");
}

TEST(Delivery, APolicyThatCannotBeUnderstoodDelaysTheMail) {
  Sending mail(kTwo);
  mail.control("danepolicy", "a.example:whatever\n");
  expect_delayed(mail.to("a.example"), "Unable to read control files");
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, ATrustStoreThatCannotBeReadRulesTheHostOut) {
  Sending mail(kTwo);
  mail.control("danepolicy", "a.example:pkix ca=/nowhere/ca.pem\n");
  expect_delayed(mail.to("a.example"), "(#4.7.5)");
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, ALineThatNamesTheHostIsRemarkedOn) {
  Sending mail(kTwo);
  mail.control("danepolicy", "mx1.a.example:none\n");
  const Report report = mail.to("a.example");
  EXPECT_EQ(report.state, MessageState::accepted);
  EXPECT_THAT(report.text, HasSubstr("has no effect"));
}

// --- TLS reports (RFC 8460)

AttemptResult with_session() {
  AttemptResult out;
  out.connected = true;
  out.report = report_of(MessageState::accepted, "taken\n");
  out.facts.error.reset();
  out.facts.progress = client::Progress::established;
  return out;
}

TEST(Delivery, EachSessionIsCounted_Rfc8460s4_3) {
  Sending mail(kTwo);
  mail.fails("192.0.2.1", base::Code::handshake).comes_to("192.0.2.2", with_session());
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(mail.ledger().events(), SizeIs(2));
  const auto& failed = mail.ledger().events()[0];
  EXPECT_EQ(failed.domain, "a.example");
  EXPECT_EQ(failed.host, "mx1.a.example");
  EXPECT_EQ(failed.result, "validation-failure");
  EXPECT_EQ(failed.policy, "no-policy-found");
  EXPECT_EQ(failed.source, "192.0.2.99");
  EXPECT_EQ(mail.ledger().events()[1].result, "");
  EXPECT_EQ(mail.ledger().events()[1].policy, "tlsa");
}

TEST(Delivery, AHandshakeThatWasMadeUpForIsCountedToo_Rfc8460s4_3) {
  Sending mail(kTwo);
  AttemptResult plain = with_session();
  plain.facts.progress = client::Progress::connected;
  plain.earlier.emplace_back().report =
      base::fail(base::ErrorKind::temporary, base::Code::handshake, "why");
  mail.comes_to("192.0.2.1", plain);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(mail.ledger().events(), SizeIs(1));
  EXPECT_EQ(mail.ledger().events()[0].result, "validation-failure");
}

TEST(Delivery, AHostThatTheDnsRulesOutIsCounted_Rfc8460s4_3_2_1) {
  Sending records(kTwo + "_25._tcp.mx1.a.example TLSA 3 1 1 AB*32 bogus\n");
  EXPECT_EQ(records.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(records.ledger().events(), SizeIs(1));
  EXPECT_EQ(records.ledger().events()[0].result, "dnssec-invalid");
  Sending addresses(kTwo + "mx1.a.example A 192.0.2.1 bogus\n");
  EXPECT_EQ(addresses.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(addresses.ledger().events(), SizeIs(1));
  EXPECT_EQ(addresses.ledger().events()[0].host, "mx1.a.example");
}

TEST(Delivery, WhereTheUserSendsItNothingIsAboutTheDomain_Rfc8460s4_4) {
  Sending relayed("mx.b.example A 192.0.2.9\n");
  relayed.control("smtproutes", ":mx.b.example\n").comes_to("192.0.2.9", with_session());
  EXPECT_EQ(relayed.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(relayed.ledger().events(), IsEmpty());
  Sending literal("");
  literal.comes_to("192.0.2.5", with_session());
  EXPECT_EQ(literal.to("[192.0.2.5]").state, MessageState::accepted);
  EXPECT_THAT(literal.ledger().events(), IsEmpty());
  Sending pkix(kTwo);
  pkix.control("danepolicy", "a.example:encrypt\n").comes_to("192.0.2.1", with_session());
  EXPECT_EQ(pkix.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(pkix.ledger().events(), IsEmpty());
}

}  // namespace
}  // namespace qmail
