#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/sslserver/client_judge.h"
#include "src/client/wall_clock.h"
#include "tests/support/certificates.h"

namespace cli::sslserver {
namespace {

using support::kDay;
using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

std::string written(const std::string& name, const std::string& text) {
  std::string out = testing::TempDir() + "sslserver_client_judge_" + name;
  std::ofstream(out) << text;
  return out;
}

/// An authority of today and a client that it certifies.
class SslserverClientJudge : public testing::Test {
 protected:
  base::Bytes today(support::Recipe recipe) const {
    recipe.from = now_ - kDay;
    recipe.until = now_ + kDay;
    return support::make(recipe);
  }
  [[nodiscard]] support::Recipe client() const {
    auto out = support::leaf("Root", {"client.example"});
    out.purposes = {support::kClientPurpose};
    return out;
  }
  [[nodiscard]] std::shared_ptr<const ClientTrust> trust(
      const std::string& lists = "") const {
    SiteSettings settings;
    settings.authorities = written("ca", support::pem(root_));
    if (!lists.empty()) settings.revocations = written("crl", lists);
    auto out = client_trust(settings);
    EXPECT_TRUE(out) << out.error().detail;
    return out ? *out : nullptr;
  }
  [[nodiscard]] std::optional<std::string> objection(
      const verify::Certificates& chain, ClientDemand demand,
      const std::optional<std::string>& host = std::nullopt) const {
    return objection_to(chain, demand, *trust(), host);
  }

  const std::chrono::sys_seconds now_ = client::wall_clock();
  const base::Bytes root_ = today(support::ca("Root"));
  const base::Bytes good_ = today(client());
};

TEST_F(SslserverClientJudge, AClientOfOurAuthoritiesIsBelieved) {
  EXPECT_EQ(objection({good_}, ClientDemand::optional), std::nullopt);
  EXPECT_EQ(objection({good_, root_}, ClientDemand::required), std::nullopt);
}

TEST_F(SslserverClientJudge, AClientOfAStrangerIsNot) {
  auto strange = client();
  strange.issuer = "Stranger";
  const base::Bytes leaf = today(strange);
  for (const auto demand : {ClientDemand::optional, ClientDemand::required}) {
    EXPECT_NE(objection({leaf}, demand), std::nullopt);
    EXPECT_NE(objection({leaf, today(support::ca("Stranger"))}, demand), std::nullopt);
  }
}

TEST_F(SslserverClientJudge, NoCertificateIsEnoughWhereItIsOptional) {
  EXPECT_EQ(objection({}, ClientDemand::optional), std::nullopt);
  EXPECT_NE(objection({}, ClientDemand::required), std::nullopt);
  EXPECT_NE(objection({}, ClientDemand::named, "client.example"), std::nullopt);
}

TEST_F(SslserverClientJudge, AServersCertificateIsNoClients_Rfc5280s4_2_1_12) {
  auto recipe = client();
  recipe.purposes = {support::kServerPurpose};
  EXPECT_NE(objection({today(recipe)}, ClientDemand::required), std::nullopt);
}

TEST_F(SslserverClientJudge, ACertificateOfYesterdayIsTooOld) {
  auto recipe = client();
  recipe.from = now_ - 3 * kDay;
  recipe.until = now_ - 2 * kDay;
  EXPECT_NE(objection({support::make(recipe)}, ClientDemand::required), std::nullopt);
}

TEST_F(SslserverClientJudge, AClientIsHeldToItsHostName) {
  const auto named = ClientDemand::named;
  EXPECT_EQ(objection({good_}, named, "client.example"), std::nullopt);
  EXPECT_EQ(objection({good_}, named, "CLIENT.example"), std::nullopt);
  EXPECT_NE(objection({good_}, named, "other.example"), std::nullopt);
  EXPECT_THAT(objection({good_}, named), Optional(HasSubstr("no host name")));
  EXPECT_THAT(objection({good_}, named, ""), Optional(HasSubstr("no host name")));
  EXPECT_NE(objection({good_}, named, "not a name.."), std::nullopt);
  EXPECT_EQ(objection({good_}, ClientDemand::required, "other.example"), std::nullopt);
}

TEST_F(SslserverClientJudge, ARevokedCertificateIsObjectedTo_Rfc5280s5) {
  const auto list =
      support::revocation_pem({"Root", {}, {good_}, now_ - kDay, now_ + kDay});
  const auto other = support::revocation_pem({"Root", {}, {}, now_ - kDay, now_ + kDay});
  EXPECT_THAT(objection_to(verify::Certificates{good_}, ClientDemand::required,
                           *trust(list), std::nullopt),
              Optional(HasSubstr("revoked")));
  EXPECT_THAT(objection_to(verify::Certificates{good_}, ClientDemand::required,
                           *trust(other), std::nullopt),
              Eq(std::nullopt));
}

TEST_F(SslserverClientJudge, NobodyWhoCertifiesIsAnErrorOfUsage) {
  const auto none = client_trust({});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, base::Code::no_trust_store);
  SiteSettings settings;
  settings.authorities = written("ca", support::pem(root_));
  settings.revocations = written("no_list", "no list");
  const auto no_list = client_trust(settings);
  ASSERT_FALSE(no_list);
  EXPECT_THAT(no_list.error().detail, HasSubstr(settings.revocations));
}

}  // namespace
}  // namespace cli::sslserver
