#include "cli/dane/audit/evidence_store.h"
#include "cli/dane/evidence_verbs.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/evidence_files.h"
#include "src/io/replace_file.h"

namespace cli::dane {

base::Result<Outcome> write_bundle(const Arguments& arguments,
                                   const evidence::Bundle& bundle) {
  return write_output(arguments, evidence::to_json(bundle) + "\n");
}

base::Result<Outcome> write_output(const Arguments& arguments, std::string_view octets) {
  const auto file = arguments.value("output");
  if (!file || *file == "-") {
    print(octets);
    return Outcome::fine;
  }
  // What it is made of would be lost, or runs that can never be made again.
  const std::string target = io::target_of(*file);
  if (evidence::is_store_path(*file) || target == io::target_of(arguments.words()[1])) {
    return usage_error("--output " + base::printable(*file, base::kLine) +
                       ": that is a store, or what it comes out of");
  }
  if (auto good = io::check_replaceable(*file); !good) {
    return tl::unexpected(good.error());
  }
  if (auto done = io::replace_file(*file, std::string(octets)); !done) {
    return tl::unexpected(done.error());
  }
  return Outcome::fine;
}

base::Result<Outcome> evidence_export(const Arguments& arguments) {
  const auto run = run_of(arguments);
  if (!run) return tl::unexpected(run.error());
  auto store = evidence::Store::open_to_read(arguments.words()[1]);
  if (!store) return tl::unexpected(store.error());
  const auto bundle = store->bundle(report::subject_of(arguments.words()[2]), *run);
  if (!bundle) return tl::unexpected(bundle.error());
  return write_bundle(arguments, *bundle);
}

}  // namespace cli::dane
