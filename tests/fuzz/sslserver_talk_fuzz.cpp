// What a talker tells the starter of the program: names and variables, in the words that
// it sends, between NULs here. No variables but SSL_ and DANE_ may come of them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cli/sslserver/talk.h"

namespace {

using cli::sslserver::Words;

void must(bool holds) {
  if (!holds) std::abort();
}

Words words_of(std::string_view text) {
  Words out;
  for (;;) {
    const std::size_t end = text.find('\0');
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool is_of_session(std::string_view entry) {
  return entry.starts_with("SSL_") || entry.starts_with("DANE_");
}

void try_variables(const Words& words) {
  const auto variables = cli::sslserver::session_variables(words);
  for (const auto& [name, value] : variables.changes()) {
    must(is_of_session(name) && name.find('=') == std::string::npos);
  }
  // The program has all that it had, and what is new is of the session.
  const char* const own[] = {"PATH=/bin", "SSLREMOTEIP=192.0.2.1", "LD_PRELOAD=x",
                             nullptr};
  const auto applied = variables.applied_to(own);
  for (const char* const* one = own; *one != nullptr; ++one) {
    must(std::ranges::count(applied, *one) == 1);
  }
  must(static_cast<std::size_t>(std::ranges::count_if(applied, is_of_session)) + 3 ==
       applied.size());
  const auto again =
      cli::sslserver::session_variables(cli::sslserver::to_words(variables));
  must(again.changes() == variables.changes());
}

void try_names(const Words& words) {
  ucspi::ConnectionNames names;
  if (!cli::sslserver::read_names(words, names)) return;
  must(cli::sslserver::to_words(names) == words);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Words words = words_of(input);
  try_variables(words);
  try_names(words);
  return 0;
}
