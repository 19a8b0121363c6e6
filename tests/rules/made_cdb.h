#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rules {

/// Makes databases octet by octet, as the description of the format has it, for what
/// tcprules would never write. It shares no code with the reader.
class MadeCdb {
 public:
  MadeCdb& add(std::string_view key, std::string_view data) {
    const auto position = static_cast<std::uint32_t>(kFirst + records_.size());
    const std::uint32_t hash = hash_of(key);
    slots_[hash % kTables].push_back({hash, position});
    put(records_, static_cast<std::uint32_t>(key.size()));
    put(records_, static_cast<std::uint32_t>(data.size()));
    records_.append(key).append(data);
    return *this;
  }

  [[nodiscard]] std::string octets() const {
    std::string head, tables;
    for (const auto& slots : slots_) {
      const std::size_t count = 2 * slots.size();
      put(head, static_cast<std::uint32_t>(kFirst + records_.size() + tables.size()));
      put(head, static_cast<std::uint32_t>(count));
      std::vector<Slot> table(count);
      for (const Slot& slot : slots) {
        std::size_t place = slot.first / kTables % count;
        while (table[place].second != 0) place = (place + 1) % count;
        table[place] = slot;
      }
      for (const auto& [hash, position] : table) {
        put(tables, hash);
        put(tables, position);
      }
    }
    return head + records_ + tables;
  }

  static std::uint32_t hash_of(std::string_view key) {
    std::uint32_t hash = 5381;
    for (const char c : key) hash = (hash * 33) ^ static_cast<unsigned char>(c);
    return hash;
  }

  static void put(std::string& out, std::uint32_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      out += static_cast<char>(number >> shift & 0xFFU);
    }
  }

 private:
  using Slot = std::pair<std::uint32_t, std::uint32_t>;  // hash, position
  static constexpr std::size_t kTables = 256, kFirst = 2048;

  std::string records_;
  std::array<std::vector<Slot>, kTables> slots_;
};

}  // namespace rules
