// dane match-name: is this certificate for this name?

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/judging.h"
#include "src/base/json.h"
#include "verify/check.h"
#include "verify/extensions.h"
#include "verify/names.h"

namespace cli::dane {
namespace {

base::Result<Outcome> match_name(const Arguments& arguments) {
  if (auto ok = arguments.expect_words(0, 0, "usage: dane match-name --cert F --name N");
      !ok) {
    return tl::unexpected(ok.error());
  }
  const auto file = arguments.value("cert");
  if (!file) return usage_error("--cert FILE is needed");
  const auto certificates = load_certificates(*file);
  if (!certificates) return tl::unexpected(certificates.error());
  const auto names = names_of(arguments);
  if (!names) return tl::unexpected(names.error());
  if (names->empty()) return usage_error("--name NAME is needed");
  const auto certificate = verify::parse_certificate(certificates->front());
  if (!certificate) return usage_error(*file + ": not a certificate");
  const auto presented = verify::presented_names(
      *certificate, verify::read_extensions(*certificate), verify::Budget().names);
  const auto use = arguments.has("common-name") ? verify::CommonNameUse::counted
                                                : verify::CommonNameUse::ignored;
  const auto match = verify::match_names(presented, *names, use);
  const std::string_view status = match ? "matched" : "unmatched";
  if (arguments.has("json")) {
    base::JsonWriter json;
    json.begin_object().member("version", 1).member("status", status);
    json.member("name", match ? match->presented : std::string());
    json.member("presented", presented.printable).end_object();
    print(json.text() + "\n");
  } else {
    const Paint paint;
    std::string shown;
    for (const std::string& name : presented.printable) {
      shown += (shown.empty() ? "" : ", ") + name;
    }
    print(match ? paint.good(status) + ": by " + match->presented + "\n"
                : paint.bad(status) + ": the certificate names " +
                      (shown.empty() ? "nothing" : shown) + "\n");
  }
  return match ? Outcome::fine : Outcome::findings;
}

}  // namespace

const Command kMatchName = {
    .name = "match-name",
    .summary = "whether a certificate is for a name (RFC 9525)",
    .usage = "usage: dane match-name --cert F --name N [OPTIONS]",
    .options = []() -> std::vector<Option> {
      return {{.name = "cert",
               .value = {"FILE", WordKind::file},
               .help = "PEM or DER certificate (the first of a file)"},
              {.name = "name",
               .value = {"NAME", WordKind::host},
               .repeatable = true,
               .help = "a DNS name, a service (_imaps.example.org) or an address"},
              {.name = "common-name",
               .help = "the subject's common name counts where there is no DNS name"},
              json_option()};
    },
    .run = match_name};

}  // namespace cli::dane
