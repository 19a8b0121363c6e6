#include "src/ucspi/program_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/relay/fake_session.h"

namespace ucspi {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

ProgramFacts facts(const tls::Session* session) {
  ProgramFacts out;
  out.names.remote.address = net::parse_address("192.0.2.1").value();
  out.names.remote.port = 25;
  out.session = session;
  out.dane = {{"DANE_STATUS", "dane"}, {"DANE_NAME", ""}};
  return out;
}

constexpr std::array<const char*, 8> kInherited = {
    "PATH=/bin",           "DANE_STATUS=pkix",
    "DANE_NAME=other",     "SSL_PROTOCOL=SSLv2",
    "SSL_SERVER_CERT=x",   "SSL_SERVER_CERT_CHAIN_3=x",
    "SSL_CLIENT_VERIFY=x", nullptr};

TEST(ProgramEnvironment, TellsOfTheConnectionAndTheProof) {
  const relay::FakeSession session;
  const auto got = program_environment(facts(&session), kInherited.data());
  EXPECT_THAT(got, Contains("PATH=/bin"));
  EXPECT_THAT(got, Contains("SSLREMOTEIP=192.0.2.1"));
  EXPECT_THAT(got, Contains("DANE_STATUS=dane"));
  EXPECT_THAT(got, Not(Contains(StartsWith("DANE_NAME=")))) << "of another peer";
  EXPECT_THAT(got, Not(Contains(StartsWith("TCPREMOTEIP="))));
  EXPECT_THAT(got, Contains("SSL_PROTOCOL=SSLv2")) << "nobody asked for them";
}

TEST(ProgramEnvironment, WithoutTlsThereIsNoProof) {
  auto plain = facts(nullptr);
  plain.tls_variables = TlsVariables::yes;
  const auto got = program_environment(plain, kInherited.data());
  EXPECT_THAT(got, Not(Contains(StartsWith("DANE_STATUS="))));
  EXPECT_THAT(got, Contains("SSLREMOTEIP=192.0.2.1"));
}

TEST(ProgramEnvironment, TlsVariablesAndCopiesAreThereWhenWanted) {
  const relay::FakeSession session;
  auto wanted = facts(&session);
  wanted.tls_variables = TlsVariables::yes;
  wanted.tcp_copies = TcpCopies::yes;
  const auto got = program_environment(wanted, kInherited.data());
  EXPECT_THAT(got, Contains("SSL_VERSION_INTERFACE=ucspi-ssl"));
  EXPECT_THAT(got, Contains("TCPREMOTEIP=192.0.2.1"));
  EXPECT_THAT(got, Not(Contains("SSL_PROTOCOL=SSLv2")));
  EXPECT_THAT(got, Not(Contains("SSL_SERVER_CERT=x")));
  EXPECT_THAT(got, Not(Contains("SSL_SERVER_CERT_CHAIN_3=x"))) << "of a longer chain";
  EXPECT_THAT(got, Not(Contains("SSL_CLIENT_VERIFY=x")));
}

TEST(ProgramEnvironment, LaterVariablesAreOfTheSessionAlone) {
  const relay::FakeSession session;
  const auto got = later_variables(session, OwnRole::client, facts(nullptr).dane);
  EXPECT_THAT(got, Contains("SSL_DANE_STATUS=dane"));
  EXPECT_THAT(got, Contains("SSL_VERSION_INTERFACE=ucspi-ssl"));
  EXPECT_THAT(got, Not(Contains(StartsWith("SSL_DANE_NAME="))));
  EXPECT_THAT(got, Not(Contains(StartsWith("PATH="))));
}

}  // namespace
}  // namespace ucspi
