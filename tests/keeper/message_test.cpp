#include "src/keeper/message.h"

#include <gtest/gtest.h>

#include <limits>

namespace keeper {
namespace {

base::Bytes octets(std::string_view text) {
  const base::ByteView view = base::as_bytes(text);
  return {view.begin(), view.end()};
}

tls::SigningRequest request(base::ByteView what, bool is_hash) {
  return {0x01020304, 0xFFFFFFFF, 1U << 31U, is_hash, what};
}

TEST(KeeperMessage, ARequestForASignatureComesBackAsItWas) {
  const base::Bytes what = octets("transcript");
  for (const bool is_hash : {false, true}) {
    const base::Bytes message = to_message(request(what, is_hash));
    const auto question = read_question(message);
    ASSERT_TRUE(question);
    const auto* back = std::get_if<tls::SigningRequest>(&*question);
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->key, 0x01020304U);
    EXPECT_EQ(back->algorithm, std::numeric_limits<std::uint32_t>::max());
    EXPECT_EQ(back->flags, 1U << 31U);
    EXPECT_EQ(back->is_hash, is_hash);
    EXPECT_EQ(base::as_text(back->octets), "transcript");
  }
}

TEST(KeeperMessage, AQuestionForATicketKeyComesBackAsItWas) {
  for (const std::string& words : {std::string(), std::string("mail.example.org"),
                                   std::string("a\0b", 3), std::string(1024, 'x')}) {
    const auto question = read_question(to_message(TicketQuestion{words}));
    ASSERT_TRUE(question) << words.size();
    const auto* back = std::get_if<TicketQuestion>(&*question);
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->words, words);
  }
}

TEST(KeeperMessage, TooManyWordsAreNoQuestion) {
  EXPECT_FALSE(read_question(to_message(TicketQuestion{std::string(1025, 'x')})));
}

TEST(KeeperMessage, NothingIsNoQuestion) { EXPECT_FALSE(read_question({})); }

TEST(KeeperMessage, ASignatureOfNothingIsNoQuestion) {
  EXPECT_FALSE(read_question(to_message(request({}, false))));
  EXPECT_FALSE(read_question(to_message(request({}, true))));
}

TEST(KeeperMessage, APartOfARequestIsNoQuestion) {
  const base::Bytes what = octets("x");
  const base::Bytes whole = to_message(request(what, false));
  ASSERT_TRUE(read_question(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_question(base::ByteView(whole).first(size))) << size;
  }
}

TEST(KeeperMessage, AnotherFirstOctetIsNoQuestion) {
  const base::Bytes what = octets("x");
  base::Bytes message = to_message(request(what, false));
  for (int first = 0; first < 256; ++first) {
    message[0] = static_cast<std::byte>(first);
    const bool is_known = first == 's' || first == 'h' || first == 't';
    EXPECT_EQ(read_question(message).has_value(), is_known) << first;
  }
}

TEST(KeeperMessage, MoreOctetsThanAMessageHasAreNoQuestion) {
  constexpr std::size_t kBefore = 13;
  const base::Bytes most(kMostOctets - kBefore);
  EXPECT_TRUE(read_question(to_message(request(most, false))));
  const base::Bytes more(kMostOctets - kBefore + 1);
  EXPECT_FALSE(read_question(to_message(request(more, false))));
}

}  // namespace
}  // namespace keeper
