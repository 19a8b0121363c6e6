#include <gtest/gtest.h>

#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::answers;
using audit::testing::broken_off;
using audit::testing::fails;
using audit::testing::host_with;
using audit::testing::kDay;
using audit::testing::kHost;
using audit::testing::kNow;
using audit::testing::left_alone;
using audit::testing::shown;
using audit::testing::shows;
using audit::testing::stranger;
using audit::testing::with;
using audit::testing::Words;
using audit::testing::words_of;
using support::GoodChain;
using support::record;
using verify::Certificates;

/// The findings of a host with these records that shows this chain.
Words found(std::vector<dns::Tlsa> records, const Certificates& chain) {
  return words_of(with(host_with(std::move(records)), {shows(chain)}));
}

/// A self-signed certificate for the host, by a key of that name.
Certificates self_signed(const std::string& key) {
  support::Recipe recipe = support::leaf("", {kHost});
  recipe.key.name = key;
  recipe.signer.name = key;
  return {support::make(recipe)};
}

TEST(Records, OfKeyAndIssuerLeaveNothingToSay_Rfc7672s3_1_1) {
  const GoodChain good;
  EXPECT_EQ(found({record(3, 1, 1, good.leaf), record(2, 1, 1, good.root)}, good.sent()),
            Words{});
  EXPECT_EQ(found({record(2, 1, 1, good.middle)}, good.sent()), Words{});
}

TEST(Records, WithoutASpare) {
  const GoodChain good;
  const auto present = record(3, 1, 1, good.leaf);
  EXPECT_EQ(found({present}, good.sent()), Words{"no-spare"});
  EXPECT_EQ(found({present, record(3, 1, 2, good.leaf)}, good.sent()), Words{"no-spare"});
  EXPECT_EQ(found({present, stranger()}, good.sent()), Words{"record-unmatched"});
}

TEST(Records, MayMatchWhereNobodyLooked) {
  const GoodChain good;
  HostSeen host = with(host_with({record(3, 1, 1, good.leaf), stranger()}),
                       {shows(good.sent()), left_alone()});
  EXPECT_EQ(words_of(host), Words{"host-slow"});
  host.addresses.pop_back();
  EXPECT_EQ(words_of(host), Words{"record-unmatched"});
  host.untried = 1;
  EXPECT_EQ(words_of(host), Words{"host-many-addresses"});
}

TEST(Records, ThatCannotBeUsed) {
  const GoodChain good;
  const auto present = record(3, 1, 1, good.leaf);
  EXPECT_EQ(found({present, {0, 1, 1, base::Bytes(32)}}, good.sent()),
            (Words{"no-spare", "record-pkix-usage"}));
  EXPECT_EQ(found({present, {3, 2, 1, base::Bytes(32)}}, good.sent()),
            (Words{"no-spare", "record-unknown-number"}));
  EXPECT_EQ(found({present, {3, 1, 1, base::Bytes(31)}}, good.sent()),
            (Words{"no-spare", "record-bad-data"}));
  EXPECT_EQ(found({{1, 1, 1, base::Bytes(32)}}, good.sent()),
            (Words{"none-usable", "record-pkix-usage"}));
}

TEST(Records, WholeAnchorsAreToldByWhatIsSent_Rfc7671s5_2_3) {
  const GoodChain good;
  const Certificates without_root = {good.leaf, good.middle};
  Certificates with_root = without_root;
  with_root.push_back(good.root);
  EXPECT_EQ(found({record(2, 0, 0, good.root)}, without_root),
            Words{"record-anchor-full"});
  EXPECT_EQ(found({record(2, 1, 0, good.root)}, without_root),
            Words{"record-anchor-key-not-sent"});
  EXPECT_EQ(found({record(2, 0, 0, good.root)}, with_root), Words{"record-full"});
  EXPECT_EQ(found({record(2, 1, 0, good.root)}, with_root), Words{"record-full"});
  HostSeen unseen = host_with({record(2, 1, 0, good.root)});
  EXPECT_EQ(words_of(unseen), Words{"record-anchor-key-not-sent"});
}

