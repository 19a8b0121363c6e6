#include "cli/sslserver/rule_book.h"

#include <cerrno>

namespace cli::sslserver {
namespace {

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

RuleBook::Verdict verdict_of(std::optional<rules::Rule> rule) {
  if (!rule) return {};
  return {!rule->deny, std::move(rule->variables)};
}

base::Result<std::optional<rules::Rule>> look_up(
    const std::optional<rules::RuleFile>& file, const rules::Peer& peer) {
  if (!file) return std::optional<rules::Rule>();
  return file->find(peer);
}

}  // namespace

RuleBook::RuleBook(std::string rules, std::string address_rules, Switch may_be_missing)
    : rules_{std::move(rules), may_be_missing, {}, {}, {}},
      address_rules_{std::move(address_rules), may_be_missing, {}, {}, {}} {
  refresh();
}

bool RuleBook::Source::refresh() {
  if (path.empty()) return false;
  struct stat now {};
  if (stat(path.c_str(), &now) != 0) {
    const bool is_missing = errno == ENOENT || errno == ENOTDIR;
    const bool was_there = seen.has_value();
    seen.reset();
    file.reset();
    trouble.reset();
    if (!is_missing || may_be_missing == Switch::off) {
      trouble = base::Error{base::ErrorKind::usage, base::Code::bad_file,
                            path + ": " + base::system_message(errno)};
    }
    return was_there;
  }
  if (seen && is_same(*seen, now)) return false;
  seen = now;
  auto opened = rules::RuleFile::open(path);
  if (opened) {
    file.emplace(std::move(*opened));
    trouble.reset();
  } else {
    file.reset();
    trouble = opened.error();
  }
  return true;
}

bool RuleBook::refresh() {
  const bool one = rules_.refresh();
  return address_rules_.refresh() || one;
}

std::optional<base::Error> RuleBook::trouble() const {
  return rules_.trouble ? rules_.trouble : address_rules_.trouble;
}

base::Result<RuleBook::Verdict> RuleBook::judge(const rules::Peer& peer) const {
  if (const auto why = trouble()) return tl::unexpected(*why);
  auto first = look_up(address_rules_.file, {peer.address, {}, {}});
  if (!first) return tl::unexpected(first.error());
  if (*first) return verdict_of(std::move(*first));
  auto second = look_up(rules_.file, peer);
  if (!second) return tl::unexpected(second.error());
  return verdict_of(std::move(*second));
}

base::Result<RuleBook::Verdict> RuleBook::judge_address(
    const net::Address& address) const {
  return judge(rules::Peer{address, {}, {}});
}

base::Result<RuleBook::Verdict> RuleBook::judge(
    const ucspi::ConnectionNames& names) const {
  return judge(rules::Peer{names.remote.address, names.remote_host, names.remote_info});
}

base::Result<bool> RuleBook::denies_at_once(const net::Address& address) const {
  if (const auto why = trouble()) return tl::unexpected(*why);
  const auto first = look_up(address_rules_.file, {address, {}, {}});
  if (!first) return tl::unexpected(first.error());
  return *first && (*first)->deny;
}

base::Result<std::vector<std::vector<std::pair<std::string, std::string>>>>
RuleBook::all_variables() const {
  std::vector<std::vector<std::pair<std::string, std::string>>> out;
  for (const Source* source : {&rules_, &address_rules_}) {
    if (!source->file) continue;
    auto all = source->file->all();
    if (!all) return tl::unexpected(all.error());
    for (rules::Rule& rule : *all) {
      if (!rule.variables.empty()) out.push_back(std::move(rule.variables));
    }
  }
  return out;
}

}  // namespace cli::sslserver
