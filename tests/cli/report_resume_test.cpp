#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/dane/audit/input.h"
#include "cli/dane/audit/json.h"
#include "cli/dane/audit/resume.h"
#include "tests/cli/report_audits.h"
#include "tests/cli/report_folder.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using cli::testing::audited;
using cli::testing::Folder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string line(std::uint64_t number, std::string word, Grade grade = Grade::enforced,
                 const std::vector<Code>& codes = {}) {
  auto domain = audited(std::move(word), grade, codes);
  domain.item.number = number;
  return json_line(domain);
}

TEST(Done, KnowsNumbersInAnyOrder) {
  Done done;
  EXPECT_TRUE(done.empty());
  EXPECT_FALSE(done.contains(1));
  done.add(3);
  EXPECT_FALSE(done.empty());
  EXPECT_TRUE(done.contains(3));
  EXPECT_FALSE(done.contains(1));
  EXPECT_FALSE(done.contains(2));
  done.add(1);
  EXPECT_TRUE(done.contains(1));
  EXPECT_FALSE(done.contains(2));
  EXPECT_FALSE(done.contains(4));
  done.add(2);
  done.add(2);
  done.add(1);
  for (const std::uint64_t number : {1U, 2U, 3U}) EXPECT_TRUE(done.contains(number));
  EXPECT_FALSE(done.contains(4));
  done.add(5);
  EXPECT_FALSE(done.contains(4));
  EXPECT_TRUE(done.contains(5));
}

class Earlier : public ::testing::Test {
 protected:
  base::Result<report::Earlier> read(const std::string& text) {
    const std::string path = folder_.write("out.jsonl", text);
    return read_earlier(path, [this](const std::string& one) { seen_.push_back(one); });
  }
  /// Why a text is not gone on with.
  std::string refusal(const std::string& text) {
    const auto out = read(text);
    if (out) return "";
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(out.error().code, base::Code::bad_file);
    return out.error().detail;
  }

  Folder folder_;
  std::vector<std::string> seen_;
};

TEST_F(Earlier, AFileThatIsNotThereIsAnEmptyOne) {
  const auto out = read_earlier(folder_.path("none"), [](const std::string&) {});
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->done.empty());
  EXPECT_EQ(out->octets, 0U);
  const auto empty = read("");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->done.empty());
}

TEST_F(Earlier, ReadsItsOwnLines) {
  const std::string text =
      line(1, "a.example", Grade::broken, {Code::mismatch, Code::tlsrpt_absent}) +
      line(3, "b.example", Grade::enforced, {Code::tlsrpt_absent}) +
      line(2, "c.example", Grade::enforced, {Code::expires_soon});
  const auto out = read(text);
  ASSERT_TRUE(out);
  for (const std::uint64_t number : {1U, 2U, 3U}) {
    EXPECT_TRUE(out->done.contains(number));
  }
  EXPECT_FALSE(out->done.contains(4));
  EXPECT_EQ(out->octets, text.size());
  EXPECT_EQ(out->tally.of(Grade::broken), 1U);
  EXPECT_EQ(out->tally.of(Grade::enforced), 2U);
  EXPECT_EQ(out->tally.domains(), 3U);
  EXPECT_EQ(out->tally.warnings, 2U);
  EXPECT_EQ(out->tally.findings.at(Code::tlsrpt_absent), 2U);
  EXPECT_EQ(out->tally.findings.at(Code::mismatch), 1U);
  EXPECT_EQ(out->tally.named.at("b.example"), Grade::enforced);
  EXPECT_THAT(out->sample,
              ElementsAre(std::pair(1U, "a.example"), std::pair(3U, "b.example"),
                          std::pair(2U, "c.example")));
  EXPECT_EQ(seen_.size(), 3U);
  EXPECT_EQ(seen_[0] + "\n",
            line(1, "a.example", Grade::broken, {Code::mismatch, Code::tlsrpt_absent}));
}

TEST_F(Earlier, ALineThatWasCutOffIsDoneAgain) {
  const std::string whole = line(1, "a.example");
  const std::string cut = line(2, "b.example");
  for (const std::size_t octets : {std::size_t{1}, std::size_t{20}, cut.size() - 1}) {
    const auto out = read(whole + cut.substr(0, octets));
    ASSERT_TRUE(out) << octets;
    EXPECT_EQ(out->octets, whole.size());
    EXPECT_FALSE(out->done.contains(2));
    EXPECT_EQ(out->tally.domains(), 1U);
  }
}

