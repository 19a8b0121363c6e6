// Terms that a server brings in its handshake (RFC 9102), in place of those looked up.
#include <gmock/gmock.h>

#include <utility>

#include "tests/client/flow_case.h"

namespace client {
namespace {

using testing::IsEmpty;

class FlowChain : public Flow {
 protected:
  FlowChain() {
    options_.by_chain = [this](base::ByteView extension) {
      brought_ = std::string(base::as_text(extension));
      return by_chain_;
    };
  }

  /// What is known before the server has said anything.
  static Terms nothing() {
    Terms out;
    out.requirement.names = {dns::Name::parse("mail.example.org").value()};
    return out;
  }
  static support::ServerRecipe bringing(std::string_view words) {
    support::ServerRecipe out = good_server();
    const base::ByteView octets = base::as_bytes(words);
    out.dnssec_chain.emplace(octets.begin(), octets.end());
    return out;
  }

  base::Result<Terms> by_chain_ = terms_for(good_server());
  std::optional<std::string> brought_;
};

TEST_F(FlowChain, DecideAboutThePeer_Rfc9102s6) {
  auto& server = serve(bringing("words"));
  {
    const auto connection = reach(nothing());
    EXPECT_EQ(word(connection), "ok");
    EXPECT_EQ(brought_, "words");
    EXPECT_EQ(connection.seen.verdict->outcome, verify::Outcome::dane);
    EXPECT_EQ(connection.seen.session->protocol, "TLSv1.2");
    EXPECT_EQ(connection.terms.facts.records, terms_for(good_server()).facts.records);
    EXPECT_TRUE(connection.seen.dnssec_chain.has_value());
  }
  EXPECT_EQ(server.seen().server_name, "mail.example.org") << "RFC 9102 2";
}

TEST_F(FlowChain, RefuseAPeerOfAnotherKey) {
  by_chain_->requirement.records = {foreign_record()};
  auto& server = serve(bringing("words"));
  const auto connection = reach(nothing());
  EXPECT_EQ(word(connection), "refused");
  EXPECT_EQ(connection.channel, nullptr);
  EXPECT_EQ(server.seen().heard, "");
}

TEST_F(FlowChain, ThatProveNothingEndTheHandshake_Rfc9102s6) {
  by_chain_ = base::fail(base::ErrorKind::temporary, base::Code::bogus, "it is bogus");
  auto& server = serve(bringing("words"));
  const auto connection = reach(terms_for(good_server()));
  EXPECT_EQ(word(connection), "bogus");
  EXPECT_EQ(connection.seen.error->detail, "it is bogus");
  EXPECT_FALSE(connection.seen.verdict.has_value());
  EXPECT_EQ(connection.channel, nullptr);
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST_F(FlowChain, AreADutyWhereTheyAreAskedFor_Rfc9102s7) {
  auto& server = serve(good_server());
  const auto connection = reach(terms_for(good_server()));
  EXPECT_EQ(word(connection), "no-chain");
  EXPECT_EQ(brought_, std::nullopt);
  EXPECT_EQ(connection.seen.dnssec_chain, std::nullopt);
  EXPECT_FALSE(connection.seen.verdict.has_value());
  EXPECT_EQ(server.seen().heard, "");
}

TEST_F(FlowChain, HoldOnASecondTryDespiteKeyUsage_Rfc7671s5_1) {
  auto recipe = bringing("words");
  recipe.chain = odd_usage().chain;
  by_chain_ = terms_for(recipe);
  serve(recipe);
  serve(recipe);
  const auto connection = reach(nothing());
  EXPECT_EQ(word(connection), "ok");
  EXPECT_EQ(connection.earlier.size(), 1U);
  EXPECT_TRUE(connection.requirement.only_dane_ee);
}

TEST_F(FlowChain, MakeNoSecondTryByAnotherUsage_Rfc7671s5_1) {
  auto recipe = bringing("words");
  recipe.chain = odd_usage().chain;
  by_chain_ = terms_for(recipe, 2);
  serve(recipe);
  const auto connection = reach(nothing());
  EXPECT_EQ(word(connection), "refused");
  EXPECT_TRUE(connection.earlier.empty());
}

TEST_F(FlowChain, HoldTheSecondTryWhereTheyChangeMeanwhile) {
  auto recipe = bringing("words");
  recipe.chain = odd_usage().chain;
  serve(recipe);
  serve(recipe);
  options_.by_chain = [&, first = true](base::ByteView) mutable {
    return base::Result<Terms>(terms_for(recipe, std::exchange(first, false) ? 3 : 2));
  };
  const auto connection = reach(nothing());
  EXPECT_EQ(word(connection), "key-usage");
  EXPECT_EQ(connection.earlier.size(), 1U);
}

TEST_F(FlowChain, AreNotTakenUnasked) {
  options_.by_chain = nullptr;
  auto& server = serve(bringing("words"));
  {
    const auto connection = reach(terms_for(good_server()));
    EXPECT_EQ(word(connection), "ok");
    EXPECT_EQ(connection.seen.dnssec_chain, std::nullopt);
  }
  EXPECT_FALSE(server.seen().extensions.contains(59));
  EXPECT_THAT(brought_.value_or(""), IsEmpty());
}

}  // namespace
}  // namespace client
