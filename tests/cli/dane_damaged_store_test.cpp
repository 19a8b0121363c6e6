// A store whose octets have changed on a disk or on the way, before all that reads one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "cli/dane/bundle_list.h"
#include "cli/dane/replay_again.h"
#include "src/evidence/bundle_json.h"
#include "src/evidence/canonical_json.h"
#include "tests/cli/dane_run.h"
#include "tests/cli/report_folder.h"

namespace cli::dane {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};
constexpr std::size_t kBundles = 6;  // of each run
constexpr int kRuns = 2;

std::string subject(std::size_t port) { return "192.0.2.1:" + std::to_string(port); }

/// A check of an address that nobody answers at: it holds, and needs no DNS.
evidence::Bundle check_of(std::size_t port) {
  evidence::Bundle out;
  out.maker = "ucspi-dane";
  out.about = R"({"command":"check","host":"192.0.2.1","options":[],"port":)" +
              std::to_string(port) + "}";
  out.moment = kNow;
  const std::string error =
      R"("error":{"code":"connect","detail":"Connection refused","kind":2})";
  out.facts = R"({"connections":[{"failures":[{"address":"192.0.2.1",)" + error +
              R"(}],"host":"192.0.2.1","port":)" + std::to_string(port) +
              R"(,"tries":[{)" + error + R"(,"milliseconds":0,"progress":"nothing"}]}]})";
  out.verdict = "{}";
  ReplayJob job;
  job.at = kNow;  // whatever verdict it has
  const auto said = replay_again(out, job);
  EXPECT_TRUE(said) << said.error().detail;
  if (said) out.verdict = evidence::canonical(*evidence::read_json(said->told.json));
  return out;
}

class DamagedStore : public ::testing::Test {
 protected:
  DamagedStore() {
    auto store = evidence::Store::open(file_);
    for (int run = 1; run <= kRuns; ++run) {
      (void)store->begin_run(kNow);
      for (std::size_t port = 1; port <= kBundles; ++port) {
        (void)store->add(subject(port), check_of(port));
      }
      (void)store->finish_run(evidence::Store::Ending::whole);
    }
    for (int run = 1; run <= kRuns; ++run) {
      for (std::size_t i = 0; i < kBundles; ++i) {
        const auto bundle = store->bundle_at(run, i);
        EXPECT_TRUE(bundle) << bundle.error().detail;
        if (bundle) whole_.push_back(evidence::to_json(*bundle));
      }
    }
  }
  void SetUp() override {
    ASSERT_EQ(whole_.size(), kRuns * kBundles);
    good_ = folder_.read("runs.sqlite");
    ASSERT_FALSE(std::filesystem::exists(file_ + "-wal"));
    EXPECT_EQ(held(1) + held(2), 2 * kBundles) << "before anything is damaged";
    for (const std::string& text : whole_) {
      const auto replayed = replay_again(*evidence::read_bundle(text + "\n"), {});
      ASSERT_TRUE(replayed) << replayed.error().detail;
    }
  }

  /// That an error is one clear line about a bad file, which it names once.
  void expect_bad_file(const base::Error& error) const {
    EXPECT_EQ(outcome_of(error.kind), Outcome::bad_input) << error.detail;
    EXPECT_THAT(error.detail, AllOf(StartsWith(file_), Not(HasSubstr("\n"))));
    EXPECT_EQ(error.detail.find(file_, 1), std::string::npos) << error.detail;
  }

