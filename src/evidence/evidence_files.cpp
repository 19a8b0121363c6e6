#include "src/evidence/evidence_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "src/evidence/bundle_bounds.h"
#include "src/evidence/bundle_json.h"
#include "src/io/replace_file.h"
#include "verify/hash.h"

namespace evidence {
namespace {

/// A file name for a domain, which may be any word of a stranger's list: letters, digits,
/// dots, hyphens and underscores stay, and no name begins with a dot. Whatever is not
/// told by these alone has a hash behind a tilde, so that no two words have one file.
std::string file_name(const std::string& name) {
  constexpr std::size_t kLongest = 200;
  constexpr std::size_t kDigits = 32;
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                       (c == '.' && !out.empty());
    out += plain ? c : '_';
  }
  const bool is_told = out == name && !name.empty() && name.size() <= kLongest;
  if (is_told) return out + ".json";
  const auto hash = verify::sha256(base::as_bytes(name));
  return out.substr(0, kLongest) + '~' + base::to_hex(hash).substr(0, kDigits) + ".json";
}

bool is_sqlite(const std::string& path) {
  constexpr std::string_view kBeginning("SQLite format 3\0", 16);
  std::ifstream file(path, std::ios::binary);
  std::string beginning(kBeginning.size(), '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return file && beginning == kBeginning;
}

}  // namespace

bool is_store_path(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_regular_file(path, none)) {
    return path.ends_with(".sqlite") || is_sqlite(path);
  }
  return path.ends_with(".sqlite") && !std::filesystem::is_directory(path, none);
}

base::Result<EvidenceFiles> EvidenceFiles::open(const std::string& path,
                                                bool one_domain) {
  namespace fs = std::filesystem;
  if (path == "-") {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      "--evidence is a file or a folder, and no standard output");
  }
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  // Who opens a pipe waits for whoever opens its other end, if anybody does.
  if (path.empty() || kind == fs::file_type::fifo || kind == fs::file_type::socket) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      "--evidence \"" + path + "\" is neither a file nor a folder");
  }
  if (is_store_path(path)) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path + " is a store of runs, which dane audit alone writes to");
  }
  const bool is_folder = path.ends_with('/') || fs::is_directory(path, error);
  if (!is_folder && !one_domain) {
    return base::fail(
        base::ErrorKind::usage, base::Code::bad_file,
        path + " is no folder, and several domains need one: --evidence " + path + "/");
  }
  if (!is_folder) {
    if (auto good = io::check_replaceable(path); !good)
      return tl::unexpected(good.error());
    return EvidenceFiles(path, false);
  }
  error.clear();
  fs::create_directories(path, error);
  if (error && !fs::is_directory(path)) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      "cannot make " + path + ": " + error.message());
  }
  return EvidenceFiles(path, true);
}

std::string EvidenceFiles::path_of(const std::string& name) const {
  return is_folder_ ? path_ + "/" + file_name(name) : path_;
}

base::Result<void> EvidenceFiles::check(const std::string& name) const {
  return io::check_replaceable(path_of(name));
}

base::Result<void> EvidenceFiles::add(const std::string& name,
                                      const Bundle& bundle) const {
  const std::string text =
      is_within_bounds(bundle) ? to_json(bundle) : to_json(without_proof(bundle));
  return io::replace_file(path_of(name), text + "\n");
}

}  // namespace evidence
