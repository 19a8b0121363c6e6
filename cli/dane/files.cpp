#include "cli/dane/files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "src/client/trust_store.h"
#include "src/io/core_dumps.h"
#include "src/io/file.h"
#include "src/publish/material.h"

namespace cli::dane {
namespace {

constexpr std::size_t kMaxFile = std::size_t{64} * 1024 * 1024;

/// What `reader` makes of a file's text, its error naming the file.
template <typename Reader>
auto load(const std::string& path, Reader reader)
    -> decltype(reader(std::string_view())) {
  const auto text = io::read_file(path, kMaxFile);
  if (!text) return tl::unexpected(text.error());
  auto out = reader(std::string_view(*text));
  if (!out) return tl::unexpected(out.error().in(path));
  return out;
}

publish::Source key_alone(base::Bytes spki) { return {std::nullopt, std::move(spki)}; }

}  // namespace

base::Result<verify::Certificates> load_certificates(const std::string& path) {
  return load(path, publish::read_certificates);
}

base::Result<verify::Chain> load_chain(const std::string& path) {
  return load(path, publish::read_chain);
}

base::Result<publish::Source> load_key(const std::string& path) {
  io::forbid_core_dumps();
  return load(path, publish::read_key).map(key_alone);
}

base::Result<publish::Source> load_request(const std::string& path) {
  return load(path, publish::read_request).map(key_alone);
}

base::Result<verify::Roots> load_roots(const std::string& path) {
  std::error_code ignored;
  const bool directory = std::filesystem::is_directory(path, ignored);
  return client::load_trust_store(directory ? "" : path, directory ? path : "");
}

base::Result<std::vector<publish::ChainFile>> load_chains(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> paths;
  for (std::filesystem::directory_iterator entry(directory, error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) paths.push_back(entry->path().string());
  }
  if (error) return usage_error(directory + ": " + error.message());
  std::ranges::sort(paths);
  std::vector<publish::ChainFile> out;
  for (const std::string& path : paths) {
    if (auto chain = load_certificates(path)) {
      out.push_back({std::filesystem::path(path).filename().string(), std::move(*chain)});
    }
  }
  if (out.empty()) return usage_error(directory + ": no file with certificates in it");
  return out;
}

}  // namespace cli::dane
