#include "resolver/unbound_options.h"

#include <unbound.h>

#include <cstdlib>

namespace resolver {

std::string option_of(ub_ctx* context, const char* name) {
  char* text = nullptr;
  if (ub_ctx_get_option(context, name, &text) != 0 || text == nullptr) return {};
  std::string out(text);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): libunbound's malloc
  return out;
}

}  // namespace resolver
