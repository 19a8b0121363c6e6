#include "src/evidence/again.h"

#include <algorithm>
#include <array>
#include <map>

#include "resolver/sections.h"
#include "src/evidence/assemble.h"
#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

/// What leads to a server, and what it has to show.
constexpr std::array<resolver::Type, 5> kDeciding = {
    resolver::Type::a, resolver::Type::aaaa, resolver::Type::mx, resolver::Type::srv,
    resolver::Type::tlsa};

using Records = std::map<std::pair<base::Bytes, std::uint16_t>, std::vector<base::Bytes>>;

Records records_of(const Told& told) {
  Records out;
  for (const base::Bytes& set : told.answer) {
    for (resolver::WireRecord& record : resolver::records_in(set)) {
      if (record.type == kRrsig) continue;
      out[{std::move(record.owner), record.type}].push_back(std::move(record.rdata));
    }
  }
  return out;
}

}  // namespace

io::Task<std::shared_ptr<const Trail>> ask_again(const Trail& first,
                                                 resolver::Source& past_caches) {
  auto out = std::make_shared<Trail>();
  TrailSource source(past_caches, *out);
  std::vector<Trail::Question> questions;  // the trail may grow meanwhile
  for (const auto& [question, told] : first.all()) {
    if (std::ranges::find(kDeciding, question.second) != kDeciding.end()) {
      questions.push_back(question);
    }
  }
  for (const auto& [name, type] : questions) {
    const auto answer = co_await source.ask(name, type);
    if (!answer) co_return nullptr;
  }
  co_return out;
}

std::shared_ptr<const Trail> unchanged(const Trail& first, const Trail& after) {
  auto out = std::make_shared<Trail>();
  for (const auto& [question, told] : after.all()) {
    auto before = first.find(question);
    if (!before || !same_records(*before, *told)) return nullptr;
    out->add(std::move(before));
  }
  return out;
}

bool same_records(const Told& a, const Told& b) {
  if (a.error || b.error) return a.error.has_value() == b.error.has_value();
  return a.rcode == b.rcode && a.security == b.security && records_of(a) == records_of(b);
}

bool same_records(const DnsEvidence& dns, const Answer& a, const Answer& b) {
  return same_records(told(dns, a), told(dns, b));
}

}  // namespace evidence
