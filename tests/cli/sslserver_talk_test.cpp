#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <thread>

#include "cli/sslserver/talk.h"

namespace cli::sslserver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using std::string_literals::operator""s;
using Change = std::pair<std::string, std::optional<std::string>>;

/// What comes out at the other end.
std::optional<Words> sent(const Words& words) {
  auto talk = make_talk().value();
  std::thread speaker([&] {
    EXPECT_TRUE(send_words(talk.first.get(), words));
    talk.first.reset();
  });
  auto out = receive_words(talk.second.get());
  speaker.join();
  return out;
}

/// What is understood of octets that somebody sends and hangs up.
std::optional<Words> understood(const std::string& octets) {
  auto talk = make_talk().value();
  EXPECT_EQ(::send(talk.first.get(), octets.data(), octets.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(octets.size()));
  talk.first.reset();
  return receive_words(talk.second.get());
}

std::string number(std::uint32_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

TEST(SslserverTalk, WordsComeAsTheyWereSent) {
  for (const Words& words :
       {Words{}, Words{""}, Words{"", "", ""}, Words{"a", "b\nc\0d"s, "\xFF"},
        Words{std::string(3'000'000, 'x'), "behind"}, Words(10'000, "word")}) {
    EXPECT_EQ(sent(words), words);
  }
}

TEST(SslserverTalk, MessagesFollowEachOther) {
  auto talk = make_talk().value();
  EXPECT_TRUE(send_words(talk.first.get(), {"one"}));
  EXPECT_TRUE(send_words(talk.first.get(), {"two", "three"}));
  talk.first.reset();
  EXPECT_EQ(receive_words(talk.second.get()), Words{"one"});
  EXPECT_EQ(receive_words(talk.second.get()), (Words{"two", "three"}));
  EXPECT_EQ(receive_words(talk.second.get()), std::nullopt) << "the end";
}

TEST(SslserverTalk, NobodyHearsWhatIsSentToNobody) {
  std::signal(SIGPIPE, SIG_DFL);  // it would end the process
  auto talk = make_talk().value();
  talk.second.reset();
  EXPECT_FALSE(send_words(talk.first.get(), {"word"}));
}

TEST(SslserverTalk, HostileOctetsAreNoMessage) {
  EXPECT_EQ(understood(""), std::nullopt);
  EXPECT_EQ(understood("abc"), std::nullopt) << "no whole length";
  EXPECT_EQ(understood(number(10) + "short"), std::nullopt);
  EXPECT_EQ(understood(number(0xFFFFFFFF)), std::nullopt);
  EXPECT_EQ(understood(number(64 * 1024 * 1024 + 1)), std::nullopt);
  EXPECT_EQ(understood(number(3) + "abc"), std::nullopt) << "no length of a word";
  EXPECT_EQ(understood(number(5) + number(2) + "a"), std::nullopt);
  EXPECT_EQ(understood(number(4) + number(0xFFFFFFFF)), std::nullopt);
  EXPECT_EQ(understood(number(9) + number(1) + "a" + number(1)), std::nullopt);
  EXPECT_EQ(understood(number(0)), Words{});
}

TEST(SslserverTalk, NoMoreWordsThanHonestOnesHave) {
  auto talk = make_talk().value();
  std::thread speaker([&] {
    (void)send_words(talk.first.get(), {std::string(5'000'000, 'x')});
    talk.first.reset();
  });
  EXPECT_EQ(receive_words(talk.second.get()), std::nullopt);
  talk.second.reset();
  speaker.join();
}

// Names

ucspi::ConnectionNames named(std::optional<std::string> local,
                             std::optional<std::string> remote,
                             std::optional<std::string> info) {
  ucspi::ConnectionNames out;
  out.local_host = std::move(local);
  out.remote_host = std::move(remote);
  out.remote_info = std::move(info);
  return out;
}

TEST(SslserverTalk, NamesComeBackAsTheyWere) {
  for (const auto& names :
       {named("a.example", "b.example", "joe"), named({}, {}, {}), named("", "", ""),
        named("-", "+", "+-"), named({}, "b\nexample", {})}) {
    auto back = named("x", "y", "z");
    ASSERT_TRUE(read_names(to_words(names), back));
    EXPECT_EQ(back.local_host, names.local_host);
    EXPECT_EQ(back.remote_host, names.remote_host);
    EXPECT_EQ(back.remote_info, names.remote_info);
  }
}

TEST(SslserverTalk, NamesLeaveTheEndpointsAlone) {
  auto back = named({}, {}, {});
  back.remote = {net::parse_address("192.0.2.1").value(), 25};
  back.local = {net::parse_address("192.0.2.2").value(), 465};
  ASSERT_TRUE(read_names({"+a", "+b", "+c"}, back));
  EXPECT_EQ(net::to_text(back.remote.address), "192.0.2.1");
  EXPECT_EQ(back.remote.port, 25);
  EXPECT_EQ(back.local.port, 465);
}

TEST(SslserverTalk, WordsThatAreNoNamesAreRefused) {
  for (const Words& words :
       {Words{}, Words{"+a"}, Words{"+a", "+b"}, Words{"+a", "+b", "+c", "+d"},
        Words{"", "-", "-"}, Words{"-", "a", "-"}, Words{"-", "-", "--"}}) {
    ucspi::ConnectionNames names;
    EXPECT_FALSE(read_names(words, names)) << testing::PrintToString(words);
  }
}

// Variables: a talker that a stranger has taken over sends what it likes.

std::vector<Change> passed(const Words& words) {
  return session_variables(words).changes();
}

TEST(SslserverTalk, VariablesOfTheSessionComeBackAsTheyWere) {
  ucspi::Environment changes;
  changes.unset_prefix("SSL_SERVER_");
  changes.set("SSL_PROTOCOL", "TLSv1.3");
  changes.unset("SSL_CLIENT_CERT");
  changes.set("DANE_STATUS", "");
  changes.set_text("SSL_SERVER_CERT", "-----BEGIN\nlines\n");
  EXPECT_EQ(passed(to_words(changes)), changes.changes());
}

TEST(SslserverTalk, NothingElseIsLetThrough) {
  for (const auto* name :
       {"LD_PRELOAD", "PATH", "IFS", "", "*", "S*", "SSL", "SSL*", "SSLREMOTEIP",
        "SSLREMOTEHOST", "TCPREMOTEIP", "PROTO", "DANE", "D*", "ssl_cipher", " SSL_X",
        "RELAYCLIENT", "xSSL_", "CERTFILE",
        // What decides whom other programs believe.
        "SSL_CERT_FILE", "SSL_CERT_DIR", "DANE_FORWARD", "DANE_TRUST_ANCHOR"}) {
    EXPECT_THAT(passed({name, "+value"}), IsEmpty()) << name;
    EXPECT_THAT(passed({name, "-"}), IsEmpty()) << name;
  }
  EXPECT_THAT(passed({"PATH", "+/tmp", "SSL_CIPHER", "+x", "LD_PRELOAD", "+/tmp/x"}),
              ElementsAre(Pair("SSL_CIPHER", "x")));
}

// It would be another variable: SSL_=…, or one of a program that takes environments
// apart.
TEST(SslserverTalk, ANameThatIsNoneIsNotLetThrough) {
  for (const std::string& name :
       {"SSL_CLIENT_=x"s, "SSL_CLIENT_A=B\nPATH"s, "DANE_=LD_PRELOAD"s, "SSL_CLIENT_A=*"s,
        "SSL_CLIENT_\0PATH"s}) {
    EXPECT_THAT(passed({name, "+value"}), IsEmpty()) << name;
  }
}

TEST(SslserverTalk, AValueThatIsNoneIsNotLetThrough) {
  for (const auto* value : {"", "value", " +value", "--", "-value"}) {
    EXPECT_THAT(passed({"SSL_CIPHER", value}), IsEmpty()) << value;
  }
  EXPECT_THAT(passed({"SSL_CIPHER"}), IsEmpty()) << "a name alone";
  EXPECT_THAT(passed({}), IsEmpty());
  EXPECT_THAT(passed({"SSL_CIPHER", "+a", "SSL_PROTOCOL"}),
              ElementsAre(Pair("SSL_CIPHER", "a")));
}

TEST(SslserverTalk, AValueThatExecDoesNotTakeIsLeftOut) {
  EXPECT_THAT(passed({"SSL_CIPHER", "+" + std::string(1'000'000, 'x')}),
              ElementsAre(Pair("SSL_CIPHER", std::nullopt)));
}

TEST(SslserverTalk, OfThePrefixesOnlyThoseOfTheSessionAreCleared) {
  EXPECT_THAT(passed({"SSL_*", "-", "DANE_*", "+x", "SSL_CLIENT_*", "-"}),
              ElementsAre(Pair("SSL_CLIENT_*", std::nullopt)));
}

}  // namespace
}  // namespace cli::sslserver
