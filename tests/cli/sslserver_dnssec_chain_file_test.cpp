#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/sslserver/dnssec_chain_file.h"

namespace cli::sslserver {
namespace {

using testing::HasSubstr;

std::string number(std::size_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
}

/// A record of class IN; the name in wire form.
std::string record(const std::string& owner, std::uint16_t type,
                   const std::string& rdata = "x") {
  return owner + number(type) + number(1) + std::string(4, '\0') + number(rdata.size()) +
         rdata;
}

const std::string kHost = std::string("\3www\7example\0", 13);
const std::string kOwner = std::string("\4_443\4_tcp", 10) + kHost;

base::Result<DnssecChainFile> read(const std::string& text, std::uint16_t lifetime = 0) {
  const std::string path = testing::TempDir() + "chain-file";
  std::ofstream(path, std::ios::binary) << text;
  return DnssecChainFile::read(path, lifetime);
}

std::string words(const DnssecChainFile& chain, const std::string& name,
                  std::uint16_t port = 443) {
  const base::Bytes out = chain.words_for(name, port);
  return std::string(base::as_text(out));
}

TEST(DnssecChainFile, IsForTheNameAndThePortOfItsRecords_Rfc9102s2) {
  const std::string text = record(kHost, 48) + record(kOwner, 52);
  const auto chain = read(text, 258);
  ASSERT_TRUE(chain) << chain.error().detail;
  EXPECT_EQ(words(*chain, "www.example"), "\1\2" + text);
  EXPECT_EQ(words(*chain, "www.example", 4430), "");
  EXPECT_EQ(words(*chain, "mail.example"), "");
  EXPECT_EQ(words(*chain, "example"), "");
  EXPECT_EQ(words(*chain, ""), "");
}

TEST(DnssecChainFile, IsForAliasesToo) {
  const auto cname = read(record(kOwner, 5));
  ASSERT_TRUE(cname);
  EXPECT_NE(words(*cname, "www.example"), "");
  const auto dname = read(record(kHost, 39));
  ASSERT_TRUE(dname);
  EXPECT_NE(words(*dname, "www.example"), "");
  EXPECT_NE(words(*dname, "a.www.example"), "");
  EXPECT_EQ(words(*dname, "awww.example"), "");
}

TEST(DnssecChainFile, MayBeOfSeveralNames) {
  const std::string other = std::string("\4_443\4_tcp\4mail\7example\0", 24);
  const auto chain = read(record(kOwner, 52) + record(other, 52));
  ASSERT_TRUE(chain);
  EXPECT_NE(words(*chain, "www.example"), "");
  EXPECT_NE(words(*chain, "mail.example"), "");
}

TEST(DnssecChainFile, WhatIsNoChainIsNotSent) {
  const auto why = [](const std::string& text) {
    const auto chain = read(text);
    EXPECT_TRUE(!chain && chain.error().code == base::Code::bad_file);
    return chain ? "" : chain.error().detail;
  };
  EXPECT_THAT(why(""), HasSubstr("about no TLSA records"));
  EXPECT_THAT(why(record(kHost, 48)), HasSubstr("about no TLSA records"));
  EXPECT_THAT(why(record(kOwner, 52) + "x"), HasSubstr("no DNSSEC chain"));
  EXPECT_THAT(why("-----BEGIN CERTIFICATE-----\n"), HasSubstr("no DNSSEC chain"));
  const std::string full = record(kOwner, 52, std::string(40'000, 'x'));
  EXPECT_THAT(why(full + full), HasSubstr("chain-file"));
  EXPECT_FALSE(DnssecChainFile::read(testing::TempDir() + "there/is/none", 0));
}

TEST(DnssecChainFile, ByItselfIsForNobody) {
  EXPECT_EQ(words(DnssecChainFile(), "www.example"), "");
}

}  // namespace
}  // namespace cli::sslserver
