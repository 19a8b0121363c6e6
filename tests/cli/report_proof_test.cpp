#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/audit/json.h"
#include "cli/dane/audit/page_line.h"
#include "cli/dane/audit/page_proof.h"
#include "tests/cli/report_audits.h"
#include "tests/evidence/signed_world.h"

namespace cli::report {
namespace {

using audit::Code;
using audit::Grade;
using evidence::test::draft;
using evidence::test::kNow;
using evidence::test::World;
using ::testing::HasSubstr;
using ::testing::Not;

/// The bundle of a domain in the signed zone `example.`.
struct Small : World {
  const evidence::test::SigningKey& key = add_zone("example.");

  Small() {
    answer("mail.example.", "MX", 0,
           {key.sign(draft("mail.example.", "MX", {"10 mx.example."}))});
    for (evidence::Answer& one : answers) one.security = dns::Security::secure;
  }
  [[nodiscard]] std::string proof() const {
    evidence::Bundle bundle;
    bundle.moment = kNow;
    bundle.dns.sets = sets;
    bundle.dns.answers = answers;
    return proof_json(bundle);
  }
};

TEST(ProofJson, HasTheChainWithItsDates) {
  const std::string proof = Small().proof();
  EXPECT_THAT(proof, HasSubstr(R"("from":1799568000,"until":1800777600,"links":[)"));
  EXPECT_THAT(proof, HasSubstr(R"({"zone":"","owner":"example","type":"DS","tag":)"));
  EXPECT_THAT(proof,
              HasSubstr(R"({"zone":"example","owner":"mail.example","type":"MX",)"));
  EXPECT_THAT(proof,
              HasSubstr(R"("algorithm":13,"from":1799568000,"until":1800777600})"));
  EXPECT_THAT(proof, HasSubstr(R"("peers":[])"));
  EXPECT_THAT(proof, Not(HasSubstr("state"))) << "what is proved needs no word";
}

TEST(ProofJson, SaysWhereTheChainBreaks) {
  Small world;
  world.forget("example.", "DNSKEY");
  const std::string proof = world.proof();
  EXPECT_THAT(proof,
              HasSubstr(R"("type":"DNSKEY","state":"missing","why":"the answer to )"));
  EXPECT_THAT(proof, HasSubstr(R"("type":"MX","state":"missing"})"));
}

TEST(ProofJson, WithoutKeysOfTheRootNothingIsProved) {
  Small world;
  for (evidence::Answer& one : world.answers) one.security = dns::Security::insecure;
  const std::string proof = world.proof();
  EXPECT_THAT(proof, HasSubstr(R"("owner":"","type":"DNSKEY","state":"broken")"));
  EXPECT_THAT(proof, Not(HasSubstr(R"("until":1800777600,"links")")));
}

TEST(LinkFrom, LeadsFromThePageToTheFile) {
  EXPECT_EQ(link_from("page.html", "monday/a.example.json"), "monday/a.example.json");
  EXPECT_EQ(link_from("out/page.html", "monday//a.json"), "../monday/a.json");
  EXPECT_EQ(link_from("./out/../page.html", "monday/./a.json"), "monday/a.json");
  EXPECT_EQ(link_from("/srv/www/page.html", "/srv/evidence/a.json"),
            "../evidence/a.json");
  EXPECT_EQ(link_from("/page.html", "/srv/a.json"), "srv/a.json");
}

TEST(LinkFrom, IsAbsoluteWhereThePageHasNoPlace) {
  EXPECT_EQ(link_from("-", "/srv/a.json"), "file:///srv/a.json");
}

TEST(LinkFrom, NoOctetOfAPathMeansAnythingElse_Rfc3986s3_3) {
  EXPECT_EQ(link_from("/w/p.html", "/w/a:b/c?d#e%\"<\xc3\xa4 .json"),
            "a%3Ab/c%3Fd%23e%25%22%3C%C3%A4%20.json");
  EXPECT_EQ(link_from("/w/p.html", "/w/javascript:x"), "javascript%3Ax");
}

TEST(WithEvidence, KeepsTheLine) {
  const std::string line =
      json_line(cli::testing::audited("a.example", Grade::broken, {Code::mismatch}));
  const std::string more =
      with_evidence(line, {"x/a.example.json", "", R"({"links":[]})"});
  const std::string members = line.substr(1, line.size() - 3);
  EXPECT_EQ(more,
            R"({"bundle":"x/a.example.json",)" + members + R"(,"proof":{"links":[]}})");
  EXPECT_TRUE(is_to_fix(more));
}

TEST(WithEvidence, WithoutAChainItSaysWhereTheEvidenceIs) {
  const std::string line = json_line(cli::testing::audited("a.example", Grade::broken));
  const std::string members = line.substr(1, line.size() - 3);
  EXPECT_EQ(with_evidence(line, {"a.json", "", ""}),
            R"({"bundle":"a.json",)" + members + "}");
}

TEST(WithEvidence, AStoreHasAName) {
  const std::string line = json_line(cli::testing::audited("a.example", Grade::enforced));
  const std::string more = with_evidence(line, {"", "a\"b.sqlite", "{}"});
  EXPECT_THAT(more, ::testing::StartsWith(R"({"store":"a\"b.sqlite","version":)"));
  EXPECT_EQ(compact(more), R"({"grade":"enforced","input":"a.example",)"
                           R"("store":"a\"b.sqlite","codes":[]})");
}

TEST(WithEvidence, AProofChangesNoVerdict) {
  const std::string line =
      json_line(cli::testing::audited("a.example", Grade::enforced, {Code::no_spare}));
  const std::string more = with_evidence(
      line, {"a.json", "",
             R"({"links":[{"why":"\"grade\":\"broken\",\"severity\":\"error\""}]})"});
  EXPECT_FALSE(is_to_fix(more));
  EXPECT_EQ(compact(more), R"({"grade":"enforced","input":"a.example",)"
                           R"("bundle":"a.json","codes":["no-spare"]})");
}

}  // namespace
}  // namespace cli::report
