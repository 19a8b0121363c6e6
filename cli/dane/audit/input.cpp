#include "cli/dane/audit/input.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "cli/dane/audit/output.h"

namespace cli::report {
namespace {

using audit::DomainStream;
using audit::Item;

constexpr std::size_t kLongestLine = 1024;

/// Lines of a stream, bounded.
class Lines {
 public:
  explicit Lines(std::FILE* file) : file_(file) {}
  ~Lines() {
    if (file_ != stdin) std::fclose(file_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  /// The next line, without its end and at most kLongestLine and one octets of it.
  std::optional<std::string> next() {
    std::string out;
    int c = 0;
    while ((c = getc_unlocked(file_)) != EOF && c != '\n') {
      if (out.size() <= kLongestLine) out.push_back(static_cast<char>(c));
    }
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (is_first_ && out.starts_with(kByteOrderMark)) out.erase(0, kByteOrderMark.size());
    is_first_ = false;
    if (c == EOF && std::ferror(file_) != 0) {
      end_with("unable to read the domains: " + base::system_message(errno));
    }
    if (c == EOF && out.empty()) return std::nullopt;
    return out;
  }

 private:
  std::FILE* file_;
  bool is_first_ = true;
};

std::string domain_in(std::string line) {
  line.resize(std::min(line.size(), line.find('#')));
  constexpr std::string_view kBlank = " \t\r\v\f";
  const std::size_t first = line.find_first_not_of(kBlank);
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

/// What stands in a column; the whole line where there are fewer.
std::string in_column(const std::string& line, std::size_t column) {
  constexpr char kQuote = '"';
  std::string out;
  std::size_t at = 1;
  bool quoted = false;
  for (const char c : line) {
    if (c == kQuote) {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      ++at;
    } else if (at == column) {
      out += c;
    }
  }
  return at < column ? line : domain_in(std::move(out));
}

bool is_regular(const std::string& path) {
  struct stat status {};
  return path != "-" && stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

DomainStream from_words(std::vector<std::string> words) {
  return
      [words = std::move(words), at = std::size_t{0}]() mutable -> std::optional<Item> {
        if (at == words.size()) return std::nullopt;
        ++at;
        return Item{at, words[at - 1]};
      };
}

base::Result<DomainStream> from_file(const std::string& path, std::size_t column) {
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rbe");
  struct stat status {};
  const bool folder =
      file != nullptr && fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode);
  if (folder) {
    std::fclose(file);
    file = nullptr;
    errno = EISDIR;
  }
  if (file == nullptr) {
    return base::fail(base::ErrorKind::usage, base::Code::bad_file,
                      path + ": " + base::system_message(errno));
  }
  auto lines = std::make_shared<Lines>(file);
  return DomainStream(
      [lines, column, number = std::uint64_t{0}]() mutable -> std::optional<Item> {
        while (auto line = lines->next()) {
          std::string domain = domain_in(std::move(*line));
          const bool any = !domain.empty();
          if (any && column > 0) domain = in_column(domain, column);
          if (any) return Item{++number, std::move(domain)};
        }
        return std::nullopt;
      });
}

std::optional<std::size_t> column_of_domains(const std::string& path) {
  if (!is_regular(path)) return std::nullopt;
  const auto source = from_file(path);
  for (int line = 0; source && line < 2; ++line) {  // the first may be a heading
    const auto item = (*source)();
    if (!item || dns::Name::parse(item->word)) return std::nullopt;
    for (std::size_t column = 1; column <= 3; ++column) {
      const auto name = dns::Name::parse(in_column(item->word, column));
      if (name && name->labels().size() > 1) return column;
    }
  }
  return std::nullopt;
}

base::Result<void> check_not_empty(const std::string& path) {
  if (!is_regular(path)) return {};
  const auto source = from_file(path);
  if (!source) return tl::unexpected(source.error());
  if ((*source)()) return {};
  return base::fail(base::ErrorKind::usage, base::Code::no_domain,
                    path + ": no domain in this input");
}

std::optional<std::uint64_t> count_domains(const std::string& path) {
  if (!is_regular(path)) return std::nullopt;
  const auto source = from_file(path);
  if (!source) return std::nullopt;
  std::uint64_t out = 0;
  while ((*source)()) ++out;
  return out;
}

}  // namespace cli::report
