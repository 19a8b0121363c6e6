#include "src/rules/rule_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/rules/made_cdb.h"

namespace rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

/// Debian's tcprules and tcprulescheck (ucspi-tcp-ipv6), in a folder for the time of a
/// test.
class Tcprules {
 public:
  Tcprules() {
    std::string name = (std::filesystem::temp_directory_path() / "rules.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Tcprules() { std::filesystem::remove_all(folder_); }
  Tcprules(const Tcprules&) = delete;
  Tcprules& operator=(const Tcprules&) = delete;

  [[nodiscard]] std::string path(const std::string& name = "cdb") const {
    return folder_ / name;
  }
  /// Makes the file of lines, which tcprules takes.
  void make(std::string_view lines) const {
    write("lines", lines);
    const std::string command =
        "/usr/bin/tcprules " + path() + " " + path("tmp") + " <" + path("lines");
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  void write(const std::string& name, std::string_view octets) const {
    std::ofstream(path(name), std::ios::binary) << octets;
  }
  /// The keys that tcpserver goes by for peers that are given as variables of a shell,
  /// `TCPREMOTEIP=1.2.3.4`; nothing where it finds none.
  [[nodiscard]] std::vector<std::optional<std::string>> check(
      const std::vector<std::string>& peers) const {
    std::string script;
    for (const std::string& each : peers) {
      script += each + " /usr/bin/tcprulescheck " + path() + "\n";
    }
    write("script", script);
    FILE* const pipe = popen(("env -i sh " + path("script")).c_str(), "r");
    std::vector<std::optional<std::string>> out;
    std::array<char, 4096> part{};
    while (fgets(part.data(), part.size(), pipe) != nullptr) {
      const std::string_view line =
          part.data();  // `rule KEY:` or `default:`, then others
      constexpr std::string_view kRule = "rule ", kEnd = ":\n";
      if (line == "default:\n") out.emplace_back(std::nullopt);
      if (!line.starts_with(kRule)) continue;
      out.emplace_back(
          line.substr(kRule.size(), line.size() - kRule.size() - kEnd.size()));
    }
    EXPECT_EQ(pclose(pipe), 0);
    return out;
  }

 private:
  std::filesystem::path folder_;
};

Peer peer(std::string_view address, std::optional<std::string> host = std::nullopt,
          std::optional<std::string> info = std::nullopt) {
  return {net::parse_address_name(address).value(), std::move(host), std::move(info)};
}

/// The key of the rule for a peer.
std::optional<std::string> key(const RuleFile& file, const Peer& peer) {
  const auto rule = file.find(peer);
  if (!rule) return "an error: " + rule.error().detail;
  return *rule ? std::optional((*rule)->key) : std::nullopt;
}

template <typename T>
void expect_bad(const base::Result<T>& result, const std::string& path) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(result.error().code, base::Code::bad_file);
  EXPECT_THAT(result.error().detail, StartsWith(path + ": "));
}

TEST(RuleFile, ARuleOfTcprules) {
  const Tcprules tools;
  tools.make(
      "# no rule\n10.0.:allow,RELAYCLIENT=\"@fix.me\",A=/b\"c/,E=\"\"\n:deny,X=\"y\"\n");
  const RuleFile file = RuleFile::open(tools.path()).value();
  const auto ten = file.find(peer("10.0.3.4")).value();
  ASSERT_TRUE(ten);
  EXPECT_EQ(ten->key, "10.0.");
  EXPECT_FALSE(ten->deny);
  EXPECT_THAT(ten->variables, ElementsAre(Pair("RELAYCLIENT", "@fix.me"),
                                          Pair("A", "b\"c"), Pair("E", "")));
  const auto other = file.find(peer("10.1.3.4")).value();
  ASSERT_TRUE(other);
  EXPECT_EQ(other->key, "");
  EXPECT_TRUE(other->deny);
  EXPECT_THAT(other->variables, ElementsAre(Pair("X", "y")));
}

TEST(RuleFile, NoRuleForAPeer) {
  const Tcprules tools;
  tools.make("10.:deny\n");
  EXPECT_EQ(RuleFile::open(tools.path())->find(peer("11.0.0.1")).value().has_value(),
            false);
  tools.make("");
  const RuleFile empty = RuleFile::open(tools.path()).value();
  EXPECT_EQ(key(empty, peer("::1", "localhost", "joe")), std::nullopt);
  EXPECT_THAT(empty.all().value(), IsEmpty());
}

TEST(RuleFile, RangesAreAKeyForEachNumber) {
  const Tcprules tools;
  tools.make("1.2.3.4-7:deny\n10.2-3.:deny\n");
  const RuleFile file = RuleFile::open(tools.path()).value();
  EXPECT_EQ(file.all()->size(), 6U);
  EXPECT_EQ(key(file, peer("1.2.3.3")), std::nullopt);
  EXPECT_EQ(key(file, peer("1.2.3.4")), "1.2.3.4");
  EXPECT_EQ(key(file, peer("1.2.3.7")), "1.2.3.7");
  EXPECT_EQ(key(file, peer("1.2.3.8")), std::nullopt);
  EXPECT_EQ(key(file, peer("10.3.0.1")), "10.3.");
}

TEST(RuleFile, AllRulesInTheirOrderAndTheFirstOfAKeyCounts) {
  const Tcprules tools;
  tools.make("=:allow\n1.2.3.4:deny\n1.2.3.4:allow,A=\"1\"\n:allow\n");
  const RuleFile file = RuleFile::open(tools.path()).value();
  std::vector<std::string> keys;
  const std::vector<Rule> all = file.all().value();
  for (const Rule& rule : all) keys.push_back(rule.key);
  EXPECT_THAT(keys, ElementsAre("=", "1.2.3.4", "1.2.3.4", ""));
  EXPECT_TRUE(file.find(peer("1.2.3.4")).value()->deny);
}

TEST(RuleFile, MovesWithWhatItHolds) {
  const Tcprules tools;
  tools.make("10.0.0.0/8:deny\n1.:deny\n");
  RuleFile first = RuleFile::open(tools.path()).value();
  const RuleFile second = std::move(first);
  EXPECT_EQ(key(second, peer("10.0.0.1")), "10.0.0.0/8");
  EXPECT_EQ(key(second, peer("1.0.0.1")), "1.");
}

// What tcpserver decides, beside what is decided here: the key that each goes by.

constexpr std::string_view kManyRules =
    "joe@1.2.3.4:allow\njoe@=a.b.example:allow\njoe@::1:allow\n1.2.3.4:allow\n"
    "=a.b.example:allow\n1.2.3.:allow\n1.2.:allow\n1.:allow\n=.b.example:allow\n"
    "=.example:allow\n=:allow\n:allow\n::1:allow\nfe80::1:allow\nfe80::allow\n"
    "2001:db8::allow\n2001:db8:::allow\n2001:db8:0:0:5::allow\n2001::allow\n"
    "2001:db8::1:2:3:4:5:allow\n";

TEST(RuleFile, GoesByTheKeyThatTcpserverGoesBy) {
  const std::optional<std::string> none;
  std::vector<Peer> peers;
  std::vector<std::string> variables;
  // Addresses as tcpserver writes them, which is not always as RFC 5952 does.
  for (const std::string address :
       {"1.2.3.4", "1.2.3.5", "1.2.4.4", "1.3.3.4", "9.9.9.9", "::1", "::2", "fe80::1",
        "fe80::2", "2001:db8::1", "2001:db9::1",
        "2001:db8:0:0:5::", "2001:db8::1:2:3:4:5"}) {
    for (const auto& host : {none, std::optional<std::string>("a.b.example"),
                             std::optional<std::string>("x.example")}) {
      for (const auto& info : {none, std::optional<std::string>("joe")}) {
        peers.push_back(peer(address, host, info));
        variables.push_back("TCPREMOTEIP=" + address +
                            (host ? " TCPREMOTEHOST=" + *host : "") +
                            (info ? " TCPREMOTEINFO=" + *info : ""));
      }
    }
  }
  const Tcprules tools;
  // With fewer and fewer of the rules: what is left decides.
  for (std::string lines(kManyRules); !lines.empty();) {
    tools.make(lines);
    const RuleFile file = RuleFile::open(tools.path()).value();
    const auto theirs = tools.check(variables);
    ASSERT_EQ(theirs.size(), peers.size());
    for (std::size_t i = 0; i < peers.size(); ++i) {
      EXPECT_EQ(key(file, peers[i]), theirs[i]) << variables[i] << "\n" << lines;
    }
    for (int i = 0; i < 5 && !lines.empty(); ++i) lines.erase(0, lines.find('\n') + 1);
  }
}

TEST(RuleFile, HostNamesInAnyCase) {
  const Tcprules tools;
  tools.make("=mx.example:deny\n=.example:allow\n");
  const RuleFile file = RuleFile::open(tools.path()).value();
  EXPECT_EQ(key(file, peer("1.2.3.4", "MX.Example")), "=mx.example");
  EXPECT_EQ(key(file, peer("1.2.3.4", "mx.example.")), "=mx.example");
  EXPECT_EQ(key(file, peer("1.2.3.4", "a.mx.example")), "=.example");
  EXPECT_EQ(key(file, peer("1.2.3.4", "example")), std::nullopt);
}

TEST(RuleFile, AMappedAddressIsTheIpv4Address) {
  const Tcprules tools;
  tools.make("1.2.:deny\n::ffff:9.9.9.9:deny\n");
  const RuleFile file = RuleFile::open(tools.path()).value();
  EXPECT_EQ(key(file, peer("::ffff:1.2.3.4")), "1.2.");
  EXPECT_EQ(key(file, peer("::ffff:9.9.9.9")), "::ffff:9.9.9.9");
  EXPECT_EQ(key(file, peer("9.9.9.9")), "::ffff:9.9.9.9");
}

TEST(RuleFile, BlocksThatTcprulesOfDebianWritesAsTheyStand) {
  const Tcprules tools;
  tools.make(
      "10.0.0.0/8:deny\n10.1.0.0/255.255.0.0:allow\nfe80::/10:deny\n2001:DB8::1:deny\n"
      "10.2.:allow\n:allow,D=\"efault\"\n");
  // Its own tcpserver finds none of them.
  EXPECT_THAT(tools.check({"TCPREMOTEIP=10.0.0.1"}), ElementsAre(""));
  const RuleFile file = RuleFile::open(tools.path()).value();
  EXPECT_EQ(key(file, peer("10.0.0.1")), "10.0.0.0/8");
  EXPECT_EQ(key(file, peer("10.1.255.1")), "10.1.0.0/255.255.0.0");
  EXPECT_EQ(key(file, peer("10.2.0.1")), "10.2.");
  EXPECT_EQ(key(file, peer("febf::1")), "fe80::/10");
  EXPECT_EQ(key(file, peer("fec0::1")), "");
  EXPECT_EQ(key(file, peer("2001:db8::1")), "2001:DB8::1");
}

TEST(RuleFile, FilesOfHoffmannsTcprules) {
  using namespace std::string_literals;
  const auto file =
      RuleFile::read(MadeCdb()
                         .add("_0000e0g0", "D\0"s)
                         .add("_0000e0g000000000", "+A=16\0"s)
                         .add("^`abcdef0g0", "")
                         .add("2001:0DB8:0000:0000:0000:0000:0000:0001", "")
                         .add("joe@2001:0DB8:0000:0000:0000:0000:0000:0001", "")
                         .octets(),
                     "x");
  ASSERT_TRUE(file);
  EXPECT_EQ(key(*file, peer("10.255.0.1")), "_0000e0g0");
  EXPECT_EQ(key(*file, peer("10.0.0.1")), "_0000e0g000000000");
  EXPECT_EQ(key(*file, peer("11.0.0.1")), std::nullopt);
  EXPECT_EQ(key(*file, peer("febf::1")), "^`abcdef0g0");
  EXPECT_EQ(key(*file, peer("fec0::1")), std::nullopt);
  EXPECT_EQ(key(*file, peer("2001:db8::1")), "2001:0DB8:0000:0000:0000:0000:0000:0001");
  EXPECT_EQ(key(*file, peer("2001:db8::1", std::nullopt, "joe")),
            "joe@2001:0DB8:0000:0000:0000:0000:0000:0001");
}

// Files that are not there, and files that are no rules.

TEST(RuleFile, AFileThatIsNotThere) {
  const Tcprules tools;
  expect_bad(RuleFile::open(tools.path()), tools.path());
}

TEST(RuleFile, WhatIsThereAndCannotBeReadIsAnError) {
  const Tcprules tools;
  tools.write("zeros", std::string(2048, '\0'));
  tools.write("text", "10.:deny\n");
  tools.write("empty", "");
  std::filesystem::create_symlink("loop", tools.path("loop"));
  for (const std::string name : {"zeros", "text", "empty", "loop", ".", "text/x"}) {
    expect_bad(RuleFile::open(tools.path(name)), tools.path(name));
  }
}

TEST(RuleFile, ADamagedFileOfTcprulesIsAnError) {
  const Tcprules tools;
  tools.make("10.:deny,A=\"b\"\n=.example:allow\n:allow\n");
  std::string octets;
  {
    std::ifstream in(tools.path(), std::ios::binary);
    octets.assign(std::istreambuf_iterator<char>(in), {});
  }
  ASSERT_TRUE(RuleFile::read(octets, "x"));
  for (std::size_t size = 0; size < octets.size(); ++size) {
    ASSERT_FALSE(RuleFile::read(octets.substr(0, size), "x")) << size;
  }
  // Of the data, only names and values can be other ones and still be some.
  const std::size_t variable = octets.find("A=b");
  for (std::size_t i = 0; i < octets.size(); ++i) {
    std::string other = octets;
    other[i] = static_cast<char>(other[i] + 1);
    const bool may = i == variable || i == variable + 2;
    ASSERT_EQ(RuleFile::read(other, "x").has_value(), may) << i;
  }
}

TEST(RuleFile, ARuleThatIsNoneIsTold) {
  const std::string octets = MadeCdb().add("1.", "").add("2.\n", "E").octets();
  const auto file = RuleFile::read(octets, "rules.cdb");
  expect_bad(file, "rules.cdb");
  EXPECT_EQ(file.error().detail, "rules.cdb: the rule of `2.?` is damaged or too large");
}

}  // namespace
}  // namespace rules
