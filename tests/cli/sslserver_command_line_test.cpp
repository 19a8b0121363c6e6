#include <getopt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/sslserver/command_line.h"

namespace cli::sslserver {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Reads command lines in an environment that says nothing but what a test says.
class SslserverCommandLine : public testing::Test {
 protected:
  SslserverCommandLine() {
    for (const char* name : {"DNSCACHEIP", "DANE_TRUST_ANCHOR", "DANE_AUTO_TRUST_ANCHOR",
                             "DANE_FORWARD", "DANE_UNBOUND_CONF", "DANE_DNS_TIMEOUT"}) {
      unsetenv(name);
    }
  }

  [[nodiscard]] base::Result<CommandLine> parse(std::vector<std::string> words) const {
    words.insert(words.begin(), "sslserver");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::vector<const char*> entries;
    for (const std::string& entry : environment_) entries.push_back(entry.c_str());
    entries.push_back(nullptr);
    optind = 0;  // getopt begins anew
    return parse_command_line(static_cast<int>(words.size()), argv.data(),
                              Variables(entries.data()));
  }
  [[nodiscard]] Options options_of_all(std::vector<std::string> words) const {
    auto line = parse(std::move(words));
    EXPECT_TRUE(line) << line.error().detail;
    return line && line->options ? *line->options : Options();
  }
  /// The options of a line with a place and a program behind these words.
  [[nodiscard]] Options options(std::vector<std::string> words) const {
    for (const char* word : {"127.0.0.1", "465", "true"}) words.emplace_back(word);
    return options_of_all(std::move(words));
  }
  /// What is said about a line that is wrong.
  [[nodiscard]] std::string refusal_of_all(std::vector<std::string> words) const {
    const auto line = parse(std::move(words));
    if (line) return "taken";
    EXPECT_EQ(line.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(line.error().detail.find('\n'), std::string::npos);
    return line.error().detail;
  }
  [[nodiscard]] std::string refusal(std::vector<std::string> words) const {
    for (const char* word : {"127.0.0.1", "465", "true"}) words.emplace_back(word);
    return refusal_of_all(std::move(words));
  }
  [[nodiscard]] server::ListenAt place(const std::string& host,
                                       const std::string& port = "465") const {
    return options_of_all({host, port, "true"}).where;
  }

  std::vector<std::string> environment_;
};

TEST_F(SslserverCommandLine, DefaultsAreThoseOfUcspiSsl) {
  const Options got = options({});
  EXPECT_EQ(got.verbosity, Verbosity::errors);
  EXPECT_EQ(got.concurrency, 40U);
  EXPECT_EQ(got.per_client, 0U);
  EXPECT_EQ(got.where.backlog, 20);
  EXPECT_EQ(got.handshake_limit, 26s);
  EXPECT_EQ(got.relay.idle, 3600s);
  EXPECT_EQ(got.relay.truncation, relay::Truncation::error);
  EXPECT_EQ(got.names.ident_limit, 26s);
  EXPECT_TRUE(got.names.remote_host);
  EXPECT_FALSE(got.names.remote_info);
  EXPECT_FALSE(got.names.confirmed_by_addresses);
  EXPECT_EQ(got.no_delay, Switch::on);
  EXPECT_EQ(got.keep_ip_options, Switch::off);
  EXPECT_EQ(got.delayed_tls, Switch::off);
  EXPECT_EQ(got.tls_variables, Switch::off);
  EXPECT_EQ(got.tcp_copies, ucspi::TcpCopies::no);
  EXPECT_EQ(got.client, ClientDemand::none);
  EXPECT_EQ(got.print_port, Switch::off);
  EXPECT_EQ(got.key_password_on_3, Switch::off);
  EXPECT_FALSE(got.program_rights.user);
  EXPECT_FALSE(got.program_rights.group);
}

TEST_F(SslserverCommandLine, ThePlaceAndTheProgram) {
  const Options got = options_of_all({"192.0.2.1", "smtp", "sh", "-c", "-v"});
  EXPECT_EQ(net::to_text(got.where.endpoint.address), "192.0.2.1");
  EXPECT_EQ(got.where.endpoint.port, 25);
  EXPECT_THAT(got.program, ElementsAre("sh", "-c", "-v"));
  EXPECT_EQ(got.verbosity, Verbosity::errors) << "-v is the program's";
}

TEST_F(SslserverCommandLine, ZeroIsEveryAddress) {
  EXPECT_EQ(place("0").endpoint.address, net::parse_address("0.0.0.0"));
  EXPECT_FALSE(place("0").both_families);
  for (const auto* word : {":0", "::"}) {
    EXPECT_EQ(place(word).endpoint.address, net::parse_address("::")) << word;
    EXPECT_TRUE(place(word).both_families) << word;
  }
  const Options v4 = options_of_all({"-4", ":0", "465", "true"});
  EXPECT_EQ(v4.where.endpoint.address, net::parse_address("0.0.0.0"));
  EXPECT_FALSE(v4.where.both_families);
  EXPECT_TRUE(options_of_all({"-4", "-6", ":0", "465", "true"}).where.both_families);
}

TEST_F(SslserverCommandLine, OneAddressOfIpv6IsOfIpv6Alone) {
  EXPECT_EQ(place("::1").endpoint.address, net::parse_address("::1"));
  EXPECT_FALSE(place("::1").both_families);
}

TEST_F(SslserverCommandLine, Ports) {
  EXPECT_EQ(place("0", "0").endpoint.port, 0) << "any that is free";
  EXPECT_EQ(place("0", "65535").endpoint.port, 65535);
  EXPECT_EQ(place("0", "imaps").endpoint.port, 993);
  for (const auto* word : {"65536", "-1", "", "no-such-service", "25x"}) {
    EXPECT_NE(refusal_of_all({"0", word, "true"}), "taken") << word;
  }
}

TEST_F(SslserverCommandLine, ANameIsTheAddressThatTheMachineHasForIt) {
  const auto local = options_of_all({"-4", "localhost", "465", "true"}).where;
  EXPECT_EQ(local.endpoint.address, net::parse_address("127.0.0.1"));
  EXPECT_FALSE(local.both_families);
  EXPECT_TRUE(net::is_loopback(place("localhost").endpoint.address));
}

TEST_F(SslserverCommandLine, AHostThatIsNoneIsRefused) {
  for (const auto* word : {"..", ""}) {
    EXPECT_THAT(refusal_of_all({word, "465", "true"}), StartsWith("host ")) << word;
  }
}

TEST_F(SslserverCommandLine, TooFewWordsAreToldTheUsage) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {}, {"0"}, {"0", "465"}, {"-v", "0", "465"}}) {
    EXPECT_EQ(refusal_of_all(words), std::string(kUsage) + "; see sslserver --help");
  }
}

