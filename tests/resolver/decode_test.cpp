#include "resolver/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "resolver/wire_name.h"
#include "tests/support/packet.h"

namespace resolver {
namespace {

using dns::Existence;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kV4 = "\xC0\x00\x02\x01"s;
const std::string kV6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"s;
const std::string kRecord = "\x03\x01\x01"s + std::string(32, '\xAB');
constexpr std::string_view kOwner = "_443._tcp.www.example";

base::Result<dns::Answer<net::Address>> v4(const Packet& packet, int rcode = 0,
                                           std::string_view question = "www.example") {
  return decode<record::A>(name(question), answer_of(packet, rcode));
}

base::Result<dns::Answer<dns::Tlsa>> tlsa(const Packet& packet, int rcode = 0) {
  return decode<record::Tlsa>(name(kOwner), answer_of(packet, rcode));
}

template <typename T>
void expect_error(const base::Result<T>& result, std::string_view code) {
  ASSERT_FALSE(result);
  EXPECT_EQ(base::to_text(result.error().code), code);
  EXPECT_EQ(result.error().kind, base::ErrorKind::temporary);
}

TEST(Decode, AddressesOfBothFamilies) {
  const auto answer = v4(Packet("www.example", Type::a)
                             .add("www.example", Type::a, kV4)
                             .add("WWW.Example", Type::a, "\x7F\0\0\x01"s));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records, ElementsAre(*net::parse_address("192.0.2.1"),
                                           *net::parse_address("127.0.0.1")));
  EXPECT_EQ(answer->existence, Existence::found);
  EXPECT_EQ(answer->security, dns::Security::secure);
  EXPECT_EQ(answer->question, name("www.example"));
  EXPECT_EQ(answer->canonical, name("www.example"));
  EXPECT_THAT(answer->aliases, IsEmpty());
  const auto six = decode<record::Aaaa>(
      name("www.example"),
      answer_of(Packet("www.example", Type::aaaa).add("www.example", Type::aaaa, kV6)));
  EXPECT_THAT(six->records, ElementsAre(*net::parse_address("2001:db8::1")));
}

TEST(Decode, SecurityIsTheResolversWord) {
  const Packet packet = Packet("www.example", Type::a).add("www.example", Type::a, kV4);
  for (const auto security : {dns::Security::insecure, dns::Security::secure}) {
    EXPECT_EQ(
        decode<record::A>(name("www.example"), answer_of(packet.octets(), 0, security))
            ->security,
        security);
  }
}

TEST(Decode, AliasesAreFollowedInAnyOrder_Rfc7672s2_1_3) {
  const auto answer = v4(Packet("www.example", Type::a)
                             .add("c.example", Type::a, kV4)
                             .alias("b.example", "C.example")
                             .alias("www.example", "b.example"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->canonical, name("c.example"));
  EXPECT_THAT(answer->aliases, ElementsAre(name("www.example"), name("b.example")));
  EXPECT_EQ(answer->records.size(), 1U);
}

TEST(Decode, AliasesOfADnameCountAsAliases_Rfc6672) {
  const auto answer = v4(Packet("www.old.example", Type::a)
                             .raw(wire_name("old.example"), 39, wire_name("new.example"))
                             .alias("www.old.example", "www.new.example")
                             .add("www.new.example", Type::a, kV4),
                         0, "www.old.example");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->canonical, name("www.new.example"));
}

TEST(Decode, AnAliasToNothingIsNoError) {
  const Packet packet = Packet("www.example", Type::a).alias("www.example", "b.example");
  const auto no_data = v4(packet);
  EXPECT_EQ(no_data->existence, Existence::no_data);
  EXPECT_EQ(no_data->canonical, name("b.example"));
  EXPECT_EQ(v4(packet, ns_r_nxdomain)->existence, Existence::no_name);
}

TEST(Decode, AliasesInACircleAreAnError_Rfc7672s2_1_3) {
  expect_error(v4(Packet("www.example", Type::a).alias("www.example", "www.example")),
               "alias-loop");
  expect_error(v4(Packet("www.example", Type::a)
                      .alias("www.example", "b.example")
                      .alias("b.example", "c.example")
                      .alias("c.example", "b.example")),
               "alias-loop");
}

TEST(Decode, TooManyAliasesAreAnError) {
  const auto chain = [](int hops) {
    Packet packet("n0.example", Type::a);
    for (int i = 0; i < hops; ++i) {
      packet.alias("n" + std::to_string(i) + ".example",
                   "n" + std::to_string(i + 1) + ".example");
    }
    packet.add("n" + std::to_string(hops) + ".example", Type::a, kV4);
    return v4(packet, 0, "n0.example");
  };
  EXPECT_EQ(chain(16)->aliases.size(), 16U);
  expect_error(chain(17), "alias-loop");
  expect_error(chain(200), "alias-loop");
}

TEST(Decode, TwoAliasesAtOneNameAreMalformed_Rfc2181s10_1) {
  expect_error(v4(Packet("www.example", Type::a)
                      .alias("www.example", "b.example")
                      .alias("www.example", "c.example")
                      .add("b.example", Type::a, kV4)),
               "malformed");
}

TEST(Decode, RecordsOfOtherNamesAndClassesDoNotCount) {
  const auto answer = v4(Packet("www.example", Type::a)
                             .add("other.example", Type::a, kV4)
                             .add("www.example", Type::aaaa, kV6)
                             .raw(wire_name("www.example"), 1, kV4, 300, 3));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records, IsEmpty());
  EXPECT_EQ(answer->existence, Existence::no_data);
}