TEST_F(Earlier, IsNoOtherFile) {
  const std::string good = line(1, "a.example");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string out = good;
    out.replace(out.find(from), from.size(), to);
    return out;
  };
  for (const std::string& text :
       {std::string("precious\n"), std::string("precious"), "\n" + good,
        with("\"version\":1", "\"version\":2"), with("\"number\":1", "\"number\":0"),
        with("\"number\":1", "\"number\":x"), with("\"grade\":", "\"mark\":"),
        with("enforced", "excellent"), with("\"input\":", "\"output\":"),
        with("\"findings\":[]", "\"findings\":1"), with("\"hosts\":[]", "\"hosts\":{}"),
        with("\"domain\":\"", "\"realm\":\""), with("}\n", "}}\n"), with("}\n", "} \n"),
        with("}\n", "\n")}) {
    EXPECT_THAT(refusal(text), HasSubstr("is not the output of dane audit --json: line"))
        << text;
  }
  EXPECT_THAT(refusal(good + line(2, "b.example") + "x"), HasSubstr(": line 3"));
  EXPECT_THAT(refusal(good + "x\n" + line(2, "b.example")), HasSubstr(": line 2"));
}

TEST_F(Earlier, ADomainIsThereOnce) {
  EXPECT_THAT(refusal(line(1, "a.example") + line(2, "b.example") + line(1, "a.example")),
              HasSubstr(" has domain 1 twice: it is not of one run"));
}

TEST_F(Earlier, AFolderIsNoFile) {
  const auto out = read_earlier(folder_.path(""), [](const std::string&) {});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
}

TEST_F(Earlier, AFindingInATextOfAnotherIsNone) {
  auto domain = audited("a.example", Grade::enforced, {Code::tlsrpt_absent});
  domain.judgement.findings[0].detail = R"({"code":"mismatch"})";
  const auto out = read(json_line(domain));
  ASSERT_TRUE(out);
  EXPECT_FALSE(out->tally.findings.contains(Code::mismatch));
  EXPECT_EQ(out->tally.warnings, 0U);
}

TEST_F(Earlier, KeepsTheLastThousandAsSample) {
  std::string text;
  for (std::uint64_t i = 1; i <= 1002; ++i) {
    text += line(i, "d" + std::to_string(i) + ".example");
  }
  const auto out = read(text);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->sample.size(), 1000U);
  EXPECT_EQ(out->sample.front().first, 3U);
  EXPECT_EQ(out->sample.back().second, "d1002.example");
}

/// The words that are left of an input, and why there are no more.
struct Left {
  std::vector<std::string> words;
  std::string error;
};

Left left_of(std::vector<std::string> input,
             const std::vector<std::pair<std::uint64_t, std::string>>& done) {
  const auto earlier = std::make_shared<report::Earlier>();
  for (const auto& [number, word] : done) {
    earlier->done.add(number);
    earlier->sample.emplace_back(number, word);
  }
  const auto error = std::make_shared<std::string>();
  const auto rest = without(from_words(std::move(input)), earlier, error);
  Left out;
  while (auto item = rest()) out.words.push_back(item->word);
  EXPECT_FALSE(rest());
  out.error = *error;
  return out;
}

TEST(Rest, IsWhatIsNotDoneInItsOrder) {
  EXPECT_THAT(left_of({"a", "b"}, {}).words, ElementsAre("a", "b"));
  const auto left = left_of({"a", "b", "c", "d", "e"}, {{2, "b"}, {4, "d"}});
  EXPECT_THAT(left.words, ElementsAre("a", "c", "e"));
  EXPECT_EQ(left.error, "");
  EXPECT_THAT(left_of({"a", "b"}, {{2, "b"}, {1, "a"}}).words, IsEmpty());
}

TEST(Rest, OfAnotherInputIsNothing) {
  const auto left = left_of({"a", "x", "c"}, {{2, "b"}});
  EXPECT_THAT(left.words, IsEmpty());
  EXPECT_EQ(left.error, "the input is not that of the earlier run: domain 2 is x");
}

TEST(Rest, OfAnInputThatEndsTooSoonIsNothing) {
  const auto left = left_of({"a", "b"}, {{3, "c"}});
  EXPECT_THAT(left.words, IsEmpty());
  EXPECT_EQ(left.error,
            "the input is not that of the earlier run: domain 3 is not there");
}

TEST(Rest, ADifferenceIsSeenBeforeAnythingIsGiven) {
  const auto left = left_of({"new", "b", "c", "x"}, {{2, "b"}, {4, "d"}});
  EXPECT_THAT(left.words, IsEmpty());
  EXPECT_THAT(left.error, HasSubstr("domain 4 is x"));
}

TEST(Rest, InputsAreComparedAsJsonHasThem) {
  const auto left = left_of({"a\"b", "c"}, {{1, "a\\\"b"}});
  EXPECT_THAT(left.words, ElementsAre("c"));
  EXPECT_EQ(left.error, "");
}

TEST(Rest, ADomainThatIsDoneAndNotInTheSampleIsLeftOut) {
  const auto earlier = std::make_shared<report::Earlier>();
  for (const std::uint64_t number : {1U, 2U}) earlier->done.add(number);
  earlier->sample.emplace_back(2, "b");
  const auto error = std::make_shared<std::string>();
  const auto rest = without(from_words({"whatever", "b", "c"}), earlier, error);
  EXPECT_EQ(rest()->word, "c");
  EXPECT_EQ(*error, "");
}

}  // namespace
}  // namespace cli::report
