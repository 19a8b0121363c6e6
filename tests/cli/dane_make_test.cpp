#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/owner.h"
#include "cli/dane/record_numbers.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"
#include "tests/support/certificates.h"

namespace cli::dane {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

base::Result<publish::Parameters> numbers(const std::vector<std::string>& words) {
  return parameters_of(cli::testing::arguments(kMake, words));
}

TEST(RecordNumbers, AreThoseOf311UnlessGiven_Rfc7672s3_1) {
  const auto none = numbers({});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->usage, dns::kDaneEe);
  EXPECT_EQ(none->selector, dns::kSpki);
  EXPECT_EQ(none->matching, dns::kSha256);
}

TEST(RecordNumbers, MayBeWordsInAnyCase_Rfc7218s2) {
  for (const auto& row : dns::kUsages) {
    const std::string word(row.word);
    for (const auto& text :
         {word, base::lower(word), std::to_string(dns::number(row.usage))}) {
      EXPECT_EQ(numbers({"--usage", text})->usage, row.usage) << text;
    }
  }
  for (const auto& row : dns::kSelectors) {
    const std::string word(row.word);
    for (const auto& text :
         {word, base::lower(word), std::to_string(dns::number(row.selector))}) {
      EXPECT_EQ(numbers({"--selector", text})->selector, row.selector) << text;
    }
  }
  for (const auto& row : dns::kMatchingTypes) {
    const std::string word(row.word);
    for (const auto& text :
         {word, base::lower(word), std::to_string(dns::number(row.matching))}) {
      EXPECT_EQ(numbers({"--matching", text})->matching, row.matching) << text;
    }
  }
}

TEST(RecordNumbers, ThatAreNoneAreRefusedWithThoseThatAre) {
  for (const auto& [option, word, why] :
       {std::tuple("--usage", "4",
                   "--usage 4 is not a number from 0 to 3, nor one of pkix-ta, pkix-ee, "
                   "dane-ta, dane-ee"),
        {"--selector", "key", "from 0 to 1, nor one of cert, spki"},
        {"--selector", "2", "from 0 to 1, nor one of cert, spki"},
        {"--matching", "", "from 0 to 2, nor one of full, sha2-256, sha2-512"},
        {"--matching", "3", "from 0 to 2, nor one of full, sha2-256, sha2-512"}}) {
    const auto out = numbers({option, word});
    ASSERT_FALSE(out) << option << " " << word;
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
    EXPECT_THAT(out.error().detail, HasSubstr(why));
  }
}

/// What a command line that lacks a host or a port is told.
std::string missing(const std::vector<std::string>& words) {
  const auto line = cli::testing::arguments(kMake, words);
  const auto out = expect_host_and_port(line, "dane make --chain F");
  return out ? "" : out.error().detail;
}

TEST(HostAndPort, ThatAreMissingAreNamedWithTheRightCall) {
  EXPECT_EQ(missing({}),
            "HOST and PORT are missing: dane make --chain F mx.example.org 25");
  EXPECT_EQ(missing({"mail.example.net"}),
            "PORT is missing: dane make --chain F mail.example.net 25");
  EXPECT_EQ(missing({"465"}), "HOST is missing: dane make --chain F mx.example.org 465");
  EXPECT_EQ(missing({"mx.example.org", "25"}), "");
  EXPECT_EQ(missing({"mx.example.org", "25", "465"}), "");
}

TEST(HostAndPort, AWordThatIsNoHostIsAnsweredFirst) {
  EXPECT_THAT(missing({"192.0.2.1"}), HasSubstr("is an address"));
  EXPECT_THAT(missing({"_25._tcp.mx.example.org"}), HasSubstr("mx.example.org 25"));
  EXPECT_THAT(missing({"a..b"}), Not(HasSubstr("missing")));
}

/// Runs of dane make on a key in a file.
class Make : public ::testing::Test {
 protected:
  /// What is printed, of a run that has nothing to complain about.
  std::string made(std::vector<std::string> words) {
    words.insert(words.begin(), {"--key", key_, "mx.example.org"});
    auto ran = cli::testing::run(kMake, words);
    EXPECT_EQ(ran.outcome, Outcome::fine);
    return std::move(ran.text);
  }

 private:
  cli::testing::Folder folder_;
  std::string key_ = folder_.write("key.pem", support::key_pem({"leaf"}));
};

