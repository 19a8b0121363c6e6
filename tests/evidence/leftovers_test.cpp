#include "src/evidence/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "src/evidence/assemble.h"
#include "src/evidence/replay_source.h"
#include "src/io/run_task.h"
#include "tests/evidence/signed_world.h"
#include "tests/support/names.h"

namespace evidence {
namespace {

using resolver::Type;
using support::name;
using test::draft;
using test::Draft;
using test::nsec;
using test::SigningKey;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// `www.example.` is an alias of `host.other.`, and `plain.` has no keys.
struct Zones : test::World {
  const SigningKey& key = add_zone("example.");
  const SigningKey& other = add_zone("other.");
  Draft alias = key.sign(draft("www.example.", "CNAME", {"host.other."}));
  Draft address = other.sign(draft("host.other.", "A", {"192.0.2.1"}));
  /// With which the root refers to `plain.`, and says nothing of `host.other.`.
  Draft referral = nsec(zone("."), "plain.", "zz.", "NS RRSIG NSEC");
  Draft denial = nsec(other, "host.other.", "z.other.", "TXT RRSIG NSEC");
  Draft apex = other.sign(draft("other.", "SOA", {". . 1 2 3 4 5"}));
};

/// A file with a world's trust anchors, while it lasts.
class AnchorFile {
 public:
  explicit AnchorFile(const test::World& world)
      : path_(testing::TempDir() + "anchor.XXXXXX") {
    close(mkstemp(path_.data()));
    std::ofstream out(path_);
    for (const RootAnchor& anchor : world.basis.anchors) out << anchor.text;
  }
  AnchorFile(const AnchorFile&) = delete;
  AnchorFile& operator=(const AnchorFile&) = delete;
  ~AnchorFile() { unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<base::Bytes> wires(const std::vector<Draft>& drafts) {
  std::vector<base::Bytes> out;
  for (const Draft& draft : drafts) out.push_back(draft.wire());
  std::ranges::sort(out);
  return out;
}

Told told_of(const std::string& question, Type type, const std::vector<Draft>& answer,
             const std::vector<Draft>& authority) {
  Told out;
  out.name = name(question);
  out.type = type;
  out.security = dns::Security::secure;
  out.answer = wires(answer);
  out.authority = wires(authority);
  return out;
}

std::vector<base::Bytes> left_of(Told told) {
  leave_out_leftovers(told);
  return told.authority;
}

TEST(Leftovers, NoRecordsNeedADenial) {
  const Zones z;
  const auto with = [&](Type type, const std::vector<Draft>& answer) {
    return left_of(told_of("www.example", type, answer, {z.referral, z.apex}));
  };
  EXPECT_THAT(with(Type::a, {z.alias, z.address}), IsEmpty());
  EXPECT_THAT(with(Type::cname, {z.alias}), IsEmpty());
}

TEST(Leftovers, WhatDeniesTheEndOfAliasesStays) {
  const Zones z;
  const auto left =
      left_of(told_of("www.example", Type::a, {z.alias}, {z.referral, z.denial, z.apex}));
  EXPECT_THAT(left, UnorderedElementsAre(z.denial.wire(), z.apex.wire()));
}

// DS records stand above the zone that they name: what its own server said of them, when
// it answered for an alias, is what nobody asked it.
TEST(Leftovers, TheParentDeniesDsRecords_Rfc4035s3_1_4_1) {
  const Zones z;
  const Draft alias = z.other.sign(draft("www.other.", "CNAME", {"other."}));
  const Draft above = nsec(z.zone("."), "other.", "plain.", "NS RRSIG NSEC");
  const Draft beside = nsec(z.other, "other.", "host.other.", "NS SOA RRSIG NSEC DNSKEY");
  const auto left =
      left_of(told_of("www.other", Type::ds, {alias}, {above, beside, z.apex}));
  EXPECT_THAT(left, ElementsAre(above.wire()));
}

TEST(Leftovers, WhatDeniesANextCloserStays_Rfc4035s5_3_4) {
  const Zones z;
  const Draft wild =
      z.key.sign(draft("*.example.", "CNAME", {"host.other."})).at("www.example.");
  const Draft next = nsec(z.key, "a.example.", "z.example.", "A RRSIG NSEC");
  EXPECT_THAT(left_of(told_of("www.example", Type::a, {wild, z.address},
                              {next, z.referral, z.denial})),
              ElementsAre(next.wire()));
}

TEST(Leftovers, UnsignedAndBogusAnswersStayAsTheyCame) {
  const Zones z;
  const Draft soa = draft("plain.", "SOA", {". . 1 2 3 4 5"});
  EXPECT_THAT(left_of(told_of("www.example", Type::a, {z.alias, z.address}, {soa})),
              ElementsAre(soa.wire()));
  Told bogus = told_of("www.example", Type::a, {z.alias, z.address}, {z.referral});
  bogus.security = dns::Security::bogus;
  EXPECT_THAT(left_of(bogus), SizeIs(1));
}

TEST(Leftovers, OfAFailureNothingIsTold) {
  const Zones z;
  const Told whole = told_of("www.example", Type::a, {z.alias, z.address}, {z.apex});
  for (const int rcode : {0, 3, 2, 5}) {
    Told with_code = whole;
    with_code.rcode = rcode;
    const Told out = told(whole.name, whole.type, raw_answer(with_code));
    EXPECT_THAT(out.answer, SizeIs(rcode == 0 || rcode == 3 ? 2 : 0)) << rcode;
    EXPECT_EQ(out.rcode, rcode);
  }
}

TEST(ToldAlong, EachNameThatAliasesLeadTo) {
  const Zones z;
  const Draft first = z.key.sign(draft("w.example.", "CNAME", {"www.example."}));
  const auto all = [](const dns::Name&) { return true; };
  const Told whole =
      told_of("w.example", Type::a, {first, z.alias, z.address}, {z.referral});
  const auto ends = told_along(whole, all);
  ASSERT_THAT(ends, SizeIs(2));
  EXPECT_EQ(ends[0].name, name("www.example"));
  EXPECT_THAT(ends[0].answer, ElementsAre(z.alias.wire(), z.address.wire()));
  EXPECT_EQ(ends[1].name, name("host.other"));
  EXPECT_THAT(ends[1].answer, ElementsAre(z.address.wire()));
  EXPECT_THAT(ends[1].authority, IsEmpty());
  const auto is_last = [](const dns::Name& end) { return end == name("host.other"); };
  EXPECT_THAT(told_along(whole, is_last), SizeIs(1));
  EXPECT_THAT(told_along(told_of("www.example", Type::cname, {z.alias}, {}), all),
              IsEmpty());
  EXPECT_THAT(told_along(told_of("host.other", Type::a, {}, {z.denial}), all), IsEmpty());
}

/// What a world has, as if a resolver had told it.
DnsEvidence evidence_of(const test::World& world) {
  DnsEvidence unsorted;
  unsorted.sets = world.sets;
  Trail trail;
  for (Answer answer : world.answers) {
    answer.security = answer.rcode == 2 ? dns::Security::insecure : dns::Security::secure;
    trail.add(std::make_shared<const Told>(told(unsorted, answer)));
  }
  return dns_evidence({&trail});
}

// Where the target's own servers fail, a validator has what the alias's answer says of
// it.
TEST(ToldAlong, IsWhatAReplayTellsOfATargetThatFailed) {
  Zones z;
  z.answer("www.example.", "A", 0, {z.alias}, {z.denial, z.apex});
  z.answer("host.other.", "A", 2, {});
  DnsEvidence dns = evidence_of(z);
  const AnchorFile anchor(z);
  const auto replay = [&] {
    io::Loop loop(1);
    auto source = ReplaySource::create(loop, dns, {anchor.path(), test::kNow});
    return source ? io::run_task(loop, (*source)->ask_all())
                  : base::Result<void>(tl::unexpected(source.error()));
  };
  const auto held = replay();
  EXPECT_TRUE(held) << held.error().detail;
  // Nobody can claim more than a failure that way.
  for (Answer& answer : dns.answers) {
    if (answer.rcode == 2) answer.security = dns::Security::secure;
  }
  EXPECT_FALSE(replay());
}

}  // namespace
}  // namespace evidence
