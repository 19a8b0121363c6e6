#pragma once

#include <memory>
#include <vector>

#include "resolver/source.h"

namespace resolver {

/// One question of an earlier day and what became of it.
struct RecordedAnswer {
  dns::Name name;
  Type type = Type::a;
  base::Result<RawAnswer> answer;
};

/// What a source said while somebody wrote along: enough to say it again.
struct Recording {
  Recording();

  std::vector<RecordedAnswer> answers;  ///< in the order in which they came
  /// What the source found when it was asked whether it validates; `not_validating` if
  /// nobody asked.
  base::Result<void> checked;
};

/// Passes questions on to another source and writes down what it says. The recording must
/// outlive it.
class RecordingSource final : public Source {
 public:
  RecordingSource(std::unique_ptr<Source> source, Recording& recording);

  [[nodiscard]] io::Task<base::Result<RawAnswer>> ask(dns::Name name, Type type) override;
  [[nodiscard]] io::Task<base::Result<void>> check() override;
  [[nodiscard]] std::string advice(std::string_view setting) const override;
  [[nodiscard]] std::vector<std::string> written_directories() const override;

 private:
  std::unique_ptr<Source> source_;
  Recording& recording_;
};

/// Answers from a recording. Where a question was asked more than once, each answer comes
/// in its turn, and the last one from then on. A question that nobody asked then has no
/// answer, and that is an Error and no denial: kind `temporary`, code `io`.
class RecordedSource final : public Source {
 public:
  explicit RecordedSource(Recording recording);

  [[nodiscard]] io::Task<base::Result<RawAnswer>> ask(dns::Name name, Type type) override;
  [[nodiscard]] io::Task<base::Result<void>> check() override;

 private:
  struct Entry {
    RecordedAnswer recorded;
    bool played = false;
  };

  std::vector<Entry> entries_;
  base::Result<void> checked_;
};

}  // namespace resolver
