// A manual page speaks of the options that its program has, all of them and no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "cli/options/resolver_options.h"
#include "tests/cli/program_tables.h"

namespace cli {
namespace {

using ::testing::IsEmpty;
using testing::program_tables;
using testing::ProgramTable;

using Spellings = std::set<std::string>;

std::string page_text(const std::string& page) {
  std::ifstream file(std::string(DANE_SOURCE_DIR "/docs/man/") + page + ".1.scd");
  EXPECT_TRUE(file) << page;
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

/// The options that stand in a page in bold letters: `*-x*`, `*--name*`, `*--name=*`.
Spellings spellings_in(const std::string& text) {
  static const std::regex kOption(R"(\*(--?[A-Za-z0-9][\w-]*)=?\*)");
  Spellings out;
  for (std::sregex_iterator at(text.begin(), text.end(), kOption), end; at != end; ++at) {
    out.insert((*at)[1]);
  }
  return out;
}

Spellings spellings_of(std::span<const Option> options) {
  Spellings out;
  for (const Option& one : options) {
    for (const char letter : {one.letter, one.opposite}) {
      if (letter != '\0') out.insert({'-', letter});
    }
    if (!one.name.empty()) out.insert("--" + std::string(one.name));
  }
  return out;
}

Spellings without(Spellings all, const Spellings& others) {
  for (const std::string& one : others) all.erase(one);
  return all;
}

/// What a page need not say itself, since it sends its reader to dane(1).
Spellings said_in_dane(const ProgramTable& table, const std::string& text) {
  if (!table.page.starts_with("dane-")) return {};
  Spellings out = {"-h", "--help"};
  if (text.find("resolver options are those of *dane*(1)") != std::string::npos) {
    out.merge(spellings_of(resolver_options()));
  }
  return out;
}

TEST(ManPages, EveryOptionIsDocumented) {
  for (const ProgramTable& table : program_tables()) {
    const std::string text = page_text(table.page);
    const Spellings missing =
        without(without(spellings_of(table.options), spellings_in(text)),
                said_in_dane(table, text));
    EXPECT_THAT(missing, IsEmpty()) << "docs/man/" << table.page << ".1.scd";
  }
}

TEST(ManPages, NoOptionIsDocumentedThatIsNotThere) {
  for (const ProgramTable& table : program_tables()) {
    Spellings known = spellings_of(table.options);
    if (table.page == "sslserver")
      known.insert("-C");  // of sslclient, whose lists it has
    // It has a table of what is spelt alike in all commands and in sslclient.
    if (table.page == "dane") {
      for (const ProgramTable& other : program_tables()) {
        known.merge(spellings_of(other.options));
      }
    }
    EXPECT_THAT(without(spellings_in(page_text(table.page)), known), IsEmpty())
        << "docs/man/" << table.page << ".1.scd";
  }
}

TEST(ManPages, TheResolverOptionsAreInTheirCommonPage) {
  EXPECT_THAT(without(spellings_of(resolver_options()), spellings_in(page_text("dane"))),
              IsEmpty());
}

}  // namespace
}  // namespace cli
