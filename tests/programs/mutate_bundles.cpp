// Mutants of bundles that hold, each judged as `dane replay` judges it, in one process.
//
//     mutate_bundles ANCHOR COUNT WHOLE BUNDLE...
//
// COUNT mutants go through the reader, the check of handshakes and the second validator;
// about WHOLE of them, spread evenly, through everything, libunbound included, with
// whatever verdict follows from them. None may crash, none of a bundle's answers may
// become more trusted, and no verdict better. The same numbers make the same mutants.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "cli/dane/replay_audit.h"
#include "cli/dane/replay_check.h"
#include "cli/dane/replay_explain.h"
#include "cli/dane/replay_moments.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/peer_check.h"
#include "src/io/file.h"
#include "tests/evidence/bundle_mutations.h"

namespace {

using cli::dane::ReplayJob;
using evidence::Bundle;
using States = std::map<std::pair<dns::Name, std::uint16_t>, dns::Security>;

/// Verdicts from the worst to the best; what accuses falsely is no better.
constexpr std::array<std::string_view, 8> kGrades = {
    "bad-input",    "broken",  "undecided", "not-proved",
    "not-deployed", "partial", "proved",    "enforced"};

std::ptrdiff_t rank_of(const std::string& verdict) {
  const auto value = evidence::Json::parse(verdict, nullptr, false);
  std::string word = "bad-input";
  for (const char* member : {"grade", "status"}) {
    if (value.is_object() && value.contains(member)) word = value[member];
  }
  const auto found = std::ranges::find(kGrades, word);
  if (found == kGrades.end()) std::fprintf(stderr, "no grade: %s\n", word.c_str());
  return found - kGrades.begin();
}

struct Honest {
  std::string path;
  std::string text;
  Bundle bundle;
  States states;
  std::ptrdiff_t rank = 0;
};

/// What became of mutants.
struct Tally {
  std::size_t read = 0, signed_right = 0, whole = 0, held = 0;
  double whole_seconds = 0;
};

States states_of(const Bundle& bundle, const evidence::SecondOpinion& opinion) {
  States out;
  for (std::size_t i = 0; i < bundle.dns.answers.size(); ++i) {
    const evidence::Answer& answer = bundle.dns.answers[i];
    out[{answer.name, answer.type}] = opinion.answers[i].security;
  }
  return out;
}

/// An answer that was not there may be secure: that a name has no record of a type is
/// proved by more than the questions that somebody asked.
bool is_better(const States& before, const States& after) {
  return std::ranges::any_of(after, [&](const auto& one) {
    const auto was = before.find(one.first);
    return was != before.end() && one.second != was->second &&
           one.second >= dns::Security::insecure;
  });
}

base::Result<cli::dane::Output> verdict_of(const Bundle& bundle, const ReplayJob& job) {
  const auto about = evidence::Json::parse(bundle.about, nullptr, false);
  const bool is_check =
      about.is_object() && about.contains("command") && about["command"] == "check";
  return is_check ? cli::dane::replay_check(bundle, job)
                  : cli::dane::replay_audit(bundle, job);
}

/// The whole replay, with the verdict that follows; nothing if the bundle does not hold.
std::optional<std::string> replayed(Bundle bundle, const ReplayJob& job) {
  ReplayJob at = job;
  at.at = bundle.moment;
  const auto follows = verdict_of(bundle, at);
  if (!follows) return std::nullopt;
  const auto value = evidence::read_json(follows->json);
  if (!value) return std::nullopt;
  bundle.verdict = evidence::canonical(*value);
  const auto held = verdict_of(bundle, job);
  if (!held) return std::nullopt;
  const auto opinion = cli::dane::second_opinion_of(bundle, job);
  if (!opinion || !cli::dane::expect_same(bundle, *opinion)) return std::nullopt;
  if (!cli::dane::expect_at_other_moments(bundle, job)) return std::nullopt;
  return bundle.verdict;
}

class Run {
 public:
  explicit Run(ReplayJob job) : job_(std::move(job)) {}

  bool add(const char* path);
  bool go(std::size_t count, std::size_t whole);

