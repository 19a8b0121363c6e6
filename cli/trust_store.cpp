#include "cli/trust_store.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <vector>

#include "cli/settings.h"

namespace cli {
namespace {

using base::ErrorKind;

constexpr std::size_t kMaxStore = 64 * 1024 * 1024;

base::Result<std::size_t> add_file(verify::Roots& roots, const std::string& path) {
  auto text = read_file(path, kMaxStore);
  if (!text) {
    return base::fail(ErrorKind::usage, "bad_trust_store",
                      "unable to load CA list " + text.error().detail);
  }
  auto added = roots.add_pem(*text);
  if (!added) {
    return tl::unexpected(added.error().in("unable to load CA list " + path));
  }
  return added;
}

base::Result<std::size_t> add_directory(verify::Roots& roots, const std::string& path) {
  std::error_code error;
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(it->path());
  }
  if (error) {
    return base::fail(ErrorKind::usage, "bad_trust_store",
                      "unable to load CA list " + path + ": " + error.message());
  }
  std::ranges::sort(files);
  std::size_t count = 0;
  for (const std::string& file : files) {
    auto added = add_file(roots, file);
    if (!added) return added;
    count += *added;
  }
  return count;
}

}  // namespace

base::Result<verify::Roots> load_trust_store(const std::string& file,
                                             const std::string& directory) {
  verify::Roots roots;
  if (!file.empty()) {
    const auto added = add_file(roots, file);
    if (!added) return tl::unexpected(added.error());
  }
  if (!directory.empty()) {
    const auto added = add_directory(roots, directory);
    if (!added) return tl::unexpected(added.error());
  }
  if (roots.size() == 0) {
    return base::fail(ErrorKind::usage, "bad_trust_store",
                      "unable to load CA list: there is no certificate in " +
                          (file.empty() ? directory : file));
  }
  return roots;
}

}  // namespace cli