TEST(Decode, AddressesOfAWrongLengthAreMalformed) {
  for (const auto& rdata : {""s, "\x01\x02\x03"s, "\x01\x02\x03\x04\x05"s, kV6}) {
    expect_error(v4(Packet("www.example", Type::a).add("www.example", Type::a, rdata)),
                 "malformed");
  }
  expect_error(decode<record::Aaaa>(name("www.example"),
                                    answer_of(Packet("www.example", Type::aaaa)
                                                  .add("www.example", Type::aaaa, kV4))),
               "malformed");
}

TEST(Decode, AMappedAddressIsIpv4) {
  const auto answer = decode<record::Aaaa>(
      name("www.example"), answer_of(Packet("www.example", Type::aaaa)
                                         .add("www.example", Type::aaaa,
                                              std::string(10, '\0') + "\xFF\xFF" + kV4)));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->records.front().family, net::Family::v4);
}

TEST(Decode, TlsaRecords_Rfc6698s2_1) {
  const auto answer = tlsa(Packet(kOwner, Type::tlsa).add(kOwner, Type::tlsa, kRecord));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records,
              ElementsAre(dns::Tlsa{3, 1, 1, base::Bytes(32, std::byte{0xAB})}));
}

TEST(Decode, ShortTlsaRecordsStayBesideGoodOnes_Rfc6698s4_1) {
  Packet packet(kOwner, Type::tlsa);
  for (std::size_t size = 0; size <= 3; ++size) {
    packet.add(kOwner, Type::tlsa, kRecord.substr(0, size));
  }
  packet.add(kOwner, Type::tlsa, kRecord);
  const auto answer = tlsa(packet);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->records.size(), 5U);
  EXPECT_EQ(answer->records[0], (dns::Tlsa{255, 255, 255, {}}));
  EXPECT_EQ(answer->records[1], (dns::Tlsa{3, 255, 255, {}}));
  EXPECT_EQ(answer->records[2], (dns::Tlsa{3, 1, 255, {}}));
  EXPECT_EQ(answer->records[3], (dns::Tlsa{3, 1, 1, {}}));
  EXPECT_EQ(answer->records[4].data.size(), 32U);
}

TEST(Decode, ATlsaOwnerMayBeAnAlias_Rfc7672s2_2_3) {
  const auto answer = tlsa(Packet(kOwner, Type::tlsa)
                               .alias(kOwner, "_dane.example", 60)
                               .add("_dane.example", Type::tlsa, kRecord, 3600));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->canonical, name("_dane.example"));
  EXPECT_EQ(answer->records.size(), 1U);
  EXPECT_EQ(answer->ttl, std::chrono::seconds(60));
}

TEST(Decode, TheLeastTtlCounts) {
  EXPECT_EQ(tlsa(Packet(kOwner, Type::tlsa)
                     .add(kOwner, Type::tlsa, kRecord, 3600)
                     .add(kOwner, Type::tlsa, kRecord, 30)
                     .add("other.example", Type::tlsa, kRecord, 1))
                ->ttl,
            std::chrono::seconds(30));
  EXPECT_EQ(tlsa(Packet(kOwner, Type::tlsa))->ttl, std::chrono::seconds(0));
}

TEST(Decode, AbsenceIsAnAnswer_Rfc7672s2_1_1) {
  EXPECT_EQ(tlsa(Packet(kOwner, Type::tlsa))->existence, Existence::no_data);
  EXPECT_EQ(tlsa(Packet(kOwner, Type::tlsa), ns_r_nxdomain)->existence,
            Existence::no_name);
  EXPECT_THAT(tlsa(Packet(kOwner, Type::tlsa))->records, IsEmpty());
}

TEST(Decode, CompressedNames_Rfc1035s4_1_4) {
  Packet packet("www.example", Type::a);
  const unsigned target = packet.offset() + 2 + 10;  // of the alias's RDATA
  packet.raw(pointer_to(kQuestion), 5,
             "\x01"
             "b"s +
                 pointer_to(kQuestion + 4));
  packet.raw(pointer_to(target), 1, kV4);
  const auto answer = v4(packet);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->canonical, name("b.example"));
  EXPECT_EQ(answer->records.size(), 1U);
}

