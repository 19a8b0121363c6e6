// dane evidence: the store in which audits keep their evidence, and what a bundle says.

#include <algorithm>
#include <array>

#include "cli/dane/evidence_verbs.h"
#include "cli/dane/replay_job.h"
#include "cli/dane/resolving.h"
#include "cli/suggest.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::string_view kUsage =
    "usage: dane evidence runs STORE\n"
    "       dane evidence checkpoint [--run N] STORE\n"
    "       dane evidence close STORE\n"
    "       dane evidence stamp [--run N] STORE URL\n"
    "       dane evidence export [--run N] [-o FILE] STORE DOMAIN\n"
    "       dane evidence export --redact|--rfc9102[=HOST:PORT] [--run N] [-o FILE]\n"
    "               [--trust-anchor FILE] [--ca PATH] STORE DOMAIN\n"
    "       dane evidence show FILE\n"
    "       dane evidence redact [-o FILE] [--trust-anchor FILE] [--ca PATH] FILE\n"
    "       dane evidence chain [-o FILE] [--trust-anchor FILE] [--ca PATH] FILE HOST\n"
    "               PORT";

/// A verb, what stands behind it, and which options it takes beside `--help`.
struct Verb {
  std::string_view name;
  std::string_view words;
  std::size_t count;
  std::vector<std::string_view> options;
  base::Result<Outcome> (*run)(const Arguments& arguments);
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kVerbs = [] {
    std::vector<std::string_view> resolving{"run"};
    for (const Option& one : with_resolver_options({})) resolving.push_back(one.name);
    return std::vector<Verb>{
        {"runs", "STORE", 1, {"json"}, evidence_runs},
        {"checkpoint", "STORE", 1, {"run"}, evidence_checkpoint},
        {"close", "STORE", 1, {}, evidence_close},
        {"stamp", "STORE URL", 2, resolving, evidence_stamp},
        {"export",
         "STORE DOMAIN",
         2,
         {"run", "output", "redact", "rfc9102", "trust-anchor", "ca"},
         evidence_export},
        {"show", "FILE", 1, {}, evidence_show},
        {"redact", "FILE", 1, {"output", "trust-anchor", "ca"}, evidence_redact},
        {"chain", "FILE HOST PORT", 3, {"output", "trust-anchor", "ca"}, evidence_chain}};
  }();
  return kVerbs;
}

std::vector<Option> evidence_options() {
  return with_resolver_options(
      {{.name = "run",
        .value = {"N"},
        .help = "the run of that number, in place of the last one that is finished"},
       {.name = "output",
        .letter = 'o',
        .value = {"FILE", WordKind::file},
        .help = "the bundle, or chain, into FILE, in place of standard output"},
       {.name = "redact",
        .help = "without what names neighbours and the proof can spare"},
       {.name = "rfc9102",
        .value = {"HOST:PORT"},
        .may_stand_alone = true,
        .help = "what proves the TLSA records of HOST, in place of the bundle"},
       trust_store_option(),
       json_option("runs as lines of JSON")});
}

base::Result<void> check_options(const Arguments& arguments, const Verb& verb) {
  for (const Option& option : evidence_options()) {
    const bool taken = std::ranges::find(verb.options, option.name) != verb.options.end();
    if (taken || !arguments.has(option.name)) continue;
    return usage_error("--" + std::string(option.name) +
                       " does not go with dane evidence " + std::string(verb.name));
  }
  return {};
}

base::Result<Outcome> evidence_command(const Arguments& arguments) {
  const auto& words = arguments.words();
  if (words.empty()) return usage_error("too few words: dane evidence VERB ...");
  const auto verb = std::ranges::find(verbs(), words[0], &Verb::name);
  if (verb == verbs().end()) {
    std::vector<std::string_view> known;
    for (const Verb& one : verbs()) known.push_back(one.name);
    const std::string is_near = suggestion(words[0], known);
    return usage_error("dane evidence " + base::printable(words[0], base::kWord) +
                       " is no command" +
                       (is_near.empty() ? "; see dane evidence --help" : is_near));
  }
  if (auto good = check_options(arguments, *verb); !good) {
    return tl::unexpected(good.error());
  }
  const std::string usage =
      "dane evidence " + std::string(verb->name) + " " + std::string(verb->words);
  if (auto good = arguments.expect_words(1 + verb->count, 1 + verb->count, usage);
      !good) {
    return tl::unexpected(good.error());
  }
  return verb->run(arguments);
}

constexpr std::string_view kAbout =
    R"(Works with a store of dane audit --evidence STORE.sqlite: lists its runs, shows
the checkpoint of one, ends one that was interrupted, has one witnessed by a
time-stamp authority, gives a bundle out of it. With a bundle: shows what is in
it, takes out what its proof can spare, or gives what proves TLSA records to
others (RFC 9102).
)";

constexpr std::string_view kEnding =
    R"(Exit status: 0 done, 2 bad input, 3 it could not be done now.
)";

}  // namespace

const Command kEvidence = {
    .name = "evidence",
    .summary = "runs of evidence in a store, and what is in a bundle",
    .usage = kUsage,
    .about = kAbout,
    .ending = kEnding,
    .options = evidence_options,
    .words = {{"VERB",
               WordKind::one_of,
               {"runs", "checkpoint", "close", "stamp", "export", "show", "redact",
                "chain"}},
              {"FILE", WordKind::file}},
    .run = evidence_command};

}  // namespace cli::dane
