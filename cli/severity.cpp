#include "cli/severity.h"

namespace cli {

std::string painted(rrset::Severity severity, std::string_view text, const Paint& paint) {
  switch (severity) {
    case rrset::Severity::error:
      return paint.bad(text);
    case rrset::Severity::warning:
      return paint.doubtful(text);
    case rrset::Severity::note:
      return paint.faint(text);
  }
  return std::string(text);
}

}  // namespace cli
