#include "src/publish/zone_tree.h"

#include <gtest/gtest.h>

namespace publish {
namespace {

/// The zone of RFC 4592 2.2.1, with a few names more.
constexpr std::string_view kZone =
    "$ORIGIN example.\n"
    "@ 3600 SOA ns h 1 2 3 4 5\n"
    "@ NS ns.example.com.\n"
    "* TXT wildcard\n"
    "* MX 10 host1\n"
    "sub.* TXT not-a-wildcard\n"
    "host1 A 192.0.2.1\n"
    "_ssh._tcp.host1 SRV 0 0 22 host1\n"
    "subdel NS ns.example.com.\n"
    "old DNAME new\n"
    "x.new A 192.0.2.2\n"
    "loop CNAME loop\n"
    "h3hash NSEC3 1 0 0 - x\n"
    "a CNAME b\n"
    "b CNAME host1\n"
    "out CNAME host.example.net.\n";

const Zone& zone() {
  static const Zone kRead =
      read_zone("zone", std::nullopt,
                [](const std::string&) -> base::Result<std::string> {
                  return std::string(kZone);
                })
          .value();
  return kRead;
}

ZoneAnswer ask(std::string_view name, RecordType type) {
  return ZoneTree(zone()).lookup(dns::Name::from_dns(name).value(), {type});
}

TEST(ZoneTree, TheExamplesOfTheRfc_Rfc4592s2_2_1) {
  const auto mx = ask("host3.example", RecordType::mx);
  ASSERT_EQ(mx.end, AnswerEnd::data);
  EXPECT_EQ(mx.records[0]->target.text(), "host1.example");
  EXPECT_EQ(ask("host3.example", RecordType::a).end, AnswerEnd::nothing);
  EXPECT_EQ(ask("foo.bar.example", RecordType::mx).end, AnswerEnd::data);
  EXPECT_EQ(ask("host1.example", RecordType::mx).end, AnswerEnd::nothing);
  EXPECT_EQ(ask("sub.*.example", RecordType::mx).end, AnswerEnd::nothing);
  EXPECT_EQ(ask("_telnet._tcp.host1.example", RecordType::mx).end, AnswerEnd::nothing);
  EXPECT_EQ(ask("host.subdel.example", RecordType::a).end, AnswerEnd::delegated);
  EXPECT_EQ(ask("ghost.*.example", RecordType::mx).end, AnswerEnd::nothing);
}

TEST(ZoneTree, AliasesAndTheirEnds_Rfc1034s4_3_2) {
  const auto host = ask("a.example", RecordType::a);
  ASSERT_EQ(host.end, AnswerEnd::data);
  EXPECT_EQ(host.aliases.size(), 2U);
  EXPECT_EQ(host.last.text(), "host1.example");
  EXPECT_EQ(ask("loop.example", RecordType::a).end, AnswerEnd::loop);
  EXPECT_EQ(ask("out.example", RecordType::a).end, AnswerEnd::outside);
  EXPECT_EQ(ask("host.example.net", RecordType::a).end, AnswerEnd::outside);
}

TEST(ZoneTree, DnameRenamesWhatIsBelow_Rfc6672s3_2) {
  const auto renamed = ask("x.old.example", RecordType::a);
  ASSERT_EQ(renamed.end, AnswerEnd::data);
  EXPECT_EQ(renamed.last.text(), "x.new.example");
  EXPECT_EQ(ask("old.example", RecordType::a).end, AnswerEnd::nothing);
}

TEST(ZoneTree, HashesAreNoNames_Rfc5155s7_1) {
  EXPECT_EQ(ask("h3hash.example", RecordType::mx).end, AnswerEnd::data) << "the wildcard";
}

}  // namespace
}  // namespace publish
