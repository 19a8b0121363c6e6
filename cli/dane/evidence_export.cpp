#include "cli/dane/audit/evidence_store.h"
#include "cli/dane/bundle_file.h"
#include "cli/dane/evidence_verbs.h"
#include "cli/dane/owner.h"
#include "cli/terminal.h"
#include "src/base/bytes.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/evidence_files.h"
#include "src/io/replace_file.h"

namespace cli::dane {

base::Result<Outcome> write_bundle(const Arguments& arguments,
                                   const evidence::Bundle& bundle) {
  return write_output(arguments, evidence::to_json(bundle) + "\n");
}

base::Result<Outcome> write_output(const Arguments& arguments, std::string_view octets) {
  const auto file = arguments.value("output");
  if (!file || *file == "-") {
    print(octets);
    return Outcome::fine;
  }
  // What it is made of would be lost, or runs that can never be made again.
  const std::string target = io::target_of(*file);
  if (evidence::is_store_path(*file) || target == io::target_of(arguments.words()[1])) {
    return usage_error("--output " + base::printable(*file, base::kLine) +
                       ": that is a store, or what it comes out of");
  }
  if (auto good = io::check_replaceable(*file); !good) {
    return tl::unexpected(good.error());
  }
  if (auto done = io::replace_file(*file, std::string(octets)); !done) {
    return tl::unexpected(done.error());
  }
  return Outcome::fine;
}

namespace {

base::Result<evidence::Bundle> stored_bundle(const Arguments& arguments) {
  const auto run = run_of(arguments);
  if (!run) return tl::unexpected(run.error());
  const std::string& path = arguments.words()[1];
  auto store = evidence::Store::open_to_read(path);
  if (!store) return tl::unexpected(store.error());
  return bundle_of_store(store->bundle(report::subject_of(arguments.words()[2]), *run),
                         shown_path(path));
}

/// Whose TLSA records a bundle has: those of hosts that have some, or else all that were
/// asked for.
std::vector<dns::Name> tlsa_owners(const evidence::DnsEvidence& dns) {
  std::vector<dns::Name> all;
  std::vector<dns::Name> with_records;
  for (const evidence::Answer& answer : dns.answers) {
    const bool is_tlsa = answer.type == static_cast<std::uint16_t>(resolver::Type::tlsa);
    if (!is_tlsa || answer.error || answer.name.labels().size() < 3) continue;
    all.push_back(answer.name);
    if (!answer.answer.empty()) with_records.push_back(answer.name);
  }
  return with_records.empty() ? all : with_records;
}

/// `_25._tcp.mx.example.org` as `--rfc9102` takes it: `mx.example.org:25`.
std::string place_of(const dns::Name& owner) {
  const auto labels = owner.labels();
  const std::size_t before = labels[0].size() + labels[1].size() + 2;  // and their dots
  return owner.text().substr(before) + ":" + std::string(labels[0].substr(1));
}

/// The owner that `--rfc9102[=HOST:PORT]` names, or the only one that there is.
base::Result<dns::Name> owner_for_chain(const std::string& value,
                                        const evidence::DnsEvidence& dns) {
  if (!value.empty()) {
    const std::size_t colon = value.rfind(':');
    if (colon == std::string::npos) {
      return usage_error("--rfc9102=" + base::printable(value, base::kWord) +
                         " lacks a port: --rfc9102=HOST:PORT");
    }
    auto owner = owner_of(value.substr(0, colon), value.substr(colon + 1), "tcp");
    if (!owner) return tl::unexpected(owner.error());
    return owner->name;
  }
  const auto owners = tlsa_owners(dns);
  if (owners.size() == 1) return owners.front();
  if (owners.empty()) return usage_error("--rfc9102: the bundle tells no TLSA records");
  std::string places;
  for (const dns::Name& owner : owners) {
    places += (places.empty() ? "" : ", ") + place_of(owner);
  }
  return usage_error("--rfc9102 is about one host: --rfc9102=HOST:PORT, one of " +
                     base::printable(places, base::kLine));
}

}  // namespace

base::Result<Outcome> evidence_export(const Arguments& arguments) {
  const bool is_redacted = arguments.has("redact");
  const auto place = arguments.value("rfc9102");
  if (is_redacted && place) {
    return usage_error(
        "--redact and --rfc9102 do not go together: a chain has no more "
        "than what proves it");
  }
  if (auto good = place ? expect_octets_wanted(arguments) : base::Result<void>(); !good) {
    return tl::unexpected(good.error());
  }
  auto bundle = stored_bundle(arguments);
  if (!bundle) return tl::unexpected(bundle.error());
  if (!is_redacted && !place) return write_bundle(arguments, *bundle);
  const std::string from = base::printable(arguments.words()[2], base::kWord);
  const auto owner = place ? owner_for_chain(*place, bundle->dns) : dns::Name();
  if (!owner) return tl::unexpected(owner.error());
  const auto held = held_bundle(arguments, std::move(*bundle), from);
  if (!held) return tl::unexpected(held.error());
  return is_redacted ? write_redacted(arguments, *held)
                     : write_chain(arguments, *held, *owner, from);
}

}  // namespace cli::dane
