#include "src/evidence/chain.h"

#include <gtest/gtest.h>

#include "src/evidence/assemble.h"
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
using test::nsec3_at;
using test::nsec3_over;
using test::SigningKey;

/// Tells what a world has as secure, but for the DS records of one name, and fails for
/// all else.
class WorldSource final : public resolver::Source {
 public:
  WorldSource(const test::World& world, dns::Security of_w) {
    dns_.sets = world.sets;
    dns_.answers = world.answers;
    for (Answer& answer : dns_.answers) {
      const bool is_it = answer.name == name("w.example") && answer.type == 43;
      answer.security = is_it ? of_w : dns::Security::secure;
    }
  }

  io::Task<base::Result<resolver::RawAnswer>> ask(dns::Name asked, Type type) override {
    for (const Answer& answer : dns_.answers) {
      const bool is_it = answer.name == asked;
      if (is_it && answer.type == static_cast<std::uint16_t>(type)) {
        co_return raw_answer(told(dns_, answer));
      }
    }
    co_return base::fail(base::ErrorKind::temporary, base::Code::servfail, "not there");
  }
  io::Task<base::Result<void>> check() override { co_return base::Result<void>(); }

 private:
  DnsEvidence dns_;
};

/// A zone `_tcp.w.example.` with an answer that it has signed; `w.example.` has no DS.
struct Zones : test::World {
  const SigningKey& key = add_zone("example.");
  const SigningKey& below = add_zone("_tcp.w.example.");

  /// Whether the chain of that answer has the DS records of its zone, where this is said
  /// of those of `w.example.`.
  bool goes_below(const std::vector<Draft>& records, const std::vector<Draft>& denials,
                  dns::Security of_w = dns::Security::secure) {
    answer("w.example.", "DS", 0, records, denials);
    answer("x._tcp.w.example.", "A", 0,
           {below.sign(draft("x._tcp.w.example.", "A", {"192.0.2.1"}))});
    WorldSource source(*this, of_w);
    Trail trail;
    ChainBook book;
    io::Loop loop{1};
    return io::run_task(loop, has_ds(trail, source, book));
  }

  static io::Task<bool> has_ds(Trail& trail, resolver::Source& source, ChainBook& book) {
    TrailSource through(source, trail);
    (void)co_await through.ask(name("x._tcp.w.example"), Type::a);
    co_await complete(trail, source, book);
    co_return trail.find({name("_tcp.w.example"), Type::ds}) != nullptr;
  }
};

TEST(Chain, EndsAtADelegationWithoutDs_Rfc4035s5_2) {
  Zones zones;
  EXPECT_FALSE(zones.goes_below({}, {nsec3_at(zones.key, "w.example.", "NS")}));
  EXPECT_FALSE(zones.goes_below({}, {nsec(zones.key, "w.example.", "x.example.", "NS")}));
}

TEST(Chain, GoesOnPastTheDenialOfAnotherDelegation) {
  Zones zones;
  EXPECT_TRUE(zones.goes_below({}, {nsec(zones.key, "a.example.", "x.example.", "NS")}));
  EXPECT_TRUE(zones.goes_below({}, {nsec3_at(zones.key, "a.example.", "NS")}));
  EXPECT_TRUE(zones.goes_below({}, {nsec3_over(zones.key, "w.example.", "NS")}))
      << "as beside the denial of a wildcard's DS records";
  const Draft alias = zones.key.sign(draft("w.example.", "CNAME", {"a.example."}));
  EXPECT_TRUE(zones.goes_below({alias}, {nsec3_at(zones.key, "a.example.", "NS")}))
      << "the delegation is the alias's target";
  EXPECT_TRUE(zones.goes_below({alias}, {}, dns::Security::insecure))
      << "and an alias is no delegation, whatever its target is (RFC 1034 3.6.2)";
  EXPECT_FALSE(
      zones.goes_below({alias.without_signatures()}, {}, dns::Security::insecure));
  EXPECT_FALSE(zones.goes_below({}, {}, dns::Security::insecure));
}

TEST(Chain, GoesOnBehindABogusAnswerWhoseDenialMayBeGood) {
  Zones zones;
  const Draft denial = nsec(zones.key, "a.example.", "x.example.", "NS");
  const Draft soa = draft("example.", "SOA", {". . 1 2 3 4 5"});  // not signed
  EXPECT_TRUE(zones.goes_below({}, {denial, soa}, dns::Security::bogus));
}

}  // namespace
}  // namespace evidence