TEST_F(SslserverCommandLine, OfTwoLettersTheLaterCounts) {
  EXPECT_EQ(options({"-q"}).verbosity, Verbosity::quiet);
  EXPECT_EQ(options({"-qv"}).verbosity, Verbosity::all);
  EXPECT_EQ(options({"-v", "-V"}).verbosity, Verbosity::with_tls);
  EXPECT_EQ(options({"-V", "-Q"}).verbosity, Verbosity::errors);
  EXPECT_EQ(options({"-d"}).no_delay, Switch::off);
  EXPECT_EQ(options({"-dD"}).no_delay, Switch::on);
  EXPECT_EQ(options({"-o"}).keep_ip_options, Switch::on);
  EXPECT_EQ(options({"-oO"}).keep_ip_options, Switch::off);
  EXPECT_FALSE(options({"-H"}).names.remote_host);
  EXPECT_TRUE(options({"-Hh"}).names.remote_host);
  EXPECT_TRUE(options({"-r"}).names.remote_info);
  EXPECT_FALSE(options({"-rR"}).names.remote_info);
  EXPECT_TRUE(options({"-p"}).names.confirmed_by_addresses);
  EXPECT_FALSE(options({"-pP"}).names.confirmed_by_addresses);
  EXPECT_EQ(options({"-e"}).tcp_copies, ucspi::TcpCopies::yes);
  EXPECT_EQ(options({"-eE"}).tcp_copies, ucspi::TcpCopies::no);
  EXPECT_EQ(options({"-s"}).tls_variables, Switch::on);
  EXPECT_EQ(options({"-sS"}).tls_variables, Switch::off);
  EXPECT_EQ(options({"-n"}).delayed_tls, Switch::on);
  EXPECT_EQ(options({"-nN"}).delayed_tls, Switch::off);
}

TEST_F(SslserverCommandLine, LettersWithoutACounterpart) {
  EXPECT_EQ(options({"-1"}).print_port, Switch::on);
  EXPECT_EQ(options({"-3"}).key_password_on_3, Switch::on);
  EXPECT_EQ(options({"-X"}).rules_may_be_missing, Switch::on);
  EXPECT_EQ(options({"-aA"}).verbosity, Verbosity::errors) << "without effect";
}

