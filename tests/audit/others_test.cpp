// What addresses show to those who ask otherwise.
#include <gtest/gtest.h>

#include "src/audit/opinions.h"
#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::answers;
using audit::testing::broken_off;
using audit::testing::failed;
using audit::testing::host_with;
using audit::testing::kHost;
using audit::testing::kNow;
using audit::testing::shown;
using audit::testing::with;
using audit::testing::Words;
using audit::testing::words_of;
using verify::Certificates;

/// A self-signed certificate by a key of that name, for the host.
Certificates by_key(const std::string& key, const std::string& name = kHost) {
  support::Recipe recipe = support::leaf("", {name});
  recipe.key.name = key;
  recipe.signer.name = key;
  return {support::make(recipe)};
}

/// A host whose usual certificate is proved, with a record beside for one that is spare.
class Others : public ::testing::Test {
 protected:
  /// The findings where the address has answered so behind the usual conversation.
  Words found(std::vector<Shown> beside) {
    beside.insert(beside.begin(), shown(How::usual, good_));
    return words_of(with(host_with(records_), {answers(std::move(beside))}));
  }

  Certificates good_ = by_key("good");
  Certificates spare_ = by_key("spare");
  Certificates wrong_ = by_key("wrong");
  std::vector<dns::Tlsa> records_{support::record(3, 1, 1, good_.front()),
                                  support::record(3, 1, 1, spare_.front())};
};

TEST_F(Others, HaveNothingToSayOfTheUsualCertificate) {
  EXPECT_EQ(found({shown(How::nameless, good_), shown(How::other_key, good_)}),
            Words{"record-unmatched"});
}

TEST_F(Others, MatchARecordToo_Rfc7671s8) {
  EXPECT_EQ(found({shown(How::nameless, good_), shown(How::other_key, spare_)}),
            Words{"no-spare"});
  EXPECT_EQ(found({shown(How::nameless, spare_), shown(How::other_key, spare_)}),
            Words{"no-spare"});
}

TEST_F(Others, GetAnotherCertificateWithoutAName_Rfc7672s8_1) {
  EXPECT_EQ(found({shown(How::nameless, wrong_), shown(How::nameless, wrong_),
                   shown(How::again, good_), shown(How::other_key, good_)}),
            (Words{"name-demanded", "record-unmatched"}));
}

TEST_F(Others, GetNowThisAndNowThat) {
  const Words by_chance = {"mismatch", "record-unmatched"};
  EXPECT_EQ(found({shown(How::nameless, wrong_), shown(How::nameless, good_)}),
            by_chance);
  EXPECT_EQ(found({shown(How::nameless, wrong_), shown(How::nameless, wrong_),
                   shown(How::again, wrong_), shown(How::other_key, wrong_)}),
            by_chance)
      << "what chance explains is no fault of the name or of the key";
}

TEST_F(Others, AreNotBlamedWhereTheDoubtWasNotClearedUp) {
  EXPECT_EQ(found({shown(How::nameless, wrong_)}), Words{"record-unmatched"});
  EXPECT_EQ(found({shown(How::nameless, wrong_), shown(How::nameless, wrong_)}),
            Words{"record-unmatched"});
}

TEST_F(Others, GetNoHandshakeWithoutAName_Rfc7672s8_1) {
  EXPECT_EQ(found({broken_off(How::nameless, base::Code::handshake)}),
            (Words{"name-demanded", "record-unmatched"}));
  EXPECT_EQ(found({broken_off(How::nameless, base::Code::closed)}),
            Words{"record-unmatched"});
  EXPECT_EQ(found({shown(How::nameless, good_),
                   broken_off(How::other_key, base::Code::handshake)}),
            Words{"record-unmatched"})
      << "a server may have one kind of key";
}

TEST_F(Others, GetAnotherKeyThatIsNotProved_Rfc7671s8) {
  EXPECT_EQ(found({shown(How::nameless, good_), shown(How::other_key, wrong_)}),
            (Words{"other-key-unmatched", "record-unmatched"}));
}

TEST_F(Others, AreProvedAndTheUsualOneIsNot_Rfc7671s8) {
  std::swap(good_, wrong_);
  const Words words = found({shown(How::nameless, good_), shown(How::other_key, spare_)});
  EXPECT_EQ(words.count("mismatch"), 1U);
  EXPECT_EQ(words.count("other-key-unmatched"), 1U);
}

