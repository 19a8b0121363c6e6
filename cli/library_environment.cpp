// Hides the environment from the libraries in this process.
//
// Our programs are run by others for others: qmail-rspawn, a user's .qmail, a web
// server's script. GnuTLS writes the keys of each session to the file that SSLKEYLOGFILE
// names and takes its policy from GNUTLS_SYSTEM_PRIORITY_FILE; nettle, libevent and the C
// library have variables of their own, and the next version of each may have more. Some
// are read before main, in constructors of the libraries. So this runs before these, from
// .preinit_array, and takes out of the environment all that is not ours; the program that
// sslclient runs gets it back (whole_environment). LD_PRELOAD and its like have had their
// say by then: whoever sets these owns the process anyway.
//
// To look into a connection with a debugger of TLS, sslclient has --library-environment.
// It must be the very first word: a word of somebody else further on is not meant.
#include "cli/library_environment.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>

namespace cli {
namespace {

// Neither constructors nor memory from the heap: nothing is set up yet.
constinit char** whole = nullptr;
constinit bool visible = false;

// What we read ourselves, and PATH, in which posix_spawnp searches.
constexpr std::array<std::string_view, 6> kOurs = {
    "PATH=", "CAFILE=", "CADIR=", "DNSCACHEIP=", "QMAILHOME=", "DANE_"};

bool starts_with(const char* entry, std::string_view prefix) {
  for (const char c : prefix) {
    if (*entry++ != c) return false;
  }
  return true;
}

bool is_ours(const char* entry) {
  for (const std::string_view name : kOurs) {
    if (starts_with(entry, name)) return true;
  }
  return false;
}

void hide(char** environment) {
  std::size_t count = 0;
  while (environment[count] != nullptr) ++count;
  const std::size_t size = (count + 1) * sizeof(char*);
  void* const copy =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED) _exit(111);
  whole = static_cast<char**>(copy);
  std::size_t kept = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    char* const entry = environment[i];
    whole[i] = entry;
    if (entry == nullptr || is_ours(entry)) environment[kept++] = entry;
  }
}

void before_constructors(int argc, char** argv, char** environment) {
  visible = argc > 1 && starts_with(argv[1], kLibraryEnvironment) &&
            argv[1][kLibraryEnvironment.size()] == '\0';
  if (!visible) hide(environment);
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*const kEntry)(int, char**, char**) = before_constructors;

}  // namespace

char** whole_environment() { return whole == nullptr ? environ : whole; }

bool libraries_see_environment() { return visible; }

}  // namespace cli