TEST_F(SslserverCommandLine, WhatClientsMustShow) {
  EXPECT_EQ(options({"-i"}).client, ClientDemand::optional);
  EXPECT_EQ(options({"-m"}).client, ClientDemand::required);
  EXPECT_EQ(options({"-z"}).client, ClientDemand::named);
  EXPECT_EQ(options({"-zZ"}).client, ClientDemand::none);
  EXPECT_EQ(options({"-zm"}).client, ClientDemand::required);
}

TEST_F(SslserverCommandLine, WhatClientsMustShowAsAPolicy) {
  EXPECT_EQ(options({"--client-policy", "none"}).client, ClientDemand::none);
  EXPECT_EQ(options({"--client-policy", "may"}).client, ClientDemand::optional);
  EXPECT_EQ(options({"--client-policy", "pkix"}).client, ClientDemand::required);
  EXPECT_EQ(options({"--client-policy=dane"}).client, ClientDemand::dane);
  EXPECT_EQ(options({"-m", "--client-policy", "dane"}).client, ClientDemand::dane);
  EXPECT_EQ(options({"--client-policy", "dane", "-Z"}).client, ClientDemand::none);
  for (const auto* word : {"", "must", "DANE", "dane-only"}) {
    EXPECT_THAT(refusal({"--client-policy", word}), HasSubstr("none, may, pkix or dane"));
  }
}

TEST_F(SslserverCommandLine, TheServiceOfClientsIsOneLabel) {
  EXPECT_EQ(options({}).client_service, "smtp-client");
  EXPECT_EQ(options({"--client-service", "_IMAP"}).client_service, "imap");
  EXPECT_EQ(options({"--client-service", "imap"}).client_service, "imap");
  EXPECT_EQ(options({"--client-service", std::string(62, 'a')}).client_service.size(),
            62U);
  for (const std::string& word : {std::string(), std::string("_"), std::string("a.b"),
                                  std::string("__a"), std::string(63, 'a')}) {
    EXPECT_THAT(refusal({"--client-service", word}), HasSubstr("no name of a service"));
  }
}

TEST_F(SslserverCommandLine, WhatOurOwnRecordsMeanToUs) {
  EXPECT_EQ(options({}).own_tlsa, OwnTlsa::ignore);
  EXPECT_EQ(options({"--own-tlsa", "warn"}).own_tlsa, OwnTlsa::warn);
  EXPECT_EQ(options({"--own-tlsa=refuse"}).own_tlsa, OwnTlsa::refuse);
  EXPECT_THAT(refusal({"--own-tlsa", "ignore"}), HasSubstr("not warn or refuse"));
}

// The reverse zone is the client's own: its name proves something only if it leads back.
TEST_F(SslserverCommandLine, ANameThatIsComparedIsLookedUpAndConfirmed) {
  for (const auto* letters : {"-z", "-zHP", "-HPz"}) {
    const Options got = options({letters});
    EXPECT_TRUE(got.names.remote_host) << letters;
    EXPECT_TRUE(got.names.confirmed_by_addresses) << letters;
  }
  EXPECT_FALSE(options({"-mH"}).names.remote_host);
}

TEST_F(SslserverCommandLine, LettersWithAnArgument) {
  const Options got =
      options({"-x", "/rules.cdb", "-y", "/addresses.cdb", "-l", "here.example", "-B",
               "220 hello", "-c", "7", "-b", "8", "-t", "0", "-T", "10", "-w", "11"});
  EXPECT_EQ(got.rules, "/rules.cdb");
  EXPECT_EQ(got.address_rules, "/addresses.cdb");
  EXPECT_EQ(got.names.local_host, "here.example");
  EXPECT_EQ(got.banner, "220 hello");
  EXPECT_EQ(got.concurrency, 7U);
  EXPECT_EQ(got.where.backlog, 8);
  EXPECT_EQ(got.names.ident_limit, 0s);
  EXPECT_EQ(got.handshake_limit, 10s);
  EXPECT_EQ(got.relay.idle, 11s);
}

TEST_F(SslserverCommandLine, NumbersThatAreNoneAreRefused) {
  for (const auto* letter : {"-c", "-b", "-t", "-T", "-w"}) {
    for (const auto* word : {"", "x", "1x", "-1", "+1", " 1", "1.5", "99999999999"}) {
      EXPECT_THAT(refusal({letter, word}), AllOf(HasSubstr(letter), Not("taken")))
          << word;
    }
  }
  for (const auto* letter : {"-c", "-b", "-T", "-w"}) {
    EXPECT_NE(refusal({letter, "0"}), "taken") << letter;
  }
}

