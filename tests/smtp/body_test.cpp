#include "src/smtp/body.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace smtp {
namespace {

using namespace std::string_literals;

/// Everything that is no whole line is refused.
constexpr BodyRules kStrict{LoneReturn::fault, OpenLine::fault};
/// Nothing is.
constexpr BodyRules kLenient{LoneReturn::ends_line, OpenLine::ended};

std::string encoded(const std::vector<std::string>& parts, BodyRules rules = {}) {
  BodyEncoder encoder(rules);
  std::string out;
  for (const std::string& part : parts) encoder.add(part, out);
  EXPECT_EQ(encoder.finish(out), BodyFault::none);
  return out;
}

BodyFault fault_of(const std::vector<std::string>& parts, BodyRules rules = kStrict) {
  BodyEncoder encoder(rules);
  BodyScanner scanner(rules);
  std::string out;
  for (const std::string& part : parts) {
    encoder.add(part, out);
    scanner.add(part);
  }
  const BodyFault fault = encoder.finish(out);
  EXPECT_EQ(scanner.finish().fault, fault);
  if (fault != BodyFault::none) {
    EXPECT_FALSE(("\r\n" + out).ends_with("\r\n.\r\n"));
  }
  return fault;
}

BodyFacts facts_of(std::string_view text, BodyRules rules = {}) {
  BodyScanner scanner(rules);
  scanner.add(text);
  return scanner.finish();
}

/// What a server makes of the octets after DATA (RFC 5321 4.5.2); nothing if they do not
/// end with the dot, or have one before their end.
std::optional<std::string> decoded(std::string_view wire) {
  std::string out;
  for (;;) {
    const std::size_t end = wire.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = wire.substr(0, end);
    wire.remove_prefix(end + 2);
    if (line == ".") return wire.empty() ? std::optional(out) : std::nullopt;
    if (line.starts_with('.')) line.remove_prefix(1);
    out += line;
    out += '\n';
  }
}

/// Any octets but CR, dots and line ends often, an LF at the end.
rc::Gen<std::string> bodies() {
  const auto octet = rc::gen::weightedOneOf<char>(
      {{3, rc::gen::just('.')},
       {3, rc::gen::just('\n')},
       {4, rc::gen::distinctFrom(rc::gen::arbitrary<char>(), '\r')}});
  return rc::gen::map(rc::gen::container<std::string>(octet),
                      [](std::string text) { return text + "\n"; });
}

std::vector<std::string> cut(const std::string& text, std::size_t size) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size(); at += size)
    out.push_back(text.substr(at, size));
  return out;
}

TEST(Body, LineEnds_Rfc5321s2_3_8) {
  EXPECT_EQ(encoded({"a\nb\n"}), "a\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"\n"}), "\r\n.\r\n");
  EXPECT_EQ(encoded({"\n\n\n"}), "\r\n\r\n\r\n.\r\n");
  EXPECT_EQ(encoded({}), ".\r\n");
  EXPECT_EQ(encoded({""}), ".\r\n");
}

TEST(Body, DotsThatBeginLinesAreDoubled_Rfc5321s4_5_2) {
  EXPECT_EQ(encoded({".\n"}), "..\r\n.\r\n");
  EXPECT_EQ(encoded({"..\n"}), "...\r\n.\r\n");
  EXPECT_EQ(encoded({"a.\n"}), "a.\r\n.\r\n");
  EXPECT_EQ(encoded({"a\n.b\n"}), "a\r\n..b\r\n.\r\n");
  EXPECT_EQ(encoded({"\n.\n.\n"}), "\r\n..\r\n..\r\n.\r\n");
}

TEST(Body, DotsAtTheBordersOfParts) {
  EXPECT_EQ(encoded({"a\n", ".b\n"}), "a\r\n..b\r\n.\r\n");
  EXPECT_EQ(encoded({"a", ".b\n"}), "a.b\r\n.\r\n");
  EXPECT_EQ(encoded({"a", "\n", ".", "\n"}), "a\r\n..\r\n.\r\n");
  EXPECT_EQ(encoded({".", ".", "\n"}), "...\r\n.\r\n");
  EXPECT_EQ(encoded({"a\n", "", ".\n"}), "a\r\n..\r\n.\r\n");
}

TEST(Body, OtherOctetsGoThroughAsTheyAre) {
  EXPECT_EQ(encoded({"a\0b\xff\x7f\n"s}), "a\0b\xff\x7f\r\n.\r\n"s);
}

TEST(Body, ACrLfIsOneLineEnd_Rfc5321s2_3_8) {
  EXPECT_EQ(encoded({"a\r\nb\r\n"}, kStrict), "a\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r\n\r\nb\nc\r\n"}, kStrict), "a\r\n\r\nb\r\nc\r\n.\r\n");
  EXPECT_EQ(encoded({"\r\n"}, kStrict), "\r\n.\r\n");
}

TEST(Body, ACrLfThatTwoPartsShareIsOneLineEnd) {
  EXPECT_EQ(encoded({"a\r", "\nb\n"}, kStrict), "a\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r", "", "\n"}, kStrict), "a\r\n.\r\n");
  EXPECT_EQ(encoded({"a", "\r", "\n", ".", "\r", "\n"}, kStrict), "a\r\n..\r\n.\r\n");
}