TEST(Records, OfASpareIssuerAreANote_Rfc7671s8_1) {
  const GoodChain good;
  const auto present = record(2, 1, 1, good.middle);
  EXPECT_EQ(found({present, stranger(2)}, good.sent()), Words{"record-anchor-spare"});
  EXPECT_EQ(found({record(3, 1, 1, good.leaf), stranger(2)}, good.sent()),
            (Words{"parameters-unmatched", "record-anchor-spare"}));
}

TEST(Records, Shapes) {
  const GoodChain good;
  EXPECT_EQ(found({record(3, 0, 1, good.leaf)}, good.sent()),
            (Words{"no-spare", "record-certificate"}));
  EXPECT_EQ(found({record(3, 1, 0, good.leaf)}, good.sent()),
            (Words{"no-spare", "record-full"}));
  EXPECT_EQ(found({record(3, 1, 2, good.leaf)}, good.sent()),
            (Words{"no-spare", "record-sha512-alone"}));
  EXPECT_EQ(found({record(2, 0, 1, good.root)}, good.sent()),
            Words{"record-anchor-certificate"});
  const auto present = record(3, 1, 1, good.leaf);
  EXPECT_EQ(found({present, present}, good.sent()),
            (Words{"no-spare", "record-duplicate"}));
}

TEST(Records, OfEachCombinationMatch_Rfc7671s8) {
  const GoodChain good;
  EXPECT_EQ(found({stranger(3), record(2, 1, 1, good.root)}, good.sent()),
            (Words{"parameters-unmatched", "record-unmatched"}));
  EXPECT_EQ(found({record(3, 1, 1, good.leaf), stranger(2)}, good.sent()),
            (Words{"parameters-unmatched", "record-anchor-spare"}));
  EXPECT_EQ(found({stranger(3)}, good.sent()), Words{"mismatch"});
  EXPECT_EQ(found({stranger(2)}, good.sent()),
            (Words{"mismatch", "record-anchor-not-sent"}));
}

TEST(Records, OfEachCombinationMatchAtEveryAddress_Rfc7671s8) {
  const GoodChain good;
  const auto other = self_signed("other");
  const HostSeen host =
      with(host_with({record(2, 1, 1, good.root), record(3, 1, 1, other[0])}),
           {shows(good.sent(), 1), shows(other, 2)});
  EXPECT_EQ(words_of(host), (Words{"certificates-differ", "parameters-unmatched",
                                   "parameters-unmatched"}));
}

TEST(Records, OfAnotherCertificateOfTheServerAreMatched) {
  const GoodChain good;
  const auto other = self_signed("other");
  HostSeen host = with(host_with({record(3, 1, 1, good.leaf), record(3, 1, 1, other[0])}),
                       {shows(good.sent())});
  EXPECT_EQ(words_of(host), Words{"record-unmatched"});
  add_shown(host.addresses[0], shown(How::other_key, other));
  EXPECT_EQ(words_of(host), Words{"no-spare"});
}

TEST(Records, OfAWholeAnchorNeedNotBeSent_Rfc7671s5_2) {
  const GoodChain good;
  const std::vector<dns::Tlsa> records = {record(3, 1, 1, good.leaf),
                                          record(2, 0, 0, good.root)};
  EXPECT_EQ(found(records, {good.leaf, good.middle}).count("record-anchor-spare"), 0U);
  const auto other = self_signed("other");
  EXPECT_EQ(found({record(3, 1, 1, good.leaf), record(2, 0, 0, other[0])}, good.sent())
                .count("record-anchor-spare"),
            1U);
}

TEST(Records, AreLookedAtUpToANumber) {
  const GoodChain good;
  std::vector<dns::Tlsa> many = {record(3, 1, 1, good.leaf)};
  for (int i = 0; i < 1000; ++i) {
    many.push_back(stranger());
    many.back().data[0] = static_cast<std::byte>(i);
    many.back().data[1] = static_cast<std::byte>(i >> 8);
  }
  EXPECT_EQ(found(many, good.sent()).count("record-unmatched"), 63U);
}