TEST_F(SslserverCommandLine, RightsOfTheProgram) {
  EXPECT_EQ(options({"-u", "7"}).program_rights.user, 7U);
  EXPECT_EQ(options({"-u", "root"}).program_rights.user, 0U);
  EXPECT_EQ(options({"-g", "8"}).program_rights.group, 8U);
  EXPECT_THAT(refusal({"-u", "no-such-user"}), StartsWith("-u no-such-user"));
  EXPECT_THAT(refusal({"-g", "no-such-group"}), StartsWith("-g no-such-group"));
  EXPECT_NE(refusal({"-u", "-1"}), "taken");
  EXPECT_NE(refusal({"-g", "4294967295"}), "taken");
}

TEST_F(SslserverCommandLine, RightsOfTheEnvironment) {
  EXPECT_THAT(refusal({"-U"}), HasSubstr("UID and GID"));
  environment_ = {"UID=7"};
  EXPECT_THAT(refusal({"-U"}), HasSubstr("UID and GID"));
  EXPECT_FALSE(options({}).program_rights.user) << "only with -U";
  environment_ = {"UID=7", "GID=8"};
  EXPECT_EQ(options({"-U"}).program_rights.user, 7U);
  EXPECT_EQ(options({"-U"}).program_rights.group, 8U);
  EXPECT_EQ(options({"-U", "-u", "9"}).program_rights.user, 9U);
  environment_ = {"UID=7", "GID=-1"};
  EXPECT_THAT(refusal({"-U"}), StartsWith("GID"));
}

TEST_F(SslserverCommandLine, HowOftenOneClientMayBeConnected) {
  environment_ = {"MAXCONIP=3"};
  EXPECT_EQ(options({}).per_client, 3U);
  environment_ = {"MAXCONIP="};
  EXPECT_EQ(options({}).per_client, 0U) << "an empty one is none";
  environment_ = {"MAXCONIP=x"};
  EXPECT_THAT(refusal({}), HasSubstr("MAXCONIP"));
}

TEST_F(SslserverCommandLine, InterfacesAreNumbers) {
  EXPECT_NE(options_of_all({"-I", "lo", "fe80::1", "465", "true"}).where.scope, 0U);
  EXPECT_THAT(refusal({"-I", "no-such-0"}), HasSubstr("no such interface"));
}

TEST_F(SslserverCommandLine, Resolving) {
  const Options got = options({"--trust-anchor", "/key", "--auto-trust-anchor", "/auto",
                               "--unbound-conf", "/conf", "--dns-timeout", "7"});
  EXPECT_EQ(got.resolver.trust_anchor, "/key");
  EXPECT_EQ(got.resolver.auto_trust_anchor, "/auto");
  EXPECT_EQ(got.resolver.unbound_conf, "/conf");
  EXPECT_EQ(got.resolver.deadline, 7s);
  EXPECT_THAT(refusal({"--dns-timeout", "0"}), HasSubstr("--dns-timeout"));
  EXPECT_THAT(refusal({"--forward", "nowhere:"}), HasSubstr("--forward"));
}

TEST_F(SslserverCommandLine, TruncationCanBeAllowed_Rfc8446s6_1) {
  EXPECT_EQ(options({"--allow-truncation"}).relay.truncation,
            relay::Truncation::tolerate);
}

TEST_F(SslserverCommandLine, AMistypedOptionGetsASuggestion) {
  EXPECT_THAT(refusal({"--foward", "x"}), HasSubstr("did you mean --forward?"));
  EXPECT_THAT(refusal({"--foward=x"}), HasSubstr("did you mean --forward?"));
}

TEST_F(SslserverCommandLine, WordsThatNobodyKnowsAreRefused) {
  EXPECT_THAT(refusal({"--polite", "x"}), HasSubstr("unknown option --polite"));
  EXPECT_THAT(refusal({"-k"}), HasSubstr("unknown option -k"));
  EXPECT_THAT(refusal({"-vkq"}), HasSubstr("unknown option -k"));
  EXPECT_THAT(refusal({"-f", "lock"}), HasSubstr("-f"));
  EXPECT_THAT(refusal_of_all({"-x"}), HasSubstr("option -x needs a value"));
  EXPECT_THAT(refusal_of_all({"--forward"}), HasSubstr("needs a value"));
}

TEST_F(SslserverCommandLine, HelpAndVersionAreTexts) {
  const auto help = parse({"--help"});
  ASSERT_TRUE(help);
  EXPECT_FALSE(help->options);
  EXPECT_THAT(help->text, HasSubstr("usage: sslserver"));
  const auto version = parse({"-v", "--version", "nonsense"});
  ASSERT_TRUE(version);
  EXPECT_FALSE(version->options);
  EXPECT_THAT(version->text, HasSubstr("sslserver"));
}

}  // namespace
}  // namespace cli::sslserver
