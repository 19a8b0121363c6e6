#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "src/audit/domain_word.h"
#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::answers;
using audit::testing::broken_off;
using audit::testing::domain_of;
using audit::testing::fails;
using audit::testing::host_with;
using audit::testing::host_without;
using audit::testing::kNow;
using audit::testing::left_alone;
using audit::testing::name;
using audit::testing::shows;
using audit::testing::stranger;
using audit::testing::with;
using audit::testing::words;
using ::testing::Contains;
using ::testing::Not;

/// What a host may be like, by the access that a sender has.
class Kinds : public ::testing::Test {
 protected:
  HostSeen proved() {
    return with(host_with({support::record(3, 1, 1, good_.leaf)}), {shows(good_.sent())});
  }
  HostSeen encrypted() {
    return with(host_with({{1, 1, 1, base::Bytes(32)}}), {shows(good_.sent())});
  }
  HostSeen mismatched() { return with(host_with({stranger()}), {shows(good_.sent())}); }
  HostSeen stripped() {
    return with(host_with({stranger()}), {fails(base::Code::starttls_not_offered)});
  }
  HostSeen handshake_fails() {
    return with(host_with({stranger()}),
                {answers({broken_off(How::usual, base::Code::handshake)})});
  }
  static HostSeen unreachable() {
    return with(host_with({stranger()}), {fails(base::Code::connect)});
  }
  static HostSeen busy() {
    return with(host_with({stranger()}), {fails(base::Code::greeting, 421)});
  }
  static HostSeen closed() {
    return with(host_with({stranger()}), {fails(base::Code::greeting, 554)});
  }
  static HostSeen garbled() {
    return with(host_with({stranger()}), {fails(base::Code::protocol)});
  }
  static HostSeen refusing(int code) {
    return with(host_with({stranger()}), {fails(base::Code::starttls_refused, code)});
  }
  HostSeen hanging_up() {
    HostSeen out = proved();
    out.addresses[0].shown[0].error = audit::testing::error(base::Code::closed);
    return out;
  }
  static HostSeen open() { return host_without(policy::TlsaState::absent); }
  static HostSeen insecure() { return host_without(policy::TlsaState::insecure_address); }
  static HostSeen records_insecure() { return host_without(policy::TlsaState::insecure); }
  static HostSeen failing(base::Code code) {
    HostSeen out = host_without(policy::TlsaState::not_asked);
    out.error = base::Error{base::ErrorKind::temporary, code, "so it is"};
    return out;
  }
  static HostSeen records_failing(base::Code code) {
    HostSeen out = host_without(policy::TlsaState::not_asked);
    out.tlsa_error = base::Error{base::ErrorKind::temporary, code, "so it is"};
    return out;
  }

  static Grade grade(std::vector<HostSeen> hosts) {
    return judge(domain_of(std::move(hosts)), kNow).grade;
  }
  static Access access(HostSeen host) {
    return judge(domain_of({std::move(host)}), kNow).hosts.at(0).access;
  }

  support::GoodChain good_;
};

TEST_F(Kinds, OfAccess) {
  EXPECT_EQ(access(proved()), Access::proved);
  EXPECT_EQ(access(encrypted()), Access::encrypted);
  EXPECT_EQ(access(open()), Access::open);
  EXPECT_EQ(access(insecure()), Access::open);
  EXPECT_EQ(access(records_insecure()), Access::open);
  EXPECT_EQ(access(mismatched()), Access::refused);
  EXPECT_EQ(access(stripped()), Access::refused);
  EXPECT_EQ(access(handshake_fails()), Access::refused);
  EXPECT_EQ(access(records_failing(base::Code::bogus)), Access::refused);
  EXPECT_EQ(access(records_failing(base::Code::servfail)), Access::refused);
  EXPECT_EQ(access(failing(base::Code::bogus)), Access::refused);
  EXPECT_EQ(access(failing(base::Code::no_address)), Access::refused);
  EXPECT_EQ(access(failing(base::Code::timeout)), Access::unknown);
  EXPECT_EQ(access(unreachable()), Access::unknown);
  EXPECT_EQ(access(busy()), Access::unknown);
  EXPECT_EQ(access(closed()), Access::unknown);
  EXPECT_EQ(access(garbled()), Access::unknown);
  EXPECT_EQ(access(refusing(454)), Access::unknown);
  EXPECT_EQ(access(refusing(554)), Access::refused);
  EXPECT_EQ(access(hanging_up()), Access::unknown);
}

