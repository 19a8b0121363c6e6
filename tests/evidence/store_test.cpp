#include "src/evidence/store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "src/evidence/bundle_json.h"
#include "src/evidence/checkpoint.h"
#include "src/evidence/merkle_tree.h"
#include "tests/evidence/some_bundles.h"
#include "tests/evidence/store_folder.h"

namespace evidence {
namespace {

using testing::HasSubstr;
using Keys = SomeInternet::Keys;
using Denial = SomeInternet::Denial;

const SomeInternet kInternet(Keys::ecdsa, Denial::nsec3);

class StoreTest : public StoreFolder {};

void add(Store& store, unsigned from, unsigned to, unsigned day = 0) {
  for (unsigned i = from; i < to; ++i) {
    const auto added = store.add(subject(i), kInternet.bundle(i, day));
    ASSERT_TRUE(added) << added.error().detail;
  }
}

/// A run with the first domains of the small internet.
std::string write_run(Store& store, unsigned domains, unsigned day = 0) {
  EXPECT_TRUE(store.begin_run(kNow));
  add(store, 0, domains, day);
  const auto text = store.finish_run(Store::Ending::whole);
  EXPECT_TRUE(text) << text.error().detail;
  return text.value_or("");
}

/// Why something failed. Errors of a store have its name in front, which is left out.
template <typename T>
std::string why(const base::Result<T>& result) {
  if (result) return "it did not fail";
  constexpr std::string_view kName = "/store: ";
  const std::string& all = result.error().detail;
  const std::size_t at = all.find(kName);
  return at == std::string::npos ? "nameless: " + all : all.substr(at + kName.size());
}

/// That the bundle is this one, and that its run has it.
void expect_proved(const base::Result<Bundle>& bundle, Bundle expected,
                   const std::string& checkpoint) {
  ASSERT_TRUE(bundle) << bundle.error().detail;
  ASSERT_TRUE(bundle->run);
  const RunPlace& place = *bundle->run;
  EXPECT_EQ(place.checkpoint, checkpoint);
  const auto read = read_checkpoint(place.checkpoint);
  ASSERT_TRUE(read);
  EXPECT_EQ(
      root_by_path(leaf_hash(hash_of(*bundle)), {place.index, read->leaves}, place.path),
      read->root);
  expected.run = place;
  EXPECT_EQ(to_json(*bundle), to_json(expected));
}

TEST_F(StoreTest, GivesBackWhatWasAdded) {
  constexpr unsigned kDomains = 30;
  Store store = open();
  const std::string checkpoint = write_run(store, kDomains);
  for (unsigned i = 0; i < kDomains; ++i) {
    expect_proved(store.bundle(subject(i), std::nullopt), kInternet.bundle(i, 0),
                  checkpoint);
    expect_proved(store.bundle_at(1, i), kInternet.bundle(i, 0), checkpoint);
  }
}

TEST_F(StoreTest, ManyBlocksOfLeavesMakeOneTree) {
  Bundle small;
  small.about = small.facts = small.verdict = "{}";
  MerkleRoot tree;
  for (const unsigned size : {1023U, 1024U, 1025U, 2500U}) {
    Store store = open();
    const auto run = store.begin_run(kNow);
    ASSERT_TRUE(run) << why(run);
    for (unsigned i = 0; i < size; ++i) {
      small.moment = kNow + std::chrono::seconds(i);
      ASSERT_TRUE(store.add(subject(i), small));
    }
    const auto checkpoint = store.finish_run(Store::Ending::whole);
    ASSERT_TRUE(checkpoint);
    for (const unsigned i : {0U, 1U, 1022U, size - 1}) {
      small.moment = kNow + std::chrono::seconds(i);
      expect_proved(store.bundle(subject(i), run->number), small, *checkpoint);
    }
  }
}

TEST_F(StoreTest, RunsAreAChain) {
  Store store = open();
  const std::string first = write_run(store, 3, 0);
  const std::string second = write_run(store, 2, 1);
  const auto runs = store.runs();
  ASSERT_TRUE(runs) << why(runs);
  ASSERT_EQ(runs->size(), 2);
  EXPECT_EQ((*runs)[0].previous, Octets32{});
  EXPECT_EQ((*runs)[1].previous, hash_of_checkpoint(first));
  EXPECT_EQ(read_checkpoint(second)->previous, hash_of_checkpoint(first));
  EXPECT_EQ((*runs)[1].leaves, 2);
  EXPECT_TRUE((*runs)[1].whole);
  // The last run that has it, or the one that is named.
  expect_proved(store.bundle(subject(1), std::nullopt), kInternet.bundle(1, 1), second);
  expect_proved(store.bundle(subject(2), std::nullopt), kInternet.bundle(2, 0), first);
  expect_proved(store.bundle(subject(1), 1), kInternet.bundle(1, 0), first);
  EXPECT_EQ(why(store.bundle(subject(2), 2)), "there is no bundle of domain 2");
  EXPECT_EQ(why(store.bundle(subject(2), 3)), "there is no run 3");
  EXPECT_EQ(why(store.bundle(subject(2), -1)), "there is no run -1");
  EXPECT_EQ(why(store.bundle_at(3, 0)), "there is no run 3");
  EXPECT_EQ(why(store.bundle_at(2, 2)), "run 2 has no bundle 3");
}

TEST_F(StoreTest, KeepsStamps) {
  Store store = open();
  write_run(store, 2);
  const base::Bytes one(3, std::byte{1}), other(4, std::byte{2});
  ASSERT_TRUE(store.add_stamp(1, one));
  ASSERT_TRUE(store.add_stamp(1, other));
  EXPECT_THAT(store.bundle(subject(1), std::nullopt)->run->stamps,
              testing::ElementsAre(one, other));
  EXPECT_EQ(why(store.add_stamp(2, one)), "there is no run 2");
}

TEST_F(StoreTest, AnUnfinishedRunIsTakenUp) {
  std::string whole;
  {
    Store store = open();
    whole = write_run(store, 40);
  }
  std::filesystem::remove(path());
  {
    Store store = open();
    ASSERT_TRUE(store.begin_run(kNow));
    add(store, 0, 15);
    ASSERT_TRUE(store.commit());
    add(store, 15, 20);  // which nobody commits
  }
  Store store = open();
  EXPECT_EQ(why(store.begin_run(kNow)), "run 1 is not finished");
  EXPECT_EQ(why(store.bundle(subject(1), 1)), "run 1 is not finished");
  EXPECT_EQ(why(store.bundle(subject(1), std::nullopt)),
            "no run of the store is finished");
  EXPECT_EQ(why(store.add_stamp(1, {})), "run 1 is not finished");
  const auto run = store.resume_run();
  ASSERT_TRUE(run && *run) << why(run);
  EXPECT_EQ((*run)->leaves, 15);
  EXPECT_EQ(store.holds(1, subject(14)), true);
  EXPECT_EQ(store.holds(1, subject(15)), false);
  add(store, 15, 40);
  EXPECT_EQ(store.holds(1, subject(39)), true);
  EXPECT_EQ(store.finish_run(Store::Ending::whole), whole);
}

TEST_F(StoreTest, AnUnfinishedRunIsClosed) {
  {
    Store store = open();
    ASSERT_TRUE(store.begin_run(kNow));
    add(store, 0, 5);
    ASSERT_TRUE(store.commit());
  }
  Store store = open();
  ASSERT_TRUE(store.resume_run());
  const auto text = store.finish_run(Store::Ending::early);
  ASSERT_TRUE(text) << why(text);
  EXPECT_EQ(read_checkpoint(*text)->leaves, 5);
  EXPECT_FALSE(store.runs()->front().whole);
  expect_proved(store.bundle(subject(4), std::nullopt), kInternet.bundle(4, 0), *text);
  EXPECT_TRUE(store.begin_run(kNow));
}

TEST_F(StoreTest, ARunMayBeEmpty) {
  Store store = open();
  const std::string text = write_run(store, 0);
  EXPECT_EQ(read_checkpoint(text)->leaves, 0);
  const auto none = store.resume_run();
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_EQ(why(store.add("x", {})), "no run was begun");
  EXPECT_EQ(why(store.finish_run(Store::Ending::whole)), "no run was begun");
}

TEST_F(StoreTest, ARunWithoutBundlesBeginsWhenItIsTakenUp) {
  constexpr auto kLater = kNow + std::chrono::hours(24);
  { ASSERT_TRUE(open().begin_run(kNow)); }
  Store store = open();
  const auto run = store.begin_run(kLater);
  ASSERT_TRUE(run) << why(run);
  EXPECT_EQ(run->number, 1);
  EXPECT_EQ(run->began, kLater);
  add(store, 0, 1, 0);
  ASSERT_TRUE(store.finish_run(Store::Ending::whole));
  const auto runs = store.runs();
  ASSERT_EQ(runs->size(), 1);
  EXPECT_EQ(runs->front().began, kLater);
}

TEST_F(StoreTest, IsReadWhileItIsWritten) {
  Store store = open();
  const std::string checkpoint = write_run(store, 3);
  ASSERT_TRUE(store.begin_run(kNow));
  add(store, 0, 3, 1);
  auto reader = Store::open_to_read(path());
  ASSERT_TRUE(reader) << why(reader);
  expect_proved(reader->bundle(subject(1), std::nullopt), kInternet.bundle(1, 0),
                checkpoint);
  ASSERT_TRUE(store.commit());
}

TEST_F(StoreTest, RefusesABundleAgainstTheRules) {
  Store store = open();
  ASSERT_TRUE(store.begin_run(kNow));
  Bundle bundle = kInternet.bundle(0, 0);
  std::swap(bundle.dns.sets[0], bundle.dns.sets[1]);
  EXPECT_EQ(why(store.add("x", bundle)), "a bundle to be stored has sets out of order");
  EXPECT_EQ(why(store.add("y", kInternet.bundle(1, 0))),
            "the store cannot be written to since an error");
}

// ----------------------------------------------------------------- killed and full

TEST_F(StoreTest, AProcessThatIsKilledLosesItsOpenTransactionAlone) {
  for (const int milliseconds : {50, 120, 200, 310}) {
    const pid_t child = fork();
    if (child == 0) {
      auto store = Store::open(path());
      auto run = store->resume_run();
      if (run && !*run) (void)store->begin_run(kNow);
      for (unsigned i = 0;; ++i) {
        if (store->holds(1, subject(i)).value_or(true)) continue;
        (void)store->add(subject(i), kInternet.bundle(i, 0));
        if (i % 7 == 0) (void)store->commit();
      }
    }
    usleep(static_cast<unsigned>(milliseconds) * 1000);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  Store store = open();
  const auto run = store.resume_run();
  ASSERT_TRUE(run) << why(run);
  ASSERT_TRUE(*run);
  const auto checkpoint = store.finish_run(Store::Ending::early);
  ASSERT_TRUE(checkpoint) << why(checkpoint);
  for (unsigned i = 0; i < (*run)->leaves; i += 5) {
    expect_proved(store.bundle_at(1, i), kInternet.bundle(i, 0), *checkpoint);
  }
}

TEST_F(StoreTest, AFullDiskIsOneClearError) {
  write_run(*std::make_unique<Store>(open()), 3);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{400'000, 400'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto store = Store::open(path());
    (void)store->begin_run(kNow);
    for (unsigned i = 0; i < 5000; ++i) {
      const auto added = store->add(subject(i), kInternet.bundle(i, 1));
      if (added) continue;
      const base::Error& error = added.error();
      const bool clear = error.kind == base::ErrorKind::temporary &&
                         error.code == base::Code::bad_file &&
                         error.detail.starts_with(path() + ": ");
      _exit(clear ? 0 : 1);
    }
    _exit(2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  Store store = open();
  const auto run = store.resume_run();
  ASSERT_TRUE(run && *run) << why(run);
  EXPECT_TRUE(store.finish_run(Store::Ending::early));
  EXPECT_TRUE(store.bundle(subject(2), 1));
}

// ------------------------------------------------------------------- strangers' files

TEST_F(StoreTest, RefusesWhatIsNoStore) {
  EXPECT_THAT(why(Store::open_to_read(path())), HasSubstr("unable to open"));
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_FALSE(Store::open(folder_ / "none" / "store"));
  std::ofstream(path()) << std::string(5000, 'a');
  EXPECT_THAT(why(Store::open_to_read(path())), HasSubstr("not a database"));
  EXPECT_THAT(why(Store::open(path())), HasSubstr("not a database"));
  std::ofstream(path()) << "";
  EXPECT_THAT(why(Store::open_to_read(path())), HasSubstr("no store of evidence"));
}

/// Alters a store as anybody can who has SQLite.
void alter(const std::string& path, const std::string& sql) {
  sqlite3* opened = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &opened), SQLITE_OK) << path;
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> file(opened, sqlite3_close);
  ASSERT_EQ(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sql << ": " << sqlite3_errmsg(opened);
}

TEST_F(StoreTest, HasTheTablesThatItHasAndNoOthers) {
  const std::vector<std::string> changes{
      "PRAGMA user_version = 2",
      "PRAGMA application_id = 7",
      "CREATE TABLE more (x)",
      "CREATE TRIGGER t AFTER INSERT ON sets BEGIN DELETE FROM runs; END",
      "CREATE INDEX more ON runs (abs(began))",
      "DROP INDEX sets_hash",
      "DROP TABLE peers; CREATE VIEW peers AS SELECT number, hash, octets FROM sets",
      "ALTER TABLE runs ADD COLUMN x INTEGER AS (number + 1)",
  };
  for (const std::string& change : changes) {
    std::filesystem::remove(path());
    write_run(*std::make_unique<Store>(open()), 1);
    alter(path(), change);
    EXPECT_THAT(why(Store::open_to_read(path())), HasSubstr("no store of evidence"))
        << change;
    EXPECT_THAT(why(Store::open(path())), HasSubstr("no store of evidence")) << change;
  }
}

TEST_F(StoreTest, SaysWhatIsDamaged) {
  const std::vector<std::pair<std::string, std::string>> changes{
      {"DELETE FROM blocks", "is not that of its leaves"},
      {"UPDATE blocks SET number = number + 1", "the leaves of a run"},
      {"UPDATE blocks SET leaves = zeroblob(64)", "it is not what"},
      {"UPDATE blocks SET leaves = zeroblob(33)", "the leaves of a run"},
      {"UPDATE blocks SET leaves = zeroblob(30000000)", "the leaves of a run"},
      {"DELETE FROM sets", "a row is missing"},
      {"UPDATE sets SET octets = zeroblob(20)", "a bundle is broken"},
      {"UPDATE sets SET octets = CAST(number AS BLOB)", "a bundle is broken"},
      {"UPDATE bundles SET packed = x'00'", "not what was compressed"},
      {"UPDATE bundles SET packed = x'0300'", "a bundle is broken"},
      {"UPDATE runs SET dictionary = x'00'", "not what was compressed"},
      {"UPDATE runs SET dictionary = zeroblob(40000)", "a run"},
      {"UPDATE runs SET previous = x'00'", "a run"},
      {"UPDATE runs SET checkpoint = x'00'", "the checkpoint of a run"},
      {"UPDATE runs SET checkpoint = CAST(replace(checkpoint, 'v1' || char(10) || '2', "
       "'v1' || char(10) || '3') AS BLOB)",
       "the checkpoint of run 1 is not that of its leaves"},
      {"UPDATE runs SET checkpoint = CAST(replace(checkpoint, 'v1' || char(10) || '2', "
       "'v1' || char(10) || '4294967296') AS BLOB)",
       "the checkpoint of run 1 is not that of its leaves"},
      {"UPDATE runs SET began = 300000000000", "a run"},
      {"UPDATE runs SET number = 5000000000", "a run"},
      {"UPDATE texts SET octets = x'00'", "no JSON text"},
      {"UPDATE texts SET octets = CAST(' {}' AS BLOB)", "not in canonical form"},
      {"UPDATE texts SET octets = CAST(replace(hex(zeroblob(1000000)), '00', '[') AS "
       "BLOB)",
       "nested too deep"},
  };
  for (const auto& [change, what] : changes) {
    std::filesystem::remove(path());
    write_run(*std::make_unique<Store>(open()), 2);
    alter(path(), change);
    auto store = Store::open_to_read(path());
    ASSERT_TRUE(store) << why(store);
    EXPECT_THAT(why(store->bundle(subject(1), std::nullopt)), HasSubstr(what)) << change;
  }
}

TEST_F(StoreTest, AnAlteredFileGivesErrorsOrTheBundleThatItHad) {
  std::string good, checkpoint;
  {
    Store store = open();
    checkpoint = write_run(store, 20);
  }
  {
    std::ifstream file(path(), std::ios::binary);
    good.assign(std::istreambuf_iterator<char>(file), {});
  }
  const std::string expected = [&] {
    return to_json(*Store::open_to_read(path())->bundle(subject(7), std::nullopt));
  }();
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    std::string other = good;
    const int times = 1 + round % 30;
    for (int i = 0; i < times; ++i) {
      other[random() % other.size()] = static_cast<char>(random() & 0xff);
    }
    if (round % 10 == 0) other.resize(random() % other.size());
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << other;
    auto store = Store::open_to_read(path());
    if (!store) continue;
    (void)store->runs();
    const auto bundle = store->bundle(subject(7), std::nullopt);
    if (!bundle) continue;
    // A stranger may write another run; an octet that is altered makes none.
    if (bundle->run->checkpoint == checkpoint) {
      Bundle other_stamps = *bundle;
      EXPECT_EQ(to_json(other_stamps), expected);
    }
  }
}

TEST_F(StoreTest, IsReadInAFolderThatNobodyMayWriteTo) {
  write_run(*std::make_unique<Store>(open()), 1);
  // Root may write everywhere, so it is somebody else for that.
  constexpr uid_t kNobody = 65'534;
  const bool is_root = geteuid() == 0;
  chmod(folder_.c_str(), is_root ? 0555 : 0500);
  ASSERT_EQ(seteuid(is_root ? kNobody : geteuid()), 0);
  EXPECT_NE(faccessat(AT_FDCWD, folder_.c_str(), W_OK, AT_EACCESS), 0);
  auto store = Store::open_to_read(path());
  ASSERT_EQ(seteuid(getuid()), 0);
  chmod(folder_.c_str(), 0700);
  ASSERT_TRUE(store) << why(store);
  EXPECT_TRUE(store->bundle(subject(0), std::nullopt));
}

}  // namespace
}  // namespace evidence
