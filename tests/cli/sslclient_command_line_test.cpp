#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "cli/sslclient/command_line.h"

namespace cli::sslclient {
namespace {

using namespace std::chrono_literals;
using policy::Level;
using testing::ElementsAre;
using testing::HasSubstr;

/// Reads command lines in an environment that says nothing.
class SslclientCommandLine : public testing::Test {
 protected:
  SslclientCommandLine() {
    for (const char* name :
         {"CAFILE", "CADIR", "DNSCACHEIP", "DANE_TRUST_ANCHOR", "DANE_AUTO_TRUST_ANCHOR",
          "DANE_FORWARD", "DANE_UNBOUND_CONF", "DANE_DNS_TIMEOUT"}) {
      unsetenv(name);
    }
  }

  static base::Result<CommandLine> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "sslclient");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    optind = 0;  // getopt begins anew
    return parse_command_line(static_cast<int>(words.size()), argv.data());
  }
  /// The options of a line with a target behind these words.
  static Options options(std::vector<std::string> words) {
    for (const char* word : {"mail.example.org", "25", "true"}) words.emplace_back(word);
    auto line = parse(std::move(words));
    EXPECT_TRUE(line) << line.error().detail;
    return line && line->options ? *line->options : Options();
  }
  /// What is said about a line that is wrong.
  static std::string refusal(std::vector<std::string> words) {
    for (const char* word : {"mail.example.org", "25", "true"}) words.emplace_back(word);
    return refusal_of_all(std::move(words));
  }
  static std::string refusal_of_all(std::vector<std::string> words) {
    const auto line = parse(std::move(words));
    if (line) return "taken";
    EXPECT_EQ(line.error().kind, base::ErrorKind::usage);
    return line.error().detail;
  }
};

TEST_F(SslclientCommandLine, DefaultsProveThePeer) {
  const Options got = options({});
  EXPECT_EQ(got.demand.level, Level::dane);
  EXPECT_EQ(got.verify_peer, Switch::on);
  EXPECT_EQ(got.demand.name_check, policy::NameCheck::compare);
  EXPECT_EQ(got.demand.without_tlsa, policy::WithoutTlsa::refuse);
  EXPECT_EQ(got.demand.service, policy::Service::other);
  EXPECT_EQ(got.demand.common_name, policy::CommonName::smtp_dane_ta);
  EXPECT_EQ(got.demand.max_intermediates_pkix, 1U);
  EXPECT_EQ(got.relay.truncation, relay::Truncation::error);
  EXPECT_EQ(got.relay.after_close, relay::AfterClose::read_on);
  EXPECT_EQ(got.relay.idle, 3600s);
  EXPECT_EQ(got.timeouts.first, 2s);
  EXPECT_EQ(got.timeouts.second, 58s);
  EXPECT_EQ(got.names.ident_limit, 26s);
  EXPECT_EQ(got.delayed_tls, Switch::off);
  EXPECT_EQ(got.send_server_name, client::ServerName::always);
  EXPECT_EQ(got.drop_status, 111);
  EXPECT_FALSE(got.json);
  EXPECT_EQ(got.starttls, std::nullopt);
}

TEST_F(SslclientCommandLine, TheTargetAndTheProgram) {
  const auto line = parse({"mail.example.org", "smtp", "sh", "-c", "-v"});
  ASSERT_TRUE(line && line->options);
  EXPECT_EQ(line->options->host_word, "mail.example.org");
  EXPECT_EQ(client::to_text(line->options->target.host), "mail.example.org");
  EXPECT_EQ(line->options->target.port, 25);
  EXPECT_THAT(line->options->program, ElementsAre("sh", "-c", "-v"));
  EXPECT_EQ(line->options->verbosity, Verbosity::errors) << "-v is the program's";
}

