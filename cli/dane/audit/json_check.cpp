#include "cli/dane/audit/json_check.h"

namespace cli::report {
namespace {

constexpr const char* kQuestion =
    "SELECT CASE WHEN json_valid(?1) THEN json_type(?1, '$.domain') = 'text' AND "
    "json_type(?1, '$.findings') = 'array' AND json_type(?1, '$.hosts') = 'array' END";

}  // namespace

JsonCheck::JsonCheck()
    : database_(open_scratch_database(":memory:")),
      statement_(database_.get(), kQuestion) {}

bool JsonCheck::is_result(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return false;  // SQLite stops there
  const bool good = statement_.bind_in_place(line).number() == 1;
  statement_.restart();
  return good;
}

}  // namespace cli::report
