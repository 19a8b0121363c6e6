#include "src/audit/next_question.h"

#include <gtest/gtest.h>

#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::answers;
using audit::testing::broken_off;
using audit::testing::domain_of;
using audit::testing::error;
using audit::testing::failed;
using audit::testing::fails;
using audit::testing::host_with;
using audit::testing::host_without;
using audit::testing::kNow;
using audit::testing::shown;
using audit::testing::shows;
using audit::testing::stranger;
using audit::testing::with;
using std::chrono::seconds;
using verify::Certificates;

/// Certificates of the host by keys of these names; the records match `good`'s.
Certificates by_key(const std::string& key) {
  support::Recipe recipe = support::leaf("", {audit::testing::kHost});
  recipe.key.name = key;
  recipe.signer.name = key;
  return {support::make(recipe)};
}

class NextQuestion : public ::testing::Test {
 protected:
  NextQuestion() { settings_.retries = 1; }

  std::optional<Question> next(const AddressSeen& address) {
    return next_question(address, {host_, settings_, kNow});
  }
  static Question ask(How how) { return {how, seconds(0)}; }

  Certificates good_ = by_key("good");
  Certificates other_ = by_key("other");
  Shown usual_ = shown(How::usual, good_);
  HostSeen host_ = host_with({support::record(3, 1, 1, good_.front())});
  SurveySettings settings_;
};

TEST_F(NextQuestion, IsWhatASenderAsks) {
  EXPECT_EQ(next(answers({})), ask(How::usual));
  settings_.thorough = false;
  EXPECT_EQ(next(answers({})), ask(How::usual));
}

TEST_F(NextQuestion, IsTheUsualOneAgainAfterARefusalForNow) {
  const Question later{How::usual, settings_.retry_wait};
  AddressSeen busy = answers({failed(How::usual, base::Code::greeting, 421)});
  EXPECT_EQ(next(busy), later);
  add_shown(busy, failed(How::usual, base::Code::helo, 450));
  EXPECT_EQ(next(busy), std::nullopt) << "once more is enough";
  settings_.retries = 2;
  EXPECT_EQ(next(busy), later);
  settings_.retries = 0;
  EXPECT_EQ(next(answers({failed(How::usual, base::Code::greeting, 421)})), std::nullopt);
}

TEST_F(NextQuestion, IsTheUsualOneAgainAfterAHandshakeThatIsLost) {
  const Question later{How::usual, settings_.retry_wait};
  EXPECT_EQ(next(answers({broken_off(How::usual, base::Code::closed)})), later);
  EXPECT_EQ(next(answers({broken_off(How::usual, base::Code::timeout)})), later);
  EXPECT_EQ(next(answers({broken_off(How::usual, base::Code::handshake)})), std::nullopt)
      << "an alert is an answer";
}

TEST_F(NextQuestion, IsNoneAfterWhatIsForGood) {
  for (const auto code : {base::Code::connect, base::Code::timeout, base::Code::protocol,
                          base::Code::starttls_not_offered, base::Code::closed}) {
    EXPECT_EQ(next(fails(code)), std::nullopt) << to_text(code);
  }
  EXPECT_EQ(next(fails(base::Code::greeting, 554)), std::nullopt);
}

TEST_F(NextQuestion, IsAskedAgainSoonWhereThisMachineCouldNot) {
  Shown ours = failed(How::usual, base::Code::connect);
  ours.error->kind = base::ErrorKind::internal;
  settings_.retries = 0;
  AddressSeen address = answers({ours});
  for (int i = 1; i < 30; ++i) {
    EXPECT_EQ(next(address), (Question{How::usual, seconds(1)})) << i;
    add_shown(address, ours);
  }
  EXPECT_EQ(next(address), std::nullopt);
  EXPECT_EQ(address.faults, 30U);
  EXPECT_EQ(address.refusals, 0U);
}

TEST_F(NextQuestion, IsNoneOfAnAddressThatIsLeftAlone) {
  AddressSeen address = answers({usual_});
  EXPECT_TRUE(next(address));
  address.left_alone = error(base::Code::too_slow);
  EXPECT_EQ(next(address), std::nullopt);
  EXPECT_EQ(next(audit::testing::left_alone()), std::nullopt);
}

TEST_F(NextQuestion, IsWithoutANameThenForTheOtherKey_Rfc7672s8_1) {
  AddressSeen address = answers({usual_});
  EXPECT_EQ(next(address), ask(How::nameless));
  add_shown(address, shown(How::nameless, good_));
  EXPECT_EQ(next(address), ask(How::other_key));
  add_shown(address, shown(How::other_key, other_));
  EXPECT_EQ(next(address), std::nullopt);
}

