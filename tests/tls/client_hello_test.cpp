#include "src/tls/client_hello.h"

#include <gtest/gtest.h>

namespace tls {
namespace {

using std::string_literals::operator""s;

/// Octets of this length behind their length, in `width` octets.
std::string counted(std::size_t width, const std::string& octets) {
  std::string out;
  for (std::size_t shift = 8 * width; shift > 0;) {
    shift -= 8;
    out += static_cast<char>(octets.size() >> shift & 0xFFU);
  }
  return out + octets;
}

/// A ServerName of this type (RFC 6066 3).
std::string server_name(const std::string& name, char type = 0) {
  return type + counted(2, name);
}

/// An extension (RFC 8446 4.2).
std::string extension(unsigned type, const std::string& data) {
  return std::string{static_cast<char>(type >> 8U), static_cast<char>(type)} +
         counted(2, data);
}

/// The body of a ClientHello with these extensions (RFC 8446 4.1.2).
std::string hello(const std::string& extensions) {
  return "\x03\x03"s + std::string(32, 'r') + counted(1, "") + counted(2, "\x13\x01"s) +
         counted(1, "\0"s) + counted(2, extensions);
}

std::string asking_for(const std::string& name) {
  return hello(extension(0, counted(2, server_name(name))));
}

std::string found(const std::string& body) {
  return read_client_hello(base::as_bytes(body)).server_name;
}

TEST(ServerNameInHello, IsWhatTheClientAsksFor_Rfc6066s3) {
  EXPECT_EQ(found(asking_for("mail.example.org")), "mail.example.org");
  EXPECT_EQ(found(asking_for("x")), "x");
  EXPECT_EQ(found(asking_for("xn--bcher-kva.example")), "xn--bcher-kva.example");
  EXPECT_EQ(found(asking_for("_25._tcp.example.org")), "_25._tcp.example.org");
}

TEST(ServerNameInHello, IsFoundAmongOtherExtensions) {
  const std::string before = extension(16, "ab"), behind = extension(43, "\x02\x03\x04");
  const std::string name = extension(0, counted(2, server_name("a.example")));
  EXPECT_EQ(found(hello(before + name + behind)), "a.example");
  EXPECT_EQ(found(hello(before + behind)), "");
}

TEST(ServerNameInHello, IsInLowerCaseAndWithoutTheDotAtItsEnd) {
  EXPECT_EQ(found(asking_for("MAIL.Example.ORG")), "mail.example.org");
  EXPECT_EQ(found(asking_for("mail.example.org.")), "mail.example.org");
  EXPECT_EQ(found(asking_for("A.EXAMPLE.")), "a.example");
}

TEST(ServerNameInHello, WhatIsNoHostNameIsNone) {
  for (const auto& name :
       {""s, "."s, "a b"s, "a/../b"s, "a\nb"s, "a\0b"s, "*.example.org"s, "b\xc3\xbc.de"s,
        "[::1]"s, "a:25"s, "a%2e"s, "'"s, "\x7f"s, std::string(254, 'a')}) {
    EXPECT_EQ(found(asking_for(name)), "") << name;
  }
  EXPECT_EQ(found(asking_for(std::string(253, 'a'))), std::string(253, 'a'));
}

TEST(ServerNameInHello, ANameOfAnotherTypeIsNone_Rfc6066s3) {
  EXPECT_EQ(found(hello(extension(0, counted(2, server_name("a.example", 1))))), "");
}

TEST(ServerNameInHello, OfTwoNamesTheFirstCounts) {
  EXPECT_EQ(found(hello(extension(
                0, counted(2, server_name("a.example") + server_name("b.example"))))),
            "a.example");
}

TEST(ServerNameInHello, AnExtensionThatIsCutOffHasNoName) {
  const std::string whole = counted(2, server_name("a.example"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(found(hello(extension(0, whole.substr(0, size)))), "") << size;
  }
}

TEST(ServerNameInHello, AHelloThatIsCutOffHasNoName) {
  const std::string whole = asking_for("a.example");
  ASSERT_EQ(found(whole), "a.example");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(found(whole.substr(0, size)), "") << size;
  }
}

TEST(ServerNameInHello, AHelloWithoutExtensionsHasNoName) {
  const std::string whole = hello("");
  EXPECT_EQ(found(whole), "");
  EXPECT_EQ(found(whole.substr(0, whole.size() - 2)), "") << "as in TLS 1.0";
}

TEST(ServerNameInHello, GarbageHasNoName) {
  EXPECT_EQ(read_client_hello({}).server_name, "");
  EXPECT_EQ(found(std::string(1000, '\xFF')), "");
  EXPECT_EQ(found(std::string(1000, '\0')), "");
}

TEST(ChainPortInHello, IsTwoOctets_Rfc9102s2_1) {
  const auto port = [](const std::string& data) {
    return read_client_hello(base::as_bytes(hello(extension(59, data)))).chain_port;
  };
  EXPECT_EQ(port("\x01\xbb"), 443);
  EXPECT_EQ(port("\x01"), std::nullopt);
  EXPECT_EQ(port("\x01\xbb\x01"), std::nullopt);
  EXPECT_EQ(port(""), std::nullopt);
  EXPECT_EQ(read_client_hello(base::as_bytes(asking_for("x"))).chain_port, std::nullopt);
}

}  // namespace
}  // namespace tls
