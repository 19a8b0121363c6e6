#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/sslserver/sites.h"
#include "tests/support/certificates.h"

namespace cli::sslserver {
namespace {

using testing::HasSubstr;

/// Nobody is asked to sign here.
class NoSigner final : public tls::Signer {
 public:
  base::Result<base::Bytes> sign(const tls::SigningRequest& /*request*/) override {
    return base::fail(base::ErrorKind::internal, base::Code::tls, "");
  }
};

std::vector<tls::ServedChain> chain() {
  return {{{support::make(support::leaf("Middle", {"a.example"}))}, 0}};
}

SiteSettings settings(const std::string& file) {
  SiteSettings out;
  out.pairs = {{file, ""}};
  return out;
}

/// Sites with one chain each, whose names do not matter.
class SslserverSites : public testing::Test {
 protected:
  [[nodiscard]] base::Result<Sites> make(const std::vector<SiteSettings>& all,
                                         ClientDemand demand = ClientDemand::none) {
    SiteChains chains;
    chains.fallback = chain();
    for (const auto* name : {"a.example", "*.a.example", "b.a.example"}) {
      chains.by_name[name] = chain();
    }
    return Sites::make(all, std::vector<SiteChains>(all.size(), chains), signer_, demand);
  }
  [[nodiscard]] std::string refusal(const SiteSettings& one, ClientDemand demand) {
    const auto made = make({one}, demand);
    if (made) return "taken";
    EXPECT_EQ(made.error().kind, base::ErrorKind::usage);
    return made.error().detail;
  }
  /// A file with an authority.
  static std::string authorities() {
    std::string out = testing::TempDir() + "sslserver_sites_ca";
    std::ofstream(out) << support::pem(support::make(support::ca("Root")));
    return out;
  }

  NoSigner signer_;
};

TEST_F(SslserverSites, AreFoundByTheirSettings) {
  const auto sites = make({settings("/a"), settings("/b")}).value();
  ASSERT_NE(sites.find(settings("/a")), nullptr);
  ASSERT_NE(sites.find(settings("/b")), nullptr);
  EXPECT_NE(sites.find(settings("/a")), sites.find(settings("/b")));
  EXPECT_EQ(sites.find(settings("/c")), nullptr);
}

// A ticket of one site must be nothing at another, which may ask more of clients.
TEST_F(SslserverSites, HaveTicketsOfTheirOwn) {
  const auto sites = make({settings("/a"), settings("/b")}).value();
  EXPECT_NE(sites.find(settings("/a"))->ticket_words,
            sites.find(settings("/b"))->ticket_words);
}

TEST_F(SslserverSites, ANameIsNearerThanAWildcardAndThatIsNearerThanTheRest) {
  const auto sites = make({settings("/a")}).value();
  const Site& site = *sites.find(settings("/a"));
  const auto exact = site.shown_to("b.a.example"),
             wildcard = site.shown_to("c.a.example"), rest = site.shown_to("");
  EXPECT_NE(exact, wildcard);
  EXPECT_NE(wildcard, rest);
  EXPECT_NE(site.shown_to("a.example"), rest);
}

TEST_F(SslserverSites, AWildcardStandsForOneLabel_Rfc9525s6_3) {
  const auto sites = make({settings("/a")}).value();
  const Site& site = *sites.find(settings("/a"));
  const auto rest = site.shown_to("");
  for (const auto* name :
       {"d.c.a.example", ".a.example", "xa.example", "example", "*", "a.", "."}) {
    EXPECT_EQ(site.shown_to(name), rest) << name;
  }
}

TEST_F(SslserverSites, CiphersThatNobodyUnderstandsAreToldWithTheirVariable) {
  auto one = settings("/a");
  one.ciphers = "NONSENSE";
  EXPECT_THAT(refusal(one, ClientDemand::none), HasSubstr("CIPHERS"));
}

TEST_F(SslserverSites, WhoAsksForCertificatesNeedsAuthorities) {
  for (const auto demand :
       {ClientDemand::optional, ClientDemand::required, ClientDemand::named}) {
    EXPECT_THAT(refusal(settings("/a"), demand), HasSubstr("CCAFILE"));
    auto one = settings("/a");
    one.authorities = authorities();
    const auto sites = make({one}, demand);
    ASSERT_TRUE(sites) << sites.error().detail;
    EXPECT_NE(sites->find(one)->trust, nullptr);
    EXPECT_EQ(sites->find(one)->demand, demand);
    one.authorities = "/no/such/file";
    EXPECT_THAT(refusal(one, demand), HasSubstr("/no/such/file"));
  }
}

TEST_F(SslserverSites, SettingsMayTakeTheDemandBack) {
  auto one = settings("/a");
  one.asks_no_client = true;
  const auto sites = make({one}, ClientDemand::required);
  ASSERT_TRUE(sites) << sites.error().detail;
  EXPECT_EQ(sites->find(one)->trust, nullptr);
  EXPECT_EQ(sites->find(one)->demand, ClientDemand::none);
}

TEST_F(SslserverSites, SettingsMayAskWhereTheProgramDoesNot) {
  auto one = settings("/a");
  one.asks_client = true;
  EXPECT_THAT(refusal(one, ClientDemand::none), HasSubstr("CCAFILE"));
  one.authorities = authorities();
  const auto sites = make({one}, ClientDemand::none);
  ASSERT_TRUE(sites) << sites.error().detail;
  EXPECT_EQ(sites->find(one)->demand, ClientDemand::required);
  EXPECT_EQ(make({one}, ClientDemand::optional)->find(one)->demand,
            ClientDemand::optional);
}

}  // namespace
}  // namespace cli::sslserver
