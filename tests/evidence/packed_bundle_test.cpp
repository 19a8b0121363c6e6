#include "src/evidence/packed_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <random>

#include "src/evidence/bundle_bounds.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/json_parts.h"
#include "src/evidence/packing.h"
#include "tests/evidence/some_bundles.h"

namespace evidence {
namespace {

/// A shelf in memory.
class MapShelf : public Shelf {
 public:
  base::Result<Place> put(Content kind, base::ByteView octets) override {
    auto& rows = rows_[kind];
    const base::Bytes copy(octets.begin(), octets.end());
    const auto found = std::find(rows.begin(), rows.end(), copy);
    const auto number = static_cast<std::int64_t>(found - rows.begin() + 1);
    const bool is_new = found == rows.end();
    if (is_new) rows.push_back(copy);
    return Place{number, is_new};
  }
  base::Result<base::Bytes> take(Content kind, std::int64_t number) override {
    const auto& rows = rows_[kind];
    if (number < 1 || static_cast<std::size_t>(number) > rows.size()) {
      return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence, "no row");
    }
    return rows[static_cast<std::size_t>(number - 1)];
  }
  [[nodiscard]] std::size_t count(Content kind) { return rows_[kind].size(); }

 private:
  std::map<Content, std::vector<base::Bytes>> rows_;
};

const SomeInternet kInternet(SomeInternet::Keys::ecdsa, SomeInternet::Denial::nsec3);

std::string round_trip(const Bundle& bundle, Shelf& shelf) {
  const auto packed = pack(bundle, shelf);
  if (!packed) return packed.error().detail;
  const auto out = unpack(*packed, shelf);
  return out ? to_json(*out) : out.error().detail;
}

Answer failed_answer(std::string name) {
  Answer out;
  out.name = *dns::Name::from_dns(std::move(name));
  out.type = 52;
  out.error =
      base::Error{base::ErrorKind::temporary, base::Code::servfail, "no \"answer\""};
  return out;
}

TEST(PackedBundle, IsTheBundle) {
  MapShelf shelf;
  for (const unsigned domain : {1U, 51U, 2U, 1U, 101U}) {
    for (const unsigned day : {0U, 1U, 8U}) {
      Bundle bundle = kInternet.bundle(domain, day);
      EXPECT_EQ(round_trip(bundle, shelf), to_json(bundle));
      bundle.dns.again = {{bundle.moment, {bundle.dns.answers[3]}},
                          {bundle.moment + std::chrono::seconds(9), {}},
                          {bundle.moment, {failed_answer("a.example.")}}};
      bundle.dns.answers[2].security = dns::Security::bogus;
      bundle.dns.answers[2].why_bogus = "no keys";
      bundle.dns.answers[2].rcode = 3;
      bundle.dns.answers.push_back(failed_answer("zzz.example."));
      bundle.dns.skew = {std::chrono::seconds(1), std::chrono::seconds(2)};
      EXPECT_EQ(round_trip(bundle, shelf), to_json(bundle));
    }
  }
  Bundle empty;
  empty.about = empty.facts = empty.verdict = "{}";
  EXPECT_EQ(round_trip(empty, shelf), to_json(empty));
}

TEST(PackedBundle, WhatDomainsShareIsThereOnce) {
  MapShelf shelf;
  ASSERT_TRUE(pack(kInternet.bundle(1, 0), shelf));
  ASSERT_TRUE(pack(kInternet.bundle(51, 0), shelf));
  const std::size_t sets = shelf.count(Content::sets);
  const std::size_t texts = shelf.count(Content::texts);
  EXPECT_EQ(shelf.count(Content::peers), 4);
  EXPECT_EQ(shelf.count(Content::messages), 2);
  const auto third = pack(kInternet.bundle(101, 0), shelf);
  ASSERT_TRUE(third);
  // Its own DS, DNSKEY and MX records and two of a denial.
  EXPECT_EQ(shelf.count(Content::sets), sets + 5);
  EXPECT_EQ(shelf.count(Content::texts), texts);
  EXPECT_EQ(shelf.count(Content::peers), 4);
  EXPECT_LT(third->size(), 1200);
}

std::string why_not(const std::function<void(Bundle&)>& change) {
  MapShelf shelf;
  Bundle bundle = kInternet.bundle(1, 0);
  change(bundle);
  const auto packed = pack(bundle, shelf);
  return packed ? "it was packed" : packed.error().detail;
}

// Sets of a stranger's making: no name, a name that does not end, the root's.
TEST(PackedBundle, ASetMayBeAnyOctets) {
  MapShelf shelf;
  Bundle bundle;
  bundle.about = bundle.facts = bundle.verdict = "{}";
  for (const char* hex : {"", "00", "0000", "000001", "01610001610001", "016100016100ff",
                          "0361", "ff00ff00", "0161"}) {
    bundle.dns.sets.push_back(*base::from_hex(hex));
  }
  std::sort(bundle.dns.sets.begin(), bundle.dns.sets.end());
  Answer answer;
  for (std::size_t i = 0; i < bundle.dns.sets.size(); ++i) answer.answer.push_back(i);
  bundle.dns.answers = {answer};
  EXPECT_EQ(round_trip(bundle, shelf), to_json(bundle));
}

TEST(PackedBundle, KeepsTheRules) {
  const std::string prefix = "a bundle to be stored ";
  EXPECT_EQ(why_not([](Bundle& b) { std::swap(b.dns.sets[0], b.dns.sets[1]); }),
            prefix + "has sets out of order");
  EXPECT_EQ(why_not([](Bundle& b) { b.dns.sets[0] = b.dns.sets[1]; }),
            prefix + "has sets out of order");
  EXPECT_EQ(why_not([](Bundle& b) { b.dns.answers[0].answer = {99}; }),
            prefix + "has an answer with sets that are not there");
  EXPECT_EQ(why_not([](Bundle& b) { b.dns.answers[0].answer.clear(); }),
            prefix + "has a set that no answer uses");
  EXPECT_EQ(why_not([](Bundle& b) { b.peers[0].answers = {99}; }),
            prefix + "has a handshake with an answer that is not there");
  EXPECT_EQ(why_not([](Bundle& b) { b.facts = "{\"a\":1.5}"; }),
            prefix + "has a text that is no JSON");
  EXPECT_EQ(why_not([](Bundle& b) { b.maker = "\x01"; }),
            "a text of evidence has control characters");
}

TEST(PackedBundle, StrangersGiveErrorsOrBundles) {
  MapShelf shelf;
  ASSERT_TRUE(pack(kInternet.bundle(1, 0), shelf));
  const auto packed = pack(kInternet.bundle(51, 0), shelf);
  ASSERT_TRUE(packed);
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string other = *packed;
    for (int i = 0; i <= round % 4; ++i) {
      other[random() % other.size()] = static_cast<char>(random() & 0xff);
    }
    if (round % 5 == 0) other.resize(random() % other.size());
    (void)unpack(other, shelf);
  }
}