TEST_F(Kinds, OfAccessToHostsWithoutRecords_Rfc7672s2_2) {
  const auto at = [](AddressSeen address) {
    return access(with(open(), {std::move(address)}));
  };
  EXPECT_EQ(at(shows(good_.sent())), Access::open);
  EXPECT_EQ(at(fails(base::Code::connect)), Access::unknown);
  EXPECT_EQ(at(fails(base::Code::greeting, 554)), Access::unknown);
  EXPECT_EQ(at(answers({broken_off(How::usual, base::Code::handshake)})), Access::open);
  EXPECT_EQ(grade({mismatched(), with(open(), {fails(base::Code::connect)})}),
            Grade::broken);
  EXPECT_EQ(grade({with(open(), {fails(base::Code::connect)})}), Grade::undecided);
}

TEST_F(Kinds, OfGradeWithOneHost) {
  EXPECT_EQ(grade({proved()}), Grade::enforced);
  EXPECT_EQ(grade({encrypted()}), Grade::partial);
  EXPECT_EQ(grade({open()}), Grade::not_deployed);
  EXPECT_EQ(grade({insecure()}), Grade::not_deployed);
  EXPECT_EQ(grade({mismatched()}), Grade::broken);
  EXPECT_EQ(grade({records_failing(base::Code::servfail)}), Grade::broken);
  EXPECT_EQ(grade({unreachable()}), Grade::undecided);
  EXPECT_EQ(grade({busy()}), Grade::undecided);
  EXPECT_EQ(grade({failing(base::Code::timeout)}), Grade::undecided);
}

TEST_F(Kinds, OfGradeWithTwoHosts_Rfc7672s2_2) {
  EXPECT_EQ(grade({proved(), open()}), Grade::partial);
  EXPECT_EQ(grade({proved(), mismatched()}), Grade::partial);
  EXPECT_EQ(grade({proved(), unreachable()}), Grade::partial);
  EXPECT_EQ(grade({proved(), encrypted()}), Grade::partial);
  EXPECT_EQ(grade({open(), mismatched()}), Grade::partial);
  EXPECT_EQ(grade({open(), records_failing(base::Code::bogus)}), Grade::partial);
  EXPECT_EQ(grade({open(), failing(base::Code::timeout)}), Grade::not_deployed);
  EXPECT_EQ(grade({open(), insecure()}), Grade::not_deployed);
  EXPECT_EQ(grade({mismatched(), unreachable()}), Grade::broken);
  EXPECT_EQ(grade({unreachable(), failing(base::Code::timeout)}), Grade::undecided);
}

TEST_F(Kinds, ATimeOutOfOursProvesNoFault) {
  const HostSeen slow = with(host_with({stranger()}),
                             {answers({broken_off(How::usual, base::Code::timeout)})});
  EXPECT_EQ(access(slow), Access::unknown);
  EXPECT_EQ(grade({slow}), Grade::undecided);
}