TEST(Decode, CompressionThatNeverEndsIsMalformed) {
  Packet own("www.example", Type::a);
  own.raw(pointer_to(own.offset()), 1, kV4);
  expect_error(v4(own), "malformed");
  Packet ahead("www.example", Type::a);
  ahead.raw(pointer_to(ahead.offset() + 40), 1, kV4);
  expect_error(v4(ahead), "malformed");
  Packet circle("www.example", Type::a);
  const unsigned rdata = circle.offset() + 13 + 10;
  circle.raw(wire_name("www.example"), 5,
             "\x01"
             "a"s +
                 pointer_to(rdata));
  expect_error(v4(circle), "malformed");
  Packet outside("www.example", Type::a);
  outside.raw(pointer_to(0x3FFF), 1, kV4);
  expect_error(v4(outside), "malformed");
}

TEST(Decode, ANameMustFillItsRdata) {
  for (const auto& rdata : {""s, wire_name("b.example") + "x",
                            "\x01"
                            "b"s,
                            "\x3F"s,
                            "\x40"
                            "b\0"s,
                            "\x80\0"s}) {
    expect_error(v4(Packet("www.example", Type::a)
                        .raw(wire_name("www.example"), 5, rdata)
                        .add("b.example", Type::a, kV4)),
                 "malformed");
  }
}

TEST(Decode, ANameThatRunsIntoTheNextRecordIsMalformed) {
  Packet packet("www.example", Type::a);
  packet.raw(wire_name("www.example"), 5, "\x20"s);
  packet.add("www.example", Type::a, kV4).add("www.example", Type::a, kV4);
  EXPECT_FALSE(decode<record::Cname>(name("www.example"), answer_of(packet)));
}

TEST(Decode, EveryCutOfAPacketIsMalformed) {
  const std::string whole = Packet(kOwner, Type::tlsa)
                                .alias(kOwner, "_dane.example")
                                .add("_dane.example", Type::tlsa, kRecord)
                                .octets();
  ASSERT_TRUE(decode<record::Tlsa>(name(kOwner), answer_of(whole)));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    expect_error(decode<record::Tlsa>(name(kOwner), answer_of(whole.substr(0, size))),
                 "malformed");
  }
}

TEST(Decode, MoreRecordsAnnouncedThanThereAreIsMalformed) {
  std::string packet =
      Packet(kOwner, Type::tlsa).add(kOwner, Type::tlsa, kRecord).octets();
  packet[7] = 2;
  expect_error(decode<record::Tlsa>(name(kOwner), answer_of(packet)), "malformed");
  packet[6] = '\xFF';
  expect_error(decode<record::Tlsa>(name(kOwner), answer_of(packet)), "malformed");
}

TEST(Decode, NoPacketAtAllIsMalformed) {
  expect_error(decode<record::Tlsa>(name(kOwner), RawAnswer()), "malformed");
  expect_error(decode<record::Tlsa>(name(kOwner), answer_of(std::string(70'000, '\0'))),
               "malformed");
}

TEST(Decode, MailExchangers_Rfc7505s3) {
  const auto answer = decode<record::Mx>(
      name("example"),
      answer_of(Packet("example", Type::mx)
                    .add("example", Type::mx, number16(10) + wire_name("Mx.example"))
                    .add("example", Type::mx, number16(0) + "\0"s)));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records,
              ElementsAre(dns::Mx{10, name("mx.example")}, dns::Mx{0, dns::Name()}));
  for (const auto& rdata : {""s, "\0"s, "\0\x0A"s,
                            number16(1) + "\x05"
                                          "ab"s}) {
    expect_error(
        decode<record::Mx>(
            name("example"),
            answer_of(Packet("example", Type::mx).add("example", Type::mx, rdata))),
        "malformed");
  }
}

TEST(Decode, Services_Rfc2782) {
  const auto numbers = number16(1) + number16(2) + number16(443);
  const auto answer = decode<record::Srv>(
      name("_x._tcp.example"),
      answer_of(
          Packet("_x._tcp.example", Type::srv)
              .add("_x._tcp.example", Type::srv, numbers + wire_name("host.example"))
              .add("_x._tcp.example", Type::srv, numbers + "\0"s)));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records, ElementsAre(dns::Srv{1, 2, 443, name("host.example")},
                                           dns::Srv{1, 2, 443, dns::Name()}));
  for (std::size_t size = 0; size <= numbers.size(); ++size) {
    expect_error(decode<record::Srv>(name("_x._tcp.example"),
                                     answer_of(Packet("_x._tcp.example", Type::srv)
                                                   .add("_x._tcp.example", Type::srv,
                                                        numbers.substr(0, size)))),
                 "malformed");
  }
}

TEST(Decode, TheFirstAliasAlone_Rfc7672s2_1_3) {
  const auto answer = decode<record::Cname>(
      name("www.example"), answer_of(Packet("www.example", Type::cname)
                                         .alias("www.example", "b.example")
                                         .alias("b.example", "c.example")));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records, ElementsAre(name("b.example")));
  EXPECT_THAT(answer->aliases, IsEmpty());
}

