// A chain that a server sent (RFC 9102): its records, and what they prove.
#include "src/evidence/received_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "src/evidence/assemble.h"
#include "src/evidence/chain_proof.h"
#include "tests/evidence/curve_zone.h"
#include "tests/evidence/libunbound_opinion.h"

namespace evidence {
namespace {

using policy::TlsaState;
using test::draft;
using test::Draft;
using test::nsec;
using test::SigningKey;
using test::World;
using testing::AnyOf;
using testing::HasSubstr;

constexpr const char* kOwner = "_443._tcp.www.example.";
constexpr const char* kRecord =
    "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr const char* kOther =
    "3 1 1 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

base::Bytes operator+(base::Bytes a, const base::Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A zone, and the sets that a server sends of it.
struct Heap : World {
  const SigningKey& key = add_zone("example.");
  std::vector<base::Bytes> sent = sets;  // the keys of both zones, and the DS set between
  std::string anchor_file = testing::TempDir() + "chain-anchor.key";

  Heap() { write_anchor(basis.anchors.front().text); }
  void write_anchor(const std::string& text) const { std::ofstream(anchor_file) << text; }

  void send(const Draft& one) { sent.push_back(one.wire()); }
  void send_record() { send(key.sign(draft(kOwner, "TLSA", {kRecord}))); }

  [[nodiscard]] base::Bytes octets() const {
    base::Bytes out;
    for (const base::Bytes& set : sent) out = out + set;
    return out;
  }
  [[nodiscard]] base::Result<policy::DnsFacts> prove(const base::Bytes& octets,
                                                     const char* owner = kOwner) const {
    const auto chain = ReceivedChain::read(octets);
    if (!chain) return tl::unexpected(chain.error());
    return tlsa_by_chain(*chain, dns::Name::from_dns(owner).value(), {anchor_file, kNow});
  }
  /// `present 1`, with the number of records, or the code and the detail of an error.
  [[nodiscard]] std::string told(const base::Bytes& octets,
                                 const char* owner = kOwner) const {
    const auto facts = prove(octets, owner);
    if (!facts) {
      return std::string(base::to_text(facts.error().code)) + ": " + facts.error().detail;
    }
    return std::string(policy::to_text(facts->state)) + " " +
           std::to_string(facts->records.size());
  }
  [[nodiscard]] std::string told() const { return told(octets()); }

  static constexpr auto kNow = test::kNow;
};

// The octets

TEST(ChainExtension, ALifetimeAndAChain_Rfc9102s2_2) {
  const base::Bytes data = {std::byte{1}, std::byte{2}, std::byte{3}};
  const auto read = read_chain_extension(data);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lifetime.count(), 258);
  EXPECT_EQ(read->chain.size(), 1U);
  EXPECT_FALSE(read_chain_extension(base::ByteView(data).first(1)));
  EXPECT_TRUE(read_chain_extension(base::ByteView(data).first(2))->chain.empty());
}

TEST(ReceivedChain, IsMadeOfWholeRecords) {
  Heap heap;
  heap.send_record();
  const base::Bytes whole = heap.octets();
  EXPECT_THAT(heap.told({}), HasSubstr("malformed"));
  for (std::size_t cut = 1; cut < 60; ++cut) {
    EXPECT_THAT(heap.told({whole.begin(), whole.end() - static_cast<long>(cut)}),
                HasSubstr("malformed: the chain is not made of whole records"));
  }
  EXPECT_THAT(heap.told(whole + base::Bytes(1)), HasSubstr("malformed"));
  EXPECT_THAT(heap.told(base::Bytes(65'535, std::byte{0x55})), HasSubstr("malformed"));
}

TEST(ReceivedChain, MayHaveItsLengthInFront) {
  Heap heap;
  heap.send_record();
  const base::Bytes whole = heap.octets();
  const base::Bytes length = {std::byte(whole.size() >> 8U),
                              std::byte(whole.size() & 0xFFU)};
  EXPECT_EQ(heap.told(length + whole), "present 1");
  EXPECT_THAT(heap.told(length + whole + base::Bytes(1)), HasSubstr("malformed"));
}

TEST(ReceivedChain, HasNoNamesOfOtherPlaces) {
  Heap heap;
  heap.send_record();
  base::Bytes pointer = {std::byte{0xC0}, std::byte{0}};
  pointer.insert(pointer.end(), 10, std::byte{0});
  EXPECT_THAT(heap.told(pointer + heap.octets()), HasSubstr("malformed"));
}

TEST(ReceivedChain, HasNoMoreRecordsThanAnyChainNeeds) {
  Heap heap;
  heap.send_record();
  for (int i = 0; i < 1100; ++i) {
    heap.send(draft("a.example.", "A", {"192.0.2." + std::to_string(i % 200)}));
  }
  EXPECT_THAT(heap.told(), HasSubstr("malformed: the chain has too many records"));
  Heap other;
  other.send_record();
  for (int i = 0; i < 300; ++i) {
    other.send(draft("a" + std::to_string(i) + ".example.", "A", {"192.0.2.1"}));
  }
  EXPECT_THAT(other.told(), HasSubstr("malformed: the chain has too many sets"));
}

// What it proves

TEST(ChainProof, TheRecords_Rfc9102s6) {
  Heap heap;
  heap.send_record();
  const auto facts = heap.prove(heap.octets());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->state, TlsaState::present);
  EXPECT_EQ(facts->owner.text() + ".", kOwner);
  ASSERT_EQ(facts->records.size(), 1U);
  EXPECT_EQ(facts->records.front().usage, dns::kDaneEe);
  EXPECT_EQ(base::to_hex(facts->records.front().data).substr(0, 4), "0123");
}

TEST(ChainProof, InWhateverOrder_Rfc9102s2_3) {
  Heap heap;
  heap.send_record();
  std::ranges::sort(heap.sent);
  do {
    EXPECT_EQ(heap.told(), "present 1");
  } while (std::next_permutation(heap.sent.begin(), heap.sent.end()));
}

TEST(ChainProof, InWhateverCase) {
  Heap heap;
  heap.send_record();
  base::Bytes octets = heap.octets();
  const std::string_view from = "example";
  for (auto at = octets.begin();;) {
    at = std::search(at, octets.end(), from.begin(), from.end(),
                     [](auto a, auto b) { return std::to_integer<int>(a) == b; });
    if (at == octets.end()) break;
    *at++ = std::byte{'E'};
  }
  EXPECT_EQ(heap.told(octets), "present 1");
}

TEST(ChainProof, NothingUnusedDoesHarm) {
  Heap heap;
  heap.send_record();
  const SigningKey& other = heap.add_zone("other.");
  heap.send(other.sign(draft("_443._tcp.www.other.", "TLSA", {kOther})));
  heap.send(draft("_443._tcp.evil.example.", "TLSA", {kOther}));
  heap.send(nsec(other, "a.other.", "z.other.", "A RRSIG NSEC"));
  heap.send(heap.key.sign(draft("*.example.", "TXT", {"\"x\""}), {.expiration = 1}));
  EXPECT_EQ(heap.told(), "present 1");
}

TEST(ChainProof, AnotherRecordIsBogus) {
  Heap heap;
  Draft spoilt = heap.key.sign(draft(kOwner, "TLSA", {kRecord}));
  spoilt.records = draft(kOwner, "TLSA", {kOther}).records;
  heap.send(spoilt);
  EXPECT_EQ(heap.told(), "bogus: _443._tcp.www.example TLSA: its signature is wrong");
}

TEST(ChainProof, AnAddedRecordIsBogus) {
  Heap heap;
  heap.send_record();
  heap.send(draft(kOwner, "TLSA", {kOther}));
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
}

TEST(ChainProof, DatesCount_Rfc9102s6) {
  Heap late;
  late.send(late.key.sign(draft(kOwner, "TLSA", {kRecord}),
                          {.expiration = test::kToday - 2 * test::kDay}));
  EXPECT_THAT(late.told(), HasSubstr("bogus: _443._tcp.www.example TLSA: "));
  Heap early;
  early.send(early.key.sign(draft(kOwner, "TLSA", {kRecord}),
                            {.inception = test::kToday + 2 * test::kDay}));
  EXPECT_THAT(early.told(), HasSubstr("bogus: _443._tcp.www.example TLSA: "));
}

TEST(ChainProof, NoLinkMayBeMissing) {
  Heap whole;
  whole.send_record();
  ASSERT_EQ(whole.sent.size(), 4U);
  for (std::size_t i = 0; i < whole.sent.size(); ++i) {
    Heap heap;
    heap.send_record();
    heap.sent.erase(heap.sent.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(heap.told(), HasSubstr("bogus: ")) << i;
  }
}

TEST(ChainProof, FromOurOwnKeysOfTheRoot_Rfc9102s6) {
  Heap heap;
  heap.send_record();
  heap.write_anchor(SigningKey(".", 13).text(true));
  EXPECT_EQ(heap.told(), "bogus: . DNSKEY: no key is one that is trusted");
  heap.write_anchor("");
  EXPECT_THAT(heap.told(), AnyOf(HasSubstr("bogus"), HasSubstr("bad-trust-anchor")));
}

TEST(ChainProof, OfAnotherNameItSaysNothing) {
  Heap heap;
  heap.send(heap.key.sign(draft("_443._tcp.mail.example.", "TLSA", {kRecord})));
  heap.send(heap.key.sign(draft("_25._tcp.www.example.", "TLSA", {kRecord})));
  EXPECT_EQ(heap.told(), "bogus: it does not speak of TLSA _443._tcp.www.example.");
}

TEST(ChainProof, AWildcardNeedsItsDenial_Rfc9102s6) {
  Heap heap;
  heap.send(heap.key.sign(draft("*._tcp.www.example.", "TLSA", {kRecord})).at(kOwner));
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
  heap.send(nsec(heap.key, "*._tcp.www.example.", "x.example.", "TLSA RRSIG NSEC"));
  EXPECT_EQ(heap.told(), "present 1");
}

TEST(ChainProof, AWildcardWithAnotherDenialIsNone_Rfc9102s6) {
  Heap heap;
  heap.send(heap.key.sign(draft("*._tcp.www.example.", "TLSA", {kRecord})).at(kOwner));
  heap.send(nsec(heap.key, "a.example.", "b.example.", "TLSA RRSIG NSEC"));
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
}

TEST(ChainProof, AnAliasAndWhereItLeads_Rfc9102s2_3) {
  Heap heap;
  heap.send(heap.key.sign(draft(kOwner, "CNAME", {"tlsa.other."})));
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
  const std::size_t before = heap.sets.size();
  const SigningKey& other = heap.add_zone("other.");
  heap.sent.insert(heap.sent.end(),
                   heap.sets.begin() + static_cast<std::ptrdiff_t>(before),
                   heap.sets.end());
  heap.send(other.sign(draft("tlsa.other.", "TLSA", {kRecord})));
  EXPECT_EQ(heap.told(), "present 1");
}

TEST(ChainProof, ADnameAndWhereItLeads_Rfc9102s2_3) {
  Heap heap;
  heap.send(heap.key.sign(draft("_tcp.www.example.", "DNAME", {"dane.example."})));
  heap.send(heap.key.sign(draft("_443.dane.example.", "TLSA", {kRecord})));
  EXPECT_EQ(heap.told(), "present 1");
}

TEST(ChainProof, NamesWithoutAZoneCutOnTheWay) {
  Heap heap;
  const std::size_t before = heap.sets.size();
  const SigningKey& deep = heap.add_zone("tcp.www.example.");
  heap.sent.insert(heap.sent.end(),
                   heap.sets.begin() + static_cast<std::ptrdiff_t>(before),
                   heap.sets.end());
  heap.send(heap.key.sign(draft(kOwner, "CNAME", {"a.tcp.www.example."})));
  heap.send(deep.sign(draft("a.tcp.www.example.", "TLSA", {kRecord})));
  EXPECT_EQ(heap.told(), "bogus: the answer to www.example DS is missing");
  heap.send(nsec(heap.key, "www.example.", "tcp.www.example.", "A RRSIG NSEC"));
  EXPECT_EQ(heap.told(), "present 1");
}

TEST(ChainProof, LongAliasesTakeNoMoreThanAnyChainNeeds) {
  Heap heap;
  std::string from = kOwner;
  for (int i = 0; i < 16; ++i) {
    std::string to = std::string(1, static_cast<char>('a' + i)) + ".example.";
    for (int label = 0; label < 110; ++label) to = "x." + to;
    heap.send(heap.key.sign(draft(from, "CNAME", {to})));
    from = to;
  }
  for (int i = 0; i < 100; ++i) {
    heap.send(nsec(heap.key, "n" + std::to_string(i) + ".example.", "z.example.", "A"));
  }
  const auto chain = ReceivedChain::read(heap.octets());
  ASSERT_TRUE(chain) << chain.error().detail;
  const auto answers = chain->answers_about(
      dns::Name::from_dns("_443._tcp.www.example").value(), ChainEnding::no_records);
  EXPECT_EQ(answers.size(), 256U);
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
}

TEST(ChainProof, AliasesThatGoRoundProveNothing) {
  Heap heap;
  heap.send(heap.key.sign(draft(kOwner, "CNAME", {"a.example."})));
  heap.send(heap.key.sign(draft("a.example.", "CNAME", {kOwner})));
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
}

TEST(ChainProof, ADenialOfTheRecords_Rfc9102s2_3_1) {
  Heap heap;
  heap.send(nsec(heap.key, kOwner, "zzz.example.", "A RRSIG NSEC"));
  EXPECT_EQ(heap.told(), "absent 0");
}

TEST(ChainProof, ADenialOfTheNameNeedsBothItsHalves_Rfc9102s2_3_1) {
  Heap heap;
  heap.send(nsec(heap.key, "www.example.", "x.example.", "A RRSIG NSEC"));
  EXPECT_EQ(heap.told(), "absent 0") << "it covers the wildcard too";
  Heap half;
  half.send(nsec(half.key, "_tcp.www.example.", "x.example.", "A RRSIG NSEC"));
  EXPECT_EQ(half.told(), "absent 0");
  Heap none;
  none.send(nsec(none.key, "x.example.", "z.example.", "A RRSIG NSEC"));
  EXPECT_THAT(none.told(), HasSubstr("bogus: "));
}

TEST(ChainProof, ADenialByHashesIsWholeOrNone_Rfc9102s2_3_1) {
  const auto told = [](bool encloser, bool next, bool wildcard) {
    Heap heap;
    if (encloser) heap.send(nsec3_at(heap.key, "www.example.", "A RRSIG"));
    if (next) heap.send(nsec3_over(heap.key, "_tcp.www.example."));
    if (wildcard) heap.send(nsec3_over(heap.key, "*.www.example."));
    return heap.told();
  };
  EXPECT_EQ(told(true, true, true), "absent 0");
  EXPECT_THAT(told(false, true, true), HasSubstr("bogus: "));
  EXPECT_THAT(told(true, false, true), HasSubstr("bogus: "));
  EXPECT_THAT(told(true, true, false), HasSubstr("bogus: "));
}

TEST(ChainProof, ADelegationWithoutKeysIsInsecure_Rfc9102s2_3_1) {
  Heap heap;
  heap.send(nsec(heap.key, "www.example.", "x.example.", "NS RRSIG NSEC"));
  EXPECT_EQ(heap.told(), "insecure 0");
  heap.send(draft(kOwner, "TLSA", {kRecord}));
  EXPECT_EQ(heap.told(), "insecure 0") << "records that nobody signs are none";
}

TEST(ChainProof, UnsignedRecordsOfASignedZoneAreBogus) {
  Heap heap;
  heap.send(draft(kOwner, "TLSA", {kRecord}));
  EXPECT_THAT(heap.told(), HasSubstr("bogus: "));
}

TEST(ChainProof, ADenialBesideRecordsHasNoSay) {
  Heap heap;
  heap.send_record();
  heap.send(nsec(heap.key, "a.example.", "z.example.", "A RRSIG NSEC"));
  EXPECT_EQ(heap.told(), "present 1");
}

// Ed448, which the second validator knows where libunbound does

/// The chain of a zone that is signed with Ed448 alone.
struct CurveHeap : Heap {
  explicit CurveHeap(const char* record = kRecord) {
    const Draft ds = zone(".").sign(test::curve_ds());
    for (const Draft& one : {ds, test::curve_keys(), test::curve_tlsa(record)}) send(one);
    answer("curve.", "DS", 0, {ds});
    answer("curve.", "DNSKEY", 0, {test::curve_keys()});
    answer(test::kCurveOwner, "TLSA", 0, {test::curve_tlsa(record)});
  }
  [[nodiscard]] std::string told() const {
    return Heap::told(octets(), test::kCurveOwner);
  }
  /// The states of its TLSA records that the second validator believes, joined.
  [[nodiscard]] std::string believed() const {
    const auto chain = ReceivedChain::read(octets());
    const auto owner = dns::Name::from_dns(test::kCurveOwner).value();
    const auto all = believed_answers(chain.value(), owner, basis);
    if (!all) return "none: " + all.error().detail;
    std::string out;
    for (const DnsEvidence& dns : *all) {
      const Answer* answer = find_answer(dns, {owner, resolver::Type::tlsa});
      out += std::string(dns::to_text(answer->security)) + ". ";
    }
    return out;
  }
};

TEST(ChainProof, AZoneOfEd448IsBelievedInBothWays) {
  EXPECT_EQ(CurveHeap().believed(), "insecure. secure. ");
  EXPECT_EQ(CurveHeap(kOther).believed(), "insecure. ") << "a wrong signature";
  CurveHeap without_ds;
  without_ds.sent.erase(without_ds.sent.begin() + 3);
  EXPECT_EQ(without_ds.believed(), "none: the answer to curve DS is missing");
  Heap usual;
  usual.send_record();
  const auto chain = ReceivedChain::read(usual.octets());
  const auto all =
      believed_answers(chain.value(), dns::Name::from_dns(kOwner).value(), usual.basis);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 1U) << "where nothing hangs on it, there is one way";
}

TEST(ChainProof, AZoneOfEd448IsWhatItIsToLibunbound_Rfc8080) {
  const CurveHeap heap;
  const dns::Security state = libunbound_opinion(heap, heap.answers.back());
  EXPECT_EQ(heap.told(), state == dns::Security::secure ? "present 1" : "insecure 0");
  const CurveHeap forged(kOther);
  if (libunbound_opinion(forged, forged.answers.back()) == dns::Security::insecure) {
    EXPECT_EQ(forged.told(), "insecure 0");
  } else {
    EXPECT_THAT(forged.told(), HasSubstr("bogus: "));
  }
}

}  // namespace
}  // namespace evidence
