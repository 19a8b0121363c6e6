// dane zone: the TLSA records of a zone file against certificates, before publication.

#include <algorithm>

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "cli/severity.h"
#include "src/base/json.h"
#include "src/io/file.h"
#include "src/publish/zone_lint.h"

namespace cli::dane {
namespace {

using publish::Severity;

constexpr std::size_t kMaxFile = std::size_t{256} * 1024 * 1024;

void print_json(const std::string& file, const publish::Zone& zone,
                const std::vector<publish::ZoneFinding>& findings) {
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("file", file);
  json.member("origin", zone.origin.text()).member("records", zone.tlsa);
  json.key("findings").begin_array();
  for (const publish::ZoneFinding& finding : findings) {
    json.begin_object().member("line", finding.at.line);
    if (finding.at.file != 0) json.member("file", zone.files.at(finding.at.file));
    json.member("severity", to_text(finding.severity));
    json.member("code", finding.code).member("owner", finding.owner.text());
    json.member("detail", finding.detail).end_object();
  }
  json.end_array().end_object();
  print(json.text() + "\n");
}

void print_text(const publish::Zone& zone,
                const std::vector<publish::ZoneFinding>& findings) {
  const Paint paint;
  for (const publish::ZoneFinding& finding : findings) {
    print(base::printable(zone.files.at(finding.at.file)) + ":" +
          std::to_string(finding.at.line) + ": " +
          painted(finding.severity, to_text(finding.severity), paint) + ": " +
          finding.owner.text() + ": " + base::printable(finding.detail, base::kLine) +
          " (" + finding.code + ")\n");
  }
  print(std::to_string(zone.tlsa) + " TLSA records, " + std::to_string(findings.size()) +
        " findings\n");
}

base::Result<Outcome> zone(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(
          1, 1, "usage: dane zone FILE [--origin O] --certs DIRECTORY");
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
  const auto directory = arguments.value("certs");
  if (!directory) return usage_error("--certs DIRECTORY is needed");
  const auto at = time_of(arguments);
  if (!at) return tl::unexpected(at.error());
  const auto records = publish::read_zone(file, origin, [](const std::string& path) {
    return io::read_file(path, kMaxFile);
  });
  if (!records) return tl::unexpected(records.error());
  const auto chains = load_chains(*directory);
  if (!chains) return tl::unexpected(chains.error());
  const auto findings = publish::lint_zone(*records, *chains, *at);
  if (arguments.has("json")) {
    print_json(file, *records, findings);
  } else {
    print_text(*records, findings);
  }
  const bool fine = std::ranges::all_of(
      findings, [](const auto& finding) { return finding.severity == Severity::note; });
  return fine ? Outcome::fine : Outcome::findings;
}

}  // namespace

const Command kZone = {
    "zone",
    "lint the TLSA records of a zone file against certificates",
    "usage: dane zone FILE [--origin O] --certs DIRECTORY [--at TIME] [--json]\n\n"
    "  --origin O       the zone's name, where the file does not say it\n"
    "  --certs DIR      chains as the servers send them, one a file, PEM; what issued\n"
    "                   others, and parts of a chain, are not taken for one\n"
    "  --at TIME        judge the certificates at that time (now)\n"
    "  --json           one JSON object\n\n"
    "Exit status 1 with an error or a warning; notes alone are 0.\n",
    {{"origin", true}, {"certs", true}, {"at", true}, {"json", false}},
    zone};

}  // namespace cli::dane
