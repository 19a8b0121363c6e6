#include "cli/json_target.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "src/io/file.h"
#include "src/io/write_all.h"
#include "tests/cli/report_folder.h"

namespace cli {
namespace {

using ::testing::HasSubstr;

TEST(JsonTarget, DigitsAreADescriptorAndAnythingElseAFile) {
  EXPECT_EQ(json_target("5")->descriptor, 5);
  EXPECT_EQ(json_target("5")->file, "");
  EXPECT_EQ(json_target("5.json")->file, "5.json");
  EXPECT_EQ(json_target("./5")->file, "./5");
  EXPECT_EQ(json_target("-")->file, "-");
  EXPECT_FALSE(json_target(""));
  EXPECT_FALSE(json_target("1000001"));
}

TEST(JsonTarget, ADescriptorMustBeOpen) {
  EXPECT_TRUE(expect_open(*json_target("2")));
  EXPECT_TRUE(expect_open(*json_target("a.json"))) << "a file is opened later";
  const auto closed = expect_open(*json_target("987"));
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().detail, "--json 987: descriptor is not open");
}

TEST(JsonTarget, ADescriptorMustBeOneToWriteTo) {
  const io::Descriptor input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto refused = expect_open(JsonTarget{input.get(), ""});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("descriptor is not open for writing"));
}

TEST(JsonTarget, WhatIsNotWrittenIsTold) {
  const io::Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto written = write_json(full.get(), "{}");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().detail, HasSubstr("No space left on device"));
}

TEST(JsonTarget, AFileIsMadeAnewWhenThereIsSomethingToWrite) {
  const cli::testing::Folder folder;
  const std::string path = folder.write("a.json", "what was there before");
  {
    const auto out = open_json(*json_target(path));
    ASSERT_TRUE(out);
    EXPECT_EQ(io::read_file(path, 100).value(), "what was there before");
    empty_json(out->get());
    ASSERT_TRUE(write_json(out->get(), "{}"));
  }
  EXPECT_EQ(io::read_file(path, 100).value(), "{}\n");
  const auto none = open_json(*json_target("/none/such.json"));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().detail, HasSubstr("--json /none/such.json: No such file"));
}

TEST(JsonTarget, ADescriptorStaysOpenWhenOursIsClosed) {
  {
    const auto out = open_json(*json_target("2"));
    ASSERT_TRUE(out);
    EXPECT_GE(out->get(), 10);
  }
  EXPECT_TRUE(expect_open(*json_target("2")));
}

}  // namespace
}  // namespace cli
