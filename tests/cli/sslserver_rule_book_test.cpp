#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/sslserver/rule_book.h"
#include "tests/rules/made_cdb.h"

namespace cli::sslserver {
namespace {

namespace fs = std::filesystem;
using rules::MadeCdb;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;
using std::string_literals::operator""s;

const std::string kDeny = "D\0"s;

/// A variable that a rule sets, as it stands in the file.
std::string variable(const std::string& text) { return "+" + text + '\0'; }

ucspi::ConnectionNames client(std::string_view address,
                              std::optional<std::string> host = std::nullopt,
                              std::optional<std::string> info = std::nullopt) {
  ucspi::ConnectionNames out;
  out.remote.address = net::parse_address(address).value();
  out.remote_host = std::move(host);
  out.remote_info = std::move(info);
  return out;
}

/// Files of rules, in a folder for the time of a test.
class SslserverRuleBook : public testing::Test {
 protected:
  SslserverRuleBook() {
    std::string name = (fs::temp_directory_path() / "rule_book.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~SslserverRuleBook() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string rules() const { return folder_ / "rules.cdb"; }
  [[nodiscard]] std::string addresses() const { return folder_ / "addresses.cdb"; }
  /// As tcprules does it: a new file takes the place of the old one.
  void put(const std::string& file, const std::string& octets) const {
    const std::string fresh = folder_ / "tmp";
    std::ofstream(fresh, std::ios::binary) << octets;
    fs::rename(fresh, file);
  }
  void put(const std::string& file, const MadeCdb& made) const {
    put(file, made.octets());
  }
  [[nodiscard]] RuleBook book(Switch may_be_missing = Switch::off) const {
    return {rules(), addresses(), may_be_missing};
  }
  /// `allow`, `deny`, or why there is no saying.
  static std::string verdict(const RuleBook& book, const ucspi::ConnectionNames& names) {
    const auto said = book.judge(names);
    if (!said) return said.error().detail;
    return said->is_allowed ? "allow" : "deny";
  }
  static std::string verdict(const RuleBook& book, std::string_view address) {
    return verdict(book, client(address));
  }

 private:
  fs::path folder_;
};

TEST_F(SslserverRuleBook, WithoutFilesEverybodyIsLetIn) {
  RuleBook none("", "", Switch::off);
  EXPECT_FALSE(none.trouble());
  EXPECT_FALSE(none.refresh());
  const auto said = none.judge(client("192.0.2.1"));
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->is_allowed);
  EXPECT_THAT(said->variables, IsEmpty());
  EXPECT_FALSE(none.denies_at_once(client("192.0.2.1").remote.address).value());
  EXPECT_THAT(none.all_variables().value(), IsEmpty());
}

TEST_F(SslserverRuleBook, ARuleDeniesOrSetsVariables) {
  put(rules(), MadeCdb()
                   .add("192.0.2.", kDeny)
                   .add("=.example", variable("A=b") + variable("C=d")));
  const RuleBook book(rules(), "", Switch::off);
  EXPECT_EQ(verdict(book, "192.0.2.1"), "deny");
  EXPECT_EQ(verdict(book, "192.0.3.1"), "allow");
  const auto said = book.judge(client("192.0.3.1", "mx.example"));
  ASSERT_TRUE(said);
  EXPECT_THAT(said->variables, ElementsAre(Pair("A", "b"), Pair("C", "d")));
  EXPECT_THAT(book.judge_address(client("192.0.3.1", "mx.example").remote.address)
                  .value()
                  .variables,
              IsEmpty())
      << "its name has not been asked for";
}

TEST_F(SslserverRuleBook, RulesByAddressDecideFirst) {
  put(addresses(), MadeCdb().add("192.0.2.1", "").add("192.0.2.2", kDeny));
  put(rules(), MadeCdb().add("192.0.2.", kDeny).add("192.0.2.2", ""));
  const RuleBook both = book();
  EXPECT_EQ(verdict(both, "192.0.2.1"), "allow") << "the other file is not asked";
  EXPECT_EQ(verdict(both, "192.0.2.2"), "deny");
  EXPECT_EQ(verdict(both, "192.0.2.3"), "deny") << "there is no rule in the first file";
  const auto at_once = [&](std::string_view address) {
    return both.denies_at_once(net::parse_address(address).value()).value();
  };
  EXPECT_FALSE(at_once("192.0.2.1"));
  EXPECT_TRUE(at_once("192.0.2.2"));
  EXPECT_FALSE(at_once("192.0.2.3")) << "a name may still let it in";
}

TEST_F(SslserverRuleBook, NamesAreNothingToRulesByAddress) {
  put(addresses(), MadeCdb().add("=.example", kDeny).add("joe@192.0.2.1", kDeny));
  put(rules(), MadeCdb());
  EXPECT_EQ(verdict(book(), client("192.0.2.1", "mx.example", "joe")), "allow");
}

// Nobody is let in by mistake: a file that is not there denies nobody only where that was
// said to be right.
TEST_F(SslserverRuleBook, AFileThatIsNotThereLetsNobodyIn) {
  put(addresses(), MadeCdb().add("192.0.2.1", ""));
  const RuleBook missing = book();
  ASSERT_TRUE(missing.trouble());
  EXPECT_EQ(missing.trouble()->kind, base::ErrorKind::usage);
  EXPECT_THAT(missing.trouble()->detail, StartsWith(rules() + ": "));
  EXPECT_THAT(verdict(missing, "192.0.2.1"), StartsWith(rules() + ": "));
  EXPECT_FALSE(missing.judge_address(net::parse_address("192.0.2.1").value()));
  EXPECT_FALSE(missing.denies_at_once(net::parse_address("192.0.2.1").value()));
}

TEST_F(SslserverRuleBook, AFileThatMayBeMissingIsAsIfItWereEmpty) {
  put(addresses(), MadeCdb().add("192.0.2.1", kDeny));
  const RuleBook missing = book(Switch::on);
  EXPECT_FALSE(missing.trouble());
  EXPECT_EQ(verdict(missing, "192.0.2.1"), "deny");
  EXPECT_EQ(verdict(missing, "192.0.2.2"), "allow");
}

TEST_F(SslserverRuleBook, AFileThatIsDamagedLetsNobodyInEvenIfItMayBeMissing) {
  put(addresses(), MadeCdb());
  const std::string whole = MadeCdb().add("192.0.2.1", kDeny).octets();
  for (const std::string& octets :
       {""s, "192.0.2.1:deny\n"s, whole.substr(0, whole.size() - 1),
        std::string(2048, 'x'), MadeCdb().add("192.0.2.1", "E").octets()}) {
    put(rules(), octets);
    EXPECT_TRUE(book(Switch::on).trouble()) << octets.size();
    EXPECT_THAT(verdict(book(Switch::on), "192.0.2.2"), StartsWith(rules() + ": "));
  }
}

TEST_F(SslserverRuleBook, ANameThatIsNoFileLetsNobodyInEvenIfItMayBeMissing) {
  put(addresses(), MadeCdb());
  fs::create_symlink("rules.cdb", rules());
  EXPECT_TRUE(book(Switch::on).trouble()) << "a link that leads to itself";
  fs::remove(rules());
  fs::create_directory(rules());
  EXPECT_TRUE(book(Switch::on).trouble());
}

TEST_F(SslserverRuleBook, AFileThatHasChangedIsReadAgain) {
  put(addresses(), MadeCdb());
  put(rules(), MadeCdb().add("192.0.2.1", kDeny));
  RuleBook now = book();
  EXPECT_EQ(verdict(now, "192.0.2.1"), "deny");
  EXPECT_FALSE(now.refresh()) << "nothing has changed";
  put(rules(), MadeCdb().add("192.0.2.2", kDeny));
  EXPECT_EQ(verdict(now, "192.0.2.1"), "deny") << "until it is looked at";
  EXPECT_TRUE(now.refresh());
  EXPECT_EQ(verdict(now, "192.0.2.1"), "allow");
  EXPECT_EQ(verdict(now, "192.0.2.2"), "deny");
  put(addresses(), MadeCdb().add("192.0.2.2", ""));
  EXPECT_TRUE(now.refresh());
  EXPECT_EQ(verdict(now, "192.0.2.2"), "allow");
}

TEST_F(SslserverRuleBook, TroubleComesAndGoesWithTheFile) {
  put(addresses(), MadeCdb());
  put(rules(), MadeCdb().add("192.0.2.1", kDeny));
  RuleBook now = book();
  put(rules(), "damaged"s);
  EXPECT_TRUE(now.refresh());
  EXPECT_TRUE(now.trouble());
  EXPECT_FALSE(now.refresh()) << "it is as damaged as before";
  EXPECT_TRUE(now.trouble());
  EXPECT_THAT(verdict(now, "192.0.2.2"), HasSubstr("rules.cdb"));
  put(rules(), MadeCdb().add("192.0.2.2", kDeny));
  EXPECT_TRUE(now.refresh());
  EXPECT_FALSE(now.trouble());
  EXPECT_EQ(verdict(now, "192.0.2.1"), "allow");
}

TEST_F(SslserverRuleBook, AFileThatGoesIsMissed) {
  put(addresses(), MadeCdb());
  put(rules(), MadeCdb().add("192.0.2.1", kDeny));
  RuleBook needed = book(), superfluous = book(Switch::on);
  fs::remove(rules());
  EXPECT_TRUE(needed.refresh());
  EXPECT_TRUE(needed.trouble());
  EXPECT_FALSE(needed.refresh());
  EXPECT_TRUE(needed.trouble());
  EXPECT_TRUE(superfluous.refresh());
  EXPECT_FALSE(superfluous.trouble());
  EXPECT_EQ(verdict(superfluous, "192.0.2.1"), "allow");
  put(rules(), MadeCdb().add("192.0.2.1", kDeny));
  EXPECT_TRUE(needed.refresh());
  EXPECT_EQ(verdict(needed, "192.0.2.1"), "deny");
  EXPECT_TRUE(superfluous.refresh());
  EXPECT_EQ(verdict(superfluous, "192.0.2.1"), "deny");
}

TEST_F(SslserverRuleBook, KnowsAllVariablesThatRulesSet) {
  put(rules(), MadeCdb()
                   .add("192.0.2.1", variable("CERTFILE=/a"))
                   .add("192.0.2.2", kDeny)
                   .add("192.0.2.3", variable("CERTFILE=/b") + variable("ALPN=h2")));
  put(addresses(), MadeCdb().add("192.0.2.4", variable("MAXCONIP=1")));
  EXPECT_THAT(book().all_variables().value(),
              ElementsAre(ElementsAre(Pair("CERTFILE", "/a")),
                          ElementsAre(Pair("CERTFILE", "/b"), Pair("ALPN", "h2")),
                          ElementsAre(Pair("MAXCONIP", "1"))));
}

}  // namespace
}  // namespace cli::sslserver
