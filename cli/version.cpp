#include "cli/version.h"

#include "cli/layout.h"
#include "versions.h"

namespace cli {

std::string_view version() { return kVersion; }

std::string maker() { return "ucspi-dane " + std::string(version()); }

std::string version_text(std::string_view program) {
  std::string out = std::string(program) + " (ucspi-dane) ";
  out.append(version()).append("\n");
  for (const Library& library : kLibraries) {
    out += "  " + padded(library.name, 13) + padded(library.linked, 7) +
           std::string(library.version) + "\n";
  }
  return out;
}

}  // namespace cli
