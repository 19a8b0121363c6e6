#include "src/audit/stored_facts.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include "src/audit/facts_lines.h"
#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::answers;
using audit::testing::error;
using audit::testing::failed;
using audit::testing::host_with;
using audit::testing::kNow;
using audit::testing::name;
using audit::testing::shown;
using audit::testing::stranger;

/// The value that is read from what is written of one.
template <typename T>
std::optional<T> again(const T& value) {
  return facts::OneLine<T>::read(facts::OneLine<T>::write(value));
}

TEST(FactsOnALine, AreReadAsTheyWereWritten) {
  using namespace std::string_literals;
  for (const std::string& text : {""s, "plain"s, " two  blanks "s, "back\\slash"s,
                                  "line\nend"s, "nul\0nul"s, "b\xc3\xbc"s, "{"s}) {
    EXPECT_EQ(again(text), text);
    EXPECT_TRUE(base::is_ascii(facts::OneLine<std::string>::write(text)));
  }
  EXPECT_EQ(again(name("mail.example.org")), name("mail.example.org"));
  EXPECT_EQ(again(dns::Name()), dns::Name());
  EXPECT_EQ(again(dns::Mx{10, dns::Name()}), (dns::Mx{10, dns::Name()}));
  EXPECT_EQ(again(stranger()), stranger());
  EXPECT_EQ(again(dns::Tlsa{}), dns::Tlsa{});
  EXPECT_EQ(again(net::parse_address("2001:db8::1").value()),
            net::parse_address("2001:db8::1").value());
  EXPECT_EQ(again(dns::Dnskey{257, 8, 2048}), (dns::Dnskey{257, 8, 2048}));
  EXPECT_EQ(again(dns::Ds{1, 8, 2}), (dns::Ds{1, 8, 2}));
  EXPECT_EQ(again(dns::Nsec3Param{5, 8}), (dns::Nsec3Param{5, 8}));
  EXPECT_EQ(again(kNow), kNow);
  EXPECT_EQ(again(true), true);
  EXPECT_EQ(again(false), false);
  for (const auto code : {base::Code::usage, base::Code::bad_policy}) {
    const auto read = again(base::Error{base::ErrorKind::internal, code, "so \n it is"});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->kind, base::ErrorKind::internal);
    EXPECT_EQ(read->code, code);
    EXPECT_EQ(read->detail, "so \n it is");
  }
}

TEST(FactsOnALine, AreNothingWhereTheyCannotBeUnderstood) {
  using facts::OneLine;
  EXPECT_FALSE(OneLine<bool>::read("maybe"));
  EXPECT_FALSE(OneLine<int>::read("1x"));
  EXPECT_FALSE(OneLine<std::uint16_t>::read("65536"));
  EXPECT_FALSE(OneLine<std::size_t>::read("-1"));
  EXPECT_FALSE(OneLine<std::string>::read("\\4"));
  EXPECT_FALSE(OneLine<std::string>::read("\\zz"));
  EXPECT_FALSE(OneLine<dns::Mx>::read("10"));
  EXPECT_FALSE(OneLine<dns::Tlsa>::read("3 1"));
  EXPECT_FALSE(OneLine<dns::Signature>::read("org 8 60 0"));
  EXPECT_FALSE(OneLine<dns::Dnskey>::read("257 256 512"));
  EXPECT_FALSE(OneLine<dns::Ds>::read("1 8"));
  EXPECT_FALSE(OneLine<dns::Nsec3Param>::read("1"));
  EXPECT_FALSE(OneLine<net::Address>::read("192.0.2"));
  EXPECT_FALSE(OneLine<base::Error>::read("4 timeout late"));
  EXPECT_FALSE(OneLine<base::Error>::read("-1 timeout late"));
  EXPECT_FALSE(OneLine<base::Error>::read("2 no-such-code late"));
  EXPECT_FALSE(OneLine<base::Error>::read("2 timeout"));
  EXPECT_FALSE(OneLine<policy::TlsaState>::read("gone"));
  EXPECT_FALSE(OneLine<mail::StsMode>::read("gone"));
  EXPECT_FALSE(OneLine<How>::read("gone"));
  EXPECT_FALSE(OneLine<tls::SessionFacts>::read("TLSv1.3 - -"));
}

/// A domain with two hosts of all sorts of facts.
DomainAudit whole_audit() {
  const support::GoodChain good;
  auto zone = std::make_shared<ZoneSeen>();
  zone->apex = name("example.org");
  zone->keys = {{257, 8, 2048}};
  zone->ds = {{1, 8, 2}};
  zone->nsec3 = dns::Nsec3Param{1, 2};
  zone->parent = name("org");
  HostSeen host = host_with({support::record(3, 1, 1, good.leaf), stranger()});
  Shown raw = shown(How::other_key, verify::RawPublicKey{base::Bytes(9)});
  raw.despite_key_usage = true;
  host.addresses = {
      answers({shown(How::usual, good.sent()), shown(How::nameless, good.sent()), raw}),
      answers({failed(How::usual, base::Code::greeting, 421)}, 2)};
  host.addresses[1].shown[0].rejection.lines = {"not now", ""};
  host.addresses[1].left_alone = error(base::Code::too_slow);
  host.zones = {zone};
  host.servers.resize(2);
  host.servers[0].server = "ns [192.0.2.53]";
  host.servers[0].records = {stranger()};
  host.servers[0].signature = dns::Signature{zone->apex, 8, support::kDay, kNow, kNow};
  host.servers[0].tcp = false;
  host.servers[1].error = error(base::Code::timeout);
  host.dangling = name("gone.example.org");
  host.tlsa.signed_until = kNow;
  host.no_route = {net::parse_address("2001:db8::1").value()};
  host.untried = 3;
  HostSeen failing = host_with({}, "other.example.org");
  failing.error = error(base::Code::bogus);
  DomainAudit out;
  out.item.word = "b\xc3\xbc.example";
  out.moment = kNow;
  out.seen = audit::testing::domain_of({host, failing});
  out.seen.zones = {zone};
  out.seen.sts = {"v=STSv1; id=1"};
  out.seen.tlsrpt.emplace();
  out.seen.sts_policy.emplace();
  out.seen.sts_policy->policy = {mail::StsMode::enforce, support::kDay, {"*.example"}};
  return out;
}

