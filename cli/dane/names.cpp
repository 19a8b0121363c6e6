// dane to-ascii and dane to-unicode: domain names between people and the DNS.

#include "cli/dane/command.h"
#include "cli/terminal.h"
#include "src/base/json.h"
#include "src/base/name.h"

namespace cli::dane {
namespace {

using Form = std::string (*)(const dns::Name& name);

base::Result<Outcome> convert(const Arguments& arguments, std::string_view usage,
                              Form form) {
  if (auto ok = arguments.expect_words(1, 1000, usage); !ok) {
    return tl::unexpected(ok.error());
  }
  std::string out;
  base::JsonWriter json;
  json.begin_object().member("version", 1).key("names").begin_array();
  for (const std::string& word : arguments.words()) {
    const auto name = dns::Name::parse_idna(word);
    if (!name) return tl::unexpected(name.error());
    out += form(*name) + "\n";
    json.begin_object().member("name", word);
    json.member("ascii", name->text()).member("unicode", name->unicode()).end_object();
  }
  json.end_array().end_object();
  print(arguments.has("json") ? json.text() + "\n" : out);
  return Outcome::fine;
}

base::Result<Outcome> to_ascii(const Arguments& arguments) {
  return convert(arguments, "usage: dane to-ascii NAME...",
                 [](const dns::Name& name) { return name.text(); });
}

base::Result<Outcome> to_unicode(const Arguments& arguments) {
  return convert(arguments, "usage: dane to-unicode NAME...",
                 [](const dns::Name& name) { return name.unicode(); });
}

}  // namespace

const Command kToAscii = {
    .name = "to-ascii",
    .summary = "a domain name in A-labels, as the DNS has it",
    .usage = "usage: dane to-ascii [--json] NAME...",
    .about =
        R"(Writes each name in A-labels, lower case, without a dot at the end. U-labels are
converted by IDNA2008 with the non-transitional mapping of UTS 46.
)",
    .options = []() -> std::vector<Option> { return {json_option()}; },
    .words = {{"NAME"}},
    .run = to_ascii};

const Command kToUnicode = {
    .name = "to-unicode",
    .summary = "a domain name in U-labels, as people read it",
    .usage = "usage: dane to-unicode [--json] NAME...",
    .about =
        "Writes each name in U-labels; an A-label that does not decode is an error.\n",
    .options = []() -> std::vector<Option> { return {json_option()}; },
    .words = {{"NAME"}},
    .run = to_unicode};

}  // namespace cli::dane