TEST(Body, ALoneReturnEndsALine) {
  EXPECT_EQ(encoded({"a\rb\n"}), "a\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r"}), "a\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r\r\nb\n"}), "a\r\n\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\n\rb\n"}), "a\r\n\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r", "\r", "\n"}), "a\r\n\r\n.\r\n");
}

TEST(Body, ADotBehindAnyLineEndIsDoubled_Rfc5321s4_5_2) {
  EXPECT_EQ(encoded({"a\r\n.\r\nb\n"}), "a\r\n..\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r.\rb\n"}), "a\r\n..\r\nb\r\n.\r\n");
  EXPECT_EQ(encoded({"a\r", ".\r", "\n.\n"}), "a\r\n..\r\n..\r\n.\r\n");
}

TEST(Body, ALoneReturnIsAFaultWhereItIsRefused_Rfc5321s2_3_8) {
  EXPECT_EQ(fault_of({"a\rb\n"}), BodyFault::carriage_return);
  EXPECT_EQ(fault_of({"a\r\n"}), BodyFault::none);
  EXPECT_EQ(fault_of({"a\r", "\n"}), BodyFault::none);
  EXPECT_EQ(fault_of({"a\r\r\n"}), BodyFault::carriage_return);
  EXPECT_EQ(fault_of({"a\n", "\r"}), BodyFault::carriage_return);
  EXPECT_EQ(fault_of({"a\n.\n", "b\r", "c\n"}), BodyFault::carriage_return);
}

TEST(Body, AnOpenLineIsEndedWhereNothingIsRefused) {
  EXPECT_EQ(encoded({"a"}, kLenient), "a\r\n.\r\n");
  EXPECT_EQ(encoded({"a\n."}, kLenient), "a\r\n..\r\n.\r\n");
  EXPECT_EQ(facts_of("a\n.", kLenient).size, 7U);
}

TEST(Body, ALastLineWithoutAnEndIsAFault) {
  EXPECT_EQ(fault_of({"a"}), BodyFault::no_line_end);
  EXPECT_EQ(fault_of({"a\n", "b"}), BodyFault::no_line_end);
  EXPECT_EQ(fault_of({"a\n", "."}), BodyFault::no_line_end);
  EXPECT_EQ(fault_of({"a", "\n"}), BodyFault::none);
}

TEST(Body, NothingIsEncodedAfterAFault) {
  BodyEncoder encoder(kStrict);
  std::string out;
  encoder.add("a\rb", out);
  const std::string before = out;
  encoder.add("b\n", out);
  EXPECT_EQ(encoder.fault(), BodyFault::carriage_return);
  EXPECT_EQ(encoder.finish(out), BodyFault::carriage_return);
  EXPECT_EQ(out, before);
}

TEST(Body, EightBit) {
  EXPECT_FALSE(facts_of("plain \x7f\n").eight_bit);
  EXPECT_TRUE(facts_of("b\x80\n").eight_bit);
  EXPECT_TRUE(facts_of("\xff\n").eight_bit);
  EXPECT_FALSE(facts_of("").eight_bit);
}

TEST(Body, SizeIsThatOfTheWire_Rfc1870s3) {
  EXPECT_EQ(facts_of("").size, 0U);
  EXPECT_EQ(facts_of("\n").size, 2U);
  EXPECT_EQ(facts_of(".\n").size, 4U);
  EXPECT_EQ(facts_of("a\n.b\n").size, 8U);
}

RC_GTEST_PROP(BodyLaws, EncodedAndDecodedIsTheSame, ()) {
  const std::string text = *bodies();
  const auto back = decoded(encoded({text}));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == text);
}

RC_GTEST_PROP(BodyLaws, PartsDoNotMatter, ()) {
  const std::string text = *bodies();
  const auto parts = cut(text, *rc::gen::inRange<std::size_t>(1, 9));
  RC_ASSERT(encoded(parts) == encoded({text}));
  BodyScanner scanner({});
  for (const std::string& part : parts) scanner.add(part);
  RC_ASSERT(scanner.finish().size == facts_of(text).size);
  RC_ASSERT(scanner.finish().eight_bit == facts_of(text).eight_bit);
}

RC_GTEST_PROP(BodyLaws, SizeIsAsForetold, ()) {
  const std::string text = *bodies();
  RC_ASSERT(facts_of(text).size + 3 == encoded({text}).size());
}

/// Lines that end in all ways, and dots.
rc::Gen<std::string> line_ends() {
  return rc::gen::container<std::string>(rc::gen::element('\r', '\n', '.', 'x'));
}

RC_GTEST_PROP(BodyLaws, WhateverEndsALineNothingOnTheWireDoesButCrLf, ()) {
  const std::string text = *line_ends();
  const std::string wire = encoded({text}, kLenient);
  RC_ASSERT(decoded(wire).has_value());
  for (std::size_t i = 0; i < wire.size(); ++i) {
    RC_ASSERT((wire[i] != '\r') || (i + 1 < wire.size() && wire[i + 1] == '\n'));
    RC_ASSERT((wire[i] != '\n') || (i > 0 && wire[i - 1] == '\r'));
  }
  RC_ASSERT(encoded(cut(text, *rc::gen::inRange<std::size_t>(1, 4)), kLenient) == wire);
  RC_ASSERT(facts_of(text, kLenient).size + 3 == wire.size());
}

RC_GTEST_PROP(BodyLaws, BothFindTheSameFault, (const std::string& text)) {
  fault_of(cut(text, 3));
}

}  // namespace
}  // namespace smtp