TEST(StoredFacts, AreReadAsTheyWereWritten) {
  const DomainAudit whole = whole_audit();
  StoredFacts facts;
  facts.add(whole, "a note");
  const auto read = read_stored_facts(facts.text());
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 1U);
  const StoredAudit& one = read->front();
  EXPECT_EQ(one.note, "a note");
  EXPECT_EQ(one.word, whole.item.word);
  EXPECT_EQ(one.moment, kNow);
  EXPECT_EQ(one.hosts.size(), 2U);
  const DomainSeen seen = judged_again(one, nullptr);
  EXPECT_EQ(judge(seen, kNow).findings, judge(whole.seen, kNow).findings);
  ASSERT_TRUE(seen.tlsrpt);
  EXPECT_TRUE(seen.tlsrpt->empty());
  StoredFacts once_more;
  DomainAudit copy;
  copy.item.word = one.word;
  copy.moment = one.moment;
  copy.seen = seen;
  once_more.add(copy, one.note);
  EXPECT_EQ(once_more.text(), facts.text());
}

TEST(StoredFacts, HoldCertificatesZonesAndHostsOnce) {
  StoredFacts once, twice;
  const DomainAudit whole = whole_audit();
  once.add(whole, "");
  twice.add(whole, "");
  const std::size_t size = twice.text().size();
  twice.add(whole, "");
  EXPECT_EQ(once.text().size(), size);
  EXPECT_LT(twice.text().size() - size, size / 3);
  const auto read = read_stored_facts(twice.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).hosts.front(), read->at(1).hosts.front());
}

TEST(StoredFacts, ThatEndEarlyAreRefused) {
  StoredFacts facts;
  facts.add(whole_audit(), "");
  const std::string text = facts.text();
  std::size_t understood = 0;
  for (std::size_t size = 0; size < text.size(); size += 7) {
    const auto read = read_stored_facts(text.substr(0, size));
    if (!read) {
      EXPECT_EQ(read.error().code, base::Code::bad_file);
      continue;
    }
    ++understood;
    EXPECT_TRUE(read->empty()) << "cut between two entries of a table: " << size;
  }
  EXPECT_LT(understood, 5U);
}

TEST(StoredFacts, OfAStrangerAreRefused) {
  const std::string head = "facts of dane audit, version 1\n";
  EXPECT_TRUE(read_stored_facts(head));
  for (const char* text :
       {"nonsense\n", "audit {\n", "audit {\nhost 0\n}\n",
        "audit {\nseen {\nzone 0\n}\n}\n", "audit {\nmoment soon\n}\n", "audit {\n}\n}\n",
        "new-certificate ?\n", "new-host {\nseen {\nshown {\nchain 0\n}\n}\n}\n",
        "new-host {\nname a.example\n}\naudit {\nhost 0\n}\n",
        "new-host {\nno-such-field 1\n}\n"}) {
    const auto read = read_stored_facts(head + text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, base::Code::bad_file);
    EXPECT_TRUE(read.error().detail.starts_with("line ")) << read.error().detail;
  }
  EXPECT_FALSE(read_stored_facts("facts of something else\n"));
}

// The compilers that have a fuzzer cannot read the audit's coroutines, so lines are mixed
// up here, by the same numbers in each run; sanitizers look on.
TEST(StoredFacts, WhoseLinesAreMixedUpAreToldOfOrJudged) {
  StoredFacts facts;
  facts.add(whole_audit(), "");
  std::vector<std::string> lines;
  std::istringstream all(facts.text());
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  std::minstd_rand random(7671);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  int judged = 0;
  for (int turn = 0; turn < 2000; ++turn) {
    std::vector<std::string> mixed = lines;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      std::string& line = mixed[1 + below(mixed.size() - 1)];
      const std::string other = mixed[1 + below(mixed.size() - 1)];
      switch (below(4)) {
        case 0:
          line = other;
          break;
        case 1:
          line.resize(below(line.size() + 1));
          break;
        case 2:
          line += ' ' + other;
          break;
        default:
          if (!line.empty()) line[below(line.size())] = static_cast<char>(below(256));
      }
    }
    std::string text;
    for (const std::string& line : mixed) text += line + "\n";
    const auto read = read_stored_facts(text);
    if (!read) {
      EXPECT_EQ(read.error().code, base::Code::bad_file);
      EXPECT_EQ(read.error().detail, base::printable(read.error().detail, 10'000));
      continue;
    }
    for (const StoredAudit& one : *read) {
      ++judged;
      (void)judge(judged_again(one, nullptr), one.moment);
    }
  }
  EXPECT_GT(judged, 100);
}

TEST(StoredFacts, MakeNoMoreOfACertificateThanIsAllowed) {
  std::string text = "facts of dane audit, version 1\nnew-certificate ";
  text += std::string(std::size_t{4} * 1024 * 1024, 'A') + "\n";  // 3 MiB
  text += "new-host {\nseen {\nshown {\n";
  for (int i = 0; i < 100; ++i) text += "chain 0\n";
  text += "}\n}\n}\n";
  const auto read = read_stored_facts(text);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("too many certificates"), std::string::npos);
}

}  // namespace
}  // namespace audit
