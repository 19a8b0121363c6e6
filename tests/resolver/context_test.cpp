// A real libunbound context, looked at and never asked.
#include "resolver/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unbound.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "resolver/unbound_events.h"
#include "resolver/unbound_options.h"
#include "src/base/special_address.h"

namespace resolver {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string file_with(const std::string& file, const std::string& text) {
  const std::string path = testing::TempDir() + "context_test." + file;
  std::ofstream(path) << text;
  return path;
}

std::string root_anchor() { return ". IN DS 1 13 2 " + std::string(64, '0') + "\n"; }

/// A configuration that needs no file of the system.
Config with_an_anchor() {
  Config out;
  out.trust_anchor = file_with("anchor", root_anchor());
  out.upstream = Upstream::recursion;
  return out;
}

/// A configuration with an unbound.conf of these lines.
Config with_conf(const std::string& lines) {
  Config out = with_an_anchor();
  out.unbound_conf = file_with("conf", "server:\n" + lines + "\n");
  return out;
}

/// The value of an option in a context of this configuration.
std::string option(const Config& config, const char* name) {
  asio::io_context loop(1);
  UnboundEvents events(loop);
  const auto context = make_context(events.base(), config);
  EXPECT_TRUE(context) << context.error().detail;
  return context ? option_of(context->context.get(), name) : "";
}

base::Result<RootKeys> root_keys(const Config& config) {
  asio::io_context loop(1);
  UnboundEvents events(loop);
  const auto context = make_context(events.base(), config);
  if (!context) return tl::unexpected(context.error());
  return context->root;
}

base::Code error_of(const Config& config) {
  const auto keys = root_keys(config);
  EXPECT_FALSE(keys);
  if (keys) return base::Code::usage;
  EXPECT_EQ(keys.error().kind, base::ErrorKind::usage);
  return keys.error().code;
}

// --- which name servers are asked

TEST(Context, AsksNoNameServerOutsideOfTheInternetOnDemand_Rfc6890s2_2) {
  Config config = with_an_anchor();
  EXPECT_EQ(option(config, "do-not-query-address"), "");
  config.public_only = true;
  const std::string networks = option(config, "do-not-query-address");
  for (const std::string_view network : net::special_networks()) {
    EXPECT_NE(networks.find(network), std::string::npos) << network;
  }
}

TEST(Context, LeavesTheForwarderOfTheUserAlone) {
  Config config = with_an_anchor();
  config.upstream = Upstream::forward;
  config.forwarders = {"127.0.0.1"};
  config.public_only = true;
  EXPECT_EQ(option(config, "do-not-query-address"), "");
  EXPECT_EQ(option(config, "do-not-query-localhost"), "no");
}

TEST(Context, LeavesTheWaysOfAConfigurationFileAlone) {
  Config config = with_conf("");
  config.upstream = Upstream::automatic;
  config.public_only = true;
  EXPECT_EQ(option(config, "do-not-query-address"), "");
}

TEST(Context, AForwarderMustBeAnAddress) {
  Config config = with_an_anchor();
  config.upstream = Upstream::forward;
  config.forwarders = {"nobody"};
  EXPECT_EQ(error_of(config), base::Code::bad_forwarder);
}

// --- validation that nothing switches off (RFC 7672 2.1.1)

TEST(Context, AConfigurationFileMayNotWeakenValidation_Rfc7672s2_1_1) {
  struct Case {
    const char* option;
    const char* weak;
    const char* kept;
  };
  for (const Case& one : {
           Case{"module-config", "\"iterator\"", "validator iterator"},
           Case{"harden-dnssec-stripped", "no", "yes"},
           Case{"val-permissive-mode", "yes", "no"},
           Case{"val-clean-additional", "no", "yes"},
           Case{"val-override-date", "\"20200101000000\"", "0"},
           Case{"val-nsec3-keysize-iterations", "\"1024 0\"",
                "1024 150 2048 150 4096 150"},
           Case{"ignore-cd-flag", "yes", "no"},
           Case{"aggressive-nsec", "yes", "no"},
           Case{"root-key-sentinel", "yes", "no"},
           Case{"serve-expired", "yes", "no"},
           Case{"cache-min-ttl", "86400", "0"},
           Case{"permit-small-holddown", "yes", "no"},
       }) {
    const Config config = with_conf(std::string("  ") + one.option + ": " + one.weak);
    EXPECT_EQ(option(config, one.option), one.kept) << one.option;
    EXPECT_EQ(option(with_an_anchor(), one.option), one.kept) << one.option;
  }
}

TEST(Context, DatesOfSignaturesMayBeTakenMoreStrictlyAndNotLess_Rfc4035s5_3_1) {
  const auto skew = [](const char* name, const char* value) {
    return option(with_conf("  " + std::string(name) + ": " + value), name);
  };
  EXPECT_EQ(skew("val-sig-skew-min", "3601"), "3600");
  EXPECT_EQ(skew("val-sig-skew-min", "3600"), "3600");
  EXPECT_EQ(skew("val-sig-skew-min", "60"), "60");
  EXPECT_EQ(skew("val-sig-skew-min", "-1"), "3600") << "a very large one, unsigned";
  EXPECT_EQ(skew("val-sig-skew-max", "86401"), "86400");
  EXPECT_EQ(skew("val-sig-skew-max", "0"), "0");
}

TEST(Context, NewAnchorsAreOnProbationForLongerAndNotShorter_Rfc5011s2_4_1) {
  for (const char* name : {"add-holddown", "del-holddown"}) {
    const auto value = [&](const char* seconds) {
      return option(with_conf("  " + std::string(name) + ": " + seconds), name);
    };
    EXPECT_EQ(value("2591999"), "2592000") << name;
    EXPECT_EQ(value("0"), "2592000") << name;
    EXPECT_EQ(value("2592001"), "2592001") << name;
  }
}

TEST(Context, OptionsThatMakeForgedSignaturesGoodAreRefused) {
  EXPECT_EQ(error_of(with_conf("  fake-sha1: yes")), base::Code::bad_unbound_conf);
}

TEST(Context, SeveralThreadsMayMakeThemAtOnce) {
  const Config config = with_conf("  qname-minimisation: no\n  do-ip6: no");
  struct stat before {
  }, after{};
  ASSERT_EQ(fstat(STDERR_FILENO, &before), 0);
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int count = 0; count < 100; ++count) {
        asio::io_context loop(1);
        UnboundEvents events(loop);
        const auto context = make_context(events.base(), config);
        if (context && option_of(context->context.get(), "do-ip6") == "no") ++made;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 400);
  ASSERT_EQ(fstat(STDERR_FILENO, &after), 0);
  EXPECT_EQ(std::pair(before.st_dev, before.st_ino),
            std::pair(after.st_dev, after.st_ino))
      << "standard error is where it was";
}