TEST_F(Kinds, WhatWasNotTriedIsNeitherEnforcedNorBroken) {
  HostSeen more = mismatched();
  more.untried = 1;
  EXPECT_EQ(grade({more}), Grade::undecided);
  HostSeen good = proved();
  good.untried = 1;
  EXPECT_EQ(grade({good}), Grade::partial);
  HostSeen slow = mismatched();
  slow.addresses[0].left_alone.emplace();
  EXPECT_EQ(grade({slow}), Grade::broken) << "it is refused, whatever else it shows";
  slow.addresses.push_back(left_alone());
  EXPECT_EQ(grade({slow}), Grade::undecided);
  HostSeen lost =
      with(host_with({stranger()}), {answers({broken_off(How::usual, base::Code::io)})});
  EXPECT_EQ(grade({lost}), Grade::broken);
  lost.addresses[0].left_alone.emplace();
  EXPECT_EQ(grade({lost}), Grade::undecided) << "it was to be asked again";
  HostSeen doubtful = proved();
  doubtful.addresses[0].left_alone.emplace();
  EXPECT_EQ(grade({doubtful}), Grade::partial);
  HostSeen without;  // records; nobody saw whether it is a way in
  without.addresses.push_back(left_alone());
  EXPECT_EQ(access(without), Access::unknown);
  EXPECT_EQ(grade({mismatched(), without}), Grade::undecided);
  const HostSeen unseen = host_with({stranger()}, "other.example.org");
  EXPECT_EQ(grade({mismatched(), unseen}), Grade::undecided) << "--probe none";
  DomainSeen many = domain_of({mismatched()});
  many.mx.published.push_back({20, name("beyond.example.org")});
  EXPECT_EQ(judge(many, kNow).grade, Grade::undecided);
  DomainSeen fine = domain_of({proved()});
  fine.mx.published.push_back({20, name("beyond.example.org")});
  const Judgement result = judge(fine, kNow);
  EXPECT_EQ(result.grade, Grade::partial);
  EXPECT_THAT(words(result.findings), Contains("mx-too-many"));
}

TEST_F(Kinds, TheSignatureOfMxRecordsEndsToo) {
  DomainSeen domain = domain_of({proved()});
  domain.mx.signature.emplace();
  domain.mx.signature->until = kNow + std::chrono::hours(47);
  EXPECT_THAT(words(judge(domain, kNow).findings), Contains("signature-expires-soon"));
  domain.mx.signature->until = kNow + std::chrono::hours(49);
  EXPECT_THAT(words(judge(domain, kNow).findings),
              Not(Contains("signature-expires-soon")));
}

TEST_F(Kinds, OneAddressThatIsNotProvedIsPartial) {
  HostSeen host = proved();
  host.addresses.push_back(fails(base::Code::connect));
  EXPECT_EQ(grade({host}), Grade::partial);
  host.addresses.back() = fails(base::Code::starttls_not_offered);
  EXPECT_EQ(grade({host}), Grade::partial);
  host.addresses.pop_back();
  EXPECT_EQ(grade({host}), Grade::enforced);
  host.untried = 1;
  EXPECT_EQ(grade({host}), Grade::partial);
}

TEST_F(Kinds, AFindingIsToldOfOnce) {
  HostSeen again = open(), other = open();
  other.name = name("other.example.org");
  const auto findings = judge(domain_of({again, other, again}), kNow).findings;
  EXPECT_EQ(words(findings).count("tlsa-absent"), 2U);
}

TEST_F(Kinds, InsecureMxRecordsAreNeverEnforced_Rfc7672s2_2_1) {
  DomainSeen facts = domain_of({proved()});
  facts.mx.security = dns::Security::insecure;
  const Judgement result = judge(facts, kNow);
  EXPECT_EQ(result.grade, Grade::partial);
  EXPECT_THAT(words(result.findings), Contains("mx-insecure"));
}

TEST_F(Kinds, NamesOfTheDomainCountBehindSecureMxRecordsAlone_Rfc7672s3_2_2) {
  const auto root = support::make(support::ca("Root"));
  const auto leaf = support::make(support::leaf("Root", {"example.org"}));
  const HostSeen host =
      with(host_with({support::record(2, 1, 1, root)}), {shows({leaf, root})});
  DomainSeen facts = domain_of({host});
  Judgement result = judge(facts, kNow);
  EXPECT_EQ(result.grade, Grade::enforced);
  EXPECT_THAT(words(result.findings), Contains("base-name-missing"));
  facts.mx.security = dns::Security::insecure;
  result = judge(facts, kNow);
  EXPECT_EQ(result.grade, Grade::broken);
  EXPECT_THAT(words(result.findings), Contains("name-mismatch"));
}

