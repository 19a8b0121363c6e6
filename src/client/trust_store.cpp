#include "src/client/trust_store.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "src/io/file.h"

namespace client {
namespace {

using base::ErrorKind;

constexpr std::size_t kMaxStore = 64 * 1024 * 1024;

base::Result<std::size_t> add_file(verify::Roots& roots, const std::string& path) {
  auto text = io::read_file(path, kMaxStore);
  if (!text) {
    return base::fail(ErrorKind::usage, base::Code::bad_trust_store,
                      "unable to load CA list " + text.error().detail);
  }
  auto added = roots.add_pem(*text);
  if (!added) {
    return tl::unexpected(added.error().in("unable to load CA list " + path));
  }
  return added;
}

struct DirectoryClose {
  void operator()(DIR* directory) const { closedir(directory); }
};

/// The regular files of a directory (links followed), sorted.
base::Result<std::vector<std::string>> files_in(const std::string& path) {
  const std::unique_ptr<DIR, DirectoryClose> directory(opendir(path.c_str()));
  if (!directory) {
    return base::fail(
        ErrorKind::usage, base::Code::bad_trust_store,
        "unable to load CA list " + path + ": " + base::system_message(errno));
  }
  std::vector<std::string> out;
  while (const dirent* entry = readdir(directory.get())) {
    std::string file = path + "/" + entry->d_name;
    struct stat facts {};
    if (stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
      out.push_back(std::move(file));
    }
  }
  std::ranges::sort(out);
  return out;
}

base::Result<std::size_t> add_directory(verify::Roots& roots, const std::string& path) {
  const auto files = files_in(path);
  if (!files) return tl::unexpected(files.error());
  std::size_t count = 0;
  for (const std::string& file : *files) {
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
    return base::fail(ErrorKind::usage, base::Code::bad_trust_store,
                      "unable to load CA list: there is no certificate in " +
                          (file.empty() ? directory : file));
  }
  return roots;
}

base::Result<verify::Roots> load_trust_store(const std::string& path) {
  return path.ends_with('/') ? load_trust_store("", path) : load_trust_store(path, "");
}

}  // namespace client
