#include "src/qmail/delivery_about.h"

#include <gtest/gtest.h>

namespace qmail {
namespace {

using evidence::Json;

/// A delivery in which nothing is usual.
DeliveryAbout about() {
  DeliveryAbout out;
  out.domain = "example.org";
  out.relay.emplace().host = "relay.example";
  out.relay->port = 465;
  TriedHost one;
  one.host = "mx.example.org";
  one.policy.level = policy::Level::dane_and_pkix;
  one.policy.without_tlsa = policy::WithoutTlsa::pkix;
  one.policy.scope = Scope::host;
  one.policy.match = {dns::Name::parse("mail.example").value()};
  one.policy.names = policy::NameCheck::skip;
  one.policy.pinned = dns::tlsa_from_text("3 0 1 00ff").value();
  one.policy.port = 26;
  one.policy.source = "danepolicy: example.org:dane+pkix";
  one.trust_store.emplace().fill(std::byte{7});
  out.tries = {one, TriedHost{"192.0.2.1", {}, std::nullopt}};
  return out;
}

TEST(DeliveryAbout, ComesOutAsItWentIn) {
  const Json written = to_value(about());
  const auto read = about_in(written);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(to_value(*read), written);
  ASSERT_EQ(read->tries.size(), 2U);
  const MailPolicy& policy = read->tries[0].policy;
  EXPECT_EQ(policy.level, policy::Level::dane_and_pkix);
  EXPECT_EQ(policy.scope, Scope::host);
  EXPECT_EQ(policy.match, about().tries[0].policy.match);
  EXPECT_EQ(policy.pinned, about().tries[0].policy.pinned);
  EXPECT_EQ(policy.names, policy::NameCheck::skip);
  EXPECT_EQ(policy.port, 26);
  EXPECT_EQ(read->tries[0].trust_store, about().tries[0].trust_store);
  EXPECT_EQ(read->relay->host, "relay.example");
  EXPECT_EQ(read->relay->port, 465);
}

TEST(DeliveryAbout, WhatIsNoneIsRefused) {
  const std::vector<std::pair<const char*, Json>> kBad = {
      {"scope", "x"}, {"port", 65536}, {"trustStore", "x"},
      {"demand", {}}, {"more", 1},     {"source", 1},
  };
  for (const auto& [name, bad] : kBad) {
    Json value = to_value(about());
    value["tries"][0][name] = bad;
    EXPECT_FALSE(about_in(value)) << name << bad;
  }
  for (const auto& [name, bad] :
       std::vector<std::pair<const char*, Json>>{{"names", {"192.0.2.1"}},
                                                 {"service", "other"},
                                                 {"records", {"3 0 1 00", "3 0 1 01"}},
                                                 {"intermediates", 1}}) {
    Json value = to_value(about());
    value["tries"][0]["demand"][name] = bad;
    EXPECT_FALSE(about_in(value)) << "mail has no such demand: " << name;
  }
}

}  // namespace
}  // namespace qmail