  /// How many bundles of a run are what they were, each of which holds; all others are
  /// bad ones of this store, by name.
  [[nodiscard]] std::size_t held(int run) const {
    const auto line =
        cli::testing::arguments(kReplay, {"--run", std::to_string(run), file_});
    auto list = BundleList::of_words(line);
    EXPECT_TRUE(list) << list.error().detail;
    if (!list) return 0;
    EXPECT_LE(list->size(), kBundles);
    std::size_t out = 0;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto bundle = list->read(i);
      if (!bundle) {
        expect_bad_file(bundle.error());
        EXPECT_THAT(bundle.error().detail, StartsWith(list->shown(i) + ": "));
        continue;
      }
      const auto place = (static_cast<std::size_t>(run) - 1) * kBundles + i;
      EXPECT_EQ(evidence::to_json(*bundle), whole_[place]) << "which held";
      ++out;
    }
    return out;
  }

  /// A verb of dane evidence; what it printed, or nothing if it calls the file bad.
  std::string said(const std::vector<std::string>& words) const {
    const auto ran = cli::testing::run(kEvidence, words);
    if (ran.outcome) return ran.text;
    expect_bad_file(ran.outcome.error());
    EXPECT_EQ(ran.text, "");
    return "";
  }

  /// All that reads a store, before one of these octets.
  void read_all(std::string_view octets) {
    for (const char* log : {"-wal", "-shm"}) std::filesystem::remove(file_ + log);
    (void)folder_.write("runs.sqlite", octets);
    for (const int run : {1, 2}) {
      const std::size_t count = held(run);
      partly_ += count > 0 && count < kBundles ? 1 : 0;
    }
    (void)said({"runs", file_});
    (void)said({"runs", "--json", file_});
    (void)said({"checkpoint", file_});
    const std::string out = said({"export", file_, subject(3)});
    EXPECT_TRUE(out.empty() || out == whole_[kBundles + 2] + "\n" ||
                out == whole_[2] + "\n");
    (void)said({"close", file_});
  }

  const cli::testing::Folder folder_;
  const std::string file_ = folder_.path("runs.sqlite");
  std::vector<std::string> whole_;  ///< bundles, as they come out of the store
  std::string good_;                ///< the file
  int partly_ = 0;                  ///< runs of which some bundles held and some did not
};

TEST_F(DamagedStore, GivesWhatItHadOrAnErrorWhateverOctetIsAnother) {
  std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same ones each time
  constexpr std::size_t kHeader = 100;
  for (std::size_t round = 0; round < 700; ++round) {
    std::string other = good_;
    const std::size_t at = round < kHeader ? round : random() % other.size();
    const auto flip = static_cast<unsigned char>(1 + random() % 255);
    other[at] = static_cast<char>(static_cast<unsigned char>(other[at]) ^ flip);
    read_all(other);
    if (HasFailure()) FAIL() << "octet " << at << " xor " << int{flip};
  }
  EXPECT_GT(partly_, 3) << "one that is damaged spoils no other";
}

TEST_F(DamagedStore, GivesWhatItHadOrAnErrorWhereverItEnds) {
  for (std::size_t size = 0; size < good_.size(); size += 1997) {
    read_all(good_.substr(0, size));
    if (HasFailure()) FAIL() << size << " octets";
  }
}

TEST_F(DamagedStore, ABlockOfZerosIsNoStore) {
  for (std::size_t at = 0; at < good_.size(); at += 1024) {
    std::string other = good_;
    other.replace(at, 1024, 1024, '\0');
    read_all(other);
    if (HasFailure()) FAIL() << "from octet " << at;
  }
}

/// Why the only bundle of a stranger's store is not read.
std::string why_not(const evidence::Bundle& bundle) {
  const cli::testing::Folder folder;
  const std::string file = folder.path("theirs.sqlite");
  {
    auto store = evidence::Store::open(file);
    (void)store->begin_run(kNow);
    (void)store->add("a", bundle);
    (void)store->finish_run(evidence::Store::Ending::whole);
  }
  const auto exported =
      cli::testing::run(kEvidence, {"export", "-o", folder.path("a.json"), file, "a"});
  auto list = BundleList::of_words(cli::testing::arguments(kReplay, {file}));
  const auto read = list->read(0);
  EXPECT_EQ(exported.outcome.has_value(), read.has_value());
  return read ? "" : read.error().detail;
}

TEST(StrangersStore, HasBundlesWithinTheRulesOfTheFormatAlone) {
  EXPECT_EQ(why_not(check_of(1)), "");
  evidence::Bundle other = check_of(1);
  other.dns.skew.most = std::chrono::hours(24 * 365 * 100);
  EXPECT_THAT(why_not(other), HasSubstr("theirs.sqlite: bundle 1 of run 1: skew"))
      << "or old signatures would count for ever";
  other = check_of(1);
  other.rules = 2;
  EXPECT_NE(why_not(other), "");
  for (const std::size_t octets : {std::size_t{1}, std::size_t{20}}) {
    other = check_of(1);
    other.dns.sets.emplace_back(octets, std::byte{0xff});
    evidence::Answer answer;
    answer.name = dns::Name::parse("zz.example").value();
    answer.type = 1;
    answer.security = dns::Security::insecure;
    answer.answer = {0};
    other.dns.answers.push_back(answer);
    EXPECT_THAT(why_not(other), HasSubstr("dns: ")) << "octets that are no records";
  }
}

}  // namespace
}  // namespace cli::dane
