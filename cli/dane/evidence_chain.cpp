#include <unistd.h>

#include "cli/dane/bundle_file.h"
#include "cli/dane/evidence_verbs.h"
#include "cli/dane/owner.h"
#include "src/evidence/authentication_chain.h"

namespace cli::dane {

base::Result<void> expect_octets_wanted(const Arguments& arguments) {
  if (arguments.has("output") || isatty(STDOUT_FILENO) == 0) return {};
  return usage_error("a chain is octets and no text: -o FILE");
}

base::Result<Outcome> write_chain(const Arguments& arguments, const HeldBundle& held,
                                  const dns::Name& owner, const std::string& from) {
  const auto chain =
      evidence::authentication_chain(held.bundle.dns, held.replayed.opinion, owner);
  if (!chain) return tl::unexpected(chain.error().in(from));
  return write_output(arguments, base::as_text(*chain));
}

base::Result<Outcome> evidence_chain(const Arguments& arguments) {
  const auto& words = arguments.words();
  const auto owner = owner_of(words[2], words[3], "tcp");
  if (!owner) return tl::unexpected(owner.error());
  if (auto good = expect_octets_wanted(arguments); !good) {
    return tl::unexpected(good.error());
  }
  const auto held = held_bundle_in(arguments, words[1]);
  if (!held) return tl::unexpected(held.error());
  return write_chain(arguments, *held, owner->name, shown_path(words[1]));
}

}  // namespace cli::dane
