#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/change.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using cli::testing::add_host;
using cli::testing::audited;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace facts = audit::testing;

constexpr const char* kAddress = "192.0.2.1";

/// A raw public key of this octet.
verify::Chain key(int octet) {
  return verify::RawPublicKey{base::Bytes(4, static_cast<std::byte>(octet))};
}

audit::HostSeen host(std::vector<dns::Tlsa> records, const verify::Chain& chain) {
  auto out = facts::host_with(std::move(records));
  out.addresses = {facts::answers({facts::shown(audit::How::usual, chain)})};
  out.host.addresses = {facts::address(1)};
  return out;
}

audit::DomainAudit domain(audit::HostSeen seen, Grade grade = Grade::enforced) {
  auto out = audited("a.example", grade);
  add_host(out, std::move(seen));
  return out;
}

State state(const audit::DomainAudit& audited, const State& was = {}) {
  return state_of(audited, was);
}

TEST(State, HasGradeRecordsKeysAndWhatIsWrong) {
  auto all = domain(host({facts::stranger(3), facts::stranger(2)}, key(1)));
  all.judgement.findings = {{Code::mismatch, "mail.example.org", "so it is"},
                            {Code::expires_soon, "mail.example.org", "so it is"},
                            {Code::tlsrpt_absent, "a.example", "so it is"}};
  const State is = state(all);
  EXPECT_EQ(is.grade, Grade::enforced);
  EXPECT_THAT(is.findings,
              ElementsAre("expires-soon mail.example.org", "mismatch mail.example.org"));
  EXPECT_THAT(is.records.at(facts::kHost), SizeIs(2));
  EXPECT_THAT(is.keys.at(facts::kHost).at(kAddress), SizeIs(64));
}

TEST(State, ARenewedCertificateOfOneKeyIsNoOtherKey) {
  const support::GoodChain good;
  const State one = state(domain(host({}, verify::Certificates{good.leaf})));
  const State chain = state(domain(host({}, good.sent())));
  const State other = state(domain(host({}, verify::Certificates{good.root})));
  EXPECT_EQ(one.keys, chain.keys);
  EXPECT_NE(one.keys, other.keys);
  EXPECT_FALSE(change_of(domain(host({}, good.sent())), one, chain));
}

TEST(State, RecordsThatCouldNotBeLookedUpAreAsTheyWere) {
  const State was = state(domain(host({facts::stranger()}, key(1))));
  auto without = host({}, key(1));
  EXPECT_THAT(state(domain(without), was).records.at(facts::kHost), IsEmpty());
  without.tlsa_error = facts::error(base::Code::timeout);
  EXPECT_EQ(state(domain(without), was).records, was.records);
  without.tlsa_error.reset();
  without.error = facts::error(base::Code::timeout);
  EXPECT_EQ(state(domain(without), was).records, was.records);
}

TEST(State, AnAddressThatShowsNoKeyNowKeepsTheOneThatItHad) {
  const State was = state(domain(host({}, key(1))));
  auto silent = host({}, key(1));
  silent.addresses = {facts::fails(base::Code::connect)};
  silent.addresses[0].address = facts::address(1);
  EXPECT_EQ(state(domain(silent), was).keys, was.keys);
  silent.addresses.clear();
  EXPECT_EQ(state(domain(silent), was).keys, was.keys);
  EXPECT_NE(state(domain(host({}, key(2))), was).keys, was.keys);
}

TEST(State, AnAddressThatIsGoneHasNoKey) {
  const State was = state(domain(host({}, key(1))));
  auto moved = host({}, key(1));
  moved.addresses[0].address = facts::address(2);
  moved.host.addresses = {facts::address(2)};
  EXPECT_FALSE(state(domain(moved), was).keys.at(facts::kHost).contains(kAddress));
}

TEST(State, ADomainThatCouldNotBeLookedUpIsAsItWas) {
  const State was = state(domain(host({facts::stranger()}, key(1))));
  auto silent = audited("a.example", Grade::undecided);
  EXPECT_THAT(state(silent, was).records, IsEmpty()) << "its hosts are gone";
  silent.seen.error = facts::error(base::Code::timeout);
  EXPECT_EQ(state(silent, was).records, was.records);
  EXPECT_EQ(state(silent, was).keys, was.keys);
  silent.judgement.grade = Grade::not_deployed;  // it takes no mail any more
  EXPECT_THAT(state(silent, was).records, IsEmpty());
  EXPECT_THAT(state(silent, was).keys, IsEmpty());
}

TEST(Change, OfNothingIsNothing) {
  const auto now = domain(host({facts::stranger()}, key(1)));
  EXPECT_FALSE(change_of(now, state(now), state(now)));
  auto noted = now;
  noted.judgement.findings.push_back({Code::tlsrpt_absent, "a.example", ""});
  EXPECT_FALSE(change_of(noted, state(now), state(noted)));
}

TEST(Change, OfAGradeSaysWhatItWas) {
  const auto now = audited("a.example", Grade::broken);
  const State was = state(audited("a.example", Grade::enforced));
  EXPECT_EQ(change_of(now, was, state(now)),
            "{\"version\":1,\"time\":\"2026-06-01T12:00:00Z\",\"domain\":\"a.example\","
            "\"grade\":\"broken\",\"was\":\"enforced\"}\n");
}

TEST(Change, OfFindingsSaysWhichCameAndWent) {
  const auto now = audited("a.example", Grade::broken, {Code::mismatch});
  const State was = state(audited("a.example", Grade::broken, {Code::expired}));
  EXPECT_EQ(change_of(now, was, state(now)),
            "{\"version\":1,\"time\":\"2026-06-01T12:00:00Z\",\"domain\":\"a.example\","
            "\"grade\":\"broken\",\"findings_new\":[\"mismatch a.example\"],"
            "\"findings_gone\":[\"expired a.example\"]}\n");
}

TEST(Change, OfRecordsAndKeysSaysWhichCameAndWent) {
  State was, is;
  was.records["mail.example.org"] = {"3 1 1 aa", "3 1 1 bb"};
  is.records["mail.example.org"] = {"3 1 1 bb", "3 1 1 cc"};
  was.keys["mail.example.org"] = {{"192.0.2.1", "11"}, {"192.0.2.2", "11"}};
  is.keys["mail.example.org"] = {{"192.0.2.1", "11"}, {"192.0.2.2", "22"}};
  EXPECT_EQ(change_of(audited("a.example", Grade::undecided), was, is),
            "{\"version\":1,\"time\":\"2026-06-01T12:00:00Z\",\"domain\":\"a.example\","
            "\"grade\":\"undecided\",\"records_new\":[\"mail.example.org 3 1 1 cc\"],"
            "\"records_gone\":[\"mail.example.org 3 1 1 aa\"],"
            "\"keys_new\":[\"mail.example.org 22\"]}\n");
}

TEST(Change, OfWhatIsNoDomainHasItsWord) {
  const auto now = audited("no domain", Grade::bad_input);
  const auto line = change_of(now, {}, state(now));
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, ::testing::HasSubstr("\"domain\":\"no domain\""));
}

}  // namespace
}  // namespace cli::report
