#include "resolver/message.h"

#include <gtest/gtest.h>

#include "tests/support/names.h"

namespace resolver {
namespace {

using support::name;

/// The query as an answer to itself.
base::Bytes answered(base::Bytes query) {
  query[2] |= std::byte{0x80};
  return query;
}

TEST(Message, AQueryAsksOneQuestionAndWantsSignatures_Rfc1035s4_1) {
  auto query =
      query_of(name("a.example"), Type::tlsa, kRecursionDesired | kAuthenticData).value();
  set_number(query, 0x1234);
  EXPECT_EQ(base::to_hex(query),
            "123401200001000000000001"
            "0161076578616d706c6500"
            "00340001"
            "00002904d0000080000000");
  EXPECT_EQ(number_of(query), 0x1234);
}

TEST(Message, TheRootCanBeAskedFor) {
  const auto query = query_of(dns::Name(), Type::dnskey, 0);
  ASSERT_TRUE(query);
  EXPECT_EQ(base::to_hex(*query).substr(24),
            "0000300001000029"
            "04d0000080000000");
}

TEST(Message, AnAnswerHasTheNumberTheQuestionAndTheBit) {
  auto query = query_of(name("a.example"), Type::mx, 0).value();
  set_number(query, 7);
  const base::Bytes good = answered(query);
  EXPECT_TRUE(is_answer(good, query));
  EXPECT_FALSE(is_answer(query, query)) << "a query is no answer";
  auto upper = good;
  upper[13] = std::byte{'A'};
  EXPECT_TRUE(is_answer(upper, query));
  for (const std::size_t at : {0U, 1U, 13U, 15U, 24U, 26U}) {
    auto other = good;
    other[at] ^= std::byte{0x01};
    EXPECT_FALSE(is_answer(other, query)) << at;
  }
  for (std::size_t size = 0; size < good.size() - 11; ++size) {
    EXPECT_FALSE(is_answer(base::ByteView(good).first(size), query)) << size;
  }
}

TEST(Message, FlagsAreRead) {
  auto message = answered(query_of(name("a.example"), Type::mx, 0).value());
  EXPECT_FALSE(is_cut(message));
  EXPECT_FALSE(is_authentic(message));
  EXPECT_EQ(raw_of(message).rcode, 0);
  EXPECT_EQ(raw_of(message).security, dns::Security::bogus) << "nobody believes it yet";
  message[2] |= std::byte{0x02};
  message[3] = std::byte{0x25};
  EXPECT_TRUE(is_cut(message));
  EXPECT_TRUE(is_authentic(message));
  EXPECT_EQ(raw_of(message).rcode, 5);
}

}  // namespace
}  // namespace resolver