TEST_F(NextQuestion, WithoutANameIsNotAskedOfThoseWhoShowNoChainOrNeedProveNothing) {
  settings_.thorough = false;
  EXPECT_EQ(next(answers({usual_})), std::nullopt);
  settings_.thorough = true;
  Shown hung_up = usual_;
  hung_up.error = error(base::Code::closed);
  hung_up.tls_began = false;
  EXPECT_EQ(next(answers({hung_up})), std::nullopt);
  Shown plain;
  plain.connected = true;
  EXPECT_EQ(next(answers({plain})), std::nullopt);
  host_ = host_without(policy::TlsaState::insecure);
  EXPECT_EQ(next(answers({usual_})), std::nullopt);
}

TEST_F(NextQuestion, DoubtsTheNameBeforeItIsBlamed_Rfc7672s8_1) {
  AddressSeen address = answers({usual_, shown(How::nameless, other_)});
  EXPECT_EQ(next(address), ask(How::nameless));
  AddressSeen by_chance = address;
  add_shown(by_chance, shown(How::nameless, good_));
  EXPECT_EQ(next(by_chance), ask(How::other_key)) << "it shows now this and now that";
  add_shown(address, shown(How::nameless, other_));
  EXPECT_EQ(next(address), ask(How::again));
  add_shown(address, shown(How::again, good_));
  EXPECT_EQ(next(address), ask(How::other_key));
  AddressSeen lost = answers(
      {usual_, shown(How::nameless, other_), failed(How::nameless, base::Code::connect)});
  EXPECT_EQ(next(lost), ask(How::again));
}

TEST_F(NextQuestion, DoubtsNoCertificateThatIsProvedToo) {
  host_.tlsa.records.push_back(support::record(3, 1, 1, other_.front()));
  EXPECT_EQ(next(answers({usual_, shown(How::nameless, other_)})), ask(How::other_key));
}

TEST_F(NextQuestion, DoubtsNoHandshakeThatFails) {
  EXPECT_EQ(next(answers({usual_, broken_off(How::nameless, base::Code::handshake)})),
            ask(How::other_key));
}

TEST(HostCost, IsTooMuchBeyondSixRepliesAndAMebibyte) {
  HostCost cost;
  cost.busy = seconds(60);
  EXPECT_FALSE(takes_too_long(cost, seconds(10)));
  cost.busy += std::chrono::milliseconds(1);
  EXPECT_TRUE(takes_too_long(cost, seconds(10)));
  cost.chain_octets = 1024 * 1024;
  EXPECT_FALSE(shows_too_much(cost));
  ++cost.chain_octets;
  EXPECT_TRUE(shows_too_much(cost));
}

/// Hosts by what they are like.
class HostsLeft : public ::testing::Test {
 protected:
  using Indices = std::vector<std::size_t>;

  static HostSeen open() { return host_without(policy::TlsaState::absent); }
  HostSeen refused() { return with(host_with({stranger()}), {shows(good_)}); }
  HostSeen proved() {
    return with(host_with({support::record(3, 1, 1, good_.front())}), {shows(good_)});
  }
  HostSeen encrypted() {
    return with(host_with({{1, 1, 1, base::Bytes(32)}}), {shows(good_)});
  }
  static HostSeen silent() {
    return with(host_with({stranger()}), {fails(base::Code::connect)});
  }
  static Indices left(const std::vector<HostSeen>& hosts, Probe probe = Probe::dane) {
    return hosts_left_to_try(domain_of(hosts), probe, kNow);
  }

  Certificates good_ = by_key("good");
};

TEST_F(HostsLeft, AreThoseWithoutRecordsWhereAnotherIsRefused_Rfc7672s2_2) {
  EXPECT_EQ(left({refused(), open()}), Indices{1});
  EXPECT_EQ(left({open(), refused(), open(), silent()}), (Indices{0, 2}));
}

TEST_F(HostsLeft, AreNoneWhereMailGetsThrough) {
  EXPECT_EQ(left({refused(), open(), proved()}), Indices{});
  EXPECT_EQ(left({refused(), open(), encrypted()}), Indices{});
}

TEST_F(HostsLeft, AreNoneWhereNobodyIsRefused) {
  EXPECT_EQ(left({open(), open()}), Indices{});
  EXPECT_EQ(left({open(), silent()}), Indices{});
  EXPECT_EQ(left({open()}), Indices{});
  EXPECT_EQ(left({refused()}), Indices{});
}

TEST_F(HostsLeft, AreNoneWhereNobodyOrEverybodyIsConnectedTo) {
  EXPECT_EQ(left({refused(), open()}, Probe::none), Indices{});
  EXPECT_EQ(left({refused(), open()}, Probe::all), Indices{});
}

}  // namespace
}  // namespace audit
