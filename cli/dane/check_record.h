#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/dane/check_job.h"

namespace cli::dane {

/// What is said of a record, behind a mark or none.
struct RecordWords {
  std::optional<Outcome> mark;
  std::string text;
};

/// Says what became of each TLSA record of a check. Job and facts must outlive it.
class RecordTeller {
 public:
  RecordTeller(const CheckJob& job, const policy::DnsFacts& facts,
               std::chrono::sys_seconds now)
      : job_(job), facts_(facts), now_(now) {}

  /// The words for the record with this index at this peer, whose judgement has a note of
  /// it.
  [[nodiscard]] RecordWords words_of(const client::Report& peer, std::size_t index);

 private:
  RecordWords spare_words(const client::Report& peer, const dns::Tlsa& record);

  const CheckJob& job_;
  const policy::DnsFacts& facts_;
  std::chrono::sys_seconds now_;
  std::size_t signatures_left_ = verify::Budget().signatures;
};

}  // namespace cli::dane