TEST(PackedBundle, AStrangersRowsDoNotGrowWithoutEnd) {
  MapShelf shelf;
  const std::string large(1 << 20, ' ');
  const auto place = shelf.put(Content::texts, base::as_bytes(large));
  std::string parts;
  for (int i = 0; i < 100; ++i) parts += "\x01" + std::to_string(place->number) + "\x02";
  EXPECT_FALSE(join_json(parts, shelf, 4 << 20));
  for (const char* broken : {"\x01", "\x01\x02",
                             "\x01"
                             "1x\x02",
                             "\x01"
                             "7\x02"}) {
    EXPECT_FALSE(join_json(broken, shelf, 100));
  }
}

/// A bundle without texts, with so many answers of its own.
std::string with_answers(std::size_t count) {
  Packer answer;
  answer.text("a.example").number(1).number(0).number(0).number(1).text("").number(0);
  answer.numbers({}).numbers({});
  Packer out;
  out.number(1).number(1).number(0).number(0);
  Packer marks;
  marks.number(0).number(count);
  out.octets(marks.packed()).numbers({});
  for (; count > 0; --count) out.octets(answer.packed());
  out.number(0).numbers({});
  const std::string texts = "m\x03{}\x03{}\x03{}\x03";
  return texts + std::string(base::as_text(out.packed()));
}

