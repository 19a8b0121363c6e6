#include "src/client/verdict_json.h"

namespace client {

void write_records(base::JsonWriter& json, std::string_view key,
                   const std::vector<dns::Tlsa>& records,
                   const verify::Verdict* verdict) {
  json.key(key).begin_array();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const dns::Tlsa& record = records[i];
    json.begin_object();
    json.member("usage", dns::number(record.usage));
    json.member("selector", dns::number(record.selector));
    json.member("matching", dns::number(record.matching));
    json.member("data", base::to_hex(record.data));
    if (verdict != nullptr && i < verdict->notes.size()) {
      const verify::RecordNote& note = verdict->notes[i];
      json.member("state", verify::to_text(note.state));
      json.member("reason", verify::to_text(note.reason));
      json.member("detail", note.detail);
      if (note.depth) json.member("depth", *note.depth);
    }
    json.end_object();
  }
  json.end_array();
}

void write_verdict(base::JsonWriter& json, const verify::Verdict& verdict) {
  if (verdict.depth) json.member("depth", *verdict.depth);
  if (verdict.record) json.member("record", *verdict.record);
  if (!verdict.matched_name.empty()) json.member("name", verdict.matched_name);
  json.member("presented", verdict.presented);
  json.member("warnings", verdict.warnings);
}

}  // namespace client
