// What becomes of a host that shows another key than its records name, when the audit
// leaves evidence.
#include <gtest/gtest.h>

#include <map>

#include "src/audit/audit_bundle.h"
#include "src/audit/survey.h"
#include "src/base/bytes.h"
#include "src/evidence/bundle_json.h"
#include "src/mail/mail_hosts.h"
#include "tests/audit/hosts.h"
#include "tests/support/map_source.h"

namespace audit {
namespace {

using support::name;
using verify::Certificates;

/// Shows one key to whoever connects, and has resolvers that answer one thing each.
class OneKey final : public Contact {
 public:
  OneKey(Certificates chain, std::vector<std::string> worlds)
      : chain_(std::move(chain)), worlds_(std::move(worlds)) {}

  io::Task<void> connect_to_all(HostSeen& host,
                                const evidence::Challenger* challenger) override {
    ++connections;
    were_made_to_sign = challenger != nullptr;
    host.addresses = {error ? testing::fails(*error) : testing::shows(chain_)};
    co_return;
  }
  io::Task<void> ask_servers(dns::Name /*apex*/, HostSeen& /*host*/) override {
    co_return;
  }
  io::Task<std::optional<StsSeen>> fetch_sts_policy(dns::Name /*domain*/) override {
    co_return std::nullopt;
  }
  YoungResolver made_after(std::chrono::sys_seconds moment) override {
    wanted_after = moment;
    if (resolvers == worlds_.size()) return {};
    auto source = std::make_unique<support::MapSource>(worlds_[resolvers++]);
    return {std::make_shared<resolver::Resolver>(std::move(source)),
            std::make_shared<evidence::ChainBook>(),
            support::kNow + std::chrono::seconds(resolvers)};
  }
  std::chrono::sys_seconds moment_of(const dns::Name& /*host*/) override {
    return support::kNow;
  }

  int connections = 0;
  std::chrono::sys_seconds wanted_after;
  std::size_t resolvers = 0;
  bool were_made_to_sign = false;
  std::optional<base::Code> error;

 private:
  Certificates chain_;
  std::vector<std::string> worlds_;
};

class Again : public ::testing::Test {
 protected:
  Again() : chain_{support::make(support::leaf("Root", {"mail.example.org"}))} {
    settings_.evidence = true;
    settings_.thorough = false;
    settings_.retries = 0;
  }

  /// A world in which the host's records name its key, or another one.
  [[nodiscard]] std::string names(const std::string& data) const {
    return "example.org MX 10 mail.example.org\n mail.example.org A 192.0.2.1\n"
           "_25._tcp.mail.example.org TLSA 3 1 1 " +
           data;
  }
  [[nodiscard]] std::string names_it() const {
    const auto record = support::record(3, 1, 1, chain_.front());
    return names(base::to_hex(record.data));
  }

  /// The domain, by what the cache says and then by what the resolvers without one say.
  DomainSeen domain(const std::string& cache, std::vector<std::string> fresh) {
    contact_ = std::make_shared<OneKey>(chain_, std::move(fresh));
    contact_->error = contact_error_;
    support::DnsWorld world(cache);
    Common common(settings_, LimitSettings{});
    Survey survey(world.loop, world.resolver, common, contact_);
    return world.run(survey.domain(name("example.org")));
  }

  /// Its host.
  HostSeen host(const std::string& cache, std::vector<std::string> fresh) {
    const DomainSeen seen = domain(cache, std::move(fresh));
    EXPECT_EQ(seen.hosts.size(), 1U);
    const auto& judged = seen.hosts.front()->judged.addresses;
    accepted_ = !judged.empty() && judged.front().verdict &&
                verify::accepted(judged.front().verdict->outcome);
    return seen.hosts.front()->seen;
  }

