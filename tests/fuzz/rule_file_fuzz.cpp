// Files of rules, which tcprules makes and a disk may damage: whatever the octets are,
// they are an error or rules, and the rule for a peer is the one that a look at all of
// them finds.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "src/base/bytes.h"
#include "src/rules/rule_file.h"
#include "tests/fuzz/chunks.h"
#include "tests/rules/made_cdb.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

/// The keys of rules that are blocks of addresses as people write them.
std::vector<rules::BlockKey> blocks_of(const std::vector<rules::Rule>& all) {
  std::vector<rules::BlockKey> out;
  for (const rules::Rule& rule : all) {
    if (const auto block = rules::written_block(rule.key))
      out.push_back({*block, rule.key});
  }
  return out;
}

/// The rule for a peer, by a look at all rules for each of its keys.
const rules::Rule* searched(const std::vector<rules::Rule>& all,
                            const rules::Peer& peer) {
  for (const std::string& key : rules::keys_of(peer, blocks_of(all))) {
    const auto found = std::ranges::find(all, key, &rules::Rule::key);
    if (found != all.end()) return &*found;
  }
  return nullptr;
}

void try_peer(const rules::RuleFile& file, const std::vector<rules::Rule>& all,
              const rules::Peer& peer) {
  const auto rule = file.find(peer);
  must(rule.has_value());
  const rules::Rule* const expected = searched(all, peer);
  must(rule->has_value() == (expected != nullptr));
  if (expected == nullptr) return;
  must((*rule)->key == expected->key && (*rule)->deny == expected->deny &&
       (*rule)->variables == expected->variables);
}

void try_file(const std::string& octets) {
  const auto file = rules::RuleFile::read(octets, "rules.cdb");
  if (!file) {
    must(file.error().code == base::Code::bad_file);
    must(file.error().detail.starts_with("rules.cdb: "));
    return;
  }
  const auto all = file->all();
  must(all.has_value());
  for (const rules::Rule& rule : *all) {
    must(rule.variables.size() <= rules::kMostVariables);
    for (const auto& [name, value] : rule.variables) {
      must(!name.empty() && name.find('=') == std::string::npos);
      must((name + value).find('\0') == std::string::npos);
    }
  }
  for (const auto* text : {"10.0.0.1", "1.2.3.4", "::1", "2001:db8:0:1:2:3:4:5"}) {
    const net::Address address = *net::parse_address(text);
    try_peer(*file, *all, {address, std::nullopt, std::nullopt});
    try_peer(*file, *all, {address, "mx.a.example", "joe"});
  }
  // Peers that rules may be for.
  for (std::size_t i = 0; i < std::min<std::size_t>(all->size(), 8); ++i) {
    const std::string& key = (*all)[i].key;
    const net::Address address = net::parse_address(key).value_or(net::Address{});
    const std::size_t at = key.find('@');
    try_peer(*file, *all,
             {address, key.substr(std::min<std::size_t>(1, key.size())),
              at == std::string::npos ? std::nullopt : std::optional(key.substr(0, at))});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_file(std::string(reinterpret_cast<const char*>(data), size));
  // Of most inputs the hashes are wrong; here they are right, and the rules are any.
  base::ByteView rest = std::as_bytes(std::span(data, size));
  rules::MadeCdb made;
  while (!rest.empty()) {
    const base::ByteView key = fuzz::next_chunk(rest);
    made.add(base::as_text(key), base::as_text(fuzz::next_chunk(rest)));
  }
  try_file(made.octets());
  return 0;
}
