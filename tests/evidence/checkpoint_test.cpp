#include "src/evidence/checkpoint.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace evidence {
namespace {

constexpr std::string_view kText =
    "ucspi-dane evidence v1\n"
    "8\n"
    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

std::string with(std::string_view from, std::string_view to) {
  std::string out(kText);
  return out.replace(out.find(from), from.size(), to);
}

std::string why_not(std::string_view text) {
  const auto read = read_checkpoint(text);
  if (read) return "it was read";
  EXPECT_EQ(read.error().kind, base::ErrorKind::permanent);
  EXPECT_EQ(read.error().code, base::Code::bad_evidence);
  return read.error().detail.substr(read.error().detail.find(": ") + 2);
}

TEST(Checkpoint, IsReadAndWrittenAsTheSameOctets) {
  const auto read = read_checkpoint(kText);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->leaves, 8);
  EXPECT_EQ(base::to_hex(read->root),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  EXPECT_EQ(read->previous, Octets32{});
  EXPECT_EQ(to_text(*read), kText);
}

TEST(Checkpoint, IsHashedAsText) {
  EXPECT_EQ(base::to_hex(hash_of_checkpoint(kText)),
            "50627e44983b73605ae80594c216e42547da4b7fdcea17fc94e6dbdd7528cabe");
}

TEST(Checkpoint, HasNoSecondForm) {
  const std::string other = "it is written in another way";
  EXPECT_EQ(why_not(""), "its first line is another one");
  EXPECT_EQ(why_not(with("v1", "v2")), "its first line is another one");
  EXPECT_EQ(why_not(with("v1\n", "v1\r\n")), "its first line is another one");
  EXPECT_EQ(why_not(with("8\n", "08\n")), other);
  EXPECT_EQ(why_not(with("8\n", " 8\n")), other);
  EXPECT_EQ(why_not(with("8\n", "+8\n")), other);
  EXPECT_EQ(why_not(with("8\n", "8 \n")), other);
  EXPECT_EQ(why_not(with("8\n", "\n")), other);
  EXPECT_EQ(why_not(with("8\n", "99999999999999999999\n")), other);
  EXPECT_EQ(why_not(with("8\n", "9007199254740992\n")), "it has too many leaves");
  EXPECT_EQ(why_not(with("Qyg=", "Qyg")), "its root is no SHA-256");
  EXPECT_EQ(why_not(with("Qyg=", "Qyh=")), other);  // bits that stand for nothing
  EXPECT_EQ(why_not(with("AAA=\n", "AAA=")), other);
  EXPECT_EQ(why_not(with("AAA=\n", "A A A=\n")), other);
  EXPECT_EQ(why_not(with("AAA=\n", "AA==\n")),
            "the hash of the run before is no SHA-256");
  EXPECT_EQ(why_not(std::string(kText) + "\n"), other);
  EXPECT_EQ(why_not(std::string(kText) + std::string(300, 'a')), "it is too long");
}

TEST(Checkpoint, OfNoLeavesHasTheRootOfNothing) {
  EXPECT_EQ(why_not(with("8\n", "0\n")), "it has no leaves, and a root all the same");
  EXPECT_TRUE(
      read_checkpoint("ucspi-dane evidence v1\n0\n"
                      "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"));
}

RC_GTEST_PROP(Checkpoint, WhatIsWrittenIsRead, ()) {
  Checkpoint one;
  one.leaves = *rc::gen::inRange<std::uint64_t>(1, (std::uint64_t{1} << 53) - 1);
  for (std::byte& octet : one.root)
    octet = std::byte{*rc::gen::arbitrary<unsigned char>()};
  for (std::byte& octet : one.previous) {
    octet = std::byte{*rc::gen::arbitrary<unsigned char>()};
  }
  RC_ASSERT(read_checkpoint(to_text(one)) == one);
}

}  // namespace
}  // namespace evidence
