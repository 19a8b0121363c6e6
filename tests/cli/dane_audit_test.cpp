#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "cli/dane/audit_outcome.h"
#include "cli/dane/audit_plan.h"
#include "src/client/wall_clock.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/peers.h"

namespace cli::dane {
namespace {

namespace fs = std::filesystem;
using audit::Grade;
using cli::testing::Folder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class AuditJobOf : public cli::testing::CleanEnvironment {
 protected:
  static base::Result<AuditJob> of(const std::vector<std::string>& words) {
    return audit_job(cli::testing::arguments(kAudit, words));
  }
  static std::string refusal(const std::vector<std::string>& words) {
    const auto out = of(words);
    if (out) return "";
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
    return out.error().detail;
  }
};

TEST_F(AuditJobOf, WithoutOptionsLooksThoroughlyAndGently) {
  const auto job = of({});
  ASSERT_TRUE(job);
  const auto& engine = job->engine;
  EXPECT_TRUE(engine.survey.thorough);
  EXPECT_EQ(engine.survey.probe, audit::Probe::dane);
  EXPECT_EQ(engine.survey.reach, audit::SurveySettings().reach);
  EXPECT_EQ(engine.survey.retries, 1U);
  EXPECT_EQ(engine.survey.retry_wait, 20s);
  EXPECT_EQ(engine.survey.ways.connect_limit, 10s);
  EXPECT_EQ(engine.survey.ways.greeting_limit, 30s);
  EXPECT_EQ(engine.survey.ways.remote_limit, 30s);
  EXPECT_EQ(engine.limits.for_address, 2U);
  EXPECT_EQ(engine.limits.for_network, 20U);
  EXPECT_EQ(engine.limits.each_second, 200.0);
  EXPECT_EQ(engine.in_flight, 1000U);
  EXPECT_GE(engine.threads, 1U);
  EXPECT_EQ(engine.resolver.validation, resolver::Validation::here);
  EXPECT_FALSE(engine.resolver.public_only);
  EXPECT_EQ(job->wanted.each, report::Each::text);
  EXPECT_FALSE(job->wanted.summary);
  EXPECT_TRUE(job->wanted.progress);
  EXPECT_FALSE(job->watch);
  EXPECT_FALSE(job->sts_roots);
}

TEST_F(AuditJobOf, NumbersGoWhereTheyBelong) {
  const auto job = of({"--parallel", "11", "--threads", "12", "--per-address", "13",
                       "--per-network", "14", "--rate", "15", "--retries", "16",
                       "--retry-wait", "17", "--timeout", "1.5"});
  ASSERT_TRUE(job);
  const auto& engine = job->engine;
  EXPECT_EQ(engine.in_flight, 11U);
  EXPECT_EQ(engine.threads, 12U);
  EXPECT_EQ(engine.limits.for_address, 13U);
  EXPECT_EQ(engine.limits.for_network, 14U);
  EXPECT_EQ(engine.limits.each_second, 15.0);
  EXPECT_EQ(engine.survey.retries, 16U);
  EXPECT_EQ(engine.survey.retry_wait, 17s);
  EXPECT_EQ(engine.survey.ways.connect_limit, 1500ms);
  EXPECT_EQ(engine.survey.ways.greeting_limit, 1500ms);
  EXPECT_EQ(engine.survey.ways.remote_limit, 1500ms);
}

TEST_F(AuditJobOf, NumbersHaveBounds) {
  for (const char* option : {"--parallel", "--threads", "--per-address", "--per-network",
                             "--rate", "--timeout"}) {
    EXPECT_TRUE(of({option, "1"})) << option;
    EXPECT_THAT(refusal({option, "0"}), HasSubstr(option));
    EXPECT_NE(refusal({option, "1000001"}), "") << option;
    EXPECT_NE(refusal({option, "x"}), "") << option;
  }
  EXPECT_TRUE(of({"--retries", "0", "--retry-wait", "0"}));
  EXPECT_TRUE(of({"--retries", "100", "--retry-wait", "86400"}));
  EXPECT_NE(refusal({"--retries", "101"}), "");
  EXPECT_NE(refusal({"--retry-wait", "86401"}), "");
  EXPECT_NE(refusal({"--threads", "1025"}), "");
  EXPECT_NE(refusal({"--timeout", "3601"}), "");
}

TEST_F(AuditJobOf, ProbesWhatItIsTold) {
  EXPECT_EQ(of({"--probe", "none"})->engine.survey.probe, audit::Probe::none);
  EXPECT_EQ(of({"--probe", "dane"})->engine.survey.probe, audit::Probe::dane);
  EXPECT_EQ(of({"--probe", "all"})->engine.survey.probe, audit::Probe::all);
  EXPECT_THAT(refusal({"--probe", "some"}),
              HasSubstr("--probe some: it may be none, dane or all"));
  EXPECT_FALSE(of({"--quick"})->engine.survey.thorough);
}

TEST_F(AuditJobOf, LeavesPrivateAddressesAloneOnEveryWay) {
  const auto job = of({"--no-private-addresses"});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->engine.survey.reach, audit::Reach::public_only);
  EXPECT_TRUE(job->engine.resolver.public_only);
}

TEST_F(AuditJobOf, CallsItselfByANameOrAnAddressInBrackets_Rfc5321s4_1_3) {
  for (const char* helo :
       {"mx.example.org", "[192.0.2.1]", "[IPv6:2001:db8::1]", "xn--bcher-kva.example"}) {
    const auto job = of({"--helo", helo});
    ASSERT_TRUE(job) << helo;
    EXPECT_EQ(job->engine.survey.ways.helo, helo);
  }
  for (const char* helo : {"", "a b", "a..b", "mx.example.org\r\nQUIT", "[mx.example]",
                           "[192.0.2.1", "a_b.example", "b\u00fccher.example"}) {
    EXPECT_THAT(refusal({"--helo", helo}), HasSubstr("--helo is no host name")) << helo;
  }
}

TEST_F(AuditJobOf, ConnectsFromAnAddressOfThisMachine) {
  const auto job = of({"--source", "127.0.0.1"});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->engine.survey.ways.source.address, net::parse_address("127.0.0.1"));
  EXPECT_FALSE(of({})->engine.survey.ways.source.address);
  EXPECT_EQ(refusal({"--source", "here"}), "--source is no address");
  EXPECT_THAT(refusal({"--source", "192.0.2.1"}),
              HasSubstr("192.0.2.1 is no address of this machine"));
}

