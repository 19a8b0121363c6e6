#include "src/witness/demand_json.h"

#include <gtest/gtest.h>

namespace witness {
namespace {

using evidence::Json;

/// A demand in which nothing is usual.
policy::Demand demand() {
  policy::Demand out;
  out.level = policy::Level::dane_and_pkix;
  out.service = policy::Service::smtp;
  out.peer_role = policy::PeerRole::client;
  out.without_tlsa = policy::WithoutTlsa::opportunistic;
  out.name_check = policy::NameCheck::dane_ee;
  out.common_name = policy::CommonName::always;
  out.names = {dns::Name::parse("mx.example.org").value(),
               net::parse_address("192.0.2.1").value()};
  out.pins = {dns::tlsa_from_text("3 1 1 00ff").value()};
  out.max_intermediates = 0;
  out.max_intermediates_pkix = 7;
  return out;
}

TEST(DemandJson, ComesOutAsItWentIn) {
  for (const policy::Demand& one : {demand(), policy::Demand()}) {
    const Json written = to_value(one);
    const auto read = demand_in(written);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(to_value(*read), written);
  }
  const auto read = demand_in(to_value(demand()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->level, policy::Level::dane_and_pkix);
  EXPECT_EQ(read->service, policy::Service::smtp);
  EXPECT_EQ(read->peer_role, policy::PeerRole::client);
  EXPECT_EQ(read->without_tlsa, policy::WithoutTlsa::opportunistic);
  EXPECT_EQ(read->name_check, policy::NameCheck::dane_ee);
  EXPECT_EQ(read->common_name, policy::CommonName::always);
  EXPECT_EQ(read->names, demand().names);
  EXPECT_EQ(read->pins, demand().pins);
  EXPECT_EQ(read->max_intermediates, 0U);
  EXPECT_EQ(read->max_intermediates_pkix, 7U);
}

TEST(DemandJson, WhatIsNoneIsRefused) {
  const std::vector<std::pair<const char*, Json>> kBad = {
      {"policy", "x"},
      {"policy", 1},
      {"service", "x"},
      {"peerRole", "x"},
      {"nameCheck", "x"},
      {"commonName", "x"},
      {"withoutRecords", "x"},
      {"names", {"a b"}},
      {"names", {"Mx.Example."}},
      {"records", {"3 1"}},
      {"records", {"3 1 1 0G"}},
      {"intermediates", 256},
      {"intermediates", "x"},
      {"more", 1},
  };
  for (const auto& [name, bad] : kBad) {
    Json value = to_value(demand());
    value[name] = bad;
    const auto read = demand_in(value);
    ASSERT_FALSE(read) << name << bad;
    EXPECT_EQ(read.error().code, base::Code::bad_evidence);
  }
  for (const char* name : {"policy", "names", "records", "service"}) {
    Json value = to_value(demand());
    value.erase(name);
    EXPECT_FALSE(demand_in(value)) << name;
  }
}

}  // namespace
}  // namespace witness
