#include "src/rules/rule_file.h"

#include "src/base/bytes.h"
#include "src/io/file.h"

namespace rules {
namespace {

base::Result<Rule> rule_of(const std::string& path, std::string_view key,
                           std::string_view data) {
  auto rule = read_rule(key, data);
  if (rule) return *std::move(rule);
  return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                    path + ": the rule of `" + base::printable(key, base::kWord) +
                        "` is damaged or too large");
}

}  // namespace

base::Result<RuleFile> RuleFile::open(const std::string& path) {
  auto octets = io::read_file(path, Database::kMostOctets);
  if (!octets) return tl::unexpected(octets.error());
  return read(*std::move(octets), path);
}

base::Result<RuleFile> RuleFile::read(std::string octets, std::string path) {
  auto database = Database::read(std::move(octets));
  if (!database) return tl::unexpected(database.error().in(path));
  RuleFile out(std::move(path), *std::move(database));
  for (const auto& [key, data] : out.database_.records()) {
    const auto rule = rule_of(out.path_, key, data);
    if (!rule) return tl::unexpected(rule.error());
    if (const auto block = written_block(key)) {
      out.blocks_.push_back({*block, std::string(key)});
    }
  }
  return out;
}

base::Result<std::optional<Rule>> RuleFile::find(const Peer& peer) const {
  for (const std::string& key : keys_of(peer, blocks_)) {
    const auto data = database_.find(key);
    if (!data) return tl::unexpected(data.error().in(path_));
    if (!*data) continue;
    auto rule = rule_of(path_, key, **data);
    if (!rule) return tl::unexpected(rule.error());
    return std::optional(*std::move(rule));
  }
  return std::optional<Rule>();
}

base::Result<std::vector<Rule>> RuleFile::all() const {
  std::vector<Rule> out;
  for (const auto& [key, data] : database_.records()) {
    auto rule = rule_of(path_, key, data);
    if (!rule) return tl::unexpected(rule.error());
    out.push_back(*std::move(rule));
  }
  return out;
}

}  // namespace rules
