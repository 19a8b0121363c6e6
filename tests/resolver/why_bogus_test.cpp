#include "resolver/why_bogus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace resolver {
namespace {

TEST(WhyBogus, NamesEachServerOnce) {
  EXPECT_EQ(
      why_bogus_in_words("validation failure <a.example. TLSA IN>: no keys have a DS "
                         "with algorithm RSASHA1 from 127.0.0.1 and 127.0.0.1 and "
                         "127.0.0.1"),
      "validation failure <a.example. TLSA IN>: no keys have a DS with algorithm "
      "RSASHA1 from 127.0.0.1");
  EXPECT_EQ(why_bogus_in_words("signature expired from 192.0.2.1 and 2001:db8::1 and "
                               "192.0.2.1 for DS example. while building chain of trust"),
            "signature expired from 192.0.2.1 and 2001:db8::1 for DS example. while "
            "building chain of trust");
}

TEST(WhyBogus, EachListIsOfItsOwn) {
  EXPECT_EQ(why_bogus_in_words("expired from 192.0.2.1 and 192.0.2.1 for a. and from "
                               "192.0.2.1 and 192.0.2.2"),
            "expired from 192.0.2.1 for a. and from 192.0.2.1 and 192.0.2.2");
}

TEST(WhyBogus, AKeyIsBadByItsOwnFault) {
  const std::string first =
      "validation failure <a.example. A IN>: no DNSKEY for example.";
  EXPECT_EQ(why_bogus_in_words(
                "validation failure <a.example. A IN>: key for validation example. is "
                "marked as invalid because of a previous validation failure <b.example. "
                "MX IN>: no DNSKEY for example."),
            first);
  const std::string twice =
      "key for validation a. is marked as invalid because of a previous validation "
      "failure <a. A IN>: ";
  EXPECT_EQ(why_bogus_in_words(twice + twice + "no DNSKEY"), "no DNSKEY");
  for (const char* text :
       {"key for validation a. is marked as invalid",
        "is marked as invalid because of a previous validation failure <a. A IN>: x",
        "key for validation a. is marked as invalid because of a previous validation "
        "failure <a. A IN"}) {
    EXPECT_EQ(why_bogus_in_words(text), text);
  }
}

TEST(WhyBogus, OtherWordsStayAsTheyAre) {
  for (const char* text : {"", "and", "from", "signature missing", "no keys and no keys",
                           "key from here for this and this"}) {
    EXPECT_EQ(why_bogus_in_words(text), text);
  }
  EXPECT_EQ(why_bogus_in_words("bad\x1b[31m"), "bad?[31m");
}

TEST(WhyBogus, OfManyServersAFewAreNamed) {
  std::string text = "expired from 192.0.2.0";
  for (int i = 1; i < 100; ++i) text += " and 192.0.2." + std::to_string(i);
  EXPECT_EQ(
      why_bogus_in_words(text),
      "expired from 192.0.2.0 and 192.0.2.1 and 192.0.2.2 and 192.0.2.3 and others");
}

TEST(WhyBogus, OfALongTextTheBeginningIsRead) {
  std::string text = "expired from 192.0.2.1";
  while (text.size() < std::size_t{1024} * 1024) text += " and 192.0.2.1";
  EXPECT_EQ(why_bogus_in_words(text + " for a."), "expired from 192.0.2.1");
}

}  // namespace
}  // namespace resolver
