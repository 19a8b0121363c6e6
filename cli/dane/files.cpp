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

namespace fs = std::filesystem;

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

/// The files below a folder that certificates may stand in, sorted. Links to files are
/// followed, links to folders are not: they may lead anywhere, and in a circle.
base::Result<std::vector<fs::path>> files_below(const std::string& folder) {
  constexpr int kMostDepth = 4;
  constexpr std::size_t kMostFiles = 10'000;
  constexpr std::uintmax_t kMostOfFile = std::uintmax_t{4} * 1024 * 1024;
  constexpr std::uintmax_t kMostOctets = std::uintmax_t{64} * 1024 * 1024;
  std::error_code error;
  std::vector<fs::path> out;
  std::size_t seen = 0;
  std::uintmax_t octets = 0;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (++seen > kMostFiles) return usage_error(folder + ": more than 10,000 files");
    if (entry.depth() >= kMostDepth) entry.disable_recursion_pending();
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    const auto size = entry->file_size(ignored);
    if (ignored || size > kMostOfFile) continue;
    octets += size;
    if (octets > kMostOctets) return usage_error(folder + ": more than 64 MiB of files");
    out.push_back(entry->path());
  }
  if (error) return usage_error(folder + ": " + error.message());
  std::ranges::sort(out);
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
  const bool directory = fs::is_directory(path, ignored);
  return client::load_trust_store(directory ? "" : path, directory ? path : "");
}

base::Result<std::vector<publish::ChainFile>> load_chains(const std::string& path) {
  io::forbid_core_dumps();  // there are private keys among the files
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    auto chain = load_certificates(path);
    if (!chain) return tl::unexpected(chain.error());
    return std::vector<publish::ChainFile>{
        {fs::path(path).filename().string(), std::move(*chain)}};
  }
  const auto files = files_below(path);
  if (!files) return tl::unexpected(files.error());
  std::vector<publish::ChainFile> out;
  for (const fs::path& file : *files) {
    if (auto chain = load_certificates(file.string())) {
      out.push_back({file.lexically_relative(path).string(), std::move(*chain)});
    }
  }
  if (out.empty()) return usage_error(path + ": no file with certificates in it");
  return out;
}

}  // namespace cli::dane