TEST_F(AuditJobOf, BelievesAResolverOnlyWhereOneIsAsked) {
  const auto job = of({"--trust-ad", "--forward", "127.0.0.1"});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->engine.resolver.validation, resolver::Validation::upstream);
  EXPECT_EQ(refusal({"--trust-ad", "--unbound-conf", "F"}),
            "--trust-ad does not go with --unbound-conf");
  EXPECT_EQ(refusal({"--trust-ad", "--forward", "recursion"}),
            "--trust-ad does not go with --forward recursion");
}

TEST_F(AuditJobOf, ATrustStoreForMtaStsIsRead) {
  const Folder folder;
  const std::string file =
      folder.write("roots.pem", support::pem(support::GoodChain().root));
  EXPECT_TRUE(of({"--mta-sts-ca", file})->sts_roots);
  EXPECT_TRUE(of({"--ca", file})->sts_roots);
  EXPECT_EQ(refusal({"--mta-sts-ca", file, "--quick"}), "--ca does not go with --quick");
  EXPECT_NE(refusal({"--mta-sts-ca", folder.path("none")}), "");
}

TEST_F(AuditJobOf, TextIsForPeopleWhereNothingElseIsWanted) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--json"},
                                                {"--output", "F"},
                                                {"--html", "F"},
                                                {"--sqlite", "F"},
                                                {"--prometheus", "F"},
                                                {"--summary"},
                                                {"--nagios"}}) {
    const auto each = of(words)->wanted.each;
    EXPECT_NE(each, report::Each::text) << words[0];
    EXPECT_NE(each, report::Each::line) << words[0];
  }
  EXPECT_EQ(of({"--verbose"})->wanted.each, report::Each::text);
}

