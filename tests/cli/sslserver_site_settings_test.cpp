#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/sslserver/site_settings.h"

namespace cli::sslserver {
namespace {

using keeper::PairFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Variables variables(const std::vector<std::string>& entries) {
  std::vector<const char*> pointers;
  for (const std::string& entry : entries) pointers.push_back(entry.c_str());
  pointers.push_back(nullptr);
  return Variables(pointers.data());
}

SiteSettings settings(const std::vector<std::string>& entries) {
  const auto out = site_settings(variables(entries));
  EXPECT_TRUE(out) << out.error().detail;
  return out.value_or(SiteSettings());
}

std::string refusal(const std::vector<std::string>& entries) {
  const auto out = site_settings(variables(entries));
  if (out) return "taken";
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
  return out.error().detail;
}

TEST(SslserverSiteSettings, AChainAndItsKey) {
  EXPECT_THAT(settings({"CERTFILE=/c", "KEYFILE=/k"}).pairs,
              ElementsAre(PairFiles{"/c", "/k"}));
  EXPECT_THAT(settings({"CERTFILE=/both"}).pairs, ElementsAre(PairFiles{"/both", ""}));
}

TEST(SslserverSiteSettings, AWholeChainWinsOverACertificate) {
  EXPECT_THAT(settings({"CERTFILE=/c", "CERTCHAINFILE=/chain", "KEYFILE=/k"}).pairs,
              ElementsAre(PairFiles{"/chain", "/k"}));
  EXPECT_THAT(settings({"CERTFILE=/c", "CERTCHAINFILE=", "KEYFILE=/k"}).pairs,
              ElementsAre(PairFiles{"/c", "/k"}))
      << "an empty variable is none";
}

TEST(SslserverSiteSettings, ChainsSideBySideHaveAKeyEach) {
  EXPECT_THAT(settings({"CERTFILE=/rsa:/ecdsa", "KEYFILE=/r:/e"}).pairs,
              ElementsAre(PairFiles{"/rsa", "/r"}, PairFiles{"/ecdsa", "/e"}));
  EXPECT_THAT(settings({"CERTFILE=:/rsa::/ecdsa:"}).pairs,
              ElementsAre(PairFiles{"/rsa", ""}, PairFiles{"/ecdsa", ""}));
  EXPECT_THAT(refusal({"CERTFILE=/rsa:/ecdsa", "KEYFILE=/r"}),
              HasSubstr("KEYFILE names 1 files, CERTFILE 2"));
  EXPECT_THAT(refusal({"CERTCHAINFILE=/rsa", "KEYFILE=/r:/e"}),
              HasSubstr("KEYFILE names 2 files, CERTCHAINFILE 1"));
}

TEST(SslserverSiteSettings, WithoutACertificateThereIsNoServer) {
  for (const auto& entries : std::vector<std::vector<std::string>>{
           {}, {"CERTFILE="}, {"CERTFILE=:"}, {"ALPN=h2"}}) {
    EXPECT_THAT(refusal(entries), HasSubstr("CERTFILE"));
  }
  EXPECT_NE(refusal({"KEYFILE=/k"}), "taken");
}

TEST(SslserverSiteSettings, ADirectoryMayBeAllThereIs) {
  const auto got = settings({"CERTDIR=/certs"});
  EXPECT_EQ(got.directory, "/certs");
  EXPECT_THAT(got.pairs, IsEmpty());
  EXPECT_EQ(settings({"CERTDIR=/certs", "CERTFILE=/c"}).pairs.size(), 1U);
}

TEST(SslserverSiteSettings, CiphersAndProtocols) {
  const auto got = settings({"CERTFILE=/c", "CIPHERS=HIGH", "ALPN=h2,,http/1.1,"});
  EXPECT_EQ(got.ciphers, "HIGH");
  EXPECT_THAT(got.protocols, ElementsAre("h2", "http/1.1"));
  EXPECT_THAT(settings({"CERTFILE=/c"}).protocols, IsEmpty());
}

TEST(SslserverSiteSettings, WhoCertifiesClients) {
  const auto usual = settings({"CERTFILE=/c", "CAFILE=/ca", "CADIR=/cas"});
  EXPECT_EQ(usual.authorities, "/ca");
  EXPECT_EQ(usual.authorities_directory, "/cas");
  EXPECT_FALSE(usual.asks_no_client);
  const auto own = settings({"CERTFILE=/c", "CAFILE=/ca", "CADIR=/cas", "CCAFILE=/cca"});
  EXPECT_EQ(own.authorities, "/cca");
  EXPECT_EQ(own.authorities_directory, "") << "CADIR goes with CAFILE";
}

TEST(SslserverSiteSettings, AMinusInPlaceOfAuthoritiesAsksNobody) {
  const auto got =
      settings({"CERTFILE=/c", "CCAFILE=-", "CAFILE=/ca", "CADIR=/cas", "CRLFILE=/crl"});
  EXPECT_TRUE(got.asks_no_client);
  EXPECT_EQ(got.authorities, "");
  EXPECT_EQ(got.authorities_directory, "");
  EXPECT_EQ(got.revocations, "");
}

TEST(SslserverSiteSettings, AVariableAsksForWhatTheProgramDoesNotAskFor) {
  EXPECT_TRUE(settings({"CERTFILE=/c", "CCAVERIFY=1"}).asks_client);
  EXPECT_FALSE(settings({"CERTFILE=/c", "CCAVERIFY="}).asks_client);
  EXPECT_FALSE(settings({"CERTFILE=/c"}).asks_client);
}

TEST(SslserverSiteSettings, ListsOfRevokedCertificatesAndTheDepth) {
  const auto got = settings({"CERTFILE=/c", "CRLFILE=/crl", "VERIFYDEPTH=0"});
  EXPECT_EQ(got.revocations, "/crl");
  EXPECT_EQ(got.depth, 0U);
  EXPECT_EQ(settings({"CERTFILE=/c"}).depth, std::nullopt);
  for (const auto* word : {"x", "-1", "101", "1.5"}) {
    EXPECT_THAT(refusal({"CERTFILE=/c", std::string("VERIFYDEPTH=") + word}),
                HasSubstr("VERIFYDEPTH"))
        << word;
  }
}

TEST(SslserverSiteSettings, TheSameWordsAreTheSameSettings) {
  EXPECT_EQ(settings({"CERTFILE=/c", "OTHER=1"}), settings({"CERTFILE=/c"}));
  EXPECT_NE(settings({"CERTFILE=/c", "ALPN=h2"}), settings({"CERTFILE=/c"}));
}

TEST(SslserverVariables, ARuleWinsOverTheEnvironment) {
  const auto own = variables({"A=1", "B=2", "A=3", "no variable", "C="});
  EXPECT_EQ(own.value("A"), "1") << "as getenv has it";
  EXPECT_EQ(own.value("C"), std::nullopt);
  EXPECT_EQ(own.word("D"), "");
  const auto changed = own.with({{"B", "5"}, {"B", "6"}, {"A", ""}});
  EXPECT_EQ(changed.value("A"), std::nullopt);
  EXPECT_EQ(changed.value("B"), "6") << "of two the later one counts";
  EXPECT_EQ(own.value("B"), "2");
}

}  // namespace
}  // namespace cli::sslserver
