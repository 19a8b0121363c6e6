#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/sslserver/key_book.h"
#include "tests/support/certificates.h"

namespace cli::sslserver {
namespace {

namespace fs = std::filesystem;
using support::key_pem;
using support::pem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

/// Names with a number that stands for the chains of each: the first octets of its leaf
/// would say less.
std::vector<std::string> names_of(const SiteChains& site) {
  std::vector<std::string> out;
  for (const auto& [name, chains] : site.by_name) {
    for (const auto& chain : chains)
      out.push_back(name + " " + std::to_string(chain.key));
  }
  return out;
}

bool is_same(const std::vector<tls::ServedChain>& a,
             const std::vector<tls::ServedChain>& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    return one.key == other.key && one.certificates == other.certificates;
  });
}

/// A folder for the time of a test.
class SslserverKeyBook : public testing::Test {
 protected:
  SslserverKeyBook() {
    std::string name = (fs::temp_directory_path() / "key_book.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~SslserverKeyBook() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name = "") const {
    return (folder_ / name).string();
  }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(path(name)) << text;
    return path(name);
  }
  /// A leaf with these names and a key that is called as the first of them.
  static std::string certificate(const std::vector<std::string>& dns,
                                 const std::string& key) {
    auto recipe = support::leaf("Middle", dns);
    recipe.subject = "common.example";
    recipe.key = {key};
    return pem(support::make(recipe));
  }
  static std::string pair(const std::vector<std::string>& dns, const std::string& key) {
    return certificate(dns, key) + key_pem({key});
  }
  static base::Result<KeyBook> read(const std::vector<SiteSettings>& settings,
                                    const std::string& password = "") {
    return read_keys(settings, password);
  }
  /// The one site of these settings.
  static SiteChains site(const SiteSettings& settings) {
    auto book = read({settings});
    EXPECT_TRUE(book) << book.error().detail;
    return book ? book->sites.at(0) : SiteChains();
  }
  static std::string refusal(const SiteSettings& settings) {
    const auto book = read({settings});
    if (book) return "taken";
    EXPECT_EQ(book.error().kind, base::ErrorKind::usage);
    return book.error().detail;
  }
  static SiteSettings of_files(std::vector<keeper::PairFiles> pairs) {
    SiteSettings out;
    out.pairs = std::move(pairs);
    return out;
  }
  [[nodiscard]] SiteSettings of_directory(const std::string& name) const {
    SiteSettings out;
    out.directory = path(name);
    return out;
  }

 private:
  fs::path folder_;
};

TEST_F(SslserverKeyBook, ChainsAndKeysOfTheFiles) {
  const auto one = write("one", pair({"a.example"}, "one"));
  const auto chain = write("chain", certificate({"b.example"}, "two"));
  const auto key = write("key", key_pem({"two"}));
  const auto book = read({of_files({{one, ""}, {chain, key}})});
  ASSERT_TRUE(book) << book.error().detail;
  ASSERT_EQ(book->keys.size(), 2U);
  ASSERT_EQ(book->sites.size(), 1U);
  const auto& shown = book->sites[0].fallback;
  ASSERT_EQ(shown.size(), 2U);
  for (const auto& chain_of_one : shown) {
    EXPECT_TRUE(book->keys.at(chain_of_one.key).fits(chain_of_one.certificates.front()));
  }
  EXPECT_THAT(names_of(book->sites[0]), ElementsAre("a.example 0", "b.example 1"));
}

TEST_F(SslserverKeyBook, AFileOfManySitesIsReadOnce) {
  const auto one = write("one", pair({"a.example"}, "one"));
  auto first = of_files({{one, ""}}), second = first;
  second.protocols = {"h2"};
  const auto book = read({first, second});
  ASSERT_TRUE(book);
  EXPECT_EQ(book->keys.size(), 1U);
  ASSERT_EQ(book->sites.size(), 2U);
  EXPECT_TRUE(is_same(book->sites[0].fallback, book->sites[1].fallback));
}

TEST_F(SslserverKeyBook, NamesAreThoseOfTheAlternativeNamesAlone_Rfc9525s6_3) {
  const auto some = write("some", pair({"A.Example", "*.b.example"}, "one"));
  EXPECT_THAT(names_of(site(of_files({{some, ""}}))),
              ElementsAre("*.b.example 0", "a.example 0"));
  const auto none = write("none", pair({}, "one"));
  const auto shown = site(of_files({{none, ""}}));
  EXPECT_THAT(names_of(shown), IsEmpty()) << "its common name does not count";
  EXPECT_EQ(shown.fallback.size(), 1U);
}

TEST_F(SslserverKeyBook, OneNameMayHaveKeysOfTwoKinds) {
  const auto first = write("first", pair({"a.example"}, "one"));
  const auto second = write("second", pair({"a.example", "b.example"}, "two"));
  EXPECT_THAT(names_of(site(of_files({{first, ""}, {second, ""}}))),
              ElementsAre("a.example 0", "a.example 1", "b.example 1"));
}