TEST_F(SslclientCommandLine, LongSpellingsAreThoseOfDane) {
  const Options got = options({"--ca", "/ca.pem", "--cert", "/c.pem", "--key", "/k.pem",
                               "--source", "192.0.2.9", "--timeout", "1.5"});
  EXPECT_EQ(got.ca_file, "/ca.pem");
  EXPECT_EQ(got.demand.without_tlsa, policy::WithoutTlsa::pkix);
  EXPECT_EQ(got.tls.certificate.file, "/c.pem");
  EXPECT_EQ(got.tls.certificate.key_file, "/k.pem");
  EXPECT_EQ(got.source.address, net::parse_address("192.0.2.9"));
  EXPECT_EQ(got.timeouts.first, 1500ms);
  EXPECT_EQ(got.timeouts.second, 0s);
  EXPECT_EQ(options({"--ca", "/"}).ca_directory, "/");
  EXPECT_EQ(options({"--ca", "/"}).ca_file, "");
  EXPECT_THAT(refusal({"--source", "eth0"}), HasSubstr("--source eth0 is not an IP"));
  EXPECT_THAT(refusal({"--timeout", "2+58"}), HasSubstr("--timeout 2+58 is not"));
  EXPECT_EQ(options({"--dns-timeout", "0.5"}).resolver.deadline, 500ms);
}

TEST_F(SslclientCommandLine, RecordsInPlaceOfThoseOfTheDns) {
  const std::string pin = "3 1 1 " + std::string(64, 'a');
  const Options got = options({"--record", pin, "--record", pin});
  EXPECT_EQ(got.demand.pins.size(), 2U);
  EXPECT_THAT(refusal({"--record", "3 1 1"}), testing::Not("taken"));
  EXPECT_THAT(refusal({"--record", pin, "-X"}), HasSubstr("--record is not looked at"));
  EXPECT_THAT(refusal({"--record", "0" + pin.substr(1)}), HasSubstr("trust store"));
  EXPECT_EQ(
      options({"--record", "0" + pin.substr(1), "-a", "/ca.pem"}).demand.pins.size(), 1U);
}

TEST_F(SslclientCommandLine, AMistypedOptionGetsASuggestion) {
  EXPECT_THAT(refusal({"--polcy", "dane"}), HasSubstr("did you mean --policy?"));
  EXPECT_THAT(refusal({"--polcy=dane"}), HasSubstr("did you mean --policy?"));
}

TEST_F(SslclientCommandLine, TooFewWordsAreToldTheUsage) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {}, {"mail.example.org"}, {"mail.example.org", "25"}}) {
    EXPECT_THAT(refusal_of_all(words), HasSubstr("usage: sslclient"));
  }
  EXPECT_NE(refusal_of_all({"mail.example.org", "0", "true"}), "taken");
  EXPECT_NE(refusal_of_all({"mail.example.org", "65536", "true"}), "taken");
  EXPECT_NE(refusal_of_all({"..", "25", "true"}), "taken");
}

TEST_F(SslclientCommandLine, Levels) {
  EXPECT_EQ(options({"--policy", "none"}).demand.level, Level::none);
  EXPECT_EQ(options({"--policy", "may"}).demand.level, Level::may);
  EXPECT_EQ(options({"--policy", "encrypt"}).demand.level, Level::encrypt);
  EXPECT_EQ(options({"--policy=dane-only"}).demand.level, Level::dane_only);
  EXPECT_EQ(options({"--policy", "pkix"}).demand.level, Level::pkix);
  EXPECT_EQ(options({"--policy", "dane+pkix"}).demand.level, Level::dane_and_pkix);
  EXPECT_THAT(refusal({"--policy", "strict"}), HasSubstr("--policy strict is unknown"));
}

// -X is "prove nothing": it wins over each level that would, and never makes one of none.
TEST_F(SslclientCommandLine, NoVerificationWinsOverALevelThatProves) {
  EXPECT_EQ(options({"-X"}).demand.level, Level::encrypt);
  EXPECT_EQ(options({"-X", "--policy", "dane-only"}).demand.level, Level::encrypt);
  EXPECT_EQ(options({"--policy", "pkix", "-X"}).demand.level, Level::encrypt);
  EXPECT_EQ(options({"-X", "--policy", "none"}).demand.level, Level::none);
  EXPECT_EQ(options({"-X", "-x"}).demand.level, Level::dane);
  EXPECT_EQ(options({"-X", "-x", "--policy", "pkix"}).demand.level, Level::pkix);
}