TEST(Context, AConfigurationFileMustBeReadable) {
  Config none = with_an_anchor();
  none.unbound_conf = "/nonexistent/unbound.conf";
  EXPECT_EQ(error_of(none), base::Code::bad_unbound_conf);
  EXPECT_EQ(error_of(with_conf("  no-such-option: 1")), base::Code::bad_unbound_conf);
}

TEST(Context, AConfigurationFileMayDoWhatIsHarmless) {
  EXPECT_EQ(option(with_conf("  outgoing-range: 128"), "outgoing-range"), "128");
  EXPECT_EQ(option(with_an_anchor(), "outgoing-range"), "64");
  Config busy = with_an_anchor();
  busy.busy = true;
  EXPECT_EQ(option(busy, "outgoing-range"), "4096");
}

TEST(Context, AllowsTwiceTheQuestionsForOneAnswerWhereThereIsALimit) {
  const Context plain(ub_ctx_create());
  const std::string own = option_of(plain.get(), "max-global-quota");
  EXPECT_EQ(option(with_an_anchor(), "max-global-quota"), own.empty() ? "" : "400");
  if (own.empty()) GTEST_SKIP() << "this libunbound has no limit";
  EXPECT_EQ(option(with_conf("  max-global-quota: 150"), "max-global-quota"), "150");
}

// --- trust anchors

TEST(Context, TheTrustAnchorOfTheUserIsAdded) {
  const Config config = with_an_anchor();
  EXPECT_THAT(option(config, "trust-anchor-file"), HasSubstr(config.trust_anchor));
  EXPECT_EQ(root_keys(config).value(), RootKeys::must_be_secure);
}

TEST(Context, TheTrustAnchorOfTheUserIsAddedToThoseOfAConfigurationFile) {
  const std::string own = "private.test. DS 1 13 2 " + std::string(64, '0');
  const Config config = with_conf("  trust-anchor: \"" + own + "\"");
  EXPECT_THAT(option(config, "trust-anchor-file"), HasSubstr(config.trust_anchor));
  EXPECT_THAT(option(config, "trust-anchor"), HasSubstr("private.test."));
  EXPECT_EQ(root_keys(config).value(), RootKeys::must_be_secure);
}