TEST_F(SslserverKeyBook, ADirectoryHasFilesOfSets) {
  write("certs/b.example.pem", pair({"b.example"}, "two"));
  write("certs/a.example.pem", pair({"a.example"}, "one"));
  write("certs/README", "no certificate");
  write("certs/.hidden.pem", "no certificate");
  write("certs/a.key", "no certificate");
  const auto shown = site(of_directory("certs"));
  EXPECT_THAT(names_of(shown), ElementsAre("a.example 0", "b.example 1"));
  EXPECT_EQ(shown.fallback.size(), 2U) << "there is nothing else for other names";
}

TEST_F(SslserverKeyBook, ADirectoryHasFoldersAsCertbotMakesThem) {
  write("live/README", "This directory contains your keys");
  write("live/a.example/fullchain.pem", certificate({"a.example"}, "one"));
  write("live/a.example/privkey.pem", key_pem({"one"}));
  write("live/a.example/cert.pem", "not looked at");
  write("live/empty.example/other", "");
  write("archive/fullchain.pem", certificate({"c.example"}, "three"));
  write("archive/privkey.pem", key_pem({"three"}));
  fs::create_directory_symlink(path("archive"), path("live/c.example"));
  EXPECT_THAT(names_of(site(of_directory("live"))),
              ElementsAre("a.example 0", "c.example 1"));
}

TEST_F(SslserverKeyBook, FilesOfTheirOwnAreForNamesThatADirectoryDoesNotHave) {
  write("certs/a.example.pem", pair({"a.example"}, "one"));
  auto settings = of_directory("certs");
  settings.pairs = {{write("usual", pair({"usual.example"}, "two")), ""}};
  const auto shown = site(settings);
  EXPECT_THAT(names_of(shown), ElementsAre("a.example 1", "usual.example 0"));
  ASSERT_EQ(shown.fallback.size(), 1U);
  EXPECT_EQ(shown.fallback[0].key, 0U);
}

TEST_F(SslserverKeyBook, ADirectoryThatCannotBeUsedIsAnErrorThatNamesIt) {
  EXPECT_THAT(refusal(of_directory("nowhere")), StartsWith(path("nowhere") + ": "));
  fs::create_directory(path("empty"));
  EXPECT_EQ(refusal(of_directory("empty")),
            path("empty") + ": there is no certificate in it");
  write("file", "");
  EXPECT_THAT(refusal(of_directory("file")), StartsWith(path("file") + ": "));
}

TEST_F(SslserverKeyBook, ASetThatCannotBeUsedIsAnErrorThatNamesIt) {
  write("certs/a.example.pem", pair({"a.example"}, "one"));
  const auto bad = write("certs/b.example.pem", certificate({"b.example"}, "two"));
  EXPECT_THAT(refusal(of_directory("certs")), StartsWith(bad + ": "));
  fs::remove(bad);
  write("certs/c.example/fullchain.pem", certificate({"c.example"}, "three"));
  EXPECT_THAT(refusal(of_directory("certs")),
              StartsWith(path("certs/c.example/privkey.pem") + ": "));
}

TEST_F(SslserverKeyBook, ThePasswordIsThatOfAllKeys) {
  const auto file =
      write("locked", certificate({"a.example"}, "one") + key_pem({"one"}, "sesame"));
  EXPECT_TRUE(read({of_files({{file, ""}})}, "sesame"));
  EXPECT_THAT(refusal(of_files({{file, ""}})), HasSubstr("no password was given"));
}

TEST_F(SslserverKeyBook, NoSettingsHaveNoSites) {
  const auto book = read({});
  ASSERT_TRUE(book);
  EXPECT_THAT(book->sites, IsEmpty());
}

// Another process is told of the chains by words.

TEST(SslserverChains, ComeBackOutOfWords) {
  const base::Bytes one = support::make(support::ca("One"));
  const base::Bytes other = {std::byte{0}, std::byte{'\n'}, std::byte{0xFF}};
  SiteChains full;
  full.fallback = {{{one, other}, 7}, {{other}, 4'000'000'000}};
  full.by_name["*.example.org"] = {{{one}, 0}};
  // Words that the reader itself has a meaning for.
  full.by_name["site"] = {{{other, one}, 1}, {{one}, 2}};
  full.by_name["fallback"] = {};
  full.by_name["name"] = {{{}, 3}};
  full.by_name[""] = {{{one}, 5}};
  const std::vector<SiteChains> sites = {full, {}, full};
  const auto back = chains_from(to_words(sites));
  ASSERT_EQ(back.size(), sites.size());
  for (std::size_t i = 0; i < sites.size(); ++i) {
    EXPECT_TRUE(is_same(back[i].fallback, sites[i].fallback)) << i;
    ASSERT_EQ(back[i].by_name.size(), sites[i].by_name.size()) << i;
    for (const auto& [name, chains] : sites[i].by_name) {
      ASSERT_TRUE(back[i].by_name.contains(name)) << name;
      EXPECT_TRUE(is_same(back[i].by_name.at(name), chains)) << name;
    }
  }
}

TEST(SslserverChains, NoWordsAreNoSites) {
  EXPECT_THAT(to_words({}), IsEmpty());
  EXPECT_THAT(chains_from({}), IsEmpty());
}

}  // namespace
}  // namespace cli::sslserver
