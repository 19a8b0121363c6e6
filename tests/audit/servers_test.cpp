#include "src/audit/servers.h"

#include <gtest/gtest.h>

#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::error;
using audit::testing::host_with;
using audit::testing::host_without;
using audit::testing::stranger;

ServerAnswer has_records() {
  ServerAnswer out;
  out.server = "ns.example.org [192.0.2.53]";
  out.records = {stranger()};
  out.signature.emplace();
  return out;
}

ServerAnswer has_none() {
  ServerAnswer out;
  out.server = "ns.example.org [192.0.2.54]";
  return out;
}

ServerAnswer is_silent() {
  ServerAnswer out = has_none();
  out.error = error(base::Code::timeout);
  return out;
}

HostSeen with_servers(HostSeen host, std::vector<ServerAnswer> answers) {
  put_servers(host, std::move(answers));
  return host;
}

TEST(NameServers, ThatAreAllSilentAreOutOfTheWayOfThisMachine) {
  EXPECT_TRUE(
      with_servers(host_with({stranger()}), {is_silent(), is_silent()}).servers.empty());
  EXPECT_EQ(
      with_servers(host_with({stranger()}), {is_silent(), has_records()}).servers.size(),
      2U);
  HostSeen failing = host_without(policy::TlsaState::not_asked);
  failing.tlsa_error = error(base::Code::servfail);
  EXPECT_EQ(with_servers(failing, {is_silent()}).servers.size(), 1U)
      << "the resolver had no answer either";
}

TEST(NameServers, ThatAllHaveRecordsAreDeniedAboveThem_Rfc8020s2) {
  const HostSeen absent = host_without(policy::TlsaState::absent);
  EXPECT_TRUE(with_servers(absent, {has_records()}).parent_denied);
  EXPECT_TRUE(with_servers(absent, {has_records(), is_silent()}).parent_denied);
  EXPECT_FALSE(with_servers(absent, {has_records(), has_none()}).parent_denied);
  ServerAnswer unsigned_records = has_records();
  unsigned_records.signature.reset();
  EXPECT_FALSE(with_servers(absent, {unsigned_records}).parent_denied);
  EXPECT_FALSE(with_servers(host_with({stranger()}), {has_records()}).parent_denied);
}

}  // namespace
}  // namespace audit
