#pragma once

#include <map>
#include <memory>
#include <utility>

#include "resolver/source.h"
#include "src/evidence/told.h"

namespace evidence {

/// What was told, shared by all whose verdicts stand on it.
using ToldPointer = std::shared_ptr<const Told>;

/// The questions that one verdict stands on, and the one answer that each has.
class Trail {
 public:
  using Question = std::pair<dns::Name, resolver::Type>;

  [[nodiscard]] ToldPointer find(const Question& question) const;
  void add(ToldPointer told);
  /// All of them, by name and type.
  [[nodiscard]] const std::map<Question, ToldPointer>& all() const { return told_; }

 private:
  std::map<Question, ToldPointer> told_;
};

/// A question in words: `TLSA _25._tcp.mail.example.`
[[nodiscard]] std::string in_words(const Trail::Question& question);

/// What becomes of a look-up that failed when somebody asks once more.
enum class Failures {
  asked_again,  ///< the last answer stays
  kept,         ///< it stays, as every answer does
};

/// A source that leaves a trail, and tells what evidence holds: the same program gets the
/// same octets when it asks the evidence again. Whoever asks twice gets the same answer,
/// for a verdict that was made of two cannot be made again. Source and trail must outlive
/// it.
class TrailSource final : public resolver::Source {
 public:
  TrailSource(resolver::Source& source, Trail& trail,
              Failures failures = Failures::asked_again)
      : source_(source), trail_(trail), failures_(failures) {}

  [[nodiscard]] io::Task<base::Result<resolver::RawAnswer>> ask(
      dns::Name name, resolver::Type type) override;
  [[nodiscard]] io::Task<base::Result<void>> check() override;
  [[nodiscard]] std::string advice(std::string_view setting) const override;
  [[nodiscard]] std::vector<std::string> written_directories() const override;

 private:
  resolver::Source& source_;
  Trail& trail_;
  Failures failures_;
};

}  // namespace evidence
