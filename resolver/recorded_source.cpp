#include "resolver/recorded_source.h"

#include <utility>

namespace resolver {

Recording::Recording()
    : checked(base::fail(base::ErrorKind::temporary, base::Code::not_validating,
                         "nobody asked whether answers were validated")) {}

RecordingSource::RecordingSource(std::unique_ptr<Source> source, Recording& recording)
    : source_(std::move(source)), recording_(recording) {}

io::Task<base::Result<RawAnswer>> RecordingSource::ask(dns::Name name, Type type) {
  auto answer = co_await source_->ask(name, type);
  recording_.answers.push_back({std::move(name), type, answer});
  co_return answer;
}

io::Task<base::Result<void>> RecordingSource::check() {
  recording_.checked = co_await source_->check();
  co_return recording_.checked;
}

std::string RecordingSource::advice(std::string_view setting) const {
  return source_->advice(setting);
}

std::vector<std::string> RecordingSource::written_directories() const {
  return source_->written_directories();
}

RecordedSource::RecordedSource(Recording recording)
    : checked_(std::move(recording.checked)) {
  entries_.reserve(recording.answers.size());
  for (RecordedAnswer& answer : recording.answers)
    entries_.push_back({std::move(answer)});
}

io::Task<base::Result<RawAnswer>> RecordedSource::ask(dns::Name name, Type type) {
  Entry* last = nullptr;
  for (Entry& entry : entries_) {
    if (entry.recorded.type != type || entry.recorded.name != name) continue;
    last = &entry;
    if (!entry.played) break;
  }
  if (last == nullptr) {
    co_return base::fail(base::ErrorKind::temporary, base::Code::io,
                         "the recording has no answer to this question");
  }
  last->played = true;
  co_return last->recorded.answer;
}

io::Task<base::Result<void>> RecordedSource::check() { co_return checked_; }

}  // namespace resolver
