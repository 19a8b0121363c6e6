#include "src/rules/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/rules/made_cdb.h"

namespace rules {
namespace {

using testing::IsEmpty;

constexpr std::size_t kFirstRecord = 2048;

/// Octets in place of others, from a position on.
std::string with(std::string octets, std::size_t position, std::string_view others) {
  return octets.replace(position, others.size(), others);
}

std::string number(std::uint32_t value) {
  std::string out;
  MadeCdb::put(out, value);
  return out;
}

void expect_damage(std::string octets) {
  const auto database = Database::read(std::move(octets));
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(database.error().code, base::Code::bad_file);
}

std::optional<std::string> found(const std::string& octets, std::string_view key) {
  const auto database = Database::read(octets);
  if (!database) return "no database";
  const auto data = database->find(key);
  if (!data) return "an error";
  return *data ? std::optional(std::string(**data)) : std::nullopt;
}

TEST(Database, OneWithoutRecords) {
  const std::string octets = MadeCdb().octets();
  EXPECT_EQ(octets.size(), kFirstRecord);
  EXPECT_THAT(Database::read(octets).value().records(), IsEmpty());
  EXPECT_EQ(found(octets, ""), std::nullopt);
  EXPECT_EQ(found(octets, std::string(5000, 'a')), std::nullopt);
}

TEST(Database, TheFirstRecordOfAKeyIsFound) {
  const std::string octets =
      MadeCdb().add("a", "one").add("", "default").add("a", "two").octets();
  EXPECT_EQ(found(octets, "a"), "one");
  EXPECT_EQ(found(octets, ""), "default");
  EXPECT_EQ(found(octets, "b"), std::nullopt);
  const Database database = Database::read(octets).value();
  ASSERT_EQ(database.records().size(), 3U);
  EXPECT_EQ(database.records()[2].data, "two");
}

TEST(Database, ZerosAreNone) {
  for (const std::size_t size : {0, 1, 2047, 2048, 2049, 4096}) {
    expect_damage(std::string(size, '\0'));
  }
}

TEST(Database, OneThatIsCutOffOrGoesOnIsNone) {
  const std::string octets = MadeCdb().add("a", "one").add("b", "two").octets();
  for (std::size_t size = 0; size < octets.size(); ++size) {
    expect_damage(octets.substr(0, size));
  }
  expect_damage(octets + '\0');
  expect_damage(octets + octets);
}

TEST(Database, AnyBitOutsideOfDataCounts) {
  const std::string octets =
      MadeCdb().add("1.2.3.", "").add("=", "").add("", "").octets();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string other = octets;
      other[i] = static_cast<char>(static_cast<unsigned char>(other[i]) ^ 1U << bit);
      ASSERT_FALSE(Database::read(other)) << "octet " << i << ", bit " << bit;
    }
  }
}

TEST(Database, LengthsThatWrapRoundAreDamage) {
  const std::string octets = MadeCdb().add("abcdefgh", "data").octets();
  for (const std::uint32_t key : {0xFFFFFFFFU, 0xFFFFFFF8U, 0xFFFFFFF0U, 0x80000000U}) {
    expect_damage(with(octets, kFirstRecord, number(key)));
    expect_damage(with(octets, kFirstRecord + 4, number(key)));
    expect_damage(with(octets, kFirstRecord, number(key) + number(0U - key)));
    expect_damage(with(octets, kFirstRecord, number(key) + number(12U - key)));
  }
}

TEST(Database, TablesOutsideOfTheFileAreDamage) {
  const std::string octets = MadeCdb().add("a", "one").octets();
  for (const std::uint32_t value : {0xFFFFFFFFU, 0x20000000U, 0xFFFFFFF0U, 4U, 2047U}) {
    for (std::size_t i = 0; i < kFirstRecord; i += 4) {
      expect_damage(with(octets, i, number(value)));
    }
  }
}

/// A database of one record whose two slots are given. Its hash, place and position.
struct OneRecord {
  std::string octets = MadeCdb().add("a", "one").octets();
  std::string hash = number(MadeCdb::hash_of("a"));
  std::string position = number(kFirstRecord);
  std::size_t slots = octets.size() - 16;
  bool second = MadeCdb::hash_of("a") / 256 % 2 == 1;

  [[nodiscard]] std::string with_slots(const std::string& first_looked_at,
                                       const std::string& other) const {
    return with(octets, slots,
                second ? other + first_looked_at : first_looked_at + other);
  }
};

TEST(Database, ARecordThatNoSearchFindsIsDamage) {
  const OneRecord one;
  const std::string slot = one.hash + one.position, empty(8, '\0');
  ASSERT_EQ(one.with_slots(slot, empty), one.octets);
  expect_damage(one.with_slots(empty, empty));
  expect_damage(one.with_slots(empty, slot));
  expect_damage(one.with_slots(slot, slot));
  expect_damage(one.with_slots(number(MadeCdb::hash_of("b")) + one.position, empty));
  for (const std::uint32_t position : {0U, 1U, 2047U, 2049U, 2052U, 2060U, 0xFFFFFFFFU}) {
    expect_damage(one.with_slots(one.hash + number(position), empty));
  }
}

TEST(Database, AFullTableIsSearchedToItsEnd) {
  // Five records of one table, and no slot left: other writers may make such.
  std::vector<std::string> keys;
  for (int i = 0; keys.size() < 5; ++i) {
    std::string key = "key" + std::to_string(i);
    if (MadeCdb::hash_of(key) % 256 == 7) keys.push_back(std::move(key));
  }
  std::string records, head, slots(5 * 8, '\0');
  for (const std::string& key : keys) {
    const auto position = static_cast<std::uint32_t>(kFirstRecord + records.size());
    std::size_t place = MadeCdb::hash_of(key) / 256 % 5;
    while (slots.substr(place * 8 + 4, 4) != number(0)) place = (place + 1) % 5;
    slots.replace(place * 8, 8, number(MadeCdb::hash_of(key)) + number(position));
    records += number(static_cast<std::uint32_t>(key.size())) + number(1) + key + "x";
  }
  const auto end = static_cast<std::uint32_t>(kFirstRecord + records.size());
  for (std::uint32_t i = 0; i < 256; ++i) {
    head += number(i <= 7 ? end : end + 40) + number(i == 7 ? 5 : 0);
  }
  for (const std::string& key : keys) EXPECT_EQ(found(head + records + slots, key), "x");
  EXPECT_EQ(found(head + records + slots, "key"), std::nullopt);
}

RC_GTEST_PROP(Database, FindsWhatALookAtAllRecordsFinds,
              (const std::vector<std::pair<std::string, std::string>>& records,
               const std::string& other)) {
  MadeCdb made;
  for (const auto& [key, data] : records) made.add(key, data);
  const auto database = Database::read(made.octets());
  RC_ASSERT(database.has_value());
  RC_ASSERT(database->records().size() == records.size());
  for (const auto& [key, data] : records) {
    const auto first =
        std::ranges::find(records, key, [](const auto& r) { return r.first; });
    const auto result = database->find(key);
    RC_ASSERT(result.has_value() && result->has_value());
    RC_ASSERT(**result == first->second);
  }
  const bool there = std::ranges::any_of(
      records, [&](const auto& record) { return record.first == other; });
  RC_ASSERT(database->find(other).value().has_value() == there);
}

}  // namespace
}  // namespace rules