TEST(Service, SaysWhyThereIsNoSession) {
  const auto word = [](AddressSeen address) {
    return words_of(with(host_with({stranger()}), {std::move(address)}));
  };
  EXPECT_EQ(word(fails(base::Code::connect)), Words{"unreachable"});
  EXPECT_EQ(word(fails(base::Code::greeting, 421)), Words{"temporarily-refused"});
  EXPECT_EQ(word(fails(base::Code::helo, 450)), Words{"temporarily-refused"});
  EXPECT_EQ(word(fails(base::Code::greeting, 554)), Words{"refused"});
  EXPECT_EQ(word(fails(base::Code::closed)), Words{"garbage"});
  EXPECT_EQ(word(fails(base::Code::starttls_not_offered)), Words{"starttls-not-offered"});
  EXPECT_EQ(word(fails(base::Code::starttls_refused, 454)), Words{"temporarily-refused"});
  EXPECT_EQ(word(fails(base::Code::starttls_refused, 554)), Words{"starttls-refused"});
  EXPECT_EQ(word(fails(base::Code::starttls_injection)), Words{"starttls-injection"});
  EXPECT_EQ(word(answers({broken_off(How::usual, base::Code::closed)})),
            Words{"handshake-fails"});
  const GoodChain good;
  AddressSeen hung_up = shows(good.sent());
  hung_up.shown[0].error = audit::testing::error(base::Code::closed);
  const std::vector<dns::Tlsa> records = {record(3, 1, 1, good.leaf), stranger(2)};
  EXPECT_EQ(words_of(with(host_with(records), {hung_up})).count("garbage"), 1U);
}

TEST(Service, SaysWhyAPathIsNotGood) {
  const auto root = support::make(support::ca("Root"));
  const auto anchor = record(2, 1, 1, root);
  const auto under_root = [&](auto change) {
    support::Recipe recipe = support::leaf("Root", {kHost});
    change(recipe);
    return Certificates{support::make(recipe), root};
  };
  EXPECT_EQ(found({anchor}, under_root([](auto& leaf) { leaf.until = kNow - kDay; })),
            Words{"expired"});
  EXPECT_EQ(found({anchor}, under_root([](auto& leaf) { leaf.from = kNow + kDay; })),
            Words{"expired"});
  EXPECT_EQ(found({anchor}, under_root([](auto& leaf) { leaf.sha1 = true; })),
            Words{"bad-path"});
  EXPECT_EQ(found({anchor}, under_root([](auto& leaf) {
                    leaf.purposes = {support::kClientPurpose};
                  })),
            Words{"bad-path"});
  // Names depend on the domain that leads here.
  EXPECT_EQ(found({anchor}, under_root([](auto& leaf) { leaf.dns = {"a.example"}; })),
            Words{});
}

TEST(Service, TellsWhatEndsSoonUpToTheAnchor_Rfc7671s5_2) {
  const auto root = support::make(support::ca("Root"));
  const auto chain_until = [&](std::chrono::sys_seconds until) {
    support::Recipe recipe = support::leaf("Root", {kHost});
    recipe.until = until;
    return Certificates{support::make(recipe), root};
  };
  const auto anchor = record(2, 1, 1, root);
  EXPECT_EQ(found({anchor}, chain_until(kNow + 7 * kDay)), Words{});
  EXPECT_EQ(found({anchor}, chain_until(kNow + 6 * kDay)), Words{"expires-soon"});
  support::Recipe old = support::ca("Old");
  old.until = kNow - kDay;
  Certificates beyond = chain_until(kNow + 9 * kDay);
  beyond.push_back(support::make(old));
  EXPECT_EQ(found({anchor}, beyond), Words{});
}

TEST(Service, DatesCountOnThePathWhateverItsOrder_Rfc8446s4_4_2) {
  const auto root = support::make(support::ca("Root"));
  support::Recipe middle = support::ca("Middle", "Root");
  middle.until = kNow + 3 * kDay;
  const auto leaf = support::make(support::leaf("Middle", {kHost}));
  support::Recipe old = support::ca("Old");
  old.until = kNow + 2 * kDay;
  const auto stranger_ends = support::make(old);
  const auto anchor = record(2, 1, 1, root);
  const Certificates shuffled{leaf, root, stranger_ends, support::make(middle)};
  EXPECT_EQ(found({anchor}, shuffled), Words{"expires-soon"});
  const auto lasting = support::make(support::ca("Middle", "Root"));
  EXPECT_EQ(found({anchor}, {leaf, stranger_ends, lasting, root}), Words{});
}

