#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/qmail/policies.h"
#include "tests/qmail/home.h"
#include "tests/qmail/trouble.h"

namespace qmail {
namespace {

using policy::Level;
using policy::NameCheck;
using policy::WithoutTlsa;

base::Result<MailPolicy> by_host(Home& home) {
  return policy_of(home.control(), {"a.example", "mx.a.example", "here.example"});
}

TEST(TlsHosts, ACertificateFileDemandsIt) {
  Home home;
  home.file("tlshosts/mx.a.example.pem", "").file("tlshosts/exhaustivelist", "");
  const auto policy = by_host(home).value();
  EXPECT_EQ(policy.without_tlsa, WithoutTlsa::pkix);
  EXPECT_EQ(policy.trust_store, home.path("tlshosts/mx.a.example.pem"));
  EXPECT_EQ(policy.level, Level::dane);
  EXPECT_EQ(policy.names, NameCheck::compare);
}

TEST(TlsHosts, NoTlsForTheOthersOfAnExhaustiveList) {
  Home home;
  home.file("tlshosts/exhaustivelist", "").file("tlshosts/mx.b.example.pem", "");
  const auto policy = by_host(home).value();
  EXPECT_EQ(policy.without_tlsa, WithoutTlsa::plain);
  EXPECT_EQ(policy.level, Level::dane);
}

TEST(TlsHosts, NotThisHost) {
  Home home;
  home.file("notlshosts/mx.a.example", "");
  EXPECT_EQ(by_host(home)->without_tlsa, WithoutTlsa::plain);
  EXPECT_EQ(by_host(home)->source, "notlshosts/mx.a.example");
}

TEST(TlsHosts, DanepolicyComesFirst) {
  Home home;
  home.file("notlshosts/mx.a.example", "").file("danepolicy", "a.example:encrypt");
  EXPECT_EQ(by_host(home)->level, Level::encrypt);
}

TEST(TlsHosts, WhatCannotBeLookedForIsTrouble) {
  Home home;
  std::filesystem::create_symlink("tlshosts", home.path("tlshosts"));
  expect_trouble(by_host(home), "tlshosts");
}

TEST(TlsHosts, TheyVouchForAHost) {
  Home named, others, excepted;
  named.file("tlshosts/mx.a.example.pem", "x");
  others.file("tlshosts/exhaustivelist", "");
  excepted.file("notlshosts/mx.a.example", "");
  for (Home* home : {&named, &others, &excepted}) {
    EXPECT_EQ(by_host(*home)->scope, Scope::host);
  }
}

}  // namespace
}  // namespace qmail
