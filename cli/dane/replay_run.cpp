#include "cli/dane/replay_run.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "cli/dane/bundle_file.h"
#include "cli/layout.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/checkpoint.h"
#include "src/evidence/run_check.h"
#include "src/io/file.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

constexpr std::size_t kMostWitnesses = std::size_t{1} << 20U;  // octets of a file

/// How far the clocks of an auditor and of a witness may be from each other.
constexpr std::chrono::hours kClocksApart{1};

base::Result<SeenStamp> check_stamp(base::ByteView token, const evidence::Stamped& what,
                                    const ReplayJob& job,
                                    std::chrono::sys_seconds verdict) {
  auto claimed = evidence::claimed_time_stamp(token, what);
  if (!claimed) return tl::unexpected(claimed.error().in("run"));
  SeenStamp out{std::move(*claimed), false, ""};
  if (job.witnesses.empty()) return out;
  const auto proved = evidence::verify_if_known(token, what, job.witnesses);
  if (!proved) {
    out.why_not = proved.error().detail;
  } else if (*proved && out.says.latest() + kClocksApart < verdict) {
    out.why_not =
        "the time-stamp is older than the verdict, of " + verify::to_text(verdict);
  } else {
    out.by_witness = proved->has_value();
  }
  return out;
}

/// Why no witness says anything about a bundle.
std::string lack_of(const evidence::Bundle& bundle,
                    const std::vector<SeenStamp>& stamps) {
  if (!bundle.run) return "it stands in no run";
  if (stamps.empty()) return "its run has no time-stamp";
  std::string out = "its time-stamps are by others, ";
  if (!std::ranges::all_of(stamps, &std::string::empty, &SeenStamp::why_not)) {
    out = "its time-stamps do not count: ";
  }
  for (const SeenStamp& one : stamps) {
    out += (&one == &stamps.front() ? "" : " and ") + one.says.authority;
    if (!one.why_not.empty()) out += " (" + one.why_not + ")";
  }
  return out;
}

}  // namespace

base::Result<std::vector<SeenStamp>> check_place(const evidence::Bundle& bundle,
                                                 const ReplayJob& job) {
  std::vector<SeenStamp> out;
  if (bundle.run) {
    if (const auto good = evidence::check_run(bundle); !good) {
      return tl::unexpected(good.error());
    }
    const evidence::Stamped what{evidence::hash_of_checkpoint(bundle.run->checkpoint),
                                 std::nullopt};
    for (const base::Bytes& token : bundle.run->stamps) {
      auto stamp = check_stamp(token, what, job, bundle.moment);
      if (!stamp) return tl::unexpected(stamp.error());
      out.push_back(std::move(*stamp));
    }
  }
  if (job.witnesses.empty()) return out;
  if (std::ranges::any_of(out, &SeenStamp::by_witness)) return out;
  return evidence::does_not_hold("no witness of --witness has stamped it: " +
                                 lack_of(bundle, out));
}

evidence::Strength strength_of(const evidence::Bundle& bundle,
                               const evidence::SecondOpinion& opinion,
                               const std::vector<SeenStamp>& stamps) {
  evidence::Strength out;
  out.p0 = evidence::signed_window(opinion);
  out.unproved = static_cast<std::size_t>(
      std::ranges::count_if(bundle.dns.answers, [](const evidence::Answer& answer) {
        return answer.error || answer.security == dns::Security::bogus;
      }));
  // One peer may have signed several times: asked for a name, without one, once more.
  std::set<std::tuple<std::string, std::string, std::uint16_t>> peers;
  for (const evidence::Handshake& one : bundle.peers) {
    peers.emplace(one.host, one.address, one.port);
  }
  if (!peers.empty()) out.peers = peers.size();
  std::map<std::string, std::chrono::sys_seconds> first;  // by each witness
  for (const SeenStamp& one : stamps) {
    const auto latest = one.says.latest();
    if (one.by_witness) {
      auto& moment = first.try_emplace(one.says.authority, latest).first->second;
      moment = std::min(moment, latest);
    } else {
      out.claimed = std::min(out.claimed.value_or(latest), latest);
    }
  }
  // Where several witnesses signed, none is believed alone: one may have lost its key.
  for (const auto& [witness, moment] : first) {
    out.witnessed = std::max(out.witnessed.value_or(moment), moment);
  }
  return out;
}

std::string rows_of(const evidence::Strength& strength) {
  TextLayout layout(output_columns());
  layout.gap();
  constexpr std::array<std::string_view, 3> kLabels = {"Proof", "Dates", "Keys"};
  const std::vector<std::string> lines = evidence::summary_of(strength);
  for (std::size_t i = 0; i < lines.size(); ++i) layout.row(kLabels.at(i), lines[i]);
  return "\n" + layout.text();
}

base::Result<std::vector<base::Bytes>> load_witnesses(
    const std::vector<std::string>& paths) {
  std::vector<base::Bytes> out;
  for (const std::string& path : paths) {
    const auto text = io::read_file(path, kMostWitnesses);
    if (!text) return tl::unexpected(text.error());
    auto some = evidence::read_stamp_roots(*text);
    if (!some) return tl::unexpected(some.error().in(shown_path(path)));
    std::ranges::move(*some, std::back_inserter(out));
  }
  return out;
}

}  // namespace cli::dane
