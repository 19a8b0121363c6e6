#include "resolver/context.h"

#include <gtest/gtest.h>
#include <unbound.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "resolver/unbound_events.h"
#include "src/base/special_address.h"

namespace resolver {
namespace {

/// The networks whose name servers a context never asks.
std::string not_asked(const Config& config) {
  asio::io_context loop(1);
  UnboundEvents events(loop);
  const auto context = make_context(events.base(), config);
  EXPECT_TRUE(context) << context.error().detail;
  if (!context) return "";
  char* text = nullptr;
  EXPECT_EQ(ub_ctx_get_option(context->context.get(), "do-not-query-address", &text), 0);
  const std::string out = text == nullptr ? "" : text;
  std::free(text);
  return out;
}

/// A configuration that needs no file of the system.
Config with_an_anchor() {
  Config out;
  out.trust_anchor = testing::TempDir() + "context_test.anchor";
  std::ofstream(out.trust_anchor) << ". IN DS 1 13 2 " << std::string(64, '0') << "\n";
  return out;
}

TEST(Context, AsksNoNameServerOutsideOfTheInternetOnDemand_Rfc6890s2_2) {
  Config config = with_an_anchor();
  config.upstream = Upstream::recursion;
  EXPECT_EQ(not_asked(config), "");
  config.public_only = true;
  const std::string networks = not_asked(config);
  for (const std::string_view network : net::special_networks()) {
    EXPECT_NE(networks.find(network), std::string::npos) << network;
  }
}

TEST(Context, LeavesTheForwarderOfTheUserAlone) {
  Config config = with_an_anchor();
  config.upstream = Upstream::forward;
  config.forwarders = {"127.0.0.1"};
  config.public_only = true;
  EXPECT_EQ(not_asked(config), "");
}

}  // namespace
}  // namespace resolver
