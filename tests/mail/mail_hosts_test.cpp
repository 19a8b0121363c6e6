#include "src/mail/mail_hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/map_source.h"

namespace mail {
namespace {

using support::DnsWorld;
using support::name;
using testing::ElementsAre;
using testing::IsEmpty;

void as_it_is(std::vector<MailHost>&) {}

base::Result<MailHosts> hosts(DnsWorld& world, const Shuffle& shuffle = as_it_is) {
  return world.run(find_mail_hosts(world.resolver, name("example.org"), shuffle));
}

std::vector<std::string> texts(const MailHosts& hosts) {
  std::vector<std::string> out;
  for (const MailHost& host : hosts.hosts) out.push_back(host.name.text());
  return out;
}

std::vector<std::string> hosts_of(std::string_view lines) {
  DnsWorld world(lines);
  const auto found = hosts(world);
  EXPECT_TRUE(found) << found.error().detail;
  return found ? texts(*found) : std::vector<std::string>();
}

/// The code and the kind of an error.
std::pair<std::string, base::ErrorKind> error_of(std::string_view lines) {
  DnsWorld world(lines);
  const auto found = hosts(world);
  EXPECT_FALSE(found);
  return found ? std::pair(std::string(), base::ErrorKind::usage)
               : std::pair(std::string(base::to_text(found.error().code)),
                           found.error().kind);
}

TEST(MailHosts, InTheOrderOfPreference_Rfc5321s5_1) {
  EXPECT_THAT(
      hosts_of(R"(
    example.org MX 20 c.example.org
    example.org MX 5  a.example.org
    example.org MX 10 b.example.org
    example.org MX 65535 d.example.org
  )"),
      ElementsAre("a.example.org", "b.example.org", "c.example.org", "d.example.org"));
}

TEST(MailHosts, OnePreferenceIsShuffledAndNoOther_Rfc5321s5_1) {
  DnsWorld world(R"(
    example.org MX 10 a.example.org
    example.org MX 20 c.example.org
    example.org MX 10 b.example.org
    example.org MX 20 d.example.org
    example.org MX 30 e.example.org
  )");
  std::vector<std::size_t> sizes;
  const auto found = hosts(world, [&](std::vector<MailHost>& same) {
    sizes.push_back(same.size());
    std::ranges::reverse(same);
  });
  EXPECT_THAT(texts(*found),
              ElementsAre("b.example.org", "a.example.org", "d.example.org",
                          "c.example.org", "e.example.org"));
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
}

TEST(MailHosts, AllThatStandsThereIsKept) {
  DnsWorld world(R"(
    example.org MX 10 mail.example.org  signer=example.org
    example.org MX 20 tld
  )");
  const auto found = hosts(world).value();
  EXPECT_TRUE(found.from_mx);
  EXPECT_EQ(found.published.size(), 2U);
  ASSERT_TRUE(found.signature);
  EXPECT_EQ(found.signature->signer, name("example.org"));
  EXPECT_EQ(found.hosts.front().preference, 10);
}

TEST(MailHosts, SixtyFourAtMost) {
  std::string lines;
  for (int i = 0; i < 70; ++i) {
    lines += "example.org MX " + std::to_string(70 - i) + " h" + std::to_string(i) +
             ".example.org\n";
  }
  const auto found = hosts_of(lines);
  EXPECT_EQ(found.size(), kMostHosts);
  EXPECT_EQ(found.front(), "h69.example.org") << "the best ones stay";
}

TEST(MailHosts, SecurityIsThatOfTheMxRrset_Rfc7672s2_2_1) {
  const auto security = [](std::string_view lines) {
    DnsWorld world(lines);
    return hosts(world).value().security;
  };
  EXPECT_EQ(security("example.org MX 10 a.example.org"), dns::Security::secure);
  EXPECT_EQ(security("example.org MX 10 a.example.org insecure"),
            dns::Security::insecure);
  EXPECT_EQ(security("example.org A 192.0.2.1"), dns::Security::secure);
  EXPECT_EQ(security("example.org MX nodata insecure"), dns::Security::insecure);
}

TEST(MailHosts, WithoutMxTheDomainIsTheHost_Rfc5321s5_1) {
  DnsWorld world("example.org A 192.0.2.1");
  const auto found = hosts(world).value();
  EXPECT_THAT(texts(found), ElementsAre("example.org"));
  EXPECT_FALSE(found.from_mx);
  EXPECT_THAT(found.published, IsEmpty());
  EXPECT_THAT(found.domains, ElementsAre(name("example.org")));
}

TEST(MailHosts, ADomainThatDoesNotExistIsPermanent) {
  EXPECT_EQ(error_of("other.org A 192.0.2.1"),
            std::pair(std::string("no-domain"), base::ErrorKind::permanent));
  EXPECT_EQ(error_of("example.org CNAME gone.example.org"),
            std::pair(std::string("no-domain"), base::ErrorKind::permanent));
}

TEST(MailHosts, ALookUpThatFailsDelaysTheMail_Rfc7672s2_1_2) {
  for (const auto& [failure, code] : std::vector<std::pair<std::string, std::string>>{
           {"servfail", "servfail"},
           {"refused", "dns-refused"},
           {"timeout", "timeout"},
           {"malformed", "malformed"},
           {"nodata bogus", "bogus"},
           {"nxdomain bogus", "bogus"},
           {"10 a.example.org bogus", "bogus"}}) {
    EXPECT_EQ(error_of("example.org A 192.0.2.1 \n example.org MX " + failure),
              std::pair(code, base::ErrorKind::temporary))
        << failure;
  }
}

TEST(MailHosts, ANullMxTakesNoMail_Rfc7505s3) {
  EXPECT_EQ(error_of("example.org MX 0 ."),
            std::pair(std::string("null-mx"), base::ErrorKind::permanent));
  EXPECT_EQ(error_of("example.org MX 10 ."),
            std::pair(std::string("null-mx"), base::ErrorKind::permanent))
      << "whatever its preference";
}

TEST(MailHosts, ANullMxBesideAHostIsPassedOver_Rfc7505s3) {
  EXPECT_THAT(hosts_of("example.org MX 0 . \n example.org MX 10 a.example.org"),
              ElementsAre("a.example.org"));
  EXPECT_THAT(hosts_of("example.org MX 10 a.example.org \n example.org MX 20 ."),
              ElementsAre("a.example.org"));
}

TEST(MailHosts, WhatIsNoHostIsLeftOut) {
  EXPECT_THAT(hosts_of(R"(
    example.org MX 1  com
    example.org MX 2  192.0.2.1
    example.org MX 3  mail*.example.org
    example.org MX 4  under_score.example.org
    example.org MX 5  mail.example.org
  )"),
              ElementsAre("under_score.example.org", "mail.example.org"));
}

TEST(MailHosts, NoHostAtAllDelaysTheMail) {
  EXPECT_EQ(error_of("example.org MX 10 192.0.2.1 \n example.org MX 20 com"),
            std::pair(std::string("no-mail-host"), base::ErrorKind::temporary));
}

TEST(MailHosts, ASecureAliasIsANameOfTheDomain_Rfc7672s3_2_2) {
  DnsWorld world(R"(
    example.org CNAME example.net
    example.net MX 10 mail.example.net
  )");
  const auto found = hosts(world).value();
  EXPECT_THAT(found.domains, ElementsAre(name("example.org"), name("example.net")));
  EXPECT_EQ(found.security, dns::Security::secure);
  EXPECT_THAT(texts(found), ElementsAre("mail.example.net"));
}

TEST(MailHosts, AnAliasThatAnybodyMayHaveForgedIsNone_Rfc7672s3_2_2) {
  for (const char* lines : {"example.org CNAME example.net insecure \n"
                            "example.net MX 10 mail.example.net",
                            "example.org CNAME example.net \n"
                            "example.net MX 10 mail.example.net insecure"}) {
    DnsWorld world(lines);
    const auto found = hosts(world).value();
    EXPECT_THAT(found.domains, ElementsAre(name("example.org")));
    EXPECT_EQ(found.security, dns::Security::insecure);
  }
}

TEST(MailHosts, AnAliasWithoutMxIsTheHostUnderItsOwnName_Rfc7672s2_2_2) {
  DnsWorld world(R"(
    example.org CNAME example.net
    example.net A 192.0.2.1
  )");
  const auto found = hosts(world).value();
  EXPECT_THAT(texts(found), ElementsAre("example.org"));
  EXPECT_THAT(found.domains, ElementsAre(name("example.org"), name("example.net")));
  EXPECT_EQ(found.hosts.front().preference, 0);
}

TEST(MailHosts, NothingIsAskedButTheMxRecords) {
  DnsWorld world("example.org MX 10 mail.example.org");
  EXPECT_TRUE(hosts(world));
  EXPECT_THAT(world.source.asked(), ElementsAre("MX example.org"));
}

TEST(MailHosts, ItsNamesAreAddedOnceBehindThoseOfTheHost_Rfc7672s3_2_2) {
  MailHosts found;
  found.domains = {name("example.org"), name("example.net")};
  policy::DnsFacts facts;
  facts.names = {name("mail.example.org"), name("example.net")};
  add_domain_names(found, facts);
  EXPECT_THAT(facts.names, ElementsAre(policy::ReferenceName(name("mail.example.org")),
                                       policy::ReferenceName(name("example.net")),
                                       policy::ReferenceName(name("example.org"))));
}

TEST(MailHosts, NamesOfMailHosts) {
  EXPECT_TRUE(is_mail_host(name("mail.example")));
  EXPECT_TRUE(is_mail_host(name("mail-1.under_score.example")));
  EXPECT_FALSE(is_mail_host(name("localhost")));
  EXPECT_FALSE(is_mail_host(dns::Name()));
  EXPECT_FALSE(is_mail_host(dns::Name::from_dns("192.0.2.1").value()));
  EXPECT_FALSE(is_mail_host(dns::Name::from_dns("ma\\032il.example").value()));
}

}  // namespace
}  // namespace mail
