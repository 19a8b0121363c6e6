#include "src/evidence/alias_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"
#include "tests/support/names.h"

namespace evidence {
namespace {

using support::name;
using test::draft;
using testing::ElementsAre;

const base::Bytes kAddress = draft("host.a.other.", "A", {"192.0.2.1"}).wire();
const base::Bytes kMade = draft("www.d.example.", "CNAME", {"www.z.other."}).wire();
const base::Bytes kDname = draft("d.example.", "DNAME", {"z.other."}).wire();
const base::Bytes kAlias = draft("www.z.other.", "CNAME", {"host.a.other."}).wire();

TEST(AliasOrder, EachAliasStandsBeforeWhereItLeads_Rfc6672s3_1) {
  EXPECT_THAT(in_alias_order({kAddress, kMade, kDname, kAlias}, name("www.d.example")),
              ElementsAre(kDname, kMade, kAlias, kAddress));
  EXPECT_THAT(in_alias_order({kAddress, kDname, kAlias}, name("www.d.example")),
              ElementsAre(kDname, kAlias, kAddress))
      << "without the CNAME that the DNAME makes";
}

TEST(AliasOrder, NothingIsLost) {
  const base::Bytes other = draft("a.example.", "A", {"192.0.2.2"}).wire();
  EXPECT_THAT(in_alias_order({other, kMade, kDname}, name("www.d.example")),
              ElementsAre(kDname, kMade, other));
  const base::Bytes broken(3, std::byte{1});
  EXPECT_THAT(in_alias_order({broken, kAlias}, name("www.d.example")),
              ElementsAre(broken, kAlias));
}

TEST(AliasOrder, Circles) {
  const base::Bytes there = draft("a.example.", "CNAME", {"b.example."}).wire();
  const base::Bytes back = draft("b.example.", "CNAME", {"a.example."}).wire();
  EXPECT_THAT(in_alias_order({there, back}, name("b.example")), ElementsAre(back, there));
  const base::Bytes longer = draft("d.example.", "DNAME", {"x.d.example."}).wire();
  EXPECT_THAT(in_alias_order({kAddress, longer}, name("a.d.example")),
              ElementsAre(longer, kAddress));
}

}  // namespace
}  // namespace evidence