// A few octets that are compressed well may name as many parts as they like.
TEST(PackedBundle, AStrangersPartsAreCountedBeforeTheyAreMade) {
  MapShelf shelf;
  const auto most = unpack(with_answers(kMostAnswers), shelf);
  ASSERT_TRUE(most) << most.error().detail;
  EXPECT_EQ(most->dns.answers.size(), kMostAnswers);
  EXPECT_FALSE(unpack(with_answers(kMostAnswers + 1), shelf));

  Bundle bundle = kInternet.bundle(1, 0);
  EXPECT_EQ(round_trip(bundle, shelf), to_json(bundle));
  Handshake& peer = bundle.peers.front();
  peer.answers.assign(bundle.dns.answers.size() + 1, 0);
  EXPECT_FALSE(unpack(*pack(bundle, shelf), shelf)) << "it knew one twice";
  peer.answers.clear();
  peer.messages.resize(kMostMessages + 1);
  EXPECT_FALSE(unpack(*pack(bundle, shelf), shelf));
}

TEST(JsonParts, AreWholeMembersOfArrays) {
  MapShelf shelf;
  const std::string large = "{\"a\":\"" + std::string(600, 'x') + "}],[\\\"{\"}";
  const std::string text =
      "{\"b\":{\"c\":" + large + "},\"d\":[" + large + "," + large + ",{\"e\":1}]}";
  const auto parts = take_json_apart(text, shelf);
  ASSERT_TRUE(parts);
  EXPECT_EQ(*parts, "{\"b\":{\"c\":" + large +
                        "},\"d\":[\x01"
                        "1\x02,\x01"
                        "1\x02,{\"e\":1}]}");
  EXPECT_EQ(join_json(*parts, shelf, 10'000), text);
  EXPECT_EQ(shelf.count(Content::texts), 1);
}

RC_GTEST_PROP(JsonParts, AnyTextComesBack, ()) {
  MapShelf shelf;
  const auto token = rc::gen::element<std::string>("{", "}", "[", "]", ",", ":", "\"",
                                                   "\\", "a", std::string(200, 'b'));
  std::string text;
  for (const std::string& one : *rc::gen::container<std::vector<std::string>>(token)) {
    text += one;
  }
  const auto parts = take_json_apart(text, shelf);
  RC_ASSERT(parts);
  RC_ASSERT(join_json(*parts, shelf, text.size()) == text);
}

RC_GTEST_PROP(Packing, WhatIsPackedIsUnpacked,
              (std::uint64_t number, const std::string& text,
               const std::vector<std::int64_t>& numbers)) {
  const auto packed =
      Packer().number(number).text(text).numbers(numbers).number(7).packed();
  Unpacker in(packed);
  RC_ASSERT(in.number() == number);
  RC_ASSERT(in.text() == text);
  RC_ASSERT(in.numbers(numbers.size()) == numbers);
  const base::Bytes all = Packer().numbers(numbers).packed();
  Unpacker fewer(all);
  RC_ASSERT(numbers.empty() ||
            (fewer.numbers(numbers.size() - 1).empty() && fewer.failed()));
  RC_ASSERT(!in.whole());
  RC_ASSERT(in.number() == 7U);
  RC_ASSERT(in.whole());
  (void)in.number();
  RC_ASSERT(in.failed());
}

RC_GTEST_PROP(Packing, AnyOctetsAreReadWithinBounds,
              (const std::vector<unsigned char>& octets)) {
  Unpacker in(std::as_bytes(std::span(octets)));
  (void)in.numbers(1000);
  (void)in.text();
  (void)in.number();
  RC_ASSERT(in.failed() || in.whole() || !octets.empty());
}

}  // namespace
}  // namespace evidence
