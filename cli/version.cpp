#include "cli/version.h"

#include "cli/layout.h"
#include "versions.h"

namespace cli {
std::string version_text(std::string_view program) {
  std::string out = std::string(program) + " (ucspi-dane) ";
  out.append(kVersion).append("\n");
  for (const Library& library : kLibraries) {
    out += "  " + padded(library.name, 13) + padded(library.linked, 7) +
           std::string(library.version) + "\n";
  }
  return out;
}

}  // namespace cli