TEST_F(SslclientCommandLine, ATrustStoreIsWhatDaneFallsBackTo) {
  EXPECT_EQ(options({"-a", "/ca.pem"}).demand.without_tlsa, policy::WithoutTlsa::pkix);
  EXPECT_EQ(options({"-A", "/ca/"}).demand.without_tlsa, policy::WithoutTlsa::pkix);
  setenv("CAFILE", "/ca.pem", 1);
  EXPECT_EQ(options({}).demand.without_tlsa, policy::WithoutTlsa::pkix);
  EXPECT_EQ(options({}).ca_file, "/ca.pem");
  EXPECT_EQ(options({"-a", "/other"}).ca_file, "/other");
  unsetenv("CAFILE");
  setenv("CADIR", "/ca", 1);
  EXPECT_EQ(options({}).ca_directory, "/ca");
  unsetenv("CADIR");
}

TEST_F(SslclientCommandLine, MailHasAProfileOfItsOwn_Rfc7672s3) {
  const Options mail = options({"--starttls", "smtp"});
  EXPECT_EQ(mail.demand.service, policy::Service::smtp);
  EXPECT_EQ(mail.starttls, starttls::Protocol::smtp);
  EXPECT_EQ(options({"--starttls", "imap"}).demand.service, policy::Service::other);
  EXPECT_THAT(refusal({"--starttls", "gopher"}),
              HasSubstr("--starttls gopher is none of smtp, lmtp, imap, "));
}

TEST_F(SslclientCommandLine, DelayedTlsAndStarttlsExcludeEachOther) {
  EXPECT_THAT(refusal({"-y", "--starttls", "smtp"}), HasSubstr("-y leaves the time"));
  EXPECT_EQ(options({"-y"}).delayed_tls, Switch::on);
  EXPECT_EQ(options({"-y", "-Y", "--starttls", "smtp"}).delayed_tls, Switch::off);
}

TEST_F(SslclientCommandLine, Names) {
  const Options got = options({"--name", "a.example", "--name", "192.0.2.1"});
  ASSERT_EQ(got.demand.names.size(), 2U);
  EXPECT_EQ(policy::to_text(got.demand.names[0]), "a.example");
  EXPECT_EQ(policy::to_text(got.demand.names[1]), "192.0.2.1");
  EXPECT_EQ(got.server_name, std::nullopt);
  EXPECT_EQ(options({"--sni", "b.example"}).server_name, "b.example");
  EXPECT_NE(refusal({"--name", ".."}), "taken");
  EXPECT_NE(refusal({"--sni", ".."}), "taken");
}

TEST_F(SslclientCommandLine, HowNamesAreCompared) {
  using policy::CommonName;
  using policy::NameCheck;
  EXPECT_EQ(options({"--common-name", "never"}).demand.common_name, CommonName::never);
  EXPECT_EQ(options({"--common-name", "smtp"}).demand.common_name,
            CommonName::smtp_dane_ta);
  EXPECT_EQ(options({"--common-name", "always"}).demand.common_name, CommonName::always);
  EXPECT_THAT(refusal({"--common-name", "often"}), HasSubstr("never, smtp or always"));
  EXPECT_EQ(options({"--dane-ee-names"}).demand.name_check, NameCheck::dane_ee);
  EXPECT_EQ(options({"-N"}).demand.name_check, NameCheck::skip);
}

