#include "cli/dane/bundle_file.h"

#include "src/base/bytes.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/evidence_files.h"
#include "src/io/file.h"

namespace cli::dane {

std::string shown_path(const std::string& path) {
  return path == "-" ? "<stdin>" : base::printable(path, base::kLine);
}

base::Result<evidence::Bundle> bundle_in(const std::string& path) {
  if (evidence::is_store_path(path)) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      shown_path(path) +
                          " is a store and no bundle: dane evidence export gives one "
                          "out of it");
  }
  const auto text = path == "-" ? io::read_standard_input(evidence::kMostOctets)
                                : io::read_file(path, evidence::kMostOctets);
  if (!text) return tl::unexpected(text.error());
  base::Result<evidence::Bundle> bundle = evidence::does_not_hold(
      text->empty() ? "nothing is in it" : "a file without its last line feed");
  if (text->ends_with('\n')) bundle = evidence::read_bundle(*text);
  if (!bundle) return tl::unexpected(bundle.error().in(shown_path(path)));
  return bundle;
}

base::Result<evidence::Bundle> bundle_of_store(
    const base::Result<evidence::Bundle>& stored, const std::string& from) {
  if (!stored) return tl::unexpected(stored.error());
  auto bundle = evidence::read_bundle(evidence::to_json(*stored));
  if (!bundle) return tl::unexpected(bundle.error().in(from));
  return bundle;
}

}  // namespace cli::dane
