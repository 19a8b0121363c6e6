#include "src/mail/domain_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
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

std::string fault_of(const std::vector<std::string>& records) {
  const auto targets = read_targets(records);
  EXPECT_EQ(targets.valid, targets.faults.empty() && !records.empty());
  return targets.faults.empty() ? "" : targets.faults.front();
}

TEST(DomainRecords, WhatIsWrongWithARecordIsTold_Rfc8460s3) {
  EXPECT_EQ(fault_of({"v=TLSRPTv1;rua=mailto:a@x.example"}), "");
  EXPECT_EQ(fault_of({"v=TLSRPTv1 ; rua=mailto:a@x.example ; ext=1;"}), "");
  EXPECT_EQ(fault_of({"v=TLSRPTv1;"}), "no rua");
  EXPECT_EQ(fault_of({"v=TLSRPTv1; RUA=mailto:a@x.example"}), "no rua");
  EXPECT_THAT(fault_of({"v=TLSRPTv1; rua=postmaster@x.example"}),
              HasSubstr("neither mailto: nor https:"));
  EXPECT_THAT(fault_of({"v=TLSRPTv1;rua=mailto:a@x.example!10m"}), HasSubstr("%21"));
  EXPECT_THAT(fault_of({"v=TLSRPTv1; rua=mailto: a@x.example"}), HasSubstr("blank"));
  EXPECT_THAT(fault_of({"v=TLSRPTv1; rua=mailto:a@x.example,"}), HasSubstr("nothing"));
  EXPECT_THAT(fault_of({"v=TLSRPTv1; rua="}), HasSubstr("nothing"));
  EXPECT_EQ(fault_of({"v=TLSRPTv1; rua mailto:a@x.example"}),
            "no field: rua mailto:a@x.example");
  EXPECT_EQ(fault_of({"v=TLSRPTv1;; rua=mailto:a@x.example"}), "an empty field");
  EXPECT_THAT(fault_of({"v=TLSRPTv1 rua=mailto:a@x.example"}), HasSubstr("begin"));
  EXPECT_THAT(fault_of({" v=TLSRPTv1; rua=mailto:a@x.example"}), HasSubstr("begin"));
  EXPECT_THAT(fault_of({"v=tlsrptv1; rua=mailto:a@x.example"}), HasSubstr("begin"));
  const std::string good = "v=TLSRPTv1; rua=mailto:a@x.example";
  EXPECT_EQ(fault_of({good, "other", good}), "2 records, which count as none");
  EXPECT_EQ(fault_of({"v=TLSRPTv1; rua=mailto:a\x1b[2J@x.example"}).find('\x1b'),
            std::string::npos);
}

TEST(DomainRecords, ABadTargetIsNotWrittenToAndOthersAre_Rfc8460s3) {
  const auto some = read_targets(
      {"v=TLSRPTv1; rua=mailto:a@x.example!10m,mailto:b@x.example,mailto:b@X.example"});
  EXPECT_FALSE(some.valid);
  EXPECT_THAT(some.addresses, ElementsAre("b@x.example"));
  std::string crowd = "v=TLSRPTv1; rua=mailto:a@x.example";
  for (int i = 0; i < 1000; ++i)
    crowd += ",mailto:a" + std::to_string(i) + "@x.example,bad";
  const auto many = read_targets({crowd});
  EXPECT_EQ(many.addresses.size(), 10U);
  EXPECT_LE(many.faults.size(), 10U);
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
