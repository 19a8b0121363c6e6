// dane zone: the TLSA records of a zone file against certificates, before publication.

#include <algorithm>
#include <utility>

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/layout.h"
#include "cli/severity.h"
#include "src/base/json.h"
#include "src/io/file.h"
#include "src/publish/zone_lint.h"

namespace cli::dane {
namespace {

using publish::Severity;

constexpr std::size_t kMaxFile = std::size_t{256} * 1024 * 1024;

/// A zone and what is thought of it.
struct Linted {
  publish::Zone zone;
  std::vector<publish::ZoneFinding> findings;
  bool compared = false;  ///< with certificates
};

void print_json(const Linted& linted) {
  const publish::Zone& zone = linted.zone;
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("file", zone.files.front());
  json.member("origin", zone.origin.text()).member("records", zone.tlsa);
  json.member("compared", linted.compared);
  json.key("findings").begin_array();
  for (const publish::ZoneFinding& finding : linted.findings) {
    json.begin_object().member("line", finding.at.line);
    if (finding.at.file != 0) json.member("file", zone.files.at(finding.at.file));
    json.member("severity", to_text(finding.severity));
    json.member("code", finding.code).member("owner", finding.owner.text());
    json.member("detail", finding.detail).end_object();
  }
  json.end_array().end_object();
  print(json.text() + "\n");
}

/// `3 TLSA records: 1 error, 2 warnings`, without those that there are none of.
std::string summary_of(const Linted& linted) {
  std::string found;
  for (const auto severity : {Severity::error, Severity::warning, Severity::note}) {
    const auto number =
        std::ranges::count(linted.findings, severity, &publish::ZoneFinding::severity);
    if (number == 0) continue;
    found += (found.empty() ? "" : ", ") +
             counted(static_cast<std::size_t>(number), to_text(severity));
  }
  return counted(linted.zone.tlsa, "TLSA record") + ": " +
         (found.empty() ? "no findings" : found) +
         (linted.compared ? "" : " (compared with no certificate: --certs)");
}

void print_text(const Linted& linted) {
  const Paint paint;
  for (const publish::ZoneFinding& finding : linted.findings) {
    print(base::printable(linted.zone.files.at(finding.at.file)) + ":" +
          std::to_string(finding.at.line) + ": " +
          painted(finding.severity, to_text(finding.severity), paint) + ": " +
          finding.owner.text() + ": " + base::printable(finding.detail, base::kLine) +
          " (" + finding.code + ")\n");
  }
  print(summary_of(linted) + "\n");
}

/// Reads the files of a zone, the first of which may be standard input.
publish::ReadZoneFile reader_of(const std::string& file) {
  return [is_standard = file == "-"](const std::string& path) mutable {
    return std::exchange(is_standard, false) ? io::read_standard_input(kMaxFile)
                                             : io::read_file(path, kMaxFile);
  };
}

base::Result<Outcome> zone(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(
          1, 1, "usage: dane zone FILE [--origin O] [--certs PATH]");
      !ok) {
    return tl::unexpected(ok.error());
  }
  const std::string& file = arguments.words()[0];
  std::optional<dns::Name> origin;
  if (const auto word = arguments.value("origin")) {
    auto name = dns::Name::parse(*word);
    if (!name) return tl::unexpected(name.error());
    origin = std::move(*name);
  }
  const auto at = time_of(arguments);
  if (!at) return tl::unexpected(at.error());
  auto records =
      publish::read_zone(file == "-" ? "<stdin>" : file, origin, reader_of(file));
  if (!records) return tl::unexpected(records.error());
  Linted linted{std::move(*records), {}, arguments.has("certs")};
  std::vector<publish::ChainFile> files;
  if (const auto path = arguments.value("certs")) {
    auto loaded = load_chains(*path);
    if (!loaded) return tl::unexpected(loaded.error());
    files = std::move(*loaded);
  }
  linted.findings = publish::lint_zone(linted.zone, files, *at);
  if (arguments.has("json")) {
    print_json(linted);
  } else {
    print_text(linted);
  }
  const bool fine = std::ranges::all_of(linted.findings, [](const auto& finding) {
    return finding.severity == Severity::note;
  });
  return fine ? Outcome::fine : Outcome::findings;
}

}  // namespace

const Command kZone = {
    .name = "zone",
    .summary = "lint the TLSA records of a zone file, also against certificates",
    .usage = "usage: dane zone FILE [--origin O] [--certs PATH] [--at TIME] [--json]",
    .about = "FILE is the zone file; - is standard input.\n",
    .ending = "Exit status 1 with an error or a warning; notes alone are 0.\n",
    .options = []() -> std::vector<Option> {
      return {{.name = "origin",
               .value = {"NAME"},
               .help = "the zone's name, where the file does not say it"},
              {.name = "certs",
               .value = {"PATH", WordKind::file},
               .help = "chains as the servers send them, PEM: a file, or a folder with "
                       "one a file, also in folders below, such as "
                       "/etc/letsencrypt/live; what issued others, and parts of a "
                       "chain, are not taken for one"},
              {.name = "at",
               .value = {"TIME"},
               .help = "judge the certificates at that time (now)"},
              json_option()};
    },
    .words = {{"FILE", WordKind::file}},
    .run = zone};

}  // namespace cli::dane
