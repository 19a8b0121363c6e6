// Name constraints by us and by OpenSSL: each form of name, permitted or excluded, in the
// leaf or in an intermediate, inside of the subtree, outside or neither, said by the root
// or by the issuer next above, critical or not (RFC 5280 4.2.1.10, 6.1.3 b and c).
#include <gtest/gtest.h>

#include "tests/oracles/disagreements.h"
#include "tests/oracles/verifiers.h"
#include "tests/support/general_names.h"
#include "tests/support/peers.h"

namespace oracles {
namespace {

using base::Bytes;
using support::directory;
using support::distinguished;
using support::general;
using support::kDay;
using support::kNow;
using support::Recipe;
using support::service;
using support::subtree;
using support::Subtrees;
using verify::der::encode;
using namespace std::string_literals;
namespace der = verify::der;
namespace oid = verify::oid;

/// How a name lies to a subtree.
enum class Relation {
  inside,
  outside,
  odd,   ///< nobody can tell: neither permitted nor free of what is excluded
  free,  ///< of another form, which the subtree says nothing of
};

/// A name and the subtree that it meets.
struct Row {
  std::string title;
  Bytes name;  ///< a GeneralName; empty for none
  Bytes subtrees;
  Relation relation = Relation::inside;
  std::string email{};  ///< emailAddress of the subject instead
};

constexpr auto kOrganization = oid::make(0x55, 0x04, 0x0a);
constexpr auto kNobody = oid::make(0x2a, 3, 4);
constexpr auto kSomebody = oid::make(0x2a, 3, 5);

std::vector<Row> dns_rows() {
  const auto row = [](std::string_view name, std::string_view base, Relation relation) {
    return Row{"dns " + std::string(name) + " in '" + std::string(base) + "'",
               general(2, name), subtree(general(2, base)), relation};
  };
  return {row("www.example.net", "example.net", Relation::inside),
          row("example.net", "example.net", Relation::inside),
          row("WWW.EXAMPLE.NET", "example.net", Relation::inside),
          row("a.b.example.net", "Example.Net", Relation::inside),
          row("*.example.net", "example.net", Relation::inside),
          row("www.example.net", ".example.net", Relation::inside),
          row("example.net", ".example.net", Relation::outside),
          row("wwwexample.net", "example.net", Relation::outside),
          row("example.net", "www.example.net", Relation::outside),
          row("*.example.net", "www.example.net", Relation::outside),
          row("www.example.com", "example.net", Relation::outside),
          row("www.example.net", "*.example.net", Relation::odd),
          row("www.example.net", "b\xc3\xbc.example", Relation::odd)};
}

std::vector<Row> address_rows() {
  const auto row = [](std::string title, const std::string& name, const std::string& base,
                      Relation relation) {
    return Row{"ip " + std::move(title), general(7, name), subtree(general(7, base)),
               relation};
  };
  const auto net4 = "\xc0\x00\x02\x00\xff\xff\xff\x00"s;
  const auto net6 = "\x20\x01\x0d\xb8"s + std::string(12, '\0') + "\xff\xff\xff\xff"s +
                    std::string(12, '\0');
  const auto four = "\xc0\x00\x02\x01"s;
  const auto six = "\x20\x01\x0d\xb8"s + std::string(12, '\x01');
  const auto mapped = std::string(10, '\0') + "\xff\xff"s + four;
  return {
      row("v4", four, net4, Relation::inside),
      row("v4 in all", four, std::string(8, '\0'), Relation::inside),
      row("v4 itself", four, four + "\xff\xff\xff\xff"s, Relation::inside),
      row("v4 elsewhere", "\xc0\x00\x03\x01"s, net4, Relation::outside),
      row("v4 by v6", four, net6, Relation::outside),
      row("v4 by all of v6", four, std::string(32, '\0'), Relation::outside),
      row("v6", six, net6, Relation::inside),
      row("v6 elsewhere", "\x20\x02"s + std::string(14, '\0'), net6, Relation::outside),
      row("v6 by v4", six, net4, Relation::outside),
      row("v6 by all of v4", six, std::string(8, '\0'), Relation::outside),
      row("mapped by v4", mapped, net4, Relation::outside),
      row("v4 by mapped", four, mapped + std::string(16, '\xff'), Relation::outside),
      row("v4 by a bare address", four, four, Relation::odd),
      row("v4 by nothing", four, "", Relation::odd),
      row("of 5 octets", four + "\x01"s, net4, Relation::odd)};
}

std::vector<Row> mail_rows() {
  const auto row = [](std::string_view name, std::string_view base, Relation relation) {
    return Row{"mail " + std::string(name) + " in '" + std::string(base) + "'",
               general(1, name), subtree(general(1, base)), relation};
  };
  const auto subject = [](std::string email, std::string_view base, Relation relation) {
    return Row{"subject-mail " + email + " in '" + std::string(base) + "'",
               {},
               subtree(general(1, base)),
               relation,
               email};
  };
  return {row("a@example.net", "example.net", Relation::inside),
          row("a@EXAMPLE.NET", "example.net", Relation::inside),
          row("a@www.example.net", "example.net", Relation::outside),
          row("a@www.example.net", ".example.net", Relation::inside),
          row("a@example.net", ".example.net", Relation::outside),
          row("a@example.net", "a@example.net", Relation::inside),
          row("a@example.net", "a@Example.net", Relation::inside),
          row("A@example.net", "a@example.net", Relation::outside),
          row("b@example.net", "a@example.net", Relation::outside),
          row("\"x@y\"@example.net", "example.net", Relation::inside),
          row("a@example.com", "example.net", Relation::outside),
          row("a.example.net", "example.net", Relation::odd),
          row("a@example.net", "", Relation::odd),
          subject("a@example.net", "example.net", Relation::inside),
          subject("a@example.com", "example.net", Relation::outside),
          subject("a@www.example.net", ".example.net", Relation::inside)};
}

std::vector<Row> utf8_mail_rows() {
  const auto row = [](std::string_view name, std::string_view base, Relation relation) {
    return Row{"utf8-mail in '" + std::string(base) + "'",
               support::other(oid::kSmtpUtf8Mailbox,
                              encode(der::kUtf8String, {base::as_bytes(name)})),
               subtree(general(1, base)), relation};
  };
  return {row("\xc3\xa4@example.net", "example.net", Relation::inside),
          row("\xc3\xa4@example.net", "example.com", Relation::outside),
          row("\xc3\xa4@www.example.net", ".example.net", Relation::inside)};
}

std::vector<Row> uri_rows() {
  const auto row = [](std::string_view name, std::string_view base, Relation relation) {
    return Row{"uri " + std::string(name) + " in '" + std::string(base) + "'",
               general(6, name), subtree(general(6, base)), relation};
  };
  return {row("http://www.example.net/", "www.example.net", Relation::inside),
          row("http://WWW.Example.net", "www.example.net", Relation::inside),
          row("http://www.example.net:8080/x", "www.example.net", Relation::inside),
          row("http://www.example.net/", ".example.net", Relation::inside),
          row("http://www.example.net/", "example.net", Relation::outside),
          row("http://example.net/", ".example.net", Relation::outside),
          row("http://www.example.com/", "www.example.net", Relation::outside),
          row("ftp://u:p@www.example.net/", "www.example.net", Relation::inside),
          row("http://www.example.net?x", "www.example.net", Relation::inside),
          row("http://www.example.net./", "www.example.net", Relation::inside),
          row("http://192.0.2.1/", "www.example.net", Relation::odd),
          row("http://[2001:db8::1]/", "www.example.net", Relation::odd),
          row("urn:example:www", "www.example.net", Relation::odd),
          row("mailto:a@www.example.net", "www.example.net", Relation::odd),
          row("http:///x", "www.example.net", Relation::odd),
          row("http://www.example.net/", "http://www.example.net/", Relation::odd)};
}

std::vector<Row> directory_rows() {
  const auto row = [](std::string title, base::ByteView name, base::ByteView base,
                      Relation relation) {
    return Row{"directory " + std::move(title), directory(name), subtree(directory(base)),
               relation};
  };
  const auto cn = [](std::string_view text, std::uint8_t tag = der::kUtf8String) {
    return distinguished({{oid::kCommonName, text}}, tag);
  };
  const auto below = distinguished({{oid::kCommonName, "Good"}, {kOrganization, "x"}});
  const auto above = distinguished({{kOrganization, "x"}, {oid::kCommonName, "Good"}});
  return {
      row("itself", cn("Good"), cn("Good"), Relation::inside),
      row("below", below, cn("Good"), Relation::inside),
      row("folded", cn(" GOOD "), cn("good", der::kPrintableString), Relation::inside),
      row("wide", cn("\0G\0o\0o\0d"s, 0x1e), cn("Good"), Relation::inside),
      row("in all", cn("Evil"), distinguished({}), Relation::inside),
      row("other value", cn("Evil"), cn("Good"), Relation::outside),
      row("umlauts", cn("G\xc3\x96OD"), cn("G\xc3\xb6od"), Relation::inside),
      row("teletex", cn("Good", 0x14), cn("Good"), Relation::inside),
      row("teletex of 8 bits", cn("G\xf6od", 0x14), cn("Good"), Relation::odd),
      row("umlaut", cn("G\xc3\xb6od"), cn("Good"), Relation::outside),
      row("longer value", cn("Goods"), cn("Good"), Relation::outside),
      row("other place", above, cn("Good"), Relation::outside)};
}

std::vector<Row> other_rows() {
  const auto value = encode(der::kUtf8String, {base::as_bytes("x")});
  const auto mine = support::other(kNobody, value);
  const auto registered = encode(der::context(8), {oid::make(0x2a, 3)});
  const auto party = encode(
      der::constructed(5),
      {encode(der::constructed(1), {encode(der::kUtf8String, {base::as_bytes("x")})})});
  const auto minimum = encode(der::context(0), {oid::make(1)});
  const auto maximum = encode(der::context(1), {oid::make(9)});
  const auto www = general(2, "www.example.net"), net = general(2, "example.net");
  return {{"srv inside", service("_imaps.example.net"), subtree(service("example.net")),
           Relation::inside},
          {"srv service", service("_imaps.www.example.net"),
           subtree(service("_imaps.example.net")), Relation::inside},
          {"srv any domain", service("_imaps.example.net"), subtree(service("_imaps")),
           Relation::inside},
          {"srv outside", service("_imaps.example.com"), subtree(service("example.net")),
           Relation::outside},
          {"srv other service", service("_pops.example.net"),
           subtree(service("_imaps.example.net")), Relation::outside},
          {"srv by dns", service("_imaps.example.com"), subtree(net), Relation::free},
          {"other", mine, subtree(mine), Relation::odd},
          {"other of another type", mine, subtree(support::other(kSomebody, value)),
           Relation::free},
          {"registered", registered, subtree(registered), Relation::odd},
          {"party", party, subtree(party), Relation::odd},
          {"none by other", {}, subtree(mine), Relation::free},
          {"none by registered", {}, subtree(registered), Relation::free},
          {"none by uri", {}, subtree(general(6, "example.net")), Relation::free},
          {"none by mail", {}, subtree(general(1, "example.net")), Relation::free},
          {"none by ip", {}, subtree(general(7, std::string(8, '\0'))), Relation::free},
          {"none by srv", {}, subtree(service("example.net")), Relation::free},
          {"minimum", www, subtree(net, minimum), Relation::odd},
          {"maximum", www, subtree(net, maximum), Relation::odd},
          {"minimum of no name",
           {},
           subtree(general(1, "x.example"), minimum),
           Relation::free}};
}

std::vector<Row> rows() {
  std::vector<Row> out;
  for (const auto& some : {dns_rows(), address_rows(), mail_rows(), utf8_mail_rows(),
                           uri_rows(), directory_rows(), other_rows()}) {
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

/// Where the row's name stands, and who constrains it.
struct Place {
  std::string title;
  bool leaf = true;
  bool by_root = true;
};

bool is_accepted(Relation relation, Subtrees list) {
  if (relation == Relation::free) return true;
  return relation == (list == Subtrees::permitted ? Relation::inside : Relation::outside);
}

void give(Recipe& recipe, const Row& row, std::vector<Bytes> names) {
  recipe.email = row.email;
  if (!row.name.empty()) names.push_back(row.name);
  if (!names.empty()) recipe.raw.push_back(support::alternative_names(names));
}

// The leaf's own name and the issuer's subject are free everywhere, so that the row's
// name decides.
Bytes subtrees_of(const Row& row, Subtrees list) {
  if (list == Subtrees::excluded) return row.subtrees;
  Bytes issuer;
  if (row.title.starts_with("directory")) {
    issuer = subtree(directory(distinguished({{oid::kCommonName, "Middle"}})));
  }
  return support::joined({row.subtrees, subtree(general(2, kHost)), issuer});
}

verify::Certificates chain_of(const Row& row, Subtrees list, const Place& place,
                              bool critical) {
  const auto wide = [](Recipe recipe) {
    recipe.from = kNow - 1000 * kDay;
    recipe.until = kNow + 20000 * kDay;
    return recipe;
  };
  auto root = wide(support::ca("Root"));
  auto middle = wide(support::ca("Middle", "Root"));
  auto leaf = wide(support::leaf("Middle", {}));
  leaf.key.name = "leaf";
  leaf.subject = "";
  give(leaf, place.leaf ? row : Row{}, {general(2, kHost)});
  if (!place.leaf) give(middle, row, {});
  (place.by_root ? root : middle)
      .raw.push_back(support::constraints(list, subtrees_of(row, list), critical));
  return {support::make(leaf), support::make(middle), support::make(root)};
}

void ask(Disagreements& openssl, const Row& row, Subtrees list, const Place& place,
         bool critical) {
  const std::string title = (list == Subtrees::permitted ? "permitted " : "excluded ") +
                            place.title + (critical ? " critical " : " plain ") +
                            row.title;
  const auto chain = chain_of(row, list, place, critical);
  const auto store = support::roots({chain[2]});
  const auto verdict = support::judge(chain, support::pkix(kHost), &store);
  const bool ours = verify::accepted(verdict.outcome);
  EXPECT_EQ(ours, is_accepted(row.relation, list)) << title << ": " << verdict.detail;
  // GnuTLS cannot read a certificate with an ediPartyName.
  const auto reason =
      row.title == "party" ? verify::Reason::no_path : verify::Reason::constraint;
  EXPECT_TRUE(ours || verdict.reason == reason) << title << ": " << verdict.detail;
  const auto theirs = openssl_pkix(chain, {chain[2]}, kHost);
  openssl.compare(title, ours, verdict.detail, theirs.accepted, theirs.why);
  const auto by_record =
      support::judge(chain, support::dane({support::record(2, 0, 1, chain[2])}, kHost));
  EXPECT_EQ(verify::accepted(by_record.outcome), ours) << title;
}

TEST(ConstraintsOracle, EveryFormInEveryPlace_Rfc5280s4_2_1_10) {
  Disagreements openssl("openssl-constraints");
  const std::vector<Place> places = {{"leaf by-root", true, true},
                                     {"leaf by-issuer", true, false},
                                     {"issuer by-root", false, true}};
  for (const Row& row : rows()) {
    for (const Place& place : places) {
      if (!place.leaf && !row.email.empty()) continue;  // part of the leaf's issuer then
      for (const auto list : {Subtrees::permitted, Subtrees::excluded}) {
        for (const bool critical : {true, false})
          ask(openssl, row, list, place, critical);
      }
    }
  }
  openssl.finish(800);
}

}  // namespace
}  // namespace oracles
