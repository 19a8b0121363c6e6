// What goes into the evidence of a check, and how it comes out again.
//
// What was asked goes in as the words of the command line that a verdict depends on, and
// a replay reads them by the same table as the command does: so no demand is left out,
// and none means something else there. The words are a stranger's, though. Only these
// options are let in, none of which names a file; where the words do not come out octet
// for octet the same when they are written again, something else stands among them, and
// the command is not even asked what it means. A trust store goes in as a hash: whoever
// judges again has to have the same one, and says where it is himself. What stood there
// when he began is what every bundle is judged by, whatever becomes of the file.
#include "cli/dane/check_bundle.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/version.h"
#include "src/base/bytes.h"
#include "src/base/pem.h"
#include "src/evidence/canonical_json.h"

namespace cli::dane {
namespace {

using evidence::Json;

/// The options that a verdict, or its words, depend on and that go into a bundle.
constexpr std::array<std::string_view, 11> kKept = {
    "srv",  "starttls", "policy", "record",  "name",         "dane-ee-names",
    "ipv4", "ipv6",     "first",  "verbose", "all-addresses"};

std::vector<std::string> kept_words(const Arguments& arguments) {
  std::vector<std::string> out;
  for (const Option& option : options_of(kCheck)) {
    if (std::ranges::find(kKept, option.name) == kKept.end()) continue;
    const std::string word = "--" + std::string(option.name);
    if (option.value_need() == Need::never) {
      if (arguments.has(option.name)) out.push_back(word);
      continue;
    }
    for (const std::string& value : arguments.values(option.name)) {
      out.push_back(word + "=" + base::to_utf8(value));
    }
  }
  return out;
}

Json about_of(const Arguments& arguments, const CheckJob& job) {
  Json out = {{"command", "check"},
              {"host", base::to_utf8(job.word)},
              {"options", kept_words(arguments)}};
  if (!job.service) out["port"] = job.target.port;
  if (job.roots) out["trustStore"] = base::to_base64(witness::hash_of(*job.roots));
  return out;
}

// --- reading

base::Result<Arguments> arguments_in(const Json& about) {
  const auto kept = about.at("options").get<std::vector<std::string>>();
  std::vector<std::string> words = kept;
  words.insert(words.end(), {"--", about.at("host").get<std::string>()});
  if (about.contains("port")) {
    words.push_back(std::to_string(about.at("port").get<std::uint16_t>()));
  }
  const std::vector<Option> options = options_of(kCheck);
  auto out = Arguments::parse(words, options, "dane check");
  if (!out) return evidence::does_not_hold("about: " + out.error().detail);
  if (kept_words(*out) != kept) {
    return evidence::does_not_hold("about: options that are not for a replay");
  }
  return out;
}

base::Result<CheckJob> job_in(const Json& about, const witness::TrustShelf& stores) {
  const auto store = stores.named_in(about);
  if (!store) return tl::unexpected(store.error());
  const auto arguments = arguments_in(about);
  if (!arguments) return tl::unexpected(arguments.error());
  auto job =
      check_job(*arguments, kCheckUsage, *store == nullptr ? nullptr : &(*store)->roots);
  if (!job) return evidence::does_not_hold("about: " + job.error().detail);
  if (about_of(*arguments, *job) == about) return job;
  return evidence::does_not_hold("about: not in its one form");
}

}  // namespace

evidence::Bundle check_bundle(const Arguments& arguments, const CheckJob& job,
                              const witness::Witness& witness,
                              const std::string& verdict) {
  return witness::bundle_of(witness, {maker(), about_of(arguments, job), verdict});
}

base::Result<RecordedCheck> recorded_check(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    const witness::TrustShelf& stores) {
  RecordedCheck out;
  try {
    auto job = job_in(Json::parse(bundle.about, nullptr, false), stores);
    if (!job) return tl::unexpected(job.error());
    out.job = std::move(*job);
  } catch (const Json::exception&) {
    return evidence::does_not_hold("about: a member of another type, or none");
  }
  auto connections = witness::connections_of(bundle, proofs);
  if (!connections) return tl::unexpected(connections.error());
  out.connections = std::move(*connections);
  return out;
}

}  // namespace cli::dane
