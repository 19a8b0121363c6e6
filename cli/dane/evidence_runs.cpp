// The runs of a store of evidence: which there are, and how they end.

#include <algorithm>

#include "cli/dane/audit/evidence_store.h"
#include "cli/dane/audit_job.h"
#include "cli/dane/bundle_file.h"
#include "cli/dane/evidence_verbs.h"
#include "cli/dane/resolving.h"
#include "cli/dane/stamping.h"
#include "cli/layout.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/base/pem.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/checkpoint.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using evidence::Store;
using evidence::StoredRun;

tl::unexpected<base::Error> unusable(std::string why) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_file, std::move(why));
}

std::string state_of(const StoredRun& run) {
  if (!run.checkpoint) return "unfinished";
  return run.whole ? "whole" : "ended early";
}

std::string hash_of_text(const std::string& checkpoint) {
  return base::to_base64(evidence::hash_of_checkpoint(checkpoint));
}

std::string right(std::uint64_t number, std::size_t columns) {
  const std::string text = std::to_string(number);
  return std::string(columns - std::min(columns, text.size()), ' ') + text;
}

std::string row_of(const StoredRun& run, std::size_t stamps) {
  return right(static_cast<std::uint64_t>(run.number), 5) + "  " +
         verify::to_text(run.began) + right(run.leaves, 10) + "  " +
         padded(state_of(run), 11) + right(stamps, 8) + "  " +
         (run.checkpoint ? hash_of_text(*run.checkpoint) : "") + "\n";
}

std::string json_of(const StoredRun& run, std::size_t stamps) {
  evidence::Json out{{"run", run.number},
                     {"began", verify::to_text(run.began)},
                     {"bundles", run.leaves},
                     {"state", state_of(run)},
                     {"stamps", stamps}};
  if (run.checkpoint) out["checkpoint"] = hash_of_text(*run.checkpoint);
  return evidence::canonical(out) + "\n";
}

/// To write to a store that is there already: nobody means to make one here.
base::Result<report::OwnStore> own_store(const std::string& path) {
  if (auto there = Store::open_to_read(path); !there) {
    return tl::unexpected(there.error());
  }
  return report::OwnStore::open(path);
}

}  // namespace

base::Result<std::optional<std::int64_t>> run_of(const Arguments& arguments) {
  constexpr unsigned long kMost = 1UL << 30U;
  std::optional<std::int64_t> out;
  auto read = read_number(arguments, "run", {1, kMost}, [&](unsigned long number) {
    out = static_cast<std::int64_t>(number);
  });
  if (!read) return tl::unexpected(read.error());
  return out;
}

base::Result<Outcome> evidence_runs(const Arguments& arguments) {
  auto store = Store::open_to_read(arguments.words()[1]);
  if (!store) return tl::unexpected(store.error());
  const auto runs = store->runs();
  if (!runs) return tl::unexpected(runs.error());
  const bool as_json = arguments.has("json");
  std::string out;
  if (!as_json) {
    out =
        runs->empty()
            ? "no run\n"
            : "  run  began                  bundles  state        stamps  checkpoint\n";
  }
  for (const StoredRun& run : *runs) {
    const auto stamps = store->stamps(run.number);
    if (!stamps) return tl::unexpected(stamps.error());
    out += as_json ? json_of(run, stamps->size()) : row_of(run, stamps->size());
  }
  print(out);
  return Outcome::fine;
}

base::Result<Outcome> evidence_checkpoint(const Arguments& arguments) {
  const auto wanted = run_of(arguments);
  if (!wanted) return tl::unexpected(wanted.error());
  auto store = Store::open_to_read(arguments.words()[1]);
  if (!store) return tl::unexpected(store.error());
  const auto run = store->finished_run(*wanted);
  if (!run) return tl::unexpected(run.error());
  print(*run->checkpoint);
  return Outcome::fine;
}

base::Result<Outcome> evidence_close(const Arguments& arguments) {
  const std::string& path = arguments.words()[1];
  auto store = own_store(path);
  if (!store) return tl::unexpected(store.error());
  const auto run = (*store)->resume_run();
  if (!run) return tl::unexpected(run.error());
  if (!*run) return unusable(shown_path(path) + " has no run that was interrupted");
  const auto checkpoint = (*store)->finish_run(Store::Ending::early);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  tell_checkpoint({path, (*run)->number, (*run)->leaves, *checkpoint});
  return Outcome::fine;
}

base::Result<Outcome> evidence_stamp(const Arguments& arguments) {
  const auto who = authorities_of({arguments.words()[2]});
  if (!who) return tl::unexpected(who.error());
  const auto wanted = run_of(arguments);
  if (!wanted) return tl::unexpected(wanted.error());
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  const std::string& path = arguments.words()[1];
  auto stored = Store::open_to_read(path);
  if (!stored) return tl::unexpected(stored.error());
  const auto run = stored->finished_run(*wanted);
  if (!run) return tl::unexpected(run.error());
  const auto token = stamp_by(who->front(), *config, *run->checkpoint);
  if (!token) return tl::unexpected(token.error());
  auto store = Store::open(path);
  if (!store) return tl::unexpected(store.error());
  auto kept = store->add_stamp(run->number, *token);
  if (!kept) return tl::unexpected(kept.error());
  return Outcome::fine;
}

}  // namespace cli::dane