  SurveySettings settings_;
  Certificates chain_;
  std::shared_ptr<OneKey> contact_;
  std::optional<base::Code> contact_error_;  ///< in place of the key
  bool accepted_ = false;
};

TEST_F(Again, NobodyAsksWhereTheKeyIsThatOfTheRecords) {
  EXPECT_TRUE(host(names_it(), {names_it()}).again.empty());
  EXPECT_TRUE(accepted_);
  EXPECT_TRUE(contact_->were_made_to_sign);
  EXPECT_EQ(contact_->connections, 1);
  EXPECT_EQ(contact_->resolvers, 0U);
}

TEST_F(Again, OldRecordsOfACacheAccuseNobody) {
  const HostSeen seen = host(names("AB*32"), {names_it()});
  EXPECT_TRUE(accepted_) << "by the records of today";
  EXPECT_TRUE(seen.again.empty());
  EXPECT_EQ(contact_->connections, 2);
}

TEST_F(Again, AnAccusationHasTheRecordsFromBeforeAndFromAfterwards) {
  const HostSeen seen = host(names("AB*32"), {names("AB*32"), names("AB*32")});
  EXPECT_FALSE(accepted_);
  EXPECT_EQ(contact_->connections, 2);
  ASSERT_EQ(seen.again.size(), 2U);
  for (unsigned i = 0; i < 2; ++i) {
    EXPECT_EQ(seen.again[i].moment, support::kNow + std::chrono::seconds(i + 1));
    EXPECT_EQ(seen.again[i].trail->all().size(), 3U) << "TLSA, A, AAAA";
  }
  EXPECT_EQ(contact_->wanted_after, support::kNow) << "when the host was judged";
}

TEST_F(Again, RecordsThatChangeAreLookedAtOnceMore) {
  const HostSeen seen =
      host(names("AB*32"), {names("AB*32"), names_it(), names_it(), names_it()});
  EXPECT_TRUE(accepted_);
  EXPECT_TRUE(seen.again.empty());
  EXPECT_EQ(contact_->connections, 3);
  EXPECT_EQ(contact_->resolvers, 3U);
}

TEST_F(Again, RecordsThatGoOnChangingHaveNone) {
  const HostSeen seen =
      host(names("AB*32"), {names("AB*32"), names("CD*32"), names("AB*32"),
                            names("CD*32"), names("AB*32"), names("AB*32")});
  EXPECT_FALSE(accepted_);
  EXPECT_TRUE(seen.again.empty());
  EXPECT_EQ(contact_->connections, 3);
}

TEST_F(Again, WhatCannotBeAskedAgainStaysAsItWas) {
  EXPECT_TRUE(host(names("AB*32"), {}).again.empty());
  EXPECT_EQ(contact_->connections, 1);
  EXPECT_TRUE(host(names("AB*32"), {names("AB*32"), "mail.example.org * servfail"})
                  .again.empty());
  EXPECT_EQ(contact_->connections, 2);
}

TEST_F(Again, RecordsThatWereBogusInACacheAccuseNobody) {
  EXPECT_TRUE(host(names("AB*32 bogus"), {names_it()}).again.empty());
  EXPECT_TRUE(accepted_);
}

TEST_F(Again, AServerThatOffersNoTlsIsAccused) {
  contact_error_ = base::Code::starttls_not_offered;
  const HostSeen seen = host(names_it(), {names_it(), names_it()});
  EXPECT_EQ(seen.again.size(), 2U);
  EXPECT_EQ(contact_->connections, 2);
}

TEST_F(Again, ASilentServerIsNot) {
  contact_error_ = base::Code::timeout;
  EXPECT_TRUE(host(names_it(), {names_it(), names_it()}).again.empty());
  EXPECT_EQ(contact_->resolvers, 0U);
}

TEST_F(Again, MxRecordsOfAnAccusedDomainAreAskedForBehindTheHandshakes) {
  const std::string other = names("AB*32");
  const DomainSeen seen = domain(other, {other, other, other});
  ASSERT_EQ(seen.again.size(), 1U);
  const auto& asked = seen.again.front().trail->all();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(contact_->wanted_after, support::kNow) << "when the host was judged";
  EXPECT_GT(seen.again.front().moment, support::kNow);
  EXPECT_EQ(evidence::in_words(asked.begin()->first), "MX example.org.");
  EXPECT_TRUE(domain(names_it(), {other, other, other}).again.empty());
}

TEST_F(Again, HoweverManyHostsAreAccusedTheBundleHasWhatEachAccusationRestsOn) {
  for (const std::size_t hosts : {std::size_t{1}, std::size_t{10}, mail::kMostHosts}) {
    std::string zone;
    for (std::size_t i = 0; i < hosts; ++i) {
      const std::string host = "mail" + std::to_string(i) + ".example.org";
      zone += "example.org MX 10 " + host + "\n " + host + " A 192.0.2.1\n _25._tcp." +
              host + " TLSA 3 1 1 AB*32\n ";
    }
    DomainAudit audited;
    audited.item.word = "example.org";
    audited.moment = support::kNow;
    audited.seen = domain(zone, std::vector<std::string>(2 * hosts + 1, zone));
    const evidence::Bundle bundle = bundle_of(audited, settings_, "{}");
    EXPECT_TRUE(evidence::read_bundle(evidence::to_json(bundle)));
    std::map<std::string, int> asked;
    for (const evidence::AskedAgain& again : bundle.dns.again) {
      for (const evidence::Answer& answer : again.answers) {
        ++asked[evidence::in_words(
            {answer.name, static_cast<resolver::Type>(answer.type)})];
      }
    }
    EXPECT_EQ(asked.erase("MX example.org."), 1U) << hosts;
    EXPECT_EQ(asked.size(), 3 * hosts) << "TLSA, A, AAAA";
    for (const auto& [question, times] : asked) EXPECT_EQ(times, 2) << question;
  }
}

TEST_F(Again, ADomainIsNotAccusedByMxRecordsThatItHadOnce) {
  const std::string old = names("AB*32");
  const std::string now =
      "example.org MX 10 new.example.org\n new.example.org A 192.0.2.2";
  const DomainSeen seen = domain(old, {old, old, now});
  ASSERT_EQ(seen.hosts.size(), 1U);
  EXPECT_EQ(seen.hosts.front()->seen.name, name("new.example.org"));
  EXPECT_TRUE(seen.again.empty());
}

TEST_F(Again, MxRecordsThatWereBogusInACacheAccuseNobody) {
  for (const char* cached : {"", "10 mail.example.org "}) {
    const DomainSeen seen =
        domain("example.org MX " + std::string(cached) + "bogus", {names_it()});
    EXPECT_FALSE(seen.error) << cached;
    EXPECT_EQ(seen.hosts.size(), 1U) << cached;
  }
}

TEST_F(Again, WithoutEvidenceNobodyIsAskedTwice) {
  settings_.evidence = false;
  EXPECT_TRUE(host(names("AB*32"), {names_it()}).again.empty());
  EXPECT_EQ(contact_->connections, 1);
  EXPECT_EQ(contact_->resolvers, 0U);
}

}  // namespace
}  // namespace audit
