#include "cli/dane/judging.h"

#include "cli/moment.h"
#include "src/base/bytes.h"
#include "src/client/wall_clock.h"

namespace cli::dane {
namespace {

constexpr std::size_t kDigits = 32;  // of a record's data in a line for people

std::string painted(verify::RecordState state, const Paint& paint) {
  const std::string_view word = verify::to_text(state);
  switch (state) {
    case verify::RecordState::matched:
      return paint.good(word);
    case verify::RecordState::failed:
    case verify::RecordState::unmatched:
      return paint.bad(word);
    case verify::RecordState::unusable:
      return paint.doubtful(word);
    default:
      return paint.faint(word);
  }
}

}  // namespace

base::Result<std::vector<policy::ReferenceName>> names_of(const Arguments& arguments) {
  std::vector<policy::ReferenceName> out;
  for (const std::string& word : arguments.values("name")) {
    if (const auto address = net::parse_address_name(word)) {
      out.emplace_back(*address);
      continue;
    }
    auto name = dns::Name::parse(word);
    if (!name) return tl::unexpected(name.error());
    out.emplace_back(std::move(*name));
  }
  return out;
}

base::Result<std::optional<std::string>> trust_store_path(const Arguments& arguments) {
  std::optional<std::string> out;
  for (const char* option : {"ca", "roots", "mta-sts-ca"}) {
    const auto path = arguments.value(option);
    if (!path) continue;
    if (out && *out != *path) {
      return usage_error("--ca and --" + std::string(option) +
                         " are the same, and name two trust stores");
    }
    out = path;
  }
  return out;
}

base::Result<std::chrono::sys_seconds> time_of(const Arguments& arguments) {
  const auto word = arguments.value("at");
  return word ? parse_moment(*word) : client::wall_clock();
}

std::string notes_of(const verify::Verdict& verdict,
                     const std::vector<dns::Tlsa>& records, const Paint& paint,
                     std::string_view indent) {
  std::string out;
  const auto line = [&](const std::string& text) {
    out += std::string(indent) + text + "\n";
  };
  for (std::size_t i = 0; i < records.size() && i < verdict.notes.size(); ++i) {
    const verify::RecordNote& note = verdict.notes[i];
    line("record   " + dns::to_text(records[i], kDigits) + "  " +
         painted(note.state, paint));
    const bool is_verdict = note.detail == verdict.detail;
    if (!note.detail.empty() && !is_verdict) {
      line("         " + paint.faint(base::printable(note.detail)));
    }
  }
  for (const std::string& warning : verdict.warnings) {
    line("warning  " + paint.doubtful(base::printable(warning)));
  }
  return out;
}

}  // namespace cli::dane
