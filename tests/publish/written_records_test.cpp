#include "src/publish/written_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace publish {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kData(64, 'a');
const dns::Tlsa kRecord = dns::tlsa_from_text("3 1 1 " + kData).value();

TEST(WrittenRecords, AreNumbersOrLinesOfAZone) {
  for (const std::string& text :
       {"3 1 1 " + kData, "  3 1 1 " + kData + "\n", "TLSA 3 1 1 " + kData,
        "_25._tcp.mx.example.org. 3600 IN TLSA 3 1 1 " + kData,
        "_25._tcp.mx.example.org. IN TYPE52 \\# 35 030101" + kData,
        "_25._tcp.mx.example.org. tlsa ( 3 1 1\n  " + kData + " )"}) {
    const auto out = written_records(text);
    ASSERT_TRUE(out) << text << ": " << out.error().detail;
    EXPECT_THAT(*out, ElementsAre(kRecord)) << text;
  }
}

TEST(WrittenRecords, SeveralLinesAreSeveralRecords) {
  const std::string line = "_25._tcp.mx.example.org. IN TLSA 3 1 1 " + kData + "\n";
  EXPECT_THAT(written_records(line + line).value(), ElementsAre(kRecord, kRecord));
}

TEST(WrittenRecords, AnythingElseIsAnError) {
  for (const char* text :
       {"", "3 1 1", "3 1 1 xyz", "TLSA", "mx.example.org. A 192.0.2.1"}) {
    const auto out = written_records(text);
    ASSERT_FALSE(out) << text;
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage) << text;
  }
}

TEST(Words, AreBetweenBlanks) {
  EXPECT_THAT(words_of(" a\tb \r\n c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words_of(" \n"), IsEmpty());
}

}  // namespace
}  // namespace publish
