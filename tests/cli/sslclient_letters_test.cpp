#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "cli/sslclient/letters.h"
#include "cli/sslclient/option_table.h"
#include "src/tls/priorities.h"

namespace cli::sslclient {
namespace {

using namespace std::chrono_literals;

/// The options after these letters, in their order.
Options after(std::string_view letters) {
  Options out;
  for (const char letter : letters) EXPECT_TRUE(apply_letter(letter, out)) << letter;
  return out;
}

TEST(SslclientLetters, TheLaterOneOfAPairWins) {
  EXPECT_EQ(after("q").verbosity, Verbosity::quiet);
  EXPECT_EQ(after("v").verbosity, Verbosity::all);
  EXPECT_EQ(after("vQ").verbosity, Verbosity::errors);
  EXPECT_EQ(after("4").target.families, resolver::Families::v4_only);
  EXPECT_EQ(after("46").target.families, resolver::Families::both);
  EXPECT_EQ(after("d").no_delay, Switch::off);
  EXPECT_EQ(after("dD").no_delay, Switch::on);
  EXPECT_FALSE(after("H").names.remote_host);
  EXPECT_TRUE(after("Hh").names.remote_host);
  EXPECT_TRUE(after("r").names.remote_info);
  EXPECT_FALSE(after("rR").names.remote_info);
  EXPECT_EQ(after("X").verify_peer, Switch::off);
  EXPECT_EQ(after("Xx").verify_peer, Switch::on);
  EXPECT_EQ(after("N").demand.name_check, policy::NameCheck::skip);
  EXPECT_EQ(after("N").verify_peer, Switch::on) << "names are one thing, keys another";
  EXPECT_EQ(after("Nn").demand.name_check, policy::NameCheck::compare);
  EXPECT_EQ(after("3").key_password_on_3, Switch::on);
  EXPECT_EQ(after("M").send_server_name, client::ServerName::dane_only);
  EXPECT_EQ(after("Mm").send_server_name, client::ServerName::always);
  EXPECT_EQ(after("s").tls_variables, Switch::on);
  EXPECT_EQ(after("sS").tls_variables, Switch::off);
  EXPECT_EQ(after("e").tcp_copies, ucspi::TcpCopies::yes);
  EXPECT_EQ(after("eE").tcp_copies, ucspi::TcpCopies::no);
  EXPECT_EQ(after("y").delayed_tls, Switch::on);
  EXPECT_EQ(after("yY").delayed_tls, Switch::off);
  EXPECT_EQ(after("j").relay.after_close, relay::AfterClose::hang_up);
  EXPECT_EQ(after("jJ").relay.after_close, relay::AfterClose::read_on);
}

// What letters do stands elsewhere than the table by which they are read.
TEST(SslclientLetters, EachLetterOfTheTableIsOneOrTheOther) {
  for (const Option& one : option_table()) {
    for (const char letter : {one.letter, one.opposite}) {
      if (letter == '\0') continue;
      Options options;
      EXPECT_EQ(apply_letter(letter, options), one.value_need() == Need::never) << letter;
    }
  }
}

base::Result<void> set(int letter, const char* argument, Draft& draft) {
  return apply_argument(letter, argument, draft);
}
bool is_refused(int letter, const char* argument) {
  Draft draft;
  const auto done = set(letter, argument, draft);
  return !done && done.error().kind == base::ErrorKind::usage;
}

TEST(SslclientLetters, WordsAreKept) {
  Draft draft;
  for (const char letter : {'I', 'a', 'A', 'c', 'k', 'K', 'l'}) {
    EXPECT_TRUE(set(letter, std::string(1, letter).c_str(), draft));
  }
  EXPECT_EQ(draft.interface, "I");
  EXPECT_EQ(draft.options.ca_file, "a");
  EXPECT_EQ(draft.options.ca_directory, "A");
  EXPECT_EQ(draft.options.tls.certificate.file, "c");
  EXPECT_EQ(draft.options.tls.certificate.key_file, "k");
  EXPECT_EQ(draft.options.key_password_file, "K");
  EXPECT_EQ(draft.options.names.local_host, "l");
}

TEST(SslclientLetters, NumbersHaveBounds) {
  Draft draft;
  EXPECT_TRUE(set('p', "65535", draft));
  EXPECT_TRUE(set('t', "0", draft));
  EXPECT_TRUE(set('w', "1", draft));
  EXPECT_TRUE(set('V', "100", draft));
  EXPECT_EQ(draft.options.source.port, 65535);
  EXPECT_EQ(draft.options.names.ident_limit, 0s);
  EXPECT_EQ(draft.options.relay.idle, 1s);
  EXPECT_EQ(draft.options.demand.max_intermediates, 100U);
  EXPECT_TRUE(is_refused('p', "65536"));
  EXPECT_TRUE(is_refused('w', "0")) << "nothing could be relayed";
  EXPECT_TRUE(is_refused('w', "10000001"));
  EXPECT_TRUE(is_refused('V', "101"));
  EXPECT_TRUE(is_refused('t', "x"));
}

TEST(SslclientLetters, TimeOutsOfConnecting) {
  Draft draft;
  EXPECT_TRUE(set('T', "3+4", draft));
  EXPECT_EQ(draft.options.timeouts.first, 3s);
  EXPECT_EQ(draft.options.timeouts.second, 4s);
  EXPECT_TRUE(set('T', "5", draft));
  EXPECT_EQ(draft.options.timeouts.first, 5s);
  EXPECT_EQ(draft.options.timeouts.second, 0s);
  for (const char* word : {"", "+", "1+", "+1", "1+x", "86401"}) {
    EXPECT_TRUE(is_refused('T', word)) << word;
  }
}

TEST(SslclientLetters, AddressesAndCiphers) {
  Draft draft;
  EXPECT_TRUE(set('i', "192.0.2.7", draft));
  ASSERT_TRUE(draft.options.source.address);
  EXPECT_EQ(net::to_text(*draft.options.source.address), "192.0.2.7");
  EXPECT_TRUE(is_refused('i', "here"));
  for (const char letter : {'C', 'z'}) {
    Draft one;
    EXPECT_TRUE(set(letter, "DEFAULT", one));
    EXPECT_EQ(one.options.tls.priorities, tls::default_priorities());
    EXPECT_TRUE(is_refused(letter, "NONSENSE"));
  }
}

}  // namespace
}  // namespace cli::sslclient
