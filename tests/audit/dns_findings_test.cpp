#include <gtest/gtest.h>

#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::host_with;
using audit::testing::host_without;
using audit::testing::kDay;
using audit::testing::kNow;
using audit::testing::name;
using audit::testing::stranger;
using audit::testing::Words;
using audit::testing::words;
using audit::testing::words_of;
using std::chrono::hours;
using std::chrono::seconds;

Words zone_words(const ZoneSeen& zone) {
  std::vector<Finding> out;
  add_zone_findings(zone, out);
  return words(out);
}

ZoneSeen zone_signed_by(std::uint8_t algorithm, std::size_t bits) {
  ZoneSeen out;
  out.apex = name("example.org");
  out.keys = {{257, algorithm, bits}};
  out.ds = {{1, algorithm, 2}};
  return out;
}

TEST(Zone, AlgorithmsThatValidatorsGiveUp_Rfc8624s3_1) {
  for (const int algorithm : {1, 3, 5, 6, 7, 12}) {
    EXPECT_EQ(zone_words(zone_signed_by(static_cast<std::uint8_t>(algorithm), 2048)),
              Words{"dnssec-old-algorithm"});
  }
  EXPECT_EQ(zone_words(zone_signed_by(8, 2048)), Words{});
  for (const int algorithm : {13, 14, 15, 16}) {
    EXPECT_EQ(zone_words(zone_signed_by(static_cast<std::uint8_t>(algorithm), 256)),
              Words{});
  }
}

TEST(Zone, ShortRsaKeys) {
  EXPECT_EQ(zone_words(zone_signed_by(8, 2047)), Words{"dnssec-short-key"});
  ZoneSeen two = zone_signed_by(10, 4096);
  two.keys.push_back({256, 10, 1024});
  EXPECT_EQ(zone_words(two), Words{"dnssec-short-key"});
}

TEST(Zone, ADigestOfSha1AloneIsOld_Rfc8624s3_3) {
  ZoneSeen zone = zone_signed_by(13, 512);
  zone.ds = {{1, 13, 1}};
  EXPECT_EQ(zone_words(zone), Words{"ds-old-digest"});
  zone.ds.push_back({1, 13, 2});
  EXPECT_EQ(zone_words(zone), Words{});
  zone.ds.clear();
  EXPECT_EQ(zone_words(zone), Words{});
}

TEST(Zone, HashedDenials_Rfc9276s3_1) {
  ZoneSeen zone = zone_signed_by(13, 512);
  zone.nsec3 = dns::Nsec3Param{0, 0};
  EXPECT_EQ(zone_words(zone), Words{});
  zone.nsec3 = dns::Nsec3Param{1, 0};
  EXPECT_EQ(zone_words(zone), Words{"nsec3-iterations"});
  zone.nsec3 = dns::Nsec3Param{0, 8};
  EXPECT_EQ(zone_words(zone), Words{"nsec3-salt"});
}

TEST(Zone, IsToldOfOnceForAllHosts) {
  auto zone = std::make_shared<ZoneSeen>(zone_signed_by(7, 1024));
  HostSeen one = host_without(policy::TlsaState::absent);
  one.zones = {zone};
  DomainSeen facts = audit::testing::domain_of({one, one});
  facts.zones = {zone};
  const Words found = words(judge(facts, kNow).findings);
  EXPECT_EQ(found.count("dnssec-old-algorithm"), 1U);
  EXPECT_EQ(found.count("dnssec-short-key"), 1U);
}

/// A host with a good signature over its records.
HostSeen signed_host() {
  HostSeen out = host_with({stranger()});
  out.signature = dns::Signature{name("example.org"), 13, hours(1), kNow - 5 * kDay,
                                 kNow + 10 * kDay};
  out.tlsa.signed_until = out.signature->until;
  return out;
}

TEST(Signature, EndsSoonWithinTwoDays) {
  HostSeen host = signed_host();
  host.tlsa.signed_until = kNow + hours(48);
  EXPECT_EQ(words_of(host), Words{});
  host.tlsa.signed_until = kNow + hours(48) - seconds(1);
  EXPECT_EQ(words_of(host), Words{"signature-expires-soon"});
  host.tlsa.signed_until.reset();
  host.signature->until = kNow + hours(1);
  EXPECT_EQ(words_of(host), Words{"signature-expires-soon"});
}

TEST(Servers, OneMayHaveSignaturesOutOfTheirTime_Rfc4035s5_3_1) {
  HostSeen host = signed_host();
  ServerAnswer fresh;
  fresh.server = "ns1";
  fresh.records = host.tlsa.records;
  fresh.signature = host.signature;
  ServerAnswer stale = fresh;
  stale.server = "ns2";
  stale.signature->until = kNow - seconds(1);
  host.servers = {fresh, stale};
  EXPECT_EQ(words_of(host), Words{"tlsa-server-stale"});
  host.servers[1].signature->until = kNow + kDay;
  host.servers[1].signature->since = kNow + seconds(1);
  EXPECT_EQ(words_of(host), Words{"tlsa-server-stale"});
  host.servers[1] = fresh;
  EXPECT_EQ(words_of(host), Words{});
}

TEST(Signature, IsTooLongBeyondAMonth) {
  HostSeen host = signed_host();
  host.signature->since = host.signature->until - 31 * kDay;
  EXPECT_EQ(words_of(host), Words{});
  host.signature->since -= seconds(1);
  EXPECT_EQ(words_of(host), Words{"signature-too-long"});
}

