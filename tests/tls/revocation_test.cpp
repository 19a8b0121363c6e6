#include "src/tls/revocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.h"

namespace tls {
namespace {

using support::ca;
using support::kDay;
using support::kNow;
using support::make;
using support::pem;
using support::revocation_pem;
using testing::HasSubstr;
using testing::Optional;

/// An authority, one below it, and clients of that one.
struct RevocationTest : testing::Test {
  const base::Bytes root = make(ca("Root"));
  const base::Bytes middle = make(ca("Middle", "Root"));
  const base::Bytes good = make(support::leaf("Middle", {"good.example.org"}));
  const base::Bytes bad = make(support::leaf("Middle", {"bad.example.org"}));
  const std::string authorities = pem(root) + pem(middle);

  /// What lists have against a chain.
  [[nodiscard]] std::optional<std::string> objection(
      const std::string& lists, const verify::Certificates& chain) const {
    const auto read = Revocations::read(lists, authorities);
    EXPECT_TRUE(read) << read.error().detail;
    return read ? read->objection(chain, kNow) : "unreadable";
  }
  /// What is said of lists that cannot be used.
  [[nodiscard]] std::string refusal(const std::string& lists,
                                    const std::string& signers) const {
    const auto read = Revocations::read(lists, signers);
    if (read) return "taken";
    EXPECT_EQ(read.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(read.error().code, base::Code::bad_file);
    return read.error().detail;
  }
};
using Revocation = RevocationTest;

TEST_F(Revocation, ACertificateOnTheListIsRevoked_Rfc5280s5) {
  const auto list = revocation_pem({"Middle", {}, {bad}});
  EXPECT_THAT(objection(list, {bad, middle}),
              Optional(std::string("the certificate has been revoked")));
}

TEST_F(Revocation, ACertificateThatIsNotOnTheListIsGood) {
  const auto list = revocation_pem({"Middle", {}, {bad}});
  EXPECT_EQ(objection(list, {good, middle}), std::nullopt);
  EXPECT_EQ(objection(revocation_pem({"Middle"}), {bad}), std::nullopt);
}

TEST_F(Revocation, AnAuthorityOfTheChainCanBeRevokedToo) {
  const auto list = revocation_pem({"Root", {}, {middle}});
  EXPECT_THAT(objection(list, {good, middle}), Optional(HasSubstr("revoked")));
  EXPECT_EQ(objection(list, {good}), std::nullopt);
}

TEST_F(Revocation, EveryListOfAFileIsLookedAt) {
  const auto lists = revocation_pem({"Root"}) + revocation_pem({"Middle", {}, {bad}});
  EXPECT_THAT(objection(lists, {bad, middle}), Optional(HasSubstr("revoked")));
  EXPECT_EQ(objection(lists, {good, middle}), std::nullopt);
}

TEST_F(Revocation, AnotherAuthoritysNumberIsNotMeant) {
  // The list of one authority says nothing about the certificates of another.
  const auto list = revocation_pem({"Root", {}, {bad}});
  EXPECT_EQ(objection(list, {bad, middle}), std::nullopt);
}

TEST_F(Revocation, AListThatIsOutOfDateMayMissSome) {
  const auto list =
      revocation_pem({"Middle", {}, {}, kNow - 5 * kDay, kNow - std::chrono::seconds(1)});
  EXPECT_THAT(objection(list, {good, middle}), Optional(HasSubstr("out of date")));
  EXPECT_EQ(objection(revocation_pem({"Middle", {}, {}, kNow - kDay, kNow}), {good}),
            std::nullopt)
      << "until the second in which the next one comes";
}

TEST_F(Revocation, ARevokedCertificateIsRevokedOnAnOldListToo) {
  const auto list = revocation_pem({"Middle", {}, {bad}, kNow - 5 * kDay, kNow - kDay});
  EXPECT_THAT(objection(list, {bad}), Optional(HasSubstr("has been revoked")));
}

TEST_F(Revocation, AnOldListOfAnotherAuthorityDoesNotMatter) {
  const auto list = revocation_pem({"Root", {}, {}, kNow - 5 * kDay, kNow - kDay});
  EXPECT_EQ(objection(list, {good}), std::nullopt);
}

TEST_F(Revocation, ACertificateThatCannotBeReadIsObjectedTo) {
  const auto list = revocation_pem({"Middle"});
  EXPECT_THAT(objection(list, {base::Bytes(20)}), Optional(HasSubstr("cannot be")));
}

TEST_F(Revocation, NoChainIsNotObjectedTo) {
  EXPECT_EQ(objection(revocation_pem({"Middle"}), {}), std::nullopt);
}

TEST_F(Revocation, AListThatAStrangerHasSignedIsRefused) {
  const auto forged = revocation_pem({"Middle", {"stranger"}});
  EXPECT_THAT(refusal(forged, authorities),
              HasSubstr("has signed the list of CN=Middle"));
  const auto unknown = revocation_pem({"Stranger"});
  EXPECT_THAT(refusal(unknown, authorities), HasSubstr("CN=Stranger"));
  EXPECT_THAT(refusal(revocation_pem({"Root"}) + unknown, authorities),
              HasSubstr("CN=Stranger"));
}

TEST_F(Revocation, AListOfWhoMaySignNoListsIsRefused) {
  auto recipe = ca("Middle", "Root");
  recipe.key_usage = 4;  // GNUTLS_KEY_KEY_CERT_SIGN alone
  EXPECT_NE(refusal(revocation_pem({"Middle"}), pem(make(recipe))), "taken");
}

TEST_F(Revocation, WithoutAuthoritiesEachListIsAStrangers) {
  EXPECT_NE(refusal(revocation_pem({"Middle"}), ""), "taken");
}

TEST_F(Revocation, AFileWithoutAListIsAnError) {
  for (const std::string& text : {std::string(), std::string("no PEM"), pem(good),
                                  revocation_pem({"Middle"}).substr(0, 100)}) {
    EXPECT_NE(refusal(text, authorities), "taken") << text;
  }
}

}  // namespace
}  // namespace tls