TEST(Domain, ErrorsOfTheMxLookUp) {
  const std::map<base::Code, std::pair<Grade, std::string>> expected = {
      {base::Code::bogus, {Grade::broken, "mx-bogus"}},
      {base::Code::servfail, {Grade::undecided, "mx-lookup-fails"}},
      {base::Code::timeout, {Grade::undecided, "mx-lookup-fails"}},
      {base::Code::null_mx, {Grade::not_deployed, "mx-null"}},
      {base::Code::no_domain, {Grade::not_deployed, "no-domain"}},
      {base::Code::bad_name, {Grade::undecided, "mx-lookup-fails"}},  // in an answer
      {base::Code::no_mail_host, {Grade::broken, "mx-none-usable"}},
  };
  for (const auto& [code, outcome] : expected) {
    DomainSeen facts;
    facts.domain = name("example.org");
    facts.error = base::Error{base::ErrorKind::temporary, code, "so it is"};
    const Judgement result = judge(facts, kNow);
    EXPECT_EQ(result.grade, outcome.first) << to_text(code);
    EXPECT_EQ(words(result.findings), (audit::testing::Words{outcome.second}))
        << to_text(code);
  }
}

TEST(Domain, ThatIsNoneIsBadInput) {
  DomainSeen facts;
  facts.error = domain_in_word("1,example.org").error();
  const Judgement result = judge(facts, kNow);
  EXPECT_EQ(result.grade, Grade::bad_input);
  EXPECT_EQ(words(result.findings), (audit::testing::Words{"bad-input"}));
}

TEST_F(Kinds, OneKeyOnHostsOfDifferentDomainsIsToldOfOnce_Rfc7672s2_2_3) {
  const auto at = [&](std::string_view host) {
    return with(host_with({support::record(3, 1, 1, good_.leaf)}, host),
                {shows(good_.sent())});
  };
  const auto found = [&](std::vector<HostSeen> hosts) {
    return words(judge(domain_of(std::move(hosts)), kNow).findings).count("shared-key");
  };
  EXPECT_EQ(found({at("a.example.org"), at("b.example.org")}), 0U);
  EXPECT_EQ(found({at("a.example.org"), at("b.example.net")}), 1U);
}

TEST_F(Kinds, PoliciesBesideDane) {
  DomainSeen facts = domain_of({proved()});
  const auto found = [&] { return words(judge(facts, kNow).findings); };
  EXPECT_THAT(found(), Not(Contains("mta-sts-absent")));  // not asked for
  facts.sts.emplace();
  facts.tlsrpt = {"v=spf1 -all"};
  EXPECT_THAT(found(), Contains("mta-sts-absent"));
  EXPECT_THAT(found(), Contains("tlsrpt-absent"));
  facts.sts = {"v=STSv1; id=a b;"};
  facts.tlsrpt = {"v=TLSRPTv1;"};
  EXPECT_THAT(found(), Contains("mta-sts-invalid"));
  EXPECT_THAT(found(), Contains("tlsrpt-invalid"));
  for (const auto* bad :
       {"v=TLSRPTv1; rua=postmaster@example.org",
        "v=TLSRPTv1;rua=mailto:a@example.org!10m",
        "v=TLSRPTv1; rua=mailto: a@example.org", "v=TLSRPTv1; rua=mailto:a\x01@x.example",
        "v=TLSRPTv1 rua=mailto:a@example.org"}) {
    facts.tlsrpt = {bad};
    EXPECT_THAT(found(), Contains("tlsrpt-invalid")) << bad;
  }
  facts.sts = {"v=STSv1; id=1"};
  facts.tlsrpt = {"v=TLSRPTv1; rua=mailto:tls@example.org"};
  for (const auto& word : found()) EXPECT_EQ(word, "no-spare");
}

TEST_F(Kinds, WorstFindingsComeFirst) {
  const Judgement result = judge(domain_of({proved(), mismatched(), open()}), kNow);
  for (std::size_t i = 1; i < result.findings.size(); ++i) {
    EXPECT_GE(kind_of(result.findings[i - 1].code).severity,
              kind_of(result.findings[i].code).severity);
  }
}

}  // namespace
}  // namespace audit