TEST(Decode, PointersThroughAliases_Rfc2317) {
  const auto answer = decode<record::Ptr>(
      name("1.2.0.192.in-addr.arpa"),
      answer_of(
          Packet("1.2.0.192.in-addr.arpa", Type::ptr)
              .alias("1.2.0.192.in-addr.arpa", "1.0-3.2.0.192.in-addr.arpa")
              .add("1.0-3.2.0.192.in-addr.arpa", Type::ptr, wire_name("h.example"))));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->records, ElementsAre(name("h.example")));
}

TEST(Decode, HostileOctetsInANameStayEscaped) {
  const auto answer =
      decode<record::Ptr>(name("x.example"), answer_of(Packet("x.example", Type::ptr)
                                                           .add("x.example", Type::ptr,
                                                                "\x05"
                                                                "a\nb.c\0"s +
                                                                    wire_name(""))));
  if (!answer) return;  // refused is as good
  const std::string text = answer->records.front().text();
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\0'), std::string::npos);
  EXPECT_FALSE(answer->records.front().is_host());
}

TEST(Decode, WordsOfTypes) {
  EXPECT_EQ(to_text(Type::a), "A");
  EXPECT_EQ(to_text(Type::aaaa), "AAAA");
  EXPECT_EQ(to_text(Type::tlsa), "TLSA");
  EXPECT_EQ(to_text(Type::cname), "CNAME");
  EXPECT_EQ(to_text(Type::mx), "MX");
  EXPECT_EQ(to_text(Type::srv), "SRV");
  EXPECT_EQ(to_text(Type::ptr), "PTR");
}

RC_GTEST_PROP(DecodeLaws, AnyOctetsAreAnAnswerOrAnError, (std::string octets)) {
  octets.insert(0, number16(1) + number16(0x8180) + number16(0) + number16(1));
  const auto answer = decode<record::Tlsa>(name(kOwner), answer_of(octets));
  if (!answer) RC_ASSERT(answer.error().kind == base::ErrorKind::temporary);
}

RC_GTEST_PROP(DecodeLaws, OneChangedOctetNeverInventsData, ()) {
  std::string packet =
      Packet(kOwner, Type::tlsa).add(kOwner, Type::tlsa, kRecord).octets();
  const auto at = *rc::gen::inRange<std::size_t>(0, packet.size());
  packet[at] = static_cast<char>(*rc::gen::arbitrary<std::uint8_t>());
  const auto answer = decode<record::Tlsa>(name(kOwner), answer_of(packet));
  if (!answer) return;
  RC_ASSERT(answer->records.size() <= 1U);
  for (const auto& record : answer->records) RC_ASSERT(record.data.size() <= 32U);
}

RC_GTEST_PROP(DecodeLaws, TheOrderOfRecordsDoesNotMatter, ()) {
  const auto numbers = *rc::gen::resize(10, rc::gen::container<std::vector<std::uint8_t>>(
                                                rc::gen::arbitrary<std::uint8_t>()));
  Packet forth(kOwner, Type::tlsa);
  Packet back(kOwner, Type::tlsa);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto rdata = [&](std::size_t at) {
      return "\x03\x01\x01"s + static_cast<char>(numbers[at]);
    };
    forth.add(kOwner, Type::tlsa, rdata(i), numbers[i]);
    back.add(kOwner, Type::tlsa, rdata(numbers.size() - 1 - i),
             numbers[numbers.size() - 1 - i]);
  }
  auto one = tlsa(forth);
  auto other = tlsa(back);
  std::ranges::reverse(other->records);
  RC_ASSERT(one->records == other->records);
  RC_ASSERT(one->ttl == other->ttl);
}

TEST(WireForm, ResolvesEscapes_Rfc1035s5_1) {
  const auto wire = [](std::string_view text) {
    const auto octets = wire_form(dns::Name::from_dns(text).value());
    return octets ? std::optional<std::string>(base::as_text(*octets)) : std::nullopt;
  };
  EXPECT_EQ(wire("."), "\0"s);
  EXPECT_EQ(wire("a.example"), "\1a\7example\0"s);
  EXPECT_EQ(wire("a\\.b.\\001c"), "\3a.b\2\1c\0"s);
  EXPECT_EQ(wire(std::string(63, 'x')), "\x3f" + std::string(63, 'x') + "\0"s);
}

}  // namespace
}  // namespace resolver
