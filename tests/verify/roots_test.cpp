#include "verify/roots.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::make;
using support::pem;

TEST(Roots, FindsBySubjectInTheOrderAdded) {
  const auto a1 = make(support::ca("A"));
  auto again = support::ca("A");
  again.key.name = "second";
  const auto a2 = make(again);
  const auto b = make(support::ca("B"));
  const auto store = support::roots({a1, b, a2, a1});
  EXPECT_EQ(store.size(), 3U);
  const auto found = store.with_subject(parse_certificate(a1)->subject);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(base::equal(found[0], a1));
  EXPECT_TRUE(base::equal(found[1], a2));
  EXPECT_TRUE(store.contains(b));
  EXPECT_FALSE(store.contains(make(support::ca("C"))));
  EXPECT_FALSE(store.contains({}));
  EXPECT_TRUE(store.with_subject({}).empty());
}

TEST(Roots, CountsWhatTheTextHolds) {
  Roots store;
  const auto a = make(support::ca("A"));
  const auto text = "A comment\n" + pem(a) + pem(a, "X509 CERTIFICATE") +
                    "-----BEGIN PUBLIC KEY-----\n%%%\n-----END PUBLIC KEY-----\n";
  EXPECT_EQ(store.add_pem(text).value(), 2U);
  EXPECT_EQ(store.size(), 1U);
  EXPECT_EQ(store.add_pem("").value(), 0U);
}

TEST(Roots, TrustedCertificateIsItsFirstElement) {
  Roots store;
  const auto a = make(support::ca("A"));
  auto trusted = a;
  for (const char c : std::string("\x30\x03\x02\x01\x01")) {
    trusted.push_back(static_cast<std::byte>(c));
  }
  EXPECT_EQ(store.add_pem(pem(a, "TRUSTED CERTIFICATE")).value(), 1U);
  EXPECT_TRUE(store.contains(a));
  // What is behind it may say that it is rejected.
  EXPECT_FALSE(Roots().add_pem(pem(trusted, "TRUSTED CERTIFICATE")).has_value());
  EXPECT_FALSE(store.add_pem(pem(trusted)).has_value());
}

TEST(Roots, RefusesWhatIsNoCertificate) {
  const auto block = [](std::string_view body) {
    return "-----BEGIN CERTIFICATE-----\n" + std::string(body) +
           "\n-----END CERTIFICATE-----\n";
  };
  for (const auto& text :
       {block("MAA="), block("M%A="), block("MAAA="), block("M"), block(""),
        std::string("-----BEGIN CERTIFICATE-----\nMAA=\n")}) {
    Roots store;
    const auto added = store.add_pem(text);
    ASSERT_FALSE(added.has_value()) << text;
    EXPECT_EQ(added.error().code, base::Code::bad_trust_store);
    EXPECT_EQ(added.error().kind, base::ErrorKind::usage);
  }
}

}  // namespace
}  // namespace verify
