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

Zone zone_of(const std::string& text) {
  return read_zone("zone", std::nullopt,
                   [&](const std::string&) -> base::Result<std::string> { return text; })
      .value();
}

TEST(ZoneTree, NamesWithoutRecordsExistAboveThoseWithSome_Rfc4592s2_2_2) {
  const Zone read = zone_of(
      "$ORIGIN example.\n@ 60 SOA ns h 1 2 3 4 5\n* MX 10 any\n"
      "x.a.b MX 10 x\na-b MX 10 a\nx.c\\.d MX 10 y\nab MX 10 z\n");
  const ZoneTree tree(read);
  const auto exists = [&](const char* name) {
    return tree.exists(dns::Name::from_dns(name).value());
  };
  for (const auto* name : {"example", "b.example", "a.b.example", "x.a.b.example",
                           "a-b.example", "c\\046d.example", "*.example"}) {
    EXPECT_TRUE(exists(name)) << name;
  }
  for (const auto* name : {"a.example", "d.example", "-b.example", "y.b.example",
                           "xample", "y.x.a.b.example", "c.example"}) {
    EXPECT_FALSE(exists(name)) << name;
  }
  const auto ask = [&](const char* name) {
    return tree.lookup(dns::Name::from_dns(name).value(), {RecordType::mx}).end;
  };
  EXPECT_EQ(ask("a.b.example"), AnswerEnd::nothing);
  EXPECT_EQ(ask("c.example"), AnswerEnd::data) << "the wildcard";
  EXPECT_EQ(ask("y.ab.example"), AnswerEnd::nothing);
}

TEST(ZoneTree, TheRootHasAWildcardToo_Rfc4592s3_3_1) {
  const Zone read = zone_of(
      "$ORIGIN .\n. 60 SOA ns. h. 1 2 3 4 5\n*. MX 10 any.\nx.example. A 192.0.2.1\n");
  const ZoneTree tree(read);
  const auto ask = [&](const char* name) {
    return tree.lookup(dns::Name::from_dns(name).value(), {RecordType::mx}).end;
  };
  EXPECT_EQ(ask("org"), AnswerEnd::data);
  EXPECT_EQ(ask("a.org"), AnswerEnd::data);
  EXPECT_EQ(ask("example"), AnswerEnd::nothing);
  EXPECT_EQ(ask("a.example"), AnswerEnd::nothing);
}

// Each name of a zone of ip6.arpa has a path of its own of 20 names without records.
TEST(ZoneTree, DeepNamesCostNoMoreThanTheirRecords) {
  std::string text = "$ORIGIN ip6.arpa.\n@ 60 SOA ns h 1 2 3 4 5\n";
  constexpr std::size_t kNames = 100000;
  std::uint64_t number = 1;
  for (std::size_t i = 0; i < kNames; ++i) {
    number = number * 6364136223846793005U + 1442695040888963407U;
    for (int nibble = 0; nibble < 16; ++nibble) {
      text += "0123456789abcdef"[number >> (4 * nibble) & 15];
      text += '.';
    }
    text += "8.b.d.0.1.0.0.2 PTR h.example.\n";
  }
  const Zone read = zone_of(text);
  const ZoneTree tree(read);
  EXPECT_EQ(tree.nodes().size(), kNames + 1) << "none for a name without records";
  EXPECT_TRUE(tree.exists(dns::Name::from_dns("0.1.0.0.2.ip6.arpa").value()));
}

}  // namespace
}  // namespace publish
