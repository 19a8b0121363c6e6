#include "src/evidence/trail.h"

namespace evidence {

ToldPointer Trail::find(const Question& question) const {
  const auto found = told_.find(question);
  return found == told_.end() ? nullptr : found->second;
}

void Trail::add(ToldPointer told) {
  Question question{told->name, told->type};
  told_[std::move(question)] = std::move(told);
}

std::string in_words(const Trail::Question& question) {
  return std::string(resolver::to_text(question.second)) + " " + question.first.text() +
         ".";
}

io::Task<base::Result<resolver::RawAnswer>> TrailSource::ask(dns::Name name,
                                                             resolver::Type type) {
  const auto known = trail_.find({name, type});
  if (known && (!known->error || failures_ == Failures::kept)) {
    co_return raw_answer(*known);
  }
  const auto answer = co_await source_.ask(name, type);
  // Who has asked the same meanwhile, and was told first, has the one answer.
  const auto meanwhile = trail_.find({name, type});
  if (meanwhile && (!meanwhile->error || failures_ == Failures::kept)) {
    co_return raw_answer(*meanwhile);
  }
  auto fresh = std::make_shared<const Told>(told(std::move(name), type, answer));
  trail_.add(fresh);
  co_return raw_answer(*fresh);
}

io::Task<base::Result<void>> TrailSource::check() { return source_.check(); }

std::string TrailSource::advice(std::string_view setting) const {
  return source_.advice(setting);
}

std::vector<std::string> TrailSource::written_directories() const {
  return source_.written_directories();
}

}  // namespace evidence
