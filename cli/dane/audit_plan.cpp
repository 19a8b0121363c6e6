#include "cli/dane/audit_plan.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/dane/audit/input.h"
#include "cli/dane/audit/output.h"
#include "cli/layout.h"
#include "src/io/replace_file.h"

namespace cli::dane {

base::Result<audit::DomainStream> source_of(const Arguments& arguments, AuditJob& job) {
  const auto file = arguments.value("file");
  if (!file && arguments.words().empty()) {
    return usage_error(
        "DOMAIN is missing: dane audit example.org, or dane audit -f FILE");
  }
  if (file && !arguments.words().empty()) {
    return usage_error("either domains or --file, not both");
  }
  if (arguments.values("file").size() > 1)
    return usage_error("--file stands there twice");
  if (file) {
    const bool is_shown = job.wanted.progress && isatty(STDERR_FILENO) != 0;
    if (is_shown) job.wanted.total = report::count_domains(*file);
    std::size_t column = 0;
    auto read = read_number(arguments, "column", {1, 1000},
                            [&](unsigned long number) { column = number; });
    if (!read) return tl::unexpected(read.error());
    return report::from_file(*file, column);
  }
  if (arguments.words().front() == "-") {
    return usage_error("- is no domain; -f - reads domains from standard input");
  }
  if (arguments.has("column")) return usage_error("--column goes with --file");
  job.wanted.total = arguments.words().size();
  // A loop and a resolver more cost more than a handful of domains.
  const std::size_t count = arguments.words().size();
  job.engine.threads = std::min(job.engine.threads, (count + 9) / 10);
  job.engine.in_flight = std::min(job.engine.in_flight, std::max<std::size_t>(count, 2));
  return report::from_words(arguments.words());
}

namespace {

/// `--json` may have no value, or a descriptor.
bool is_file(std::string_view option, std::string_view word) {
  return option != "json" || word.find_first_not_of("0123456789") != std::string::npos;
}

}  // namespace

base::Result<void> check_files(const Arguments& arguments) {
  namespace fs = std::filesystem;
  std::error_code none;
  std::vector<fs::path> files;
  for (const char* option :
       {"file", "output", "html", "sqlite", "evidence", "prometheus", "json"}) {
    const auto word = arguments.value(option);
    if (!word || *word == "-" || !is_file(option, *word)) continue;
    const fs::path file = io::target_of(*word);
    if (fs::exists(file, none) && !fs::is_regular_file(file, none)) continue;
    for (const fs::path& other : files) {
      if (file == other || fs::equivalent(file, other, none)) {
        return usage_error(*word + " is asked for twice");
      }
    }
    files.push_back(file);
  }
  return {};
}

bool fit_descriptors(audit::EngineSettings& engine, std::uint64_t descriptors) {
  constexpr std::uint64_t kForAll = 40, kForEach = 8;
  const std::uint64_t rest = descriptors - std::min(descriptors, kForAll);
  const std::size_t most = std::max<std::uint64_t>(rest / kForEach, 1);
  if (engine.in_flight <= most) return false;
  engine.in_flight = most;
  engine.threads = std::min(engine.threads, most);
  return true;
}

void take_descriptors(audit::EngineSettings& engine) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  if (!fit_descriptors(engine, limit.rlim_cur)) return;
  std::fprintf(stderr,
               "dane: warning: %llu file descriptors are enough for %s in flight\n",
               static_cast<unsigned long long>(limit.rlim_cur),
               counted(engine.in_flight, "domain").c_str());
}

}  // namespace cli::dane