TEST(Records, OfTheAnchorMatchWhatIsOnThePathAlone_Rfc7671s5_2) {
  const auto root = support::make(support::ca("Root"));
  const auto other = support::make(support::ca("Other"));
  const auto leaf = support::make(support::leaf("Root", {kHost}));
  const auto good = record(3, 1, 1, leaf);
  EXPECT_EQ(found({good, record(2, 1, 1, root)}, {leaf, root, other}), Words{});
  const Words off = {"parameters-unmatched", "record-anchor-spare"};
  EXPECT_EQ(found({good, record(2, 1, 1, other)}, {leaf, root, other}), off);
  EXPECT_EQ(found({good, record(2, 1, 1, leaf)}, {leaf, root}), off);
}

TEST(Records, OfUseAreSeenAmongHundreds) {
  const GoodChain good;
  std::vector<dns::Tlsa> records;
  for (unsigned char i = 0; i < 100; ++i) {
    records.push_back({1, 1, 1, base::Bytes(32, static_cast<std::byte>(i))});
  }
  records.push_back(record(3, 1, 1, good.leaf));
  HostSeen host = with(host_with(records), {shows(good.sent())});
  const Words words = words_of(host);
  EXPECT_EQ(words.count("none-usable"), 0U);
  EXPECT_EQ(words.count("no-spare"), 1U);
}

TEST(Service, TellsWhatDaneEeIgnores_Rfc7671s5_1) {
  const auto root = support::make(support::ca("Root"));
  support::Recipe recipe = support::leaf("Root", {"another.example"});
  recipe.until = kNow - kDay;
  const auto leaf = support::make(recipe);
  EXPECT_EQ(found({record(3, 1, 1, leaf), stranger()}, {leaf, root}),
            (Words{"leaf-expired", "leaf-other-name", "record-unmatched"}));
}

TEST(Service, TellsWhatOtherSendersCannotRead_Rfc5280s4_1) {
  const auto root = support::make(support::ca("Root"));
  support::Recipe recipe = support::leaf("Root", {kHost});
  recipe.raw = {{"1.2.3.4", base::Bytes(2)}, {"1.2.3.5", base::Bytes(2)}};
  const auto twice =
      support::splice(support::make(recipe), base::from_hex("2a0305").value(),
                      base::from_hex("2a0304").value());
  EXPECT_EQ(found({record(3, 1, 1, twice), stranger()}, {twice, root}),
            (Words{"certificate-unreadable", "leaf-other-name", "record-unmatched"}));
  const auto leaf = support::make(support::leaf("Root", {kHost}));
  EXPECT_EQ(found({record(3, 1, 1, leaf), stranger()}, {leaf, twice}),
            (Words{"certificate-unreadable", "record-unmatched"}));
}

TEST(Service, TellsAKeyThatNobodyCanCheck) {
  const auto known = base::from_hex("2a8648ce3d0201").value();
  const auto unknown = base::from_hex("2a8648ce3d0209").value();
  const auto leaf =
      support::splice(support::make(support::leaf("Root", {kHost})), known, unknown);
  EXPECT_EQ(found({record(3, 1, 1, leaf)}, {leaf}).count("unsupported-key"), 1U);
  HostSeen lost = with(host_with({stranger()}), {fails(base::Code::unsupported_key)});
  EXPECT_EQ(words_of(lost).count("unsupported-key"), 1U);
}

TEST(Service, TellsOfTlsThatIsOld) {
  const GoodChain good;
  HostSeen host = with(host_with({record(2, 1, 1, good.root)}), {shows(good.sent())});
  host.addresses[0].shown[0].session->protocol = "TLSv1.2";
  EXPECT_EQ(words_of(host), Words{"old-protocol"});
}

TEST(Service, LeavesOutAddressesWithoutAWay) {
  const GoodChain good;
  HostSeen host = with(host_with({record(2, 1, 1, good.root)}), {shows(good.sent())});
  host.no_route = {net::parse_address("2001:db8::1").value()};
  EXPECT_EQ(words_of(host), Words{"no-route"});
}

TEST(Service, WithoutKeyUsageIsProvedByDaneEeAlone_Rfc7671s5_1) {
  const GoodChain good;
  HostSeen host =
      with(host_with({record(3, 1, 1, good.leaf), record(2, 1, 1, good.root)}),
           {shows(good.sent())});
  host.addresses[0].shown[0].despite_key_usage = true;
  EXPECT_EQ(words_of(host), Words{"key-usage"});
}

}  // namespace
}  // namespace audit