TEST_F(AuditJobOf, SeveralDomainsTakeALineEachAndASummary) {
  const auto wanted = [&](const std::vector<std::string>& words) {
    return of(words)->wanted;
  };
  EXPECT_EQ(wanted({"a.example"}).each, report::Each::text);
  EXPECT_FALSE(wanted({"a.example"}).summary);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"a.example", "b.example"}, {"--file", "F"}}) {
    EXPECT_EQ(wanted(words).each, report::Each::line);
    EXPECT_TRUE(wanted(words).summary);
  }
  EXPECT_EQ(wanted({"-v", "a.example", "b.example"}).each, report::Each::text);
  EXPECT_TRUE(wanted({"a.example", "b.example"}).in_order);
  EXPECT_FALSE(wanted({"--file", "F"}).in_order);
  EXPECT_FALSE(wanted({"--json", "a.example", "b.example"}).in_order);
  EXPECT_TRUE(wanted({"--summary", "--file", "F", "-o", "O"}).summary);
}

TEST_F(AuditJobOf, LinesThatGoIntoAFileDoNotRunOverTheScreen) {
  EXPECT_EQ(of({"--json"})->wanted.each, report::Each::json);
  EXPECT_EQ(of({"--json", "-o", "F"})->wanted.each, report::Each::none);
  EXPECT_EQ(of({"--csv", "-o", "F"})->wanted.each, report::Each::csv);
}

TEST_F(AuditJobOf, GradesHaveTwoSetsOfWords) {
  using audit::Grade;
  EXPECT_EQ(of({"--only", "broken,not-deployed"})->wanted.only,
            (std::set{Grade::broken, Grade::not_deployed}));
  EXPECT_EQ(
      of({"--only", "no-dane,partly-protected,protected,could-not-tell"})->wanted.only,
      (std::set{Grade::enforced, Grade::not_deployed, Grade::partial, Grade::undecided}));
  EXPECT_THAT(refusal({"--only", "worse"}), HasSubstr("--only worse is none of"));
  EXPECT_THAT(refusal({"--only", ""}), HasSubstr("--only"));
}

TEST_F(AuditJobOf, ReportsGoWhereTheyAreToldTo) {
  const auto job = of({"-v", "--json", "-o", "O", "--resume", "--html", "H", "--sqlite",
                       "S", "--prometheus", "P", "--no-progress"});
  ASSERT_TRUE(job);
  EXPECT_TRUE(job->wanted.verbose);
  EXPECT_EQ(job->wanted.each, report::Each::none);
  EXPECT_EQ(job->wanted.output, "O");
  EXPECT_TRUE(job->wanted.resume);
  EXPECT_EQ(job->wanted.html, "H");
  EXPECT_EQ(job->wanted.sqlite, "S");
  EXPECT_EQ(job->wanted.prometheus, "P");
  EXPECT_FALSE(job->wanted.progress);
  EXPECT_FALSE(job->wanted.nagios);
}

TEST_F(AuditJobOf, WhatDoesNotGoTogetherIsRefused) {
  EXPECT_EQ(refusal({"--nagios", "--json"}), "--nagios is one line and no other");
  EXPECT_EQ(refusal({"--nagios", "--output", "-"}), "--nagios is one line and no other");
  EXPECT_TRUE(of({"--nagios", "--output", "F"}));
  EXPECT_EQ(refusal({"--resume"}), "--resume needs --output FILE");
  EXPECT_EQ(refusal({"--resume", "--output", "-"}), "--resume needs --output FILE");
  EXPECT_EQ(refusal({"--resume", "--overwrite", "-o", "F"}),
            "either --resume or --overwrite");
  EXPECT_EQ(refusal({"--json", "--csv"}), "either --json or --csv");
  EXPECT_EQ(refusal({"--nagios", "--summary"}), "--nagios is one line and no other");
  for (const char* other : {"--csv", "--summary"}) {
    EXPECT_EQ(refusal({other, "-o", "-"}),
              "--output - is lines of JSON and nothing else");
  }
  EXPECT_EQ(refusal({"--overwrite"}), "--overwrite needs --output FILE");
  EXPECT_EQ(refusal({"--watch", "1h", "--only", "broken"}),
            "--only does not go with --watch");
  EXPECT_EQ(refusal({"--exec", "true"}), "--exec goes with --watch");
  EXPECT_EQ(refusal({"--watch", "1h", "--json"}),
            "--watch reports changes and nothing else");
  EXPECT_EQ(refusal({"--watch", "0"}), "--watch wants a second or more");
  EXPECT_THAT(refusal({"--watch", "soon"}), HasSubstr("--watch"));
}