TEST_F(Make, SeveralPortsHaveTheRecordsOfEach) {
  EXPECT_THAT(made({"25"}), StartsWith("_25._tcp.mx.example.org. IN TLSA 3 1 1 "));
  EXPECT_EQ(made({"465", "25", "143"}), made({"465"}) + made({"25"}) + made({"143"}));
  EXPECT_EQ(made({"25", "465", "25"}), made({"25"}) + made({"465"}));
}

TEST_F(Make, AsJsonOnePortIsAsEver) {
  const std::string one = made({"25", "--json"});
  EXPECT_THAT(one, StartsWith("{\"version\":1,\"owner\":\"_25._tcp.mx.example.org\","
                              "\"records\":[{\"usage\":3,\"selector\":1,\"matching\":1,"
                              "\"data\":\""));
  EXPECT_THAT(one, ::testing::EndsWith("}],\"warnings\":[]}\n"));
  EXPECT_THAT(one, Not(HasSubstr("owners")));
  EXPECT_EQ(made({"25", "25", "--json"}), one);
}

TEST_F(Make, AsJsonSeveralPortsStandBesideTheFirst) {
  const std::string one = made({"25", "--json"}), two = made({"465", "--json"});
  constexpr std::string_view kVersion = "\"version\":1,";
  const auto object = [&](std::string text) {
    text.erase(1, kVersion.size());
    return text.substr(0, text.size() - 1);
  };
  EXPECT_EQ(made({"25", "465", "--json"}), one.substr(0, one.size() - 2) +
                                               ",\"owners\":[" + object(one) + "," +
                                               object(two) + "]}\n");
}

TEST_F(Make, WhatIsAboutOnePortStandsInFrontOfItsRecords) {
  const std::string text = made({"443", "25", "--usage", "1", "--ttl", "2d"});
  EXPECT_THAT(text, StartsWith("; the TTL of the TLSA records is more than a day"));
  const auto at = [&](std::string_view what) { return text.find(what); };
  EXPECT_LT(at("_443._tcp"), at("(record-pkix-usage)"));
  EXPECT_LT(at("(record-pkix-usage)"), at("_25._tcp"));
  EXPECT_EQ(text.find("(tlsa-ttl-long)"), text.rfind("(tlsa-ttl-long)"));
}

/// A chain in a file: leaf, then its issuer, which `above` issued; "" for nobody else.
std::string chain_below(const std::string& above) {
  return support::pem(support::make(support::leaf("issuer", {"mx.example.org"}))) +
         support::pem(support::make(support::ca("issuer", above)));
}

TEST(MakeOfAChain, SaysOnceWhatEachRecordIsFor) {
  const cli::testing::Folder folder;
  const std::string chain = folder.write("chain.pem", chain_below(""));
  const auto made = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--chain", chain, "mx.example.org", "25", "465"});
    return cli::testing::run(kMake, words).text;
  };
  const std::string both = made({});
  EXPECT_THAT(both,
              StartsWith("; 3 1 1 proves the server by its key, 2 1 1 by its issuer "
                         "when the key changes.\n"));
  EXPECT_EQ(both.find("proves"), both.rfind("proves"));
  EXPECT_THAT(
      made({"--selector", "0"}),
      StartsWith("; 3 0 1 proves the server by its certificate, 2 0 1 by its issuer "
                 "when the\n;   certificate changes.\n"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--usage", "3"}, {"--usage", "2"}, {"--json"}}) {
    EXPECT_THAT(made(words), Not(HasSubstr("proves")));
  }
}

TEST(MakeOfAChain, TellsTheRiskOfAnIntermediateAlone) {
  const cli::testing::Folder folder;
  const std::string below = folder.write("below.pem", chain_below("root"));
  const std::string at_root = folder.write("at_root.pem", chain_below(""));
  const auto made = [](std::vector<std::string> words) {
    words.insert(words.end(), {"mx.example.org", "443"});
    return cli::testing::run(kMake, words).text;
  };
  constexpr auto kRisk = "; 2 1 1 is of an intermediate certificate, and a CA may ";
  EXPECT_THAT(made({"--chain", below}), HasSubstr(kRisk));
  EXPECT_THAT(made({"--chain", below, "--usage", "2"}), HasSubstr(kRisk));
  EXPECT_THAT(made({"--chain", below, "--usage", "0", "--matching", "2"}),
              HasSubstr("; 0 1 2 is of an intermediate"));
  EXPECT_THAT(made({"--chain", at_root}), HasSubstr("TLSA 2 1 1 "));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--chain", at_root},
        {"--chain", below, "--usage", "3"},
        {"--chain", below, "--json"}}) {
    EXPECT_THAT(made(words), Not(HasSubstr("intermediate")));
  }
}

}  // namespace
}  // namespace cli::dane