TEST_F(Others, AreOfferedNoStarttls) {
  for (const How how : {How::nameless, How::again, How::other_key}) {
    EXPECT_EQ(found({failed(how, base::Code::starttls_not_offered)}),
              (Words{"record-unmatched", "starttls-not-offered"}));
    EXPECT_EQ(found({failed(how, base::Code::starttls_refused, 454)}),
              Words{"record-unmatched"})
        << "not now is no answer";
    EXPECT_EQ(found({failed(how, base::Code::starttls_refused, 554)}),
              (Words{"record-unmatched", "starttls-refused"}));
    EXPECT_EQ(found({failed(how, base::Code::connect)}), Words{"record-unmatched"});
  }
}

TEST_F(Others, SayTheirLastWordAgainstStarttls) {
  EXPECT_EQ(found({failed(How::nameless, base::Code::starttls_not_offered),
                   failed(How::other_key, base::Code::starttls_injection)}),
            (Words{"record-unmatched", "starttls-injection"}));
}

TEST_F(Others, MayHaveNamesAloneWrong) {
  const auto root = support::make(support::ca("Root"));
  const auto leaf = support::make(support::leaf("Root", {kHost}));
  support::Recipe elsewhere = support::leaf("Root", {"elsewhere.example"});
  elsewhere.key.name = "elsewhere";
  records_ = {support::record(2, 1, 1, root)};
  good_ = {leaf, root};
  const Certificates other = {support::make(elsewhere), root};
  EXPECT_EQ(found({shown(How::nameless, other)}), Words{});
  const auto seen = answers({shown(How::usual, good_), shown(How::nameless, other)});
  EXPECT_FALSE(is_name_in_doubt(seen, requirement(host_with(records_)), kNow));
}

TEST_F(Others, CountAsShownWhereTheyHaveASession) {
  Shown broken = broken_off(How::other_key, base::Code::handshake);
  broken.chain = wrong_;
  EXPECT_EQ(found({shown(How::nameless, good_), broken}), Words{"record-unmatched"});
}

TEST(Shown, KeepsNoChainThatSaysNothingNew) {
  const Certificates good = by_key("good"), wrong = by_key("wrong");
  const AddressSeen seen =
      answers({shown(How::usual, good), shown(How::nameless, good),
               shown(How::nameless, wrong), shown(How::other_key, wrong)});
  ASSERT_EQ(seen.shown.size(), 4U);
  EXPECT_TRUE(seen.shown[1].same_certificate);
  EXPECT_EQ(octets_of(seen.shown[1].chain), 0U);
  EXPECT_FALSE(seen.shown[2].same_certificate);
  EXPECT_EQ(octets_of(seen.shown[2].chain), 0U) << "a second one without a name";
  EXPECT_FALSE(seen.shown[3].same_certificate);
  EXPECT_EQ(octets_of(seen.shown[3].chain), wrong.front().size());
}

TEST(Shown, ReplacesTheUsualConversationBefore) {
  const AddressSeen seen = answers({failed(How::usual, base::Code::greeting, 421),
                                    failed(How::usual, base::Code::greeting, 421),
                                    shown(How::usual, by_key("good"))});
  ASSERT_EQ(seen.shown.size(), 1U);
  EXPECT_EQ(seen.refusals, 2U);
  EXPECT_FALSE(usual(seen).error);
}

TEST(Shown, OfNobodyIsNoAnswer) {
  const AddressSeen none;
  ASSERT_TRUE(usual(none).error);
  EXPECT_FALSE(usual(none).session);
}

TEST(SameLeaf, IsThatOfCertificatesAlone) {
  const Certificates good = by_key("good"), wrong = by_key("wrong");
  EXPECT_TRUE(same_leaf(good, Certificates{good.front(), wrong.front()}));
  EXPECT_FALSE(same_leaf(good, wrong));
  EXPECT_FALSE(same_leaf(Certificates{}, Certificates{}));
  EXPECT_FALSE(same_leaf(verify::RawPublicKey{}, verify::RawPublicKey{}));
}

TEST(HostOctets, AreLessWithoutOtherConversations) {
  const Certificates good = by_key("good"), wrong = by_key("wrong");
  const HostSeen host =
      with(host_with({}), {answers({shown(How::usual, good), shown(How::nameless, good),
                                    shown(How::other_key, wrong)})});
  const HostSeen less = without_other_conversations(host);
  ASSERT_EQ(less.addresses.front().shown.size(), 1U);
  EXPECT_EQ(octets_of(host) - octets_of(less), 2 * sizeof(Shown) + wrong.front().size());
}

}  // namespace
}  // namespace audit