TEST_F(AuditJobOf, APlugInHasDaysForCertificates) {
  const auto days = [](std::chrono::sys_seconds moment) {
    return std::chrono::round<std::chrono::days>(moment - client::wall_clock()).count();
  };
  const auto usual = of({"--nagios"});
  ASSERT_TRUE(usual);
  EXPECT_EQ(days(usual->wanted.nagios_limits.warning), 7);
  EXPECT_EQ(days(usual->wanted.nagios_limits.critical), 2);
  const auto other = of({"--nagios", "--warn-days", "30", "--critical-days", "0"});
  ASSERT_TRUE(other);
  EXPECT_EQ(days(other->wanted.nagios_limits.warning), 30);
  EXPECT_EQ(days(other->wanted.nagios_limits.critical), 0);
  EXPECT_THAT(refusal({"--warn-days", "30"}),
              HasSubstr("--warn-days goes with --nagios"));
  EXPECT_THAT(refusal({"--critical-days", "1"}), HasSubstr("goes with --nagios"));
  EXPECT_THAT(refusal({"--nagios", "--warn-days", "soon"}), HasSubstr("--warn-days"));
}

TEST_F(AuditJobOf, WatchesAgainAndAgain) {
  const auto job = of({"--watch", "2h", "--exec", "true"});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->watch, 2h);
  EXPECT_EQ(job->command, "true");
  EXPECT_EQ(of({"--watch", "1"})->watch, 1s);
}

/// The domains of a command line; the job is what became of it.
std::vector<std::string> domains(const std::vector<std::string>& words, AuditJob& job) {
  const auto source = source_of(cli::testing::arguments(kAudit, words), job);
  if (!source) {
    EXPECT_EQ(source.error().kind, base::ErrorKind::usage);
    return {"! " + source.error().detail};
  }
  std::vector<std::string> out;
  while (auto item = (*source)()) out.push_back(item->word);
  return out;
}

std::vector<std::string> domains(const std::vector<std::string>& words) {
  AuditJob job;
  return domains(words, job);
}

TEST(AuditSource, IsTheCommandLineOrAFile) {
  const Folder folder;
  const std::string file = folder.write("domains", "1,a.example\n2,b.example\n");
  EXPECT_THAT(domains({"x.example", "y.example"}), ElementsAre("x.example", "y.example"));
  EXPECT_THAT(domains({"-f", file}), ElementsAre("1,a.example", "2,b.example"));
  EXPECT_THAT(domains({"-f", file, "--column", "2"}),
              ElementsAre("a.example", "b.example"));
}

TEST(AuditSource, IsOneOfThem) {
  const Folder folder;
  const std::string file = folder.write("domains", "a.example\n");
  EXPECT_THAT(domains({}), ElementsAre(HasSubstr("DOMAIN is missing: dane audit ")));
  EXPECT_THAT(domains({"x.example", "-f", file}),
              ElementsAre(HasSubstr("either domains or --file")));
  EXPECT_THAT(domains({"-f", file, "-f", file}),
              ElementsAre("! --file stands there twice"));
  EXPECT_THAT(domains({"x.example", "--column", "1"}),
              ElementsAre("! --column goes with --file"));
  EXPECT_THAT(domains({"-f", file, "--column", "0"}), ElementsAre(HasSubstr("--column")));
}

TEST(AuditSource, AHandfulOfDomainsTakesFewThreads) {
  AuditJob job;
  job.engine.threads = 8;
  (void)domains({"a.example"}, job);
  EXPECT_EQ(job.engine.threads, 1U);
  EXPECT_EQ(job.engine.in_flight, 2U);
  EXPECT_EQ(job.wanted.total, 1U);
  job.engine.threads = 8;
  job.engine.in_flight = 1000;
  (void)domains(std::vector<std::string>(11, "a.example"), job);
  EXPECT_EQ(job.engine.threads, 2U);
  EXPECT_EQ(job.engine.in_flight, 11U);
  EXPECT_EQ(job.wanted.total, 11U);
}

