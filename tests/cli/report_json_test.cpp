#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/json.h"
#include "cli/dane/audit/json_check.h"
#include "tests/cli/report_audits.h"

namespace cli::report {
namespace {

using audit::Access;
using audit::Code;
using audit::Grade;
using cli::testing::add_host;
using cli::testing::audited;
using ::testing::HasSubstr;
using ::testing::Not;
namespace facts = audit::testing;
using namespace std::chrono_literals;

/// A domain with a host of one address that this chain is shown at.
audit::DomainAudit with_host(const verify::Chain& chain, Access access = Access::proved) {
  auto out = audited("a.example", Grade::enforced);
  out.seen.mx.security = dns::Security::secure;
  out.seen.mx.from_mx = true;
  auto host = facts::host_with({facts::stranger()});
  host.tlsa.signed_until = cli::testing::kDone + 24h;
  host.addresses = {facts::answers({facts::shown(audit::How::usual, chain)})};
  audit::HostJudged judged;
  judged.addresses.resize(1);
  verify::Verdict verdict;
  verdict.outcome = verify::Outcome::dane;
  verdict.reason = verify::Reason::none;
  verdict.detail = "by record 1";
  verdict.notes.resize(1);
  verdict.notes[0].state = verify::RecordState::matched;
  judged.addresses[0].verdict = verdict;
  add_host(out, std::move(host), std::move(judged), access);
  return out;
}

TEST(JsonLine, BeginsWithWhatAResumedRunLooksFor) {
  auto domain = audited("A.example", Grade::broken, {Code::mismatch});
  domain.item.number = 12;
  domain.seen.error = facts::error(base::Code::timeout);
  EXPECT_EQ(json_line(domain),
            "{\"version\":1,\"number\":12,\"grade\":\"broken\",\"input\":\"A.example\","
            "\"domain\":\"a.example\",\"time\":\"2026-06-01T12:00:00Z\","
            "\"milliseconds\":1500,\"findings\":[{\"code\":\"mismatch\","
            "\"severity\":\"error\",\"subject\":\"A.example\",\"detail\":\"so it is\"}],"
            "\"hosts\":[]}\n");
}

TEST(JsonLine, HasTheMxFactsWhereTheyCouldBeLookedUp) {
  auto domain = audited("a.example", Grade::enforced);
  domain.seen.mx.security = dns::Security::secure;
  domain.seen.mx.from_mx = true;
  EXPECT_THAT(json_line(domain),
              HasSubstr("\"mx\":{\"dnssec\":\"secure\",\"implicit\":false}"));
  domain.seen.mx.from_mx = false;
  EXPECT_THAT(json_line(domain), HasSubstr("\"implicit\":true"));
  domain.seen.error = facts::error(base::Code::timeout);
  EXPECT_THAT(json_line(domain), Not(HasSubstr("\"mx\"")));
}

TEST(JsonLine, HasTheUnicodeFormOfANameThatHasOne) {
  EXPECT_THAT(json_line(audited("a.example", Grade::enforced)),
              Not(HasSubstr("\"unicode\"")));
  EXPECT_THAT(json_line(audited("xn--bcher-kva.example", Grade::enforced)),
              HasSubstr("\"domain\":\"xn--bcher-kva.example\",\"unicode\":\"b\u00fccher"
                        ".example\""));
}

TEST(JsonLine, HasHostsRecordsAndAddresses) {
  const std::string line =
      json_line(with_host(verify::RawPublicKey{base::Bytes(4, std::byte{1})}));
  EXPECT_THAT(line, HasSubstr("{\"name\":\"mail.example.org\",\"preference\":10,"
                              "\"access\":\"proved\",\"dnssec\":\"secure\","
                              "\"tlsa\":{\"state\":\"present\","
                              "\"owner\":\"_25._tcp.mail.example.org\","
                              "\"signed_until\":\"2026-06-02T12:00:00Z\""));
  EXPECT_THAT(line, HasSubstr("{\"address\":\"192.0.2.1\",\"access\":\"proved\","
                              "\"protocol\":\"TLSv1.3\""));
  EXPECT_THAT(line, HasSubstr("\"raw_public_key_sha256\":\""));
  EXPECT_THAT(line, HasSubstr("\"outcome\":\"dane\",\"reason\":\"ok\""));
  EXPECT_THAT(line, HasSubstr("\"matched\""));
}

TEST(JsonLine, HasEightCertificatesOfAChainAtMost) {
  const support::GoodChain good;
  const auto count = [](const std::string& line) {
    std::size_t out = 0;
    for (std::size_t at = 0; (at = line.find("\"not_after\"", at)) != std::string::npos;
         ++at) {
      ++out;
    }
    return out;
  };
  EXPECT_EQ(count(json_line(with_host(good.sent()))), 3U);
  EXPECT_EQ(count(json_line(with_host(verify::Certificates(8, good.leaf)))), 8U);
  EXPECT_EQ(count(json_line(with_host(verify::Certificates(9, good.leaf)))), 8U);
}

TEST(JsonLine, SaysWhyAHostItsRecordsOrAnAddressAreNotKnown) {
  auto domain = audited("a.example", Grade::undecided);
  auto host = facts::host_with({});
  host.addresses = {facts::fails(base::Code::connect)};
  add_host(domain, host, {}, Access::unknown);
  host.tlsa_error = facts::error(base::Code::timeout);
  add_host(domain, host, {}, Access::unknown);
  host.error = facts::error(base::Code::timeout);
  add_host(domain, host, {}, Access::unknown);
  const std::string line = json_line(domain);
  EXPECT_THAT(line, HasSubstr("\"access\":\"unknown\",\"error\":\"so it is\"}]"));
  EXPECT_THAT(line, HasSubstr("\"tlsa\":{\"state\":\"error\",\"error\":\"so it is\""));
  EXPECT_THAT(line, HasSubstr("\"preference\":30,\"access\":\"unknown\","
                              "\"error\":\"so it is\"}]"));
}

TEST(JsonLine, HasAnMtaStsPolicyOrWhyThereIsNone) {
  auto domain = audited("a.example", Grade::enforced);
  EXPECT_THAT(json_line(domain), Not(HasSubstr("mta_sts")));
  domain.seen.sts_policy.emplace();
  domain.seen.sts_policy->policy.hosts = {"mail.example.org"};
  domain.seen.sts_policy->policy.max_age = 100s;
  EXPECT_THAT(json_line(domain),
              HasSubstr("\"max_age\":100,\"mx\":[\"mail.example.org\"]}"));
  domain.seen.sts_policy->error = facts::error(base::Code::timeout);
  EXPECT_THAT(json_line(domain), HasSubstr("\"mta_sts\":{\"error\":\"so it is\"}"));
}

TEST(JsonCheck, KnowsAWholeLine) {
  JsonCheck check;
  std::string line = json_line(audited("a.example", Grade::broken, {Code::mismatch}));
  line.pop_back();
  EXPECT_TRUE(check.is_result(line));
  EXPECT_FALSE(check.is_result(line.substr(0, line.size() - 1)));
  EXPECT_FALSE(check.is_result(line + "}"));
  EXPECT_FALSE(check.is_result(line + std::string(1, '\0')));
  EXPECT_FALSE(check.is_result(""));
  EXPECT_FALSE(check.is_result("{}"));
  EXPECT_FALSE(check.is_result(R"({"domain":1,"findings":[],"hosts":[]})"));
  EXPECT_FALSE(check.is_result(R"({"domain":"a","findings":{},"hosts":[]})"));
  EXPECT_FALSE(check.is_result(R"({"domain":"a","findings":[],"hosts":1})"));
  EXPECT_TRUE(check.is_result(R"({"domain":"a","findings":[],"hosts":[]})"));
}

}  // namespace
}  // namespace cli::report
