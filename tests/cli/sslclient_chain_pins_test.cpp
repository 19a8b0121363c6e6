#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/sslclient/chain_pins.h"

namespace cli::sslclient {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): hours

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

dns::Name name(const std::string& text) { return dns::Name::parse(text).value(); }

/// A place for a file of pins that is not there yet.
std::string fresh(const std::string& word) {
  std::string out = testing::TempDir() + "pins-" + word;
  std::filesystem::remove(out);
  return out;
}

std::string text_in(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

TEST(ChainPins, HoldUntilTheirTime_Rfc9102s7) {
  const auto pins = ChainPins::parse("www.example 443 2027-01-15T08:00:01Z\n");
  ASSERT_TRUE(pins) << pins.error().detail;
  EXPECT_EQ(pins->until(name("www.example"), 443, kNow), kNow + 1s);
  EXPECT_EQ(pins->until(name("www.example"), 443, kNow + 1s), std::nullopt);
  EXPECT_EQ(pins->until(name("www.example"), 444, kNow), std::nullopt);
  EXPECT_EQ(pins->until(name("example"), 443, kNow), std::nullopt);
}

TEST(ChainPins, APromiseTakesThePlaceOfTheOneBefore_Rfc9102s7) {
  ChainPins pins;
  pins.note(name("www.example"), 443, 2h, kNow);
  pins.note(name("mail.example"), 443, 5h, kNow);
  pins.note(name("www.example"), 443, 1h, kNow);
  EXPECT_EQ(pins.until(name("www.example"), 443, kNow), kNow + 1h);
  pins.note(name("www.example"), 443, 0h, kNow);
  EXPECT_EQ(pins.until(name("www.example"), 443, kNow), std::nullopt);
  EXPECT_EQ(pins.until(name("mail.example"), 443, kNow), kNow + 5h);
}

TEST(ChainPins, NoPromiseIsForYears) {
  ChainPins pins;
  pins.note(name("www.example"), 443, 65'535h, kNow);
  EXPECT_EQ(pins.until(name("www.example"), 443, kNow), kNow + 720h);
}

TEST(ChainPins, WhatHasRunOutIsForgotten) {
  ChainPins pins;
  pins.note(name("www.example"), 443, 1h, kNow);
  pins.note(name("mail.example"), 443, 1h, kNow + 2h);
  EXPECT_EQ(pins.text(), "mail.example 443 2027-01-15T11:00:00Z\n");
}

TEST(ChainPins, AreReadAsTheyAreWritten) {
  ChainPins pins;
  pins.note(name("www.example"), 443, 1h, kNow);
  pins.note(name("mail.example"), 993, 3h, kNow);
  const auto read = ChainPins::parse(pins.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text(), pins.text());
  EXPECT_EQ(ChainPins::parse("")->text(), "");
}

TEST(ChainPins, ALineThatIsNoneIsAnError) {
  const std::string good = "www.example 443 2027-01-15T08:00:01Z\n";
  for (const char* line :
       {"\n", "www.example\n", "www.example 443\n",
        "www.example 0 2027-01-15T08:00:01Z\n", "www.example 443 2027-01-15\n",
        "www.example 443 1800000001\n", "www.example 443 2027-02-30T08:00:01Z\n",
        "www..example 443 2027-01-15T08:00:01Z\n",
        "www.example 443 2027-01-15T08:00:01Z x\n",
        "www.example  443 2027-01-15T08:00:01Z\n",
        "www.example 443 2027-01-15T08:00:01Z"}) {
    const auto pins = ChainPins::parse(good + line);
    ASSERT_FALSE(pins) << line;
    EXPECT_EQ(pins.error().code, base::Code::bad_file);
    EXPECT_THAT(pins.error().detail, HasSubstr("line 2 ")) << line;
  }
}

TEST(ChainPins, AreNoMoreThanAnybodyNeeds) {
  std::string text;
  for (int i = 0; i <= 10'000; ++i) {
    text += "h" + std::to_string(i) + ".example 443 2027-01-15T08:00:01Z\n";
  }
  const auto pins = ChainPins::parse(text);
  ASSERT_FALSE(pins);
  EXPECT_THAT(pins.error().detail, HasSubstr("too many"));
}

TEST(ChainPinFile, IsMadeAndAlteredInOnePiece) {
  const std::string path = fresh("made");
  EXPECT_EQ(read_pins(path)->text(), "");
  ASSERT_TRUE(note_pin(path, name("www.example"), 443, 1h, kNow));
  ASSERT_TRUE(note_pin(path, name("mail.example"), 443, 2h, kNow));
  EXPECT_EQ(text_in(path),
            "mail.example 443 2027-01-15T10:00:00Z\nwww.example 443 "
            "2027-01-15T09:00:00Z\n");
  ASSERT_TRUE(note_pin(path, name("www.example"), 443, 0h, kNow));
  EXPECT_EQ(text_in(path), "mail.example 443 2027-01-15T10:00:00Z\n");
}

TEST(ChainPinFile, NoPromiseMakesNoFile) {
  const std::string path = fresh("none");
  ASSERT_TRUE(note_pin(path, name("www.example"), 443, 0h, kNow));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ChainPinFile, ABrokenOneIsNeitherReadNorWrittenOver) {
  const std::string path = fresh("broken");
  std::ofstream(path) << "what is this\n";
  const auto read = read_pins(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, base::Code::bad_file);
  EXPECT_THAT(read.error().detail, HasSubstr(path + ": line 1 "));
  EXPECT_FALSE(note_pin(path, name("www.example"), 443, 1h, kNow));
  EXPECT_EQ(text_in(path), "what is this\n");
}

TEST(ChainPinFile, ADirectoryIsNone) {
  EXPECT_FALSE(read_pins(testing::TempDir()));
  EXPECT_FALSE(
      note_pin(testing::TempDir() + "no/such/place", name("a.example"), 443, 1h, kNow));
}

}  // namespace
}  // namespace cli::sslclient