TEST_F(SslclientCommandLine, Resolving) {
  const Options got = options({"--trust-anchor", "/key", "--auto-trust-anchor", "/auto",
                               "--unbound-conf", "/conf", "--dns-timeout", "7"});
  EXPECT_EQ(got.resolver.trust_anchor, "/key");
  EXPECT_EQ(got.resolver.auto_trust_anchor, "/auto");
  EXPECT_EQ(got.resolver.unbound_conf, "/conf");
  EXPECT_EQ(got.resolver.deadline, 7s);
  EXPECT_NE(refusal({"--dns-timeout", "0"}), "taken");
  EXPECT_NE(refusal({"--dns-timeout", "3601"}), "taken");
  EXPECT_THAT(refusal({"--forward", "nowhere:"}), HasSubstr("--forward"));
}

TEST_F(SslclientCommandLine, TheReportGoesToADescriptorThatIsOpen) {
  EXPECT_EQ(options({"--json"}).json->target.descriptor, 2);
  EXPECT_TRUE(options({"--json"}).json->is_alone);
  EXPECT_EQ(options({"--json=2"}).json->target.descriptor, 2);
  EXPECT_FALSE(options({"--json=2"}).json->is_alone);
  EXPECT_EQ(options({"--json=1"}).json->target.descriptor, 1);
  EXPECT_EQ(options({"--json=v.json"}).json->target.file, "v.json");
  EXPECT_THAT(refusal({"--json=987"}), HasSubstr("--json 987: descriptor is not open"));
  EXPECT_NE(refusal({"--json=99999999"}), "taken");
}

// -3 reads the password from descriptor 3 and closes it.
TEST_F(SslclientCommandLine, TheReportCannotGoWhereThePasswordComesFrom) {
  const bool was_open = dup2(STDERR_FILENO, 3) == 3;
  ASSERT_TRUE(was_open);
  EXPECT_EQ(options({"--json=3"}).json->target.descriptor, 3);
  EXPECT_THAT(refusal({"-3", "--json=3"}), HasSubstr("--json 3"));
  close(3);
}

TEST_F(SslclientCommandLine, StatusAndTruncation) {
  EXPECT_EQ(options({"--drop-status", "99"}).drop_status, 99);
  EXPECT_NE(refusal({"--drop-status", "0"}), "taken") << "that would be success";
  EXPECT_NE(refusal({"--drop-status", "256"}), "taken");
  EXPECT_EQ(options({"--allow-truncation"}).relay.truncation,
            relay::Truncation::tolerate);
}

TEST_F(SslclientCommandLine, TheEnvironmentOfLibrariesIsTheVeryFirstWord) {
  EXPECT_EQ(options({"--library-environment", "-q"}).verbosity, Verbosity::quiet);
  EXPECT_THAT(refusal({"-q", "--library-environment"}), HasSubstr("the first word"));
}

TEST_F(SslclientCommandLine, InterfacesAreNumbers) {
  const auto line = parse({"-I", "lo", "fe80::1", "25", "true"});
  ASSERT_TRUE(line && line->options);
  EXPECT_NE(std::get<net::Address>(line->options->target.host).scope, 0U);
  const Options from = options({"-I", "lo", "-i", "fe80::2"});
  ASSERT_TRUE(from.source.address);
  EXPECT_NE(from.source.address->scope, 0U);
  EXPECT_THAT(refusal({"-I", "no-such-0"}), HasSubstr("no such interface"));
}

TEST_F(SslclientCommandLine, WordsThatNobodyKnowsAreRefused) {
  EXPECT_THAT(refusal({"--polite", "x"}), HasSubstr("unknown option --polite"));
  EXPECT_THAT(refusal({"-f"}), HasSubstr("unknown option"));
  EXPECT_THAT(refusal_of_all({"-a"}), HasSubstr("needs a value"));
}

TEST_F(SslclientCommandLine, HelpAndVersionAreTexts) {
  const auto help = parse({"--help"});
  ASSERT_TRUE(help);
  EXPECT_FALSE(help->options);
  EXPECT_THAT(help->text, HasSubstr("usage: sslclient"));
  const auto version = parse({"--version"});
  ASSERT_TRUE(version);
  EXPECT_FALSE(version->options);
  EXPECT_THAT(version->text, HasSubstr("sslclient"));
}

}  // namespace
}  // namespace cli::sslclient