TEST(Signature, TtlIsLongBeyondADay) {
  HostSeen host = signed_host();
  host.signature->original_ttl = hours(24);
  EXPECT_EQ(words_of(host), Words{});
  host.signature->original_ttl += seconds(1);
  EXPECT_EQ(words_of(host), Words{"tlsa-ttl-long"});
}

TEST(Answer, IsLargeWhereItIsCutToFragments) {
  HostSeen host = signed_host();
  host.octets = 1232;
  EXPECT_EQ(words_of(host), Words{});
  host.octets = 1233;
  EXPECT_EQ(words_of(host), Words{"tlsa-large"});
}

TEST(Answer, OfTheNameAboveMayDenyTheRecords_Rfc8020s2) {
  HostSeen host = signed_host();
  host.parent_denied = true;
  EXPECT_EQ(words_of(host), Words{"tlsa-parent-denied"});
}

TEST(Answer, ByState) {
  using policy::TlsaState;
  EXPECT_EQ(words_of(host_without(TlsaState::absent)), Words{"tlsa-absent"});
  EXPECT_EQ(words_of(host_without(TlsaState::insecure_address)), Words{"host-insecure"});
  HostSeen insecure = host_without(TlsaState::insecure);
  EXPECT_EQ(words_of(insecure), Words{"tlsa-insecure"});
  insecure.denied = true;
  EXPECT_EQ(words_of(insecure), Words{"tlsa-absent"});
}

TEST(Host, WithAnAliasToNoRecords) {
  for (const auto state : {policy::TlsaState::absent, policy::TlsaState::insecure}) {
    HostSeen host = host_without(state);
    host.denied = true;
    host.dangling = audit::testing::name("nowhere.example");
    EXPECT_EQ(words_of(host), Words{"tlsa-alias-dangling"});
  }
}

TEST(Answer, ThatIsNone) {
  HostSeen host = host_without(policy::TlsaState::not_asked);
  for (const auto& [code, word] : {std::pair{base::Code::bogus, "tlsa-bogus"},
                                   {base::Code::servfail, "tlsa-lookup-fails"},
                                   {base::Code::timeout, "tlsa-lookup-fails"}}) {
    host.tlsa_error = base::Error{base::ErrorKind::temporary, code, "so it is"};
    EXPECT_EQ(words_of(host), Words{word});
  }
  for (const auto& [code, word] : {std::pair{base::Code::bogus, "host-bogus"},
                                   {base::Code::servfail, "host-lookup-fails"},
                                   {base::Code::no_address, "host-no-address"}}) {
    host.error = base::Error{base::ErrorKind::temporary, code, "so it is"};
    EXPECT_EQ(words_of(host), Words{word});
  }
}

TEST(Answer, ForOneFamilyOfAddressesMayFail) {
  HostSeen host = signed_host();
  host.family_error =
      base::Error{base::ErrorKind::temporary, base::Code::bogus, "so it is"};
  EXPECT_EQ(words_of(host), Words{"host-bogus"});
  host.family_error->code = base::Code::timeout;
  EXPECT_EQ(words_of(host), Words{"host-lookup-fails"});
}

/// A name server that says this.
ServerAnswer says(std::vector<dns::Tlsa> records, int rcode = 0, bool is_signed = true) {
  ServerAnswer out;
  out.server = "ns.example.org [192.0.2.53]";
  out.rcode = rcode;
  out.records = std::move(records);
  if (is_signed) out.signature = signed_host().signature;
  return out;
}

Words server_words(std::vector<ServerAnswer> answers) {
  HostSeen host = signed_host();
  host.servers = std::move(answers);
  return words_of(host);
}

TEST(Servers, SayTheSame_Rfc2181s5) {
  EXPECT_EQ(server_words({says({stranger()}), says({stranger()})}), Words{});
  EXPECT_EQ(server_words({says({}, 3), says({}, 3)}), Words{});
  EXPECT_EQ(server_words({says({stranger()}), says({stranger(2)})}),
            Words{"tlsa-servers-differ"});
  EXPECT_EQ(server_words({says({stranger()}), says({stranger()}, 0, false)}),
            Words{"tlsa-servers-differ"});
  EXPECT_EQ(server_words({says({}, 3), says({}, 0)}), Words{"tlsa-servers-differ"});
  EXPECT_EQ(server_words({says({stranger()}), says({}, 3)}),
            Words{"tlsa-servers-differ"});
}

TEST(Servers, ThatFailAreComparedWithNone_Rfc4035s3_1) {
  for (const int rcode : {1, 2, 4, 5}) {
    EXPECT_EQ(server_words({says({}, rcode), says({stranger()})}),
              Words{"tlsa-server-fails"});
  }
  ServerAnswer dead = says({});
  dead.error = base::Error{base::ErrorKind::temporary, base::Code::timeout, "timed out"};
  EXPECT_EQ(server_words({dead, says({stranger()}), dead}),
            (Words{"tlsa-server-fails", "tlsa-server-fails"}));
}

TEST(Servers, AnswerOverTcp_Rfc7766s5) {
  ServerAnswer deaf = says({stranger()});
  deaf.tcp = false;
  EXPECT_EQ(server_words({says({stranger()}), deaf}), Words{"tlsa-server-no-tcp"});
}

}  // namespace
}  // namespace audit