 private:
  bool judge(const Honest& honest, const std::string& text);
  bool complain(const Honest& honest, const std::string& text, const char* what) const;

  ReplayJob job_;
  std::vector<Honest> honest_;
  std::mt19937 random_{20'261'130};  // NOLINT(cert-msc51-cpp): the same ones each time
  Tally tally_;
  std::size_t stride_ = 1;  ///< of those that are read one in so many is replayed
};

bool Run::add(const char* path) {
  Honest out;
  out.path = path;
  const auto text = io::read_file(path, evidence::kMostOctets);
  auto bundle = text ? evidence::read_bundle(*text) : tl::unexpected(text.error());
  const auto opinion = bundle ? cli::dane::second_opinion_of(*bundle, job_)
                              : tl::unexpected(bundle.error());
  const auto verdict = bundle ? replayed(*bundle, job_) : std::nullopt;
  if (!opinion || !verdict) {
    std::fprintf(stderr, "%s does not hold\n", path);
    return false;
  }
  out.text = *text;
  out.states = states_of(*bundle, *opinion);
  out.rank = rank_of(*verdict);
  out.bundle = std::move(*bundle);
  honest_.push_back(std::move(out));
  return true;
}

bool Run::complain(const Honest& honest, const std::string& text,
                   const char* what) const {
  std::fprintf(stderr, "a mutant of %s: %s\n%s\n", honest.path.c_str(), what,
               text.c_str());
  return false;
}

bool Run::judge(const Honest& honest, const std::string& text) {
  if (!text.ends_with('\n')) return true;  // which no file may lack
  const auto bundle = evidence::read_bundle(text);
  if (!bundle) return true;
  const bool is_whole = tally_.read++ % stride_ == 0;
  if (evidence::to_json(*bundle) + "\n" != text) {
    return complain(honest, text, "it is read as something else");
  }
  if (evidence::check_peers(*bundle)) ++tally_.signed_right;
  const auto opinion = cli::dane::second_opinion_of(*bundle, job_);
  if (opinion && is_better(honest.states, states_of(*bundle, *opinion))) {
    return complain(honest, text, "an answer is more trusted");
  }
  if (!is_whole) return true;
  ++tally_.whole;
  const auto begin = std::chrono::steady_clock::now();
  const auto verdict = replayed(*bundle, job_);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  tally_.whole_seconds += took.count();
  if (!verdict) return true;
  ++tally_.held;
  return rank_of(*verdict) <= honest.rank || complain(honest, text, "a better verdict");
}

bool Run::go(std::size_t count, std::size_t whole) {
  const auto begin = std::chrono::steady_clock::now();
  // About six of ten are read.
  stride_ = whole == 0 ? SIZE_MAX : std::max(count * 6 / 10 / whole, 1UL);
  for (std::size_t i = 0; i < count; ++i) {
    const Honest& honest = honest_[i % honest_.size()];
    std::string text = honest.text;
    if (i % 8 == 7) {
      evidence::test::mutate(text, random_);
    } else {
      Bundle mutant = honest.bundle;
      evidence::test::mutate(mutant, random_);
      text = evidence::to_json(mutant) + "\n";
    }
    if (!judge(honest, text)) return false;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf(
      "%zu mutants of %zu bundles in %.1f s: %zu were read, of %zu all handshakes "
      "were right; %zu were replayed in %.1f s, %zu held\n",
      count, honest_.size(), took.count(), tally_.read, tally_.signed_right, tally_.whole,
      tally_.whole_seconds, tally_.held);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kFirstBundle = 4, kUsage = 100;
  if (argc <= kFirstBundle) {
    std::fputs("usage: mutate_bundles ANCHOR COUNT WHOLE BUNDLE...\n", stderr);
    return kUsage;
  }
  ReplayJob job;
  job.trust_anchor = argv[1];
  Run run(std::move(job));
  for (int i = kFirstBundle; i < argc; ++i) {
    if (!run.add(argv[i])) return 1;
  }
  return run.go(std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10))
             ? 0
             : 1;
}
