#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/input.h"
#include "tests/cli/report_folder.h"

namespace cli::report {
namespace {

using cli::testing::Folder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

/// The words of a stream; their numbers have to count from 1.
Words all_of(const audit::DomainStream& source) {
  Words out;
  while (auto item = source()) {
    out.push_back(item->word);
    EXPECT_EQ(item->number, out.size());
  }
  EXPECT_FALSE(source());
  return out;
}

Words read(std::string_view text, std::size_t column = 0) {
  const Folder folder;
  const auto source = from_file(folder.write("domains", text), column);
  EXPECT_TRUE(source);
  return source ? all_of(*source) : Words();
}

TEST(Domains, OfTheCommandLineAreTakenAsTheyAre) {
  EXPECT_THAT(all_of(from_words({"a.example", "#", " "})),
              ElementsAre("a.example", "#", " "));
  EXPECT_THAT(all_of(from_words({})), IsEmpty());
}

TEST(Domains, OfAListWithRanksStandInAColumn) {
  const Folder folder;
  const auto column = [&](std::string_view text) {
    return column_of_domains(folder.write("list", text));
  };
  EXPECT_EQ(column("1,a.example\n2,b.example\n"), 2U);
  EXPECT_EQ(column("# all of them\n\"1\",\"x\",\"a.example\"\n"), 3U);
  EXPECT_EQ(column("a.example,1\n"), 1U);
  EXPECT_EQ(column("a.example\n1,b.example\n"), std::nullopt);
  EXPECT_EQ(column("rank,domain\n1,a.example\n"), 2U);
  EXPECT_EQ(column("1,2,3\n"), std::nullopt);
  EXPECT_EQ(column(""), std::nullopt);
  EXPECT_EQ(column_of_domains(folder.path("none")), std::nullopt);
}

TEST(Domains, OfAFileAreOneALine) {
  EXPECT_THAT(read("a.example\nb.example\n"), ElementsAre("a.example", "b.example"));
  EXPECT_THAT(read("a.example\nb.example"), ElementsAre("a.example", "b.example"));
  EXPECT_THAT(read("a.example\r\nb.example\r\n"), ElementsAre("a.example", "b.example"));
  EXPECT_THAT(read(""), IsEmpty());
}

TEST(Domains, WhiteSpaceEmptyLinesAndCommentsDoNotCount) {
  EXPECT_THAT(read("\n# all\n \t a.example\t\v\f \n\n  \n  # none\nb.example # ours\n"
                   "c.example#x\n"),
              ElementsAre("a.example", "b.example", "c.example"));
  EXPECT_THAT(read("a b\n"), ElementsAre("a b"));
}

TEST(Domains, AByteOrderMarkCountsAtTheBeginningOnly) {
  EXPECT_THAT(read("\xEF\xBB\xBF"
                   "a.example\n\xEF\xBB\xBF"
                   "b.example\n"),
              ElementsAre("a.example",
                          "\xEF\xBB\xBF"
                          "b.example"));
}

TEST(Domains, ALineThatIsTooLongIsOneBadName) {
  const Words words =
      read(std::string(1024, 'a') + "\n" + std::string(5000, 'b') + "\nc.example\n");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(words[0].size(), 1024U);
  EXPECT_EQ(words[1].size(), 1025U);
  EXPECT_EQ(words[2], "c.example");
}

TEST(Domains, OfAColumnStandBetweenCommas) {
  const std::string_view text = "1,a.example,x\n2, b.example ,y\n";
  EXPECT_THAT(read(text, 1), ElementsAre("1", "2"));
  EXPECT_THAT(read(text, 2), ElementsAre("a.example", "b.example"));
  EXPECT_THAT(read(text, 3), ElementsAre("x", "y"));
  EXPECT_THAT(read(text, 4), ElementsAre("1,a.example,x", "2, b.example ,y"));
  EXPECT_THAT(read(text), ElementsAre("1,a.example,x", "2, b.example ,y"));
}

TEST(Domains, QuotationMarksOfAColumnAreTakenOffAndHoldCommas) {
  EXPECT_THAT(read("\"1,2\",\"a.example\",3\n", 2), ElementsAre("a.example"));
  EXPECT_THAT(read("\"1,2\",\"a.example\",3\n", 1), ElementsAre("1,2"));
}

TEST(Domains, AFileThatCannotBeReadIsAnError) {
  const Folder folder;
  for (const std::string& path : {folder.path("none"), folder.path("")}) {
    const auto source = from_file(path);
    ASSERT_FALSE(source) << path;
    EXPECT_EQ(source.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(source.error().code, base::Code::bad_file);
  }
  EXPECT_THAT(from_file(folder.path("")).error().detail, HasSubstr("Is a directory"));
}

TEST(Domains, AFileWithoutOneIsAnError) {
  const Folder folder;
  const auto none = check_not_empty(folder.write("none", "# nothing\n\n"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(none.error().code, base::Code::no_domain);
  EXPECT_TRUE(check_not_empty(folder.write("one", "a.example")));
  EXPECT_TRUE(check_not_empty("-"));
  EXPECT_TRUE(check_not_empty("/dev/null"));
}

TEST(Domains, AreCountedWhereTheFileCanBeReadTwice) {
  const Folder folder;
  EXPECT_EQ(count_domains(folder.write("two", "a.example\n#\nb.example")), 2U);
  EXPECT_EQ(count_domains("-"), std::nullopt);
  EXPECT_EQ(count_domains("/dev/null"), std::nullopt);
  EXPECT_EQ(count_domains(folder.path("none")), std::nullopt);
}

}  // namespace
}  // namespace cli::report
