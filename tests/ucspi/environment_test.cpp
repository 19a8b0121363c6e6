#include "src/ucspi/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace ucspi {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::string> applied(const Environment& environment,
                                 const std::vector<std::string>& inherited = {}) {
  std::vector<const char*> pointers;
  pointers.reserve(inherited.size() + 1);
  for (const auto& entry : inherited) pointers.push_back(entry.c_str());
  pointers.push_back(nullptr);
  return environment.applied_to(pointers.data());
}

std::map<std::string, std::string> as_map(const std::vector<std::string>& entries) {
  std::map<std::string, std::string> out;
  for (const auto& entry : entries) {
    const auto equals = entry.find('=');
    out[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return out;
}

ConnectionNames names() {
  ConnectionNames out;
  out.local = {*net::parse_address("192.0.2.1"), 40000};
  out.remote = {*net::parse_address("2001:db8::1"), 443};
  return out;
}

TEST(Environment, WhatIsInheritedStays) {
  EXPECT_THAT(applied({}, {"A=1", "B=", "ODD"}), ElementsAre("A=1", "B=", "ODD"));
  EXPECT_THAT(Environment().applied_to(nullptr), ElementsAre());
}

TEST(Environment, SetReplacesUnsetRemovesTheLastWordCounts) {
  Environment changes;
  changes.set("A", "new");
  changes.unset("B");
  changes.set("C", "1");
  changes.set("C", "2");
  changes.set("D", "gone");
  changes.unset("D");
  changes.set_or_unset("E", "there");
  changes.set_or_unset("F", std::nullopt);
  EXPECT_THAT(
      applied(changes, {"A=old", "A=twice", "B=x", "F=x", "AA=stays", "BB=stays"}),
      UnorderedElementsAre("A=new", "C=2", "E=there", "AA=stays", "BB=stays"));
}

TEST(Environment, APrefixGoesAltogether) {
  Environment environment;
  environment.unset_prefix("SSL_");
  environment.set("SSL_B", "new");
  const char* inherited[] = {"SSL_A=1", "SSL_=2", "SSLA=3", "SSL_B=old", nullptr};
  EXPECT_THAT(environment.applied_to(inherited), ElementsAre("SSLA=3", "SSL_B=new"));
}

TEST(Environment, AStrangersLineEndsBecomeMarks) {
  Environment changes;
  changes.set("A", "x\nSSLREMOTEIP=127.0.0.1\r\0y"s);
  EXPECT_THAT(applied(changes), ElementsAre("A=x?SSLREMOTEIP=127.0.0.1??y"));
}

TEST(Environment, TextKeepsItsLinesAndEmptyTextIsNone) {
  Environment changes;
  changes.set_text("PEM", "-----\nAAAA\n-----\n");
  changes.set_text("NONE", "");
  EXPECT_THAT(applied(changes, {"NONE=inherited"}),
              ElementsAre("PEM=-----\nAAAA\n-----\n"));
}

TEST(Environment, Connection) {
  Environment changes;
  auto known = names();
  known.local_host = "me.example";
  known.remote_host = "peer.example";
  known.remote_info = "joe";
  set_connection(changes, known, TcpCopies::no);
  const std::map<std::string, std::string> expected = {
      {"PROTO", "SSL6"},         {"SSLLOCALIP", "192.0.2.1"},
      {"SSLLOCALPORT", "40000"}, {"SSLLOCALHOST", "me.example"},
      {"SSLREMOTEPORT", "443"},  {"SSLREMOTEIP", "2001:db8::1"},
      {"SSLREMOTEINFO", "joe"},  {"SSLREMOTEHOST", "peer.example"}};
  EXPECT_EQ(as_map(applied(changes)), expected);
}

TEST(Environment, ProtocolIsThatOfTheConnection) {
  Environment changes;
  auto v4 = names();
  v4.remote.address = *net::parse_address("192.0.2.2");
  v4.remote_host = "";
  set_connection(changes, v4, TcpCopies::no);
  const auto out = as_map(applied(changes, {"SSLREMOTEHOST=x"}));
  EXPECT_EQ(out.at("PROTO"), "SSL");
  EXPECT_EQ(out.at("SSLREMOTEHOST"), "") << "asked for, and there is none";
}

TEST(Environment, ConnectionRemovesWhatIsNotKnown) {
  Environment changes;
  set_connection(changes, names(), TcpCopies::yes);
  const auto out =
      as_map(applied(changes, {"SSLREMOTEHOST=x", "SSLREMOTEINFO=x", "SSLLOCALHOST=x",
                               "TCPREMOTEHOST=x", "TCPREMOTEINFO=x", "TCPLOCALHOST=x"}));
  EXPECT_EQ(out.size(), 9U);
  EXPECT_EQ(out.at("TCPREMOTEIP"), out.at("SSLREMOTEIP"));
  EXPECT_EQ(out.at("TCPLOCALPORT"), "40000");
  EXPECT_EQ(out.count("SSLREMOTEHOST"), 0U);
}

TEST(Environment, WithoutCopiesTcpVariablesAreNotTouched) {
  Environment changes;
  set_connection(changes, names(), TcpCopies::no);
  EXPECT_EQ(as_map(applied(changes, {"TCPREMOTEIP=mine"})).at("TCPREMOTEIP"), "mine");
}

RC_GTEST_PROP(EnvironmentLaws, NoValueBecomesASecondLineOrVariable,
              (const std::string& host, const std::string& info)) {
  Environment changes;
  auto hostile = names();
  hostile.remote_host = host + "\nSSLREMOTEIP=1.2.3.4\n" + info;
  hostile.remote_info = info + "\r\n";
  set_connection(changes, hostile, TcpCopies::yes);
  const auto out = applied(changes);
  RC_ASSERT(out.size() == 13U);
  for (const auto& entry : out) {
    RC_ASSERT(entry.find_first_of("\n\r"s + '\0') == std::string::npos);
  }
  RC_ASSERT(as_map(out).at("SSLREMOTEIP") == "2001:db8::1");
}

}  // namespace
}  // namespace ucspi
