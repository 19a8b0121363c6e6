#include "src/mail/domain_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DomainRecords, WhomADomainWantsReportsSentTo_Rfc8460s3) {
  const auto one =
      read_targets({"v=TLSRPTv1; rua=mailto:a@x.example,https://x.example/"});
  EXPECT_TRUE(one.valid);
  EXPECT_THAT(one.addresses, ElementsAre("a@x.example"));
  EXPECT_TRUE(one.others);
  const auto among = read_targets(
      {"other", "v=TLSRPTv1;rua=mailto:a@x.example , MAILTO:b@x.example?x=y"});
  EXPECT_THAT(among.addresses, ElementsAre("a@x.example", "b@x.example"));
  EXPECT_FALSE(read_targets({}).valid);
  EXPECT_FALSE(read_targets({"v=TLSRPTv2; rua=mailto:a@x.example"}).valid);
  const std::string twice = "v=TLSRPTv1; rua=mailto:a@x.example";
  EXPECT_FALSE(read_targets({twice, twice}).valid) << "several records are no policy";
}

TEST(DomainRecords, NoAddressMakesASecondHeader) {
  for (const auto* bad : {"a@x.example\nBcc: b@x.example", "a b@x.example", "a", "<a@x>",
                          "a@x.example\r\nX: y", "\xc3\xbc@x.example"}) {
    EXPECT_THAT(read_targets({std::string("v=TLSRPTv1; rua=mailto:") + bad}).addresses,
                IsEmpty())
        << bad;
  }
}

TEST(DomainRecords, OneStsRecordWithAnId_Rfc8461s3_1) {
  EXPECT_EQ(sts_id({"v=STSv1; id=20260101T000000;"}), "20260101T000000");
  EXPECT_EQ(sts_id({"other", "v=STSv1;id=a"}), "a");
  for (const std::vector<std::string>& bad : {std::vector<std::string>{},
                                              {"v=STSv1;"},
                                              {"v=STSv1; id=a-b"},
                                              {"v=STSv2; id=a"},
                                              {"v=STSv1; id="},
                                              {"v=STSv1; id=a", "v=STSv1; id=b"},
                                              {"v=STSv1; id=" + std::string(33, 'a')}}) {
    EXPECT_FALSE(sts_id(bad)) << testing::PrintToString(bad);
  }
}

}  // namespace
}  // namespace mail