TEST(AuditDescriptors, AreEnoughForTheDomainsInFlight) {
  audit::EngineSettings engine;
  engine.in_flight = 100;
  engine.threads = 8;
  EXPECT_FALSE(fit_descriptors(engine, 40 + 8 * 100));
  EXPECT_EQ(engine.in_flight, 100U);
  EXPECT_TRUE(fit_descriptors(engine, 40 + 8 * 100 - 1));
  EXPECT_EQ(engine.in_flight, 99U);
  EXPECT_EQ(engine.threads, 8U);
  EXPECT_TRUE(fit_descriptors(engine, 40 + 8 * 4));
  EXPECT_EQ(engine.in_flight, 4U);
  EXPECT_EQ(engine.threads, 4U);
  EXPECT_TRUE(fit_descriptors(engine, 3));
  EXPECT_EQ(engine.in_flight, 1U);
  EXPECT_EQ(engine.threads, 1U);
}

bool asked_twice(const std::vector<std::string>& words) {
  const auto good = check_files(cli::testing::arguments(kAudit, words));
  if (good) return false;
  EXPECT_EQ(good.error().kind, base::ErrorKind::usage);
  EXPECT_THAT(good.error().detail, HasSubstr(" is asked for twice"));
  return true;
}

TEST(AuditFiles, NoFileIsForTwoThings) {
  const Folder folder;
  const std::string file = folder.write("file", "a.example\n");
  fs::create_symlink("file", folder.path("link"));
  fs::create_hard_link(file, folder.path("other"));
  EXPECT_TRUE(asked_twice({"-f", file, "-o", file}));
  EXPECT_TRUE(asked_twice({"-f", file, "--html", folder.path("link")}));
  EXPECT_TRUE(asked_twice({"-f", file, "--sqlite", folder.path("other")}));
  EXPECT_TRUE(
      asked_twice({"-o", folder.path("new"), "--prometheus", folder.path("./new")}));
  EXPECT_FALSE(asked_twice({"-f", file, "-o", folder.path("new")}));
}

TEST(AuditFiles, PipesAndDevicesMayBe) {
  EXPECT_FALSE(asked_twice({"-o", "/dev/null", "--html", "/dev/null"}));
  EXPECT_FALSE(asked_twice({"-f", "-", "-o", "-"}));
}

report::Ended ended(Grade grade, int signal = 0) {
  report::Ended out;
  out.tally.grades.at(static_cast<std::size_t>(grade)) = 1;
  out.signal = signal;
  return out;
}

int status(const report::Ended& run, bool nagios = false) {
  report::Wanted wanted;
  wanted.nagios = nagios;
  return static_cast<int>(outcome_of(run, wanted));
}

TEST(AuditOutcome, IsThatOfTheWorstGrade) {
  EXPECT_EQ(status(ended(Grade::enforced)), 0);
  EXPECT_EQ(status(ended(Grade::not_deployed)), 1);
  EXPECT_EQ(status(ended(Grade::partial)), 1);
  EXPECT_EQ(status(ended(Grade::broken)), 1);
  EXPECT_EQ(status(ended(Grade::bad_input)), 2);
  EXPECT_EQ(status(ended(Grade::undecided)), 3);
}

TEST(AuditOutcome, OfAPlugInIsItsOwn) {
  EXPECT_EQ(status(ended(Grade::enforced), true), 0);
  EXPECT_EQ(status(ended(Grade::partial), true), 1);
  EXPECT_EQ(status(ended(Grade::broken), true), 2);
  EXPECT_EQ(status(ended(Grade::undecided), true), 3);
}

TEST(AuditOutcome, OfARunThatASignalEndedIsNeverWell) {
  EXPECT_EQ(status(ended(Grade::enforced, SIGINT)), 130);
  EXPECT_EQ(status(ended(Grade::broken, SIGTERM)), 143);
  EXPECT_EQ(status(ended(Grade::enforced, SIGINT), true), 3);
  EXPECT_EQ(status(ended(Grade::broken, SIGINT), true), 3);
}

}  // namespace
}  // namespace cli::dane