TEST(Context, AnAnchorThatIsKeptUpToDateIsAdded_Rfc5011s2_3) {
  Config config = with_an_anchor();
  config.auto_trust_anchor = file_with("auto", root_anchor());
  config.trust_anchor.clear();
  EXPECT_THAT(option(config, "auto-trust-anchor-file"),
              HasSubstr(config.auto_trust_anchor));
  EXPECT_EQ(option(config, "trust-anchor-file"), "") << "in place of the system's";
  EXPECT_EQ(root_keys(config).value(), RootKeys::must_be_secure);
}

TEST(Context, AnAnchorThatSecuresNothingIsRefused_Rfc4035s5_2) {
  Config config = with_an_anchor();
  const auto with_text = [&](const std::string& text) {
    config.trust_anchor = file_with("bad", text);
    return error_of(config);
  };
  const std::string digest = std::string(64, '0');
  EXPECT_EQ(with_text(""), base::Code::bad_trust_anchor);
  EXPECT_EQ(with_text("; nothing\n"), base::Code::bad_trust_anchor);
  EXPECT_EQ(with_text("example. IN DS 1 13 2 " + digest), base::Code::bad_trust_anchor)
      << "another zone's";
  EXPECT_EQ(with_text(". IN DS 1 250 2 " + digest), base::Code::bad_trust_anchor)
      << "an algorithm that nobody knows";
  EXPECT_EQ(with_text(". IN DS 1 13 250 " + digest), base::Code::bad_trust_anchor)
      << "a digest that nobody knows";
  config.trust_anchor = "/nonexistent/anchor";
  EXPECT_EQ(error_of(config), base::Code::bad_trust_anchor);
}

/// An unbound.conf with anchors of its own, and no other.
Config with_own(const std::string& anchors) {
  Config out = with_conf(anchors);
  out.trust_anchor.clear();
  return out;
}

TEST(Context, AnchorsOfAConfigurationFileStandInPlaceOfTheSystems) {
  const std::string digest = std::string(64, '0');
  const Config root = with_own("  trust-anchor: \". DS 1 13 2 " + digest + "\"");
  EXPECT_EQ(root_keys(root).value(), RootKeys::must_be_secure);
  EXPECT_EQ(option(root, "trust-anchor-file"), "");
  const Config other =
      with_own("  trust-anchor: \"private.test. DS 1 13 2 " + digest + "\"");
  EXPECT_EQ(root_keys(other).value(), RootKeys::may_be_insecure)
      << "that is what the user said";
}

TEST(Context, AnchorsOfAConfigurationFileMustBeUsable) {
  const std::string digest = std::string(64, '0');
  EXPECT_EQ(error_of(with_own("  trust-anchor: \". DS 1 250 2 " + digest + "\"")),
            base::Code::bad_trust_anchor);
  EXPECT_EQ(
      error_of(with_own("  trust-anchor: \"private.test. DS 1 250 2 " + digest + "\"")),
      base::Code::bad_trust_anchor);
  const std::string empty = file_with("empty", "");
  EXPECT_EQ(error_of(with_own("  trust-anchor-file: \"" + empty + "\"")),
            base::Code::bad_trust_anchor);
}

TEST(Context, AnAnchorThatSecuresNothingIsRefusedBesideOthersToo_Rfc4035s5_2) {
  // The user means the root to be secure, and the zone of the file would hide that it is
  // not.
  const std::string digest = std::string(64, '0');
  Config config = with_conf("  trust-anchor: \"private.test. DS 1 13 2 " + digest + "\"");
  config.trust_anchor = file_with("unknown", ". IN DS 1 250 2 " + digest + "\n");
  EXPECT_EQ(error_of(config), base::Code::bad_trust_anchor);
}

TEST(Context, AnAnchorOfTheUserForAnotherZoneStandsBesideThoseOfTheFile) {
  const std::string digest = std::string(64, '0');
  Config config = with_conf("  trust-anchor: \". DS 1 13 2 " + digest + "\"");
  config.trust_anchor = file_with("private", "private.test. DS 1 13 2 " + digest + "\n");
  EXPECT_EQ(root_keys(config).value(), RootKeys::must_be_secure);
}

}  // namespace
}  // namespace resolver
